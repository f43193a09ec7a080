"""The units of what a harness printed: what cannot exceed all is in the same one."""

import re
from collections.abc import Sequence

from weighin.evidence.benchmarks import ScoreKind
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.forms import decimals_of
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.layout.words import is_share_metric, is_unbounded_metric

_OF_DOCUMENTS = re.compile(
    r"(?:\w{1,20}_)?acc(?:_\w{1,20})?|exact(?:_\w{1,20})?_match|em|mc[12]|multiple_choice_grade|pct_\w{1,20}"
)
"""Metrics that are a share of documents, as harnesses call them."""
_OF_ANSWERS = re.compile(r"(?:\w{1,20}_)?(?:exact|f1)")
_MOST_PERCENT = 100
_FEWEST_DECIMALS = 3
"""Of a share; a percentage is printed with fewer."""
_FEW_DOCUMENTS, _MANY_DOCUMENTS = 30, 200
"""Hardly a benchmark has so few; as percentages, so many would be more than any has."""


def take_units(found: Sequence[Found]) -> None:
    """Take in the unit of the numbers of a print, where its accuracies tell it.

    One above 1 says that whoever kept the print made percentages of it; a metric with numbers
    above 100 counts in something else.
    """
    beyond = {_metric(n) for n in found if float(n.cell.number) > _MOST_PERCENT}
    counted = [n for n in found if _metric(n) not in beyond]
    accuracies = [n for n in counted if _OF_DOCUMENTS.fullmatch(_metric(n))]
    unit = _unit_of(accuracies) if accuracies else None
    for number in found:
        if number.unit is None and _metric(number) in beyond:
            number.unit = Unit.OTHER
    # Of a print in percent all is, that cannot exceed all; SQuAD's F1 is it in any print.
    of_unit = filter(_is_share, counted) if unit is Unit.PERCENT else accuracies
    for number in of_unit:
        number.unit = number.unit or unit


def take_counts(found: Sequence[Found]) -> None:
    """Take in that numbers are how many were right of those behind them: `252` of 300.

    All of a table are whole, none is more than its documents, and one more than all percent.
    """
    numbers = [
        n.cell.number
        for n in found
        if n.documents and not n.cell.is_percentage and not _is_unbounded(n)
    ]
    are_counts = len(numbers) == len(found) and all(
        number.isdecimal() and int(number) <= (n.documents or 0)
        for number, n in zip(numbers, found, strict=True)
    )
    if are_counts and any(int(number) > _MOST_PERCENT for number in numbers):
        for n in found:
            n.unit = n.unit or Unit.OTHER


def _unit_of(counted: Sequence[Found]) -> Unit | None:
    """The unit of what cannot exceed all; `None` if nothing tells it."""
    if any(float(n.cell.number) > 1 for n in counted):
        return Unit.PERCENT
    # Nothing is as much in either unit.
    is_nothing = not any(float(n.cell.number) for n in counted)
    if is_nothing or any(decimals_of(n.cell.number) >= _FEWEST_DECIMALS for n in counted):
        return Unit.SHARE
    told = {unit for n in counted if (unit := _by_error(n)) is not None}
    return told.pop() if len(told) == 1 else None


def _by_error(number: Found) -> Unit | None:
    """The unit in which a standard error is that of a number of documents that a benchmark has.

    0.83 ± 0.25 is of two documents as a share, and of 1,317 as a percentage.
    """
    value, error = float(number.cell.number), float(number.standard_error or 0)
    if value == 1 and number.standard_error and not error:
        # All that were asked.
        return Unit.SHARE
    if not error or not value:
        return None
    as_share, as_percentage = (value * (most - value) / error**2 for most in (1, _MOST_PERCENT))
    documents = None if number.benchmark is None else number.benchmark.documents
    if documents:
        is_share = as_share * as_percentage >= documents**2
        return Unit.SHARE if is_share else Unit.PERCENT
    if as_share < _FEW_DOCUMENTS:
        return Unit.PERCENT
    return Unit.SHARE if as_share > _MANY_DOCUMENTS else None


def _metric(number: Found) -> str:
    return number.metric.partition(",")[0]


def _is_unbounded(number: Found) -> bool:
    return number.benchmark is not None and number.benchmark.score is ScoreKind.UNBOUNDED


def _is_share(number: Found) -> bool:
    metric = _metric(number)
    is_named = _OF_DOCUMENTS.fullmatch(metric) or _OF_ANSWERS.fullmatch(metric)
    return is_named is not None or (is_share_metric(metric) and not is_unbounded_metric(metric))
