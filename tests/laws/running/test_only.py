"""What is recorded beside the benchmarks of one call."""

from collections.abc import Callable
from dataclasses import replace
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

    assert (first.outcome, second.outcome) == (Outcome.PARTIAL, Outcome.PARTIAL)
    assert weighin.check(file, [results]).outcome is Outcome.MET
    assert weighin.run(file, results=results).outcome is Outcome.MET


def test_a_run_judges_what_lies_in_the_folder_as_a_check_does(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    only = "  - task: tiny_choice\n"
    plain = write_requirements(tiny_checkpoint, benchmarks=only)
    prompted = write_requirements(
        tiny_checkpoint, benchmarks=only + "    system_prompt: Be brief.\n", name="prompted.yaml"
    )
    results = tmp_path / "results"
    weighin.run(plain, results=results)

    verdict = weighin.run(prompted, results=results)

    assert verdict.head.vouched == "measured by this run"
    checked = weighin.check(prompted, [results])
    assert checked.head.vouched == "measured, by whoever wrote the record"
    assert replace(verdict, head=checked.head) == checked
    verdict = weighin.run(plain, results=results)
    assert verdict == weighin.check(plain, [results])


def test_a_smoke_run_is_partial_and_the_whole_run_after_it_is_judged(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    file, results = write_requirements(tiny_checkpoint), tmp_path / "results"

    first = weighin.run(file, results=results, max_samples=2)
    second = weighin.run(file, results=results)

    assert (first.outcome, second.outcome) == (Outcome.PARTIAL, Outcome.MET)
    assert first.head.partial.startswith("2 of ")
    assert weighin.check(file, [results]).outcome is Outcome.MET


def test_a_contradiction_on_the_way_of_a_smoke_run_is_violated(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    file, results = write_requirements(tiny_checkpoint), tmp_path / "results"
    weighin.run(file, results=results, max_samples=2)
    samples = next(results.rglob("samples_tiny_choice*"))
    samples.write_bytes(samples.read_bytes().replace(b'"acc": 0.0', b'"acc": 1.0'))

    assert weighin.run(file, results=results, max_samples=2).outcome is Outcome.VIOLATED


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
    assert [(line.event, line.benchmark) for line in lines[-6:-1]] == [
        ("benchmark-reused", "tiny_choice"),
        ("benchmark-started", "tiny_generate"),
        ("benchmark-answering", "tiny_generate"),
        ("benchmark-answered", "tiny_generate"),
        ("benchmark-finished", "tiny_generate"),
    ]
