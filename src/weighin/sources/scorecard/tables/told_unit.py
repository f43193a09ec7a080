"""In what a printed number counts, where the table says it without a word; never a guess."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.benchmarks import Benchmark, ScoreKind
from weighin.evidence.scorecard import Unit

_RATING = "rating"
_AVERAGES = frozenset({"average", "avg", "avg.", "mean", "overall average"})
_MOST = {Unit.PERCENT: 100.0, Unit.SHARE: 1.0}
_ASKED = "percent, share, rating or other? nothing here says it; give the unit (--unit)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A number whose unit is asked for.

    Attributes:
        shown: Where it stands, for example `card.md: line 4, cell 3`.
        number: Its digits.
        is_percentage: Whether a percent sign says it.
        label: Its benchmark as printed.
        benchmark: The same in the registry; `None` if it is not known.
        unit: As its table states it; `None` if it does not.
    """

    shown: str
    number: str
    is_percentage: bool
    label: str
    benchmark: Benchmark | None
    unit: Unit | None = None


def told_units(numbers: Sequence[Unclear], default: Unit | None) -> tuple[Unit, ...]:
    """The unit of each number of a table.

    A percent sign tells it, a rating's benchmark tells it, and a number above 1 on a benchmark
    that cannot exceed all is a percentage, as are its neighbours in the row. A table without any
    number above 1 is in shares.

    Args:
        numbers: All of one table.
        default: Of those for which nothing tells it; `None` asks.

    Raises:
        UsageError: It cannot be told.
        EvidenceError: A number is larger than its unit allows.
    """
    units = [number.unit or _by_itself(number) for number in numbers]
    open_ones = [n for n, unit in zip(numbers, units, strict=True) if unit is None]
    is_in_shares = (
        default is None
        and all(float(number.number) <= 1 for number in open_ones)
        and any("." in number.number for number in open_ones)
        and Unit.PERCENT not in units
    )
    in_percent = _rows_in_percent(numbers)
    for index, number in enumerate(numbers):
        if units[index] is None:
            if is_in_shares:
                units[index] = Unit.SHARE
            elif default is None and number.label in in_percent:
                units[index] = Unit.PERCENT
            else:
                units[index] = default
    found = {unit for unit in units if unit is not None}
    answer: list[Unit] = []
    for number, unit in zip(numbers, units, strict=True):
        is_average = number.label.casefold() in _AVERAGES
        told = next(iter(found)) if unit is None and is_average and len(found) == 1 else unit
        if told is None:
            raise UsageError(f"{number.shown}: {number.number} on {number.label}: {_ASKED}")
        _require_possible(number, told)
        answer.append(told)
    return tuple(answer)


def _by_itself(number: Unclear) -> Unit | None:
    if number.is_percentage:
        return Unit.PERCENT
    known = number.benchmark
    if known is not None and known.score is ScoreKind.UNBOUNDED:
        return Unit.RATING if known.metric == _RATING else Unit.OTHER
    return None


def _rows_in_percent(numbers: Sequence[Unclear]) -> frozenset[str]:
    """Labels of known benchmarks that cannot exceed all, one of whose numbers is above 1."""
    largest: dict[str, float] = defaultdict(float)
    for number in numbers:
        known = number.benchmark
        if known is not None and known.score is not ScoreKind.UNBOUNDED:
            largest[number.label] = max(largest[number.label], float(number.number))
    return frozenset(label for label, value in largest.items() if value > 1)


def _require_possible(number: Unclear, unit: Unit) -> None:
    if float(number.number) > _MOST.get(unit, float("inf")):
        raise EvidenceError(
            f"{number.shown}: expected at most {_MOST[unit]:.0f} with unit {unit}, found "
            f"{number.number} on {number.label}; write a scorecard file, where each row can have "
            "a unit of its own"
        )
