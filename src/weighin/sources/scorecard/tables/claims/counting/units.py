"""The units of the numbers of a file: by each table, then by tables of the same models."""

from collections import defaultdict
from collections.abc import Sequence

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.by_form import units_by_form
from weighin.sources.scorecard.tables.claims.counting.error_rates import units_of_error_rates
from weighin.sources.scorecard.tables.claims.counting.forms import may_be_counts
from weighin.sources.scorecard.tables.claims.counting.scales import scale_of
from weighin.sources.scorecard.tables.claims.counting.told import units_told
from weighin.sources.scorecard.tables.claims.counting.unclear import Told, Unclear, group_of
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.layout.no_scores import is_chance
from weighin.sources.scorecard.tables.layout.words import (
    is_share_metric,
    is_unbounded_metric,
    names_unbounded,
)

_FEWEST_PERCENTAGES = 8
_TEN, _HUNDRED = 10, 100
Numbers = tuple[tuple[Found, Told], ...]


def with_units(
    found: Sequence[Found], default: Unit | None, beside: Sequence[Found] = ()
) -> Numbers:
    """The numbers of a table, each with what is told of its unit.

    Args:
        found: They.
        default: Of those for which nothing tells it; `None` leaves them open.
        beside: Percentages of other tables of the same models.
    """
    told = units_told([_unclear(n) for n in found], default, [_unclear(n) for n in beside])
    return tuple(zip(found, told, strict=True))


def with_units_of_others(tables: Sequence[Numbers], default: Unit | None) -> list[Numbers]:
    """The numbers of all tables; those without any unit by other tables of the same models.

    A paper gives percentages of its models in several tables, some on benchmarks of its own.
    """
    models = [frozenset(number.artifact for number, _ in numbers) for numbers in tables]
    answer: list[Numbers] = []
    for numbers, own in zip(tables, models, strict=True):
        if not numbers or any(told.unit is not None for _, told in numbers):
            answer.append(numbers)
            continue
        beside = [
            number
            for others, theirs in zip(tables, models, strict=True)
            if theirs == own
            for number, told in others
            if told.unit is Unit.PERCENT and told.is_sure
        ]
        found = [number for number, _ in numbers]
        answer.append(with_units(found, default, beside) if beside else numbers)
    if default is not None:
        return answer
    answer = _by_same_labels(answer)
    if _is_in_percent(tables):
        answer = [
            _like_percentages(told) if _is_open(own) else told
            for own, told in zip(tables, answer, strict=True)
        ]
    answer = [units_by_form(numbers, [_unclear(n) for n, _ in numbers]) for numbers in answer]
    return [units_of_error_rates(numbers) for numbers in answer]


def _by_same_labels(tables: Sequence[Numbers]) -> list[Numbers]:
    """The numbers of all tables; those on what another table has in percent are that, too."""
    units: dict[str, set[Unit]] = defaultdict(set)
    for numbers in tables:
        for number, told in numbers:
            if told.unit is not None and told.is_sure:
                units[_group(number)].add(told.unit)
    return [
        tuple(
            (number, Told(Unit.PERCENT))
            if told.unit is None
            and units[_group(number)] == {Unit.PERCENT}
            and 1 < float(number.cell.number) <= _HUNDRED
            else (number, told)
            for number, told in numbers
        )
        for numbers in tables
    ]


def _is_in_percent(tables: Sequence[Numbers]) -> bool:
    """Whether enough numbers of a file are surely percentages, and none is a share."""
    units = [told.unit for numbers in tables for _, told in numbers if told.is_sure]
    return units.count(Unit.PERCENT) >= _FEWEST_PERCENTAGES and Unit.SHARE not in units


def _is_open(numbers: Numbers) -> bool:
    """Whether nothing in a table tells that its numbers are shares or percentages."""
    return all(told.unit in {None, Unit.OTHER} for _, told in numbers)


def _like_percentages(numbers: Numbers) -> Numbers:
    """The numbers of a table; if none has a unit, those whose form is that of percentages are such.

    None of them surely; whole numbers below ordinary words stay open.
    """
    by_label: dict[str, list[Unclear]] = defaultdict(list)
    for number, _ in (entry for entry in numbers if entry[1].unit is None):
        by_label[_group(number)].append(_unclear(number))
    alike = {
        label
        for label, found in by_label.items()
        if _TEN < max(float(n.number) for n in found) <= _HUNDRED and not may_be_counts(found)
    }
    return tuple(
        (number, Told(Unit.PERCENT, is_sure=False))
        if told.unit is None and _group(number) in alike
        else (number, told)
        for number, told in numbers
    )


def _group(number: Found) -> str:
    return group_of(number.label, _metric(number))


def _metric(number: Found) -> str:
    """`acc` of `acc,none`, which is lm-eval's metric and filter."""
    return number.metric.partition(",")[0]


def _unclear(number: Found) -> Unclear:
    around, metric = number.around, _metric(number)
    return Unclear(
        shown=number.label,
        number=number.cell.number,
        is_percentage=number.cell.is_percentage or number.stated.is_percentage,
        label=number.label,
        benchmark=number.whole,
        unit=number.unit,
        is_scored=is_share_metric(metric)
        or is_share_metric(number.label)
        # What judges give on a scale of ten is no accuracy, whatever stands around its table.
        or (around is not None and around.is_scored and not scale_of(number.label)),
        is_unbounded=is_unbounded_metric(metric)
        or (names_unbounded(number.label) and not is_share_metric(metric or _whole(number.label))),
        around=None if around is None else around.unit,
        scale=scale_of(number.label) or (0 if around is None else around.scale),
        is_chance=is_chance(number.artifact),
        metric=metric,
    )


def _whole(label: str) -> str:
    """A label without the part in parentheses: `Accuracy (sl-cer)`."""
    return label.partition(" (")[0] if label.endswith(")") else label
