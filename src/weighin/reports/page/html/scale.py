"""Scores on one axis, as numbers that a template draws with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weighin.reports.page.model import Bar, ScoreRow

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


_HEIGHT: Final = 100
_WIDE: Final = 600
_LEAST: Final = 3
_ROOM: Final = 36
"""Units of a column in which a value can be read."""
_MOST_COLUMNS: Final = 400


@dataclass(frozen=True, slots=True)
class BarColumn:
    """One column of a series, in units of a drawing 600 wide and 100 high.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        width: How wide it is.
        height: How high it is; 0 where nothing differs.
        is_known: Whether its height is known.
        middle: Its middle.
        above: Where its value stands.
        value: Its quantity in figures or words; empty where nothing differs, or there is no room.
    """

    x: str
    y: str
    width: str
    height: str
    is_known: bool
    middle: str
    above: str
    value: str


def columns_of(bars: Sequence[Bar]) -> tuple[BarColumn, ...]:
    """A column a bar, the first of them where there are too many."""
    shown = bars[:_MOST_COLUMNS]
    step = _WIDE / max(len(shown), 12)
    has_room = step >= _ROOM
    return tuple(
        _column(bar, number * step, step, has_room=has_room) for number, bar in enumerate(shown)
    )


def _column(bar: Bar, left: float, step: float, *, has_room: bool) -> BarColumn:
    share = 1.0 if bar.share is None else min(1.0, bar.share)
    height = max(_LEAST, share * _HEIGHT) if share > 0 else 0.0
    return BarColumn(
        x=f"{left + step * 0.1:.4g}",
        y=f"{_HEIGHT - height:.4g}",
        width=f"{step * 0.8:.4g}",
        height=f"{height:.4g}",
        is_known=bar.share is not None,
        middle=f"{left + step / 2:.4g}",
        above=f"{_HEIGHT - height - 3:.4g}",
        value=bar.value if has_room and height else "",
    )
