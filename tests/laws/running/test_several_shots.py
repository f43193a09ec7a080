"""One task that is required several times: each benchmark is scored, and each is told apart."""

from collections.abc import Callable
from pathlib import Path

import pytest

import weighin
from weighin.errors import UsageError
from weighin.evidence.store import RECORD_NAME
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

TWO_SHOT_COUNTS = """
  - {task: tiny_generate, num_fewshot: 0}
  - {task: tiny_generate, num_fewshot: 2}
"""
TWO_METRICS = """
  - {task: tiny_choice, metric: acc}
  - {task: tiny_choice, metric: acc_norm}
"""
Requiring = Callable[[str], Path]


@pytest.fixture
def requiring(tiny_checkpoint: Path, write_requirements: Callable[..., Path]) -> Requiring:
    """A requirements file with some benchmarks."""
    return lambda benchmarks: write_requirements(tiny_checkpoint, benchmarks=benchmarks[1:])


def shots(verdict: Verdict) -> dict[str, int | None]:
    return {record.asked.task: record.asked.num_fewshot for record in verdict.records}


def test_two_shot_counts_are_two_records_and_one_row(requiring: Requiring, tmp_path: Path):
    file, results = requiring(TWO_SHOT_COUNTS), tmp_path / "results"
    verdict = weighin.run(file, results=results)
    assert verdict.outcome is Outcome.MET
    assert shots(verdict) == {"tiny_generate (0 shots)": 0, "tiny_generate (2 shots)": 2}
    assert weighin.check(file, [results]).outcome is Outcome.MET


def test_a_task_that_is_named_stands_for_its_benchmarks_and_a_label_for_one(
    requiring: Requiring, tmp_path: Path
):
    file, results = requiring(TWO_SHOT_COUNTS), tmp_path / "results"
    one = weighin.run(file, results=results, only=["tiny_generate (2 shots)"])
    assert one.outcome is Outcome.PARTIAL
    assert shots(one) == {"tiny_generate (2 shots)": 2}
    both = weighin.run(file, results=results, only=["tiny_generate"])
    assert both.outcome is Outcome.PARTIAL
    assert len(list(results.rglob(RECORD_NAME))) == 2
    assert weighin.check(file, [results]).outcome is Outcome.MET


def test_a_label_that_is_not_required_is_refused_with_those_that_are(
    requiring: Requiring, tmp_path: Path
):
    file = requiring(TWO_SHOT_COUNTS)
    with pytest.raises(UsageError, match=r"requires tiny_generate \(0 shots\), tiny_generate \(2"):
        weighin.run(file, results=tmp_path / "results", only=["tiny_generate (5 shots)"])


def test_two_metrics_of_a_task_are_asked_once(requiring: Requiring, tmp_path: Path):
    file, results = requiring(TWO_METRICS), tmp_path / "results"
    verdict = weighin.run(file, results=results)
    assert verdict.outcome is Outcome.MET
    assert len(list(results.rglob(RECORD_NAME))) == 1
    assert {label: score.key for label, score in verdict.scores.items() if score} == {
        "tiny_choice (acc)": "acc,none",
        "tiny_choice (acc_norm)": "acc_norm,none",
    }


def test_shots_that_were_scored_before_and_are_required_no_more_are_another_benchmark(
    requiring: Requiring, tmp_path: Path
):
    results = tmp_path / "results"
    weighin.run(requiring(TWO_SHOT_COUNTS), results=results)
    file = requiring("\n  - {task: tiny_generate, num_fewshot: 2}\n")
    verdict = weighin.check(file, [results])
    assert verdict.outcome is Outcome.MET
    assert shots(verdict) == {"tiny_generate": 2, "tiny_generate (0 shots)": 0}
