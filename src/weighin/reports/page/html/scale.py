"""Scores on one axis, as numbers that a template draws with."""

from dataclasses import dataclass
from typing import Final

from weighin.reports.page.model import ScoreRow

WIDTH: Final = 300
"""Of the axis, in the units of a drawing, and from 0 to 1 in those of a score."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Where a score stands on the axis.

    Attributes:
        x: The score.
        left: The lower end of its interval; `x` if that is unknown.
        right: The upper end.
    """

    x: str
    left: str
    right: str


def score_lines(row: ScoreRow) -> ScoreLine | None:
    """Where a score stands; `None` where it is no share, so that the axis does not hold it."""
    if row.value is None or not 0 <= row.value <= 1:
        return None
    low, high = row.interval or (row.value, row.value)
    return ScoreLine(*map(_place, (row.value, low, high)))


def _place(share: float) -> str:
    return f"{min(1.0, max(0.0, share)) * WIDTH:.4g}"
