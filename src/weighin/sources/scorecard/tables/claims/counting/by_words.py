"""Units that words tell: those around a table, and the user's."""

from collections.abc import Sequence

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.forms import (
    MOST_PERCENT,
    is_above_percent,
    may_be_counts,
    open_ones,
)
from weighin.sources.scorecard.tables.claims.counting.unclear import Unclear


def add_default(numbers: Sequence[Unclear], units: list[Unit | None], default: Unit) -> None:
    """What the user says, of the numbers that it fits: 14,336 is no percentage, 7.1 no share."""
    most = {Unit.PERCENT: MOST_PERCENT, Unit.SHARE: 1}.get(default)
    for indexes in open_ones(numbers, units).values():
        found = [numbers[index] for index in indexes]
        largest = max(float(number.number) for number in found)
        if most is None or largest <= most or found[0].benchmark is not None:
            for index in indexes:
                units[index] = default


def add_by_words(numbers: Sequence[Unclear], units: list[Unit | None]) -> None:
    """What the words around a table and those of its labels say, of the numbers that it fits."""
    judged = {n.scale for n in numbers if n.benchmark is None and n.scale}
    # Beside what judges gave, the rest of a table that fits their scale is that, too.
    scale = max(judged) if judged and all(n.benchmark is None for n in numbers) else 0
    for indexes in open_ones(numbers, units).values():
        first = numbers[indexes[0]]
        largest = max(float(numbers[index].number) for index in indexes)
        found: Unit | None = None
        if first.benchmark is None and 1 < largest <= (first.scale or scale):
            found = Unit.OTHER
        elif first.benchmark is None and is_above_percent([numbers[i] for i in indexes]):
            found = Unit.OTHER if Unit.PERCENT in units else None
        elif first.around is Unit.PERCENT and 1 < largest <= MOST_PERCENT:
            found = Unit.PERCENT
        elif first.around is Unit.SHARE and largest <= 1:
            found = Unit.SHARE
        for index in indexes if not may_be_counts([numbers[i] for i in indexes]) else ():
            units[index] = found
