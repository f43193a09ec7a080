"""What is recorded beside the benchmarks of one call."""

from collections.abc import Callable
from pathlib import Path

import pytest

import weighin
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.store import RECORD_NAME
from weighin.executors.events import SilentListener
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


def test_scoring_one_benchmark_completes_a_row_that_is_recorded(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_requirements(tiny_checkpoint)
    results = tmp_path / "results"

    first = weighin.run(file, results=results, only=["tiny_choice"])
    second = weighin.run(file, results=results, only=["tiny_generate"])

    assert (first.outcome, second.outcome) == (Outcome.UNDECIDED, Outcome.MET)


def test_records_under_other_settings_are_named_and_not_judged(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    only = "  - task: tiny_choice\n"
    plain = write_requirements(tiny_checkpoint, benchmarks=only)
    prompted = write_requirements(
        tiny_checkpoint, benchmarks=only + "    system_prompt: Be brief.\n", name="prompted.yaml"
    )
    weighin.run(plain, results=tmp_path / "results")

    verdict = weighin.run(prompted, results=tmp_path / "results")

    assert len(verdict.records) == 1
    assert any("were not judged" in sentence for sentence in verdict.ignored)


def test_what_another_run_records_meanwhile_is_reused(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    file, results = write_requirements(tiny_checkpoint), tmp_path / "results"

    class Overtaken(SilentListener):
        def __init__(self) -> None:
            self.reused: list[str] = []

        def loading(self, name: str) -> None:
            assert name == "tiny"
            weighin.run(file, results=results, only=["tiny_choice"])

        def benchmark_reused(self, benchmark: str) -> None:
            self.reused.append(benchmark)

    overtaken = Overtaken()
    verdict = weighin.run(file, results=results, listener=overtaken)

    assert verdict.outcome is Outcome.MET
    assert overtaken.reused == ["tiny_choice"]
    assert len(list(results.rglob(RECORD_NAME))) == 2
    lines = read_ledger(results / LEDGER_NAME).lines
    assert [(line.event, line.benchmark) for line in lines[-4:-1]] == [
        ("benchmark-reused", "tiny_choice"),
        ("benchmark-started", "tiny_generate"),
        ("benchmark-finished", "tiny_generate"),
    ]
