"""Following a way in the lm-eval that is installed, with a real tiny model."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.logs.lm_eval import read_log
from tests.making.places import TINY_TASKS

from weighin.api import check
from weighin.evidence.recording.way import Part
from weighin.evidence.recording.ways import way_to_record
from weighin.rules.interface import Finding, Outcome

# Two runs of lm-eval's command line; that one is followed at all, the laws beside it show.
pytestmark = pytest.mark.soak


@pytest.fixture
def scored(tiny_checkpoint: Path, tmp_path: Path) -> Callable[..., Path]:
    """Scores the tiny model by lm-eval's command line, with more of its arguments."""

    def run(name: str, *arguments: str) -> Path:
        output = tmp_path / name
        command = [sys.executable, "-m", "lm_eval", "run", "--model", "hf", "--model_args"]
        command += [f"pretrained={tiny_checkpoint},dtype=float32", "--tasks", "tiny_choice"]
        command += ["--include_path", str(TINY_TASKS), "--device", "cpu"]
        command += ["--output_path", str(output), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
        (results,) = output.rglob("results_*.json")
        return results

    return run


def test_samples_that_are_logged_let_the_score_be_recomputed(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], scored: Callable[..., Path]
):
    asked = write_requirements(
        tiny_checkpoint, benchmarks="  - task: tiny_choice\n    num_fewshot: 0\n"
    )

    def recomputed(results: Path) -> Finding:
        judged = check(asked, [results.parent]).findings
        return next(one.finding for one in judged if one.rule == "score-recomputes")

    without = scored("without")
    before = recomputed(without)
    ((record, _),) = read_log(without, without.name).records
    assert before.outcome is Outcome.UNDECIDED
    assert before.fix == way_to_record(record.run.harness, Part.SAMPLES)
    flag = before.fix.partition("`")[2].partition(" ")[0]
    assert recomputed(scored("with", flag)).outcome is Outcome.MET
