"""What is recorded beside the benchmarks of one call."""

from collections.abc import Callable
from pathlib import Path

import pytest

import weighin
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
