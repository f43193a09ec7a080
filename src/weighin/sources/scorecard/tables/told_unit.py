"""In what a printed number counts, where the table says it without a word."""

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weighin.errors import UsageError
from weighin.evidence.benchmarks import Benchmark, ScoreKind
from weighin.evidence.scorecard import Unit

_RATING = "rating"
_AVERAGES = frozenset(
    {"average", "avg", "avg.", "mean", "overall average", "overall", "ave.", "ave"}
)
_MOST_PERCENT = 100
_OF_RATINGS = re.compile(r"(?<![a-z])(?:elo|ratings?|glicko)(?![a-z])", re.IGNORECASE)
_LONG_FRACTION, _FRACTION = 4, 2
_FEW_PERCENT = 0.1
_SURELY_PERCENT = 10
"""Scores of benchmarks that nobody knows, in points of ten, end here."""
_FEWEST_COUNTS = 3
_FEWEST_SCORED = 5
_ORDINARY = re.compile(r"[A-Z]?[a-z]+(?: [A-Z]?[a-z]+)*")
"""Benchmarks have capitals or digits within their names."""
ASKED = "percent, share, rating or other? nothing here says it; give the unit (--unit)"


def asked_beside(label: str) -> str:
    """The question for the unit of one benchmark, where those of others are told."""
    way = shlex.quote(f"{label}=other")
    return (
        "percent, share, rating or other? nothing here says it; give the unit "
        f"(--unit {way}, or whichever it is)"
    )


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
        is_scored: Whether its metric is one whose scores are percentages where they are above 1.
        is_unbounded: Whether its metric is one without a largest value, such as a perplexity.
        around: As the words around its table state it; `None` if they do not.
        scale: The most on a scale of judges that its label or its table names; 0 if none is named.
        is_chance: Whether it is what answers would reach without a model.
        metric: As printed; empty if none is.
    """

    shown: str
    number: str
    is_percentage: bool
    label: str
    benchmark: Benchmark | None
    unit: Unit | None = None
    is_scored: bool = False
    is_unbounded: bool = False
    around: Unit | None = None
    scale: int = 0
    is_chance: bool = False
    metric: str = ""

    @property
    def group(self) -> str:
        """What its unit is told of with others: those on one benchmark by one metric."""
        return group_of(self.label, self.metric)


def group_of(label: str, metric: str) -> str:
    """What the unit of numbers on a benchmark by a metric is told of together."""
    return f"{label} {metric}".strip()


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the unit of a number.

    Attributes:
        unit: It; `None` if nothing tells it.
        is_sure: Whether it is; not where neighbours are percentages and it looks like a share.
        is_by_form: Whether nothing but the form of the numbers says it.
    """

    unit: Unit | None
    is_sure: bool = True
    is_by_form: bool = False


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
    counted = _labels_of_counts(numbers)
    units = [
        Unit.OTHER if unit is None and number.group in counted else unit
        for number, unit in zip(numbers, units, strict=True)
    ]
    # A part of a whole never lies below zero.
    below = {number.label for number in numbers if float(number.number) < 0}
    units = [
        Unit.OTHER if number.label in below and unit is not Unit.RATING else unit
        for number, unit in zip(numbers, units, strict=True)
    ]
    whole = _groups_of_whole_numbers(numbers)
    open_ones = [
        n for n, u in zip(numbers, units, strict=True) if u is None and n.group not in whole
    ]
    is_in_shares = (
        default is None
        and all(float(number.number) <= 1 for number in open_ones)
        and any("." in number.number for number in open_ones)
        and Unit.PERCENT not in units
    )
    by_label = _labels_in_percent(numbers)
    for index, number in enumerate(numbers):
        if units[index] is None:
            if is_in_shares and number.group not in whole:
                units[index] = Unit.SHARE
            elif by_label.get(number.group, False):
                units[index] = Unit.PERCENT
    if default is None:
        _add_by_words(numbers, units)
    else:
        _add_default(numbers, units, default)
    _add_by_neighbours(numbers, units, beside)
    shares = _add_by_form(numbers, units)
    found = {
        unit
        for number, unit in zip(numbers, units, strict=True)
        if unit is not None and not (unit is Unit.OTHER and is_above_percent([number]))
    }
    if len(found) == 1:
        for index, number in enumerate(numbers):
            if units[index] is None and number.label.casefold() in _AVERAGES:
                units[index] = next(iter(found))
    most = _most_decimals(numbers)
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
        and float(number.number) > _MOST_PERCENT
    ):
        return Unit.RATING
    if known is not None and known.score is ScoreKind.UNBOUNDED:
        return Unit.RATING if known.metric == _RATING else Unit.OTHER
    return None


def _groups_of_whole_numbers(numbers: Sequence[Unclear]) -> frozenset[str]:
    """What holds nothing but whole numbers, one above 1, among fractions: they say not its unit."""
    largest: dict[str, float] = defaultdict(float)
    printed: set[str] = set()
    for number in numbers:
        largest[number.group] = max(largest[number.group], float(number.number))
        if "." in number.number or number.benchmark is not None or number.is_scored:
            printed.add(number.group)
    return frozenset(group for group, most in largest.items() if most > 1) - printed


def _labels_of_counts(numbers: Sequence[Unclear]) -> frozenset[str]:
    """Labels all of whose numbers may be how many documents were right: `736` on OCRBench.

    They are whole, no more than there are documents, and one of them is more than all percent.
    """
    may_be: dict[str, bool] = {}
    above: set[str] = set()
    for number in numbers:
        documents = 0 if number.benchmark is None else number.benchmark.documents or 0
        is_one = number.number.isdecimal() and int(number.number) <= documents
        if is_one and not number.is_percentage and int(number.number) > _MOST_PERCENT:
            above.add(number.group)
        may_be[number.group] = may_be.get(number.group, True) and is_one
    return frozenset(label for label, is_one in may_be.items() if is_one and label in above)


def _labels_in_percent(numbers: Sequence[Unclear]) -> Mapping[str, bool]:
    """Labels one of whose numbers is above 1, if it is a share of all that can be reached."""
    largest: dict[str, float] = defaultdict(float)
    signed: set[str] = set()
    for number in numbers:
        known = number.benchmark
        is_bounded = known is not None and known.score is not ScoreKind.UNBOUNDED
        if is_bounded or (number.is_scored and float(number.number) <= _MOST_PERCENT):
            largest[number.group] = max(largest[number.group], float(number.number))
        value = float(number.number)
        is_stated = number.is_percentage or number.unit is Unit.PERCENT
        if value > 1 and (is_stated or (number.is_chance and value <= _MOST_PERCENT)):
            signed.add(number.group)
    return {label: largest[label] > 1 or label in signed for label in {*largest, *signed}}


def _add_by_neighbours(
    numbers: Sequence[Unclear], units: list[Unit | None], beside: Sequence[Unclear]
) -> None:
    """Percentages beside percentages, where numbers look like these."""
    told = [n for n, u in zip(numbers, units, strict=True) if u is Unit.PERCENT] or beside
    if not any(float(number.number) > 1 for number in told):
        return
    usual = usual_decimals(told)
    is_signed = all(number.is_percentage for number in told)
    for indexes in _open_ones(numbers, units).values():
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
            _SURELY_PERCENT < largest <= _MOST_PERCENT
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


def _add_default(numbers: Sequence[Unclear], units: list[Unit | None], default: Unit) -> None:
    """What the user says, of the numbers that it fits: 14,336 is no percentage, 7.1 no share."""
    most = {Unit.PERCENT: _MOST_PERCENT, Unit.SHARE: 1}.get(default)
    for indexes in _open_ones(numbers, units).values():
        found = [numbers[index] for index in indexes]
        largest = max(float(number.number) for number in found)
        if most is None or largest <= most or found[0].benchmark is not None:
            for index in indexes:
                units[index] = default


def _add_by_words(numbers: Sequence[Unclear], units: list[Unit | None]) -> None:
    """What the words around a table and those of its labels say, of the numbers that it fits."""
    judged = {n.scale for n in numbers if n.benchmark is None and n.scale}
    # Beside what judges gave, the rest of a table that fits their scale is that, too.
    scale = max(judged) if judged and all(n.benchmark is None for n in numbers) else 0
    for indexes in _open_ones(numbers, units).values():
        first = numbers[indexes[0]]
        largest = max(float(numbers[index].number) for index in indexes)
        found: Unit | None = None
        if first.benchmark is None and 1 < largest <= (first.scale or scale):
            found = Unit.OTHER
        elif first.benchmark is None and is_above_percent([numbers[i] for i in indexes]):
            found = Unit.OTHER if Unit.PERCENT in units else None
        elif first.around is Unit.PERCENT and 1 < largest <= _MOST_PERCENT:
            found = Unit.PERCENT
        elif first.around is Unit.SHARE and largest <= 1:
            found = Unit.SHARE
        for index in indexes if not may_be_counts([numbers[i] for i in indexes]) else ():
            units[index] = found


def is_above_percent(numbers: Sequence[Unclear]) -> bool:
    """Whether all numbers below the name of a set are too large for percentages: those of MME."""
    label = numbers[0].label
    is_name = _ORDINARY.fullmatch(label) is None and sum(map(str.isupper, label)) > 1
    return is_name and min(float(number.number) for number in numbers) > _MOST_PERCENT


def _open_ones(numbers: Sequence[Unclear], units: Sequence[Unit | None]) -> Mapping[str, list[int]]:
    """The places of numbers whose unit is not told yet, by label."""
    by_label: dict[str, list[int]] = defaultdict(list)
    for index, number in enumerate(numbers):
        if units[index] is None:
            by_label[number.group].append(index)
    return by_label


def may_be_counts(numbers: Sequence[Unclear]) -> bool:
    """Whether numbers beside decimals are whole ones below an ordinary word, such as Members."""
    return (
        not any(decimals_of(number.number) for number in numbers)
        and not any(number.is_scored for number in numbers)
        and _ORDINARY.fullmatch(numbers[0].label) is not None
    )


def _add_by_form(numbers: Sequence[Unclear], units: list[Unit | None]) -> frozenset[str]:
    """Shares by their form, among numbers of other units; the labels are told, for none is sure.

    A benchmark of the registry must have nothing but several fractions below 1, and more digits
    than its neighbours; beside two of them so are others of that form.
    """
    usual = usual_decimals([n for n, u in zip(numbers, units, strict=True) if u is Unit.PERCENT])
    alike: dict[str, list[int]] = {}
    clear: dict[str, list[int]] = {}
    long: dict[str, list[int]] = {}
    for label, indexes in _open_ones(numbers, units).items():
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


def usual_decimals(numbers: Sequence[Unclear]) -> int:
    """How many decimals most of some numbers have; 0 if there are none."""
    often = Counter(decimals_of(number.number) for number in numbers).most_common(1)
    return often[0][0] if often else 0


def _is_odd(
    number: Unclear, unit: Unit | None, most_decimals: int | None, default: Unit | None
) -> bool:
    """Whether a percentage looks like none: 0.52 beside 81.3, or more than all."""
    value = float(number.number)
    if unit is not Unit.PERCENT or number.is_percentage or default is not None:
        return False
    if number.unit is not None:
        return False
    if value > _MOST_PERCENT:
        # A little more than all of a benchmark is a finding; more may be another measure on it.
        is_other = bool(number.metric and not number.is_scored)
        return number.benchmark is None or is_other or value > 2 * _MOST_PERCENT
    if not 0 < value <= 1:
        return False
    return most_decimals is None or decimals_of(number.number) > most_decimals


def _most_decimals(numbers: Sequence[Unclear]) -> Mapping[str, int]:
    """The most decimals of numbers above 1, by label."""
    most: dict[str, int] = {}
    for number in numbers:
        if float(number.number) > 1:
            most[number.group] = max(most.get(number.group, 0), decimals_of(number.number))
    return most


def decimals_of(number: str) -> int:
    """How many decimals a printed number has."""
    return len(number.partition(".")[2])
