"""In what a printed number counts, where the table says it without a word."""

import re
from collections import defaultdict
from collections.abc import Sequence

from weighin.errors import UsageError
from weighin.evidence.benchmarks import ScoreKind
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.by_neighbours import (
    add_by_neighbours,
    add_shares,
)
from weighin.sources.scorecard.tables.claims.counting.by_words import add_by_words, add_default
from weighin.sources.scorecard.tables.claims.counting.forms import (
    MOST_PERCENT,
    decimals_of,
    is_above_percent,
    most_decimals,
)
from weighin.sources.scorecard.tables.claims.counting.unclear import ASKED, Told, Unclear

_RATING = "rating"
_AVERAGES = frozenset(
    {"average", "avg", "avg.", "mean", "overall average", "overall", "ave.", "ave"}
)
_OF_RATINGS = re.compile(r"(?<![a-z])(?:elo|ratings?|glicko)(?![a-z])", re.IGNORECASE)


def told_units(numbers: Sequence[Unclear], default: Unit | None) -> tuple[Told, ...]:
    """What is told of the unit of each number, which must be something; see `units_told`.

    Raises:
        UsageError: One cannot be told.
    """
    answer = units_told(numbers, default)
    for number, told in zip(numbers, answer, strict=True):
        if told.unit is None:
            raise UsageError(f"{number.shown}: {number.number} on {number.label}: {ASKED}")
    return answer


def units_told(
    numbers: Sequence[Unclear], default: Unit | None, beside: Sequence[Unclear] = ()
) -> tuple[Told, ...]:
    """What is told of the unit of each number of a table.

    A percent sign tells it, a rating's benchmark tells it, and a number above 1 on a benchmark
    that cannot exceed all is a percentage, as are its neighbours in the row. A table without any
    number above 1 is in shares. A benchmark that nobody knows, with numbers from 10 to 100 or with
    a metric of shares, is in percent like those beside it.

    Args:
        numbers: All of one table.
        default: Of those for which nothing tells it, where it fits them; `None` leaves them open.
        beside: Percentages of other tables of the same file and the same models.
    """
    units = [number.unit or _by_itself(number) for number in numbers]
    _add_others(numbers, units)
    _add_by_size(numbers, units, default)
    if default is None:
        add_by_words(numbers, units)
    else:
        add_default(numbers, units, default)
    add_by_neighbours(numbers, units, beside)
    shares = add_shares(numbers, units)
    _add_to_averages(numbers, units)
    most = most_decimals(numbers)
    return tuple(
        Told(
            unit,
            is_sure=number.group not in shares
            and not _is_odd(number, unit, most.get(number.group), default),
        )
        for number, unit in zip(numbers, units, strict=True)
    )


def _by_itself(number: Unclear) -> Unit | None:
    if number.is_percentage:
        return Unit.PERCENT
    known = number.benchmark
    if number.is_unbounded:
        return Unit.OTHER
    if (
        known is None
        and _OF_RATINGS.search(number.label.replace("_", " "))
        and float(number.number) > MOST_PERCENT
    ):
        return Unit.RATING
    if known is not None and known.score is ScoreKind.UNBOUNDED:
        return Unit.RATING if known.metric == _RATING else Unit.OTHER
    return None


def _add_others(numbers: Sequence[Unclear], units: list[Unit | None]) -> None:
    """What counts documents, or lies below zero as no part of a whole does."""
    counted = _groups_of_counts(numbers)
    below = {number.label for number in numbers if float(number.number) < 0}
    for index, number in enumerate(numbers):
        is_count = units[index] is None and number.group in counted
        is_below = number.label in below and units[index] is not Unit.RATING
        if is_count or is_below:
            units[index] = Unit.OTHER


def _add_by_size(
    numbers: Sequence[Unclear], units: list[Unit | None], default: Unit | None
) -> None:
    """Shares where no number of a table is above 1, percentages where one on a benchmark is."""
    whole = _groups_of_whole_numbers(numbers)
    open_numbers = [
        n for n, u in zip(numbers, units, strict=True) if u is None and n.group not in whole
    ]
    is_in_shares = (
        default is None
        and all(float(number.number) <= 1 for number in open_numbers)
        and any("." in number.number for number in open_numbers)
        and Unit.PERCENT not in units
    )
    in_percent = _groups_in_percent(numbers)
    for index, number in enumerate(numbers):
        if units[index] is None and is_in_shares and number.group not in whole:
            units[index] = Unit.SHARE
        elif units[index] is None and number.group in in_percent:
            units[index] = Unit.PERCENT


def _add_to_averages(numbers: Sequence[Unclear], units: list[Unit | None]) -> None:
    """The one unit of all that stands beside an average."""
    found = {
        unit
        for number, unit in zip(numbers, units, strict=True)
        if unit is not None and not (unit is Unit.OTHER and is_above_percent([number]))
    }
    if len(found) != 1:
        return
    (only,) = found
    for index, number in enumerate(numbers):
        if units[index] is None and number.label.casefold() in _AVERAGES:
            units[index] = only


def _groups_of_whole_numbers(numbers: Sequence[Unclear]) -> frozenset[str]:
    """Groups of nothing but whole numbers, one above 1: they do not say in what others count."""
    largest: dict[str, float] = defaultdict(float)
    printed: set[str] = set()
    for number in numbers:
        largest[number.group] = max(largest[number.group], float(number.number))
        if "." in number.number or number.benchmark is not None or number.is_scored:
            printed.add(number.group)
    return frozenset(group for group, most in largest.items() if most > 1) - printed


def _groups_of_counts(numbers: Sequence[Unclear]) -> frozenset[str]:
    """Groups all of whose numbers may be how many documents were right: `736` on OCRBench.

    They are whole, no more than there are documents, and one of them is more than all percent.
    """
    may_be: dict[str, bool] = {}
    above: set[str] = set()
    for number in numbers:
        documents = 0 if number.benchmark is None else number.benchmark.documents or 0
        is_one = number.number.isdecimal() and int(number.number) <= documents
        if is_one and not number.is_percentage and int(number.number) > MOST_PERCENT:
            above.add(number.group)
        may_be[number.group] = may_be.get(number.group, True) and is_one
    return frozenset(label for label, is_one in may_be.items() if is_one and label in above)


def _groups_in_percent(numbers: Sequence[Unclear]) -> frozenset[str]:
    """Groups with a number above 1, if it is a share of all that can be reached."""
    largest: dict[str, float] = defaultdict(float)
    signed: set[str] = set()
    for number in numbers:
        known = number.benchmark
        is_bounded = known is not None and known.score is not ScoreKind.UNBOUNDED
        if is_bounded or (number.is_scored and float(number.number) <= MOST_PERCENT):
            largest[number.group] = max(largest[number.group], float(number.number))
        value = float(number.number)
        is_stated = number.is_percentage or number.unit is Unit.PERCENT
        if value > 1 and (is_stated or (number.is_chance and value <= MOST_PERCENT)):
            signed.add(number.group)
    return frozenset(group for group, most in largest.items() if most > 1) | signed


def _is_odd(
    number: Unclear, unit: Unit | None, most_decimals: int | None, default: Unit | None
) -> bool:
    """Whether a percentage looks like none: 0.52 beside 81.3, or more than all."""
    value = float(number.number)
    if unit is not Unit.PERCENT or number.is_percentage or default is not None:
        return False
    if number.unit is not None:
        return False
    if value > MOST_PERCENT:
        # A little more than all of a benchmark is a finding; more may be another measure on it.
        is_other = bool(number.metric and not number.is_scored)
        return number.benchmark is None or is_other or value > 2 * MOST_PERCENT
    if not 0 < value <= 1:
        return False
    return most_decimals is None or decimals_of(number.number) > most_decimals
