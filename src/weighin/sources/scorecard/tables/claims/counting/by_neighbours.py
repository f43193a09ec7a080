"""Units that the numbers beside others tell: percentages, and shares by their form."""

from collections.abc import Sequence

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.forms import (
    MOST_PERCENT,
    decimals_of,
    may_be_counts,
    open_ones,
    usual_decimals,
)
from weighin.sources.scorecard.tables.claims.counting.unclear import Unclear

_LONG_FRACTION, _FRACTION = 4, 2
_FEW_PERCENT = 0.1
_SURELY_PERCENT = 10
"""Scores of benchmarks that nobody knows, in points of ten, end here."""
_FEWEST_COUNTS = 3
_FEWEST_SCORED = 5


def add_by_neighbours(
    numbers: Sequence[Unclear], units: list[Unit | None], beside: Sequence[Unclear]
) -> None:
    """Percentages beside percentages, where numbers look like these."""
    told = [n for n, u in zip(numbers, units, strict=True) if u is Unit.PERCENT] or beside
    if not any(float(number.number) > 1 for number in told):
        return
    usual = usual_decimals(told)
    is_signed = all(number.is_percentage for number in told)
    for indexes in open_ones(numbers, units).values():
        values = [float(numbers[index].number) for index in indexes]
        largest = max(values)
        alike = all(decimals_of(numbers[index].number) in {usual, 0} for index in indexes)
        is_known = numbers[indexes[0]].benchmark is not None
        if not is_known and is_signed and not any(decimals_of(numbers[i].number) for i in indexes):
            # Where each percentage has its sign, a whole number without one is none.
            continue
        found = [numbers[i] for i in indexes]
        if not is_known and usual and len(found) >= _FEWEST_COUNTS and may_be_counts(found):
            continue
        is_percent = (
            _SURELY_PERCENT < largest <= MOST_PERCENT
            or (1 < largest <= _SURELY_PERCENT and alike)
            or (
                largest <= 1
                and (is_known or _is_scored_alike(found, told))
                and alike
                and usual <= 1
            )
            or (largest == 0 and (alike or is_known))
        )
        if is_percent:
            for index in indexes:
                units[index] = Unit.PERCENT


def _is_scored_alike(found: Sequence[Unclear], told: Sequence[Unclear]) -> bool:
    """Whether numbers are of a metric whose percentages most beside them are."""
    scored = sum(number.is_scored for number in told)
    return all(n.is_scored for n in found) and scored >= _FEWEST_SCORED


def add_shares(numbers: Sequence[Unclear], units: list[Unit | None]) -> frozenset[str]:
    """Shares by their form, among numbers of other units; the labels are told, for none is sure.

    A benchmark of the registry must have nothing but several fractions below 1, and more digits
    than its neighbours; beside two of them so are others of that form.
    """
    usual = usual_decimals([n for n, u in zip(numbers, units, strict=True) if u is Unit.PERCENT])
    alike: dict[str, list[int]] = {}
    clear: dict[str, list[int]] = {}
    long: dict[str, list[int]] = {}
    for label, indexes in open_ones(numbers, units).items():
        values = [float(numbers[index].number) for index in indexes]
        most = max(decimals_of(numbers[index].number) for index in indexes)
        if max(values) > 1 or max(values) <= _FEW_PERCENT:
            continue
        if most >= _LONG_FRACTION:
            long[label] = indexes
        is_clear = len(indexes) > 1 and most >= _FRACTION and most > usual
        if is_clear and (min(values) > _FEW_PERCENT or most >= _LONG_FRACTION):
            first = numbers[indexes[0]]
            is_known = first.benchmark is not None or first.is_scored
            (alike if is_known else clear)[label] = indexes
    known = [label for label, (first, *_) in long.items() if numbers[first].benchmark is not None]
    others = {**long, **(clear if len(alike) > 1 else {})}
    found = {**alike, **(others if len(known) > 1 or alike else {})}
    for indexes in found.values():
        for index in indexes:
            units[index] = Unit.SHARE
    return frozenset(found)
