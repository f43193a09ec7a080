"""What a check does grows as the row does: twice the benchmarks, twice the work."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from tests.making.logs.wide import WideRow, wide_row

from weighin.api import check
from weighin.rules.interface import Outcome

SIZES = (20, 40, 80)
PROFILES = ("same-checkpoint", "comparable", "leaderboard")
LARGEST_GROWTH = 2.5
"""Of twice as many benchmarks: 2 where the work is in proportion, 4 where each meets each."""


class _Calls:
    """How many functions were called, and generators asked to go on."""

    number = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        del frame, argument
        self.number += event in {"call", "c_call"}


@contextmanager
def counted() -> Iterator[_Calls]:
    calls, before = _Calls(), sys.getprofile()
    sys.setprofile(calls)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def calls_of(row: WideRow, *, copies: tuple[Path, ...] = ()) -> int:
    with counted() as calls:
        verdict = check(row.requirements, [row.log, *copies], reference=[row.log])
    assert verdict.outcome in {Outcome.UNDECIDED, Outcome.VIOLATED}
    return calls.number


def growth(work: list[int]) -> float:
    """By how much the work of what is added grows, without what every check does."""
    small, middle, large = work
    return (large - middle) / (middle - small)


@pytest.mark.parametrize("profile", PROFILES)
def test_work_is_in_proportion_to_the_benchmarks_of_a_row(profile: str, tmp_path: Path):
    work = [
        calls_of(wide_row(tmp_path / profile / str(size), size, profile))
        for size in (SIZES[0], *SIZES)
    ]
    # The first check fills what is kept for the next, for example the registry.
    assert growth(work[1:]) < LARGEST_GROWTH


def test_work_is_in_proportion_where_every_benchmark_was_scored_twice(tmp_path: Path):
    work = []
    for size in (SIZES[0], *SIZES):
        row = wide_row(tmp_path / str(size), size, "comparable")
        text = row.log.read_text()
        again = row.log.parent / "again" / row.log.name.replace("2026-02-21", "2026-02-22")
        again.parent.mkdir(exist_ok=True)
        again.write_text(text.replace("1763762400.25", "1763862400.25"))
        work.append(calls_of(row, copies=(again,)))
    assert growth(work[1:]) < LARGEST_GROWTH


def test_work_is_in_proportion_where_no_benchmark_has_the_required_score(tmp_path: Path):
    work = []
    for size in (SIZES[0], *SIZES):
        row = wide_row(tmp_path / str(size), size, "comparable")
        text = row.requirements.read_text().replace("metric: acc,", "metric: f1,")
        row.requirements.write_text(text)
        work.append(calls_of(row))
    assert growth(work[1:]) < LARGEST_GROWTH
