"""Units that nothing but the form of numbers tells; none of them is sure, and each is told so."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.forms import (
    decimals_of,
    is_above_percent,
    may_be_counts,
    usual_decimals,
)
from weighin.sources.scorecard.tables.claims.counting.unclear import Told, Unclear
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.words import is_measure

_OF_ANYTHING = re.compile(r"^(?:scores?|values?|results?|points?)$")
_INDEX = re.compile(r"\bindex\b")
_TEN, _HUNDRED = 10, 100
_FEW = 0.1
_FEWEST, _FEWEST_BESIDE = 2, 4


def units_by_form(
    numbers: Sequence[tuple[Found, Told]], unclear: Sequence[Unclear]
) -> tuple[tuple[Found, Told], ...]:
    """The numbers of a table, those whose unit nothing tells with the one that they look like.

    Decimals from 10 to 100 look like percentages, but for an index, a score of nothing that is
    named, and what stands beside shares. Fractions look like shares where they have more
    decimals than the percentages beside them, or a name of a metric above them. A score of nothing
    that is named, such as 1487.6 below `Score`, is in a unit of its own.

    Args:
        numbers: They.
        unclear: The same, with what is said of the unit of each.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, ((_, told), one) in enumerate(zip(numbers, unclear, strict=True)):
        if told.unit is None:
            groups[one.metric or one.label].append(index)
    usual = usual_decimals(
        [one for (_, told), one in zip(numbers, unclear, strict=True) if told.unit is Unit.PERCENT]
    )
    answer = list(numbers)
    has_shares = any(told.unit is Unit.SHARE for _, told in numbers)
    percentages = [
        indexes
        for indexes in groups.values()
        if not has_shares and _look_like_percentages([unclear[index] for index in indexes])
    ]
    are_many = sum(map(len, percentages)) >= _FEWEST_BESIDE
    for indexes in groups.values():
        found = [unclear[index] for index in indexes]
        unit = None
        if indexes in percentages and (are_many or len(indexes) >= _FEWEST):
            unit = Unit.PERCENT
        elif _look_like_shares(found, usual):
            unit = Unit.SHARE
        elif _is_score_of_anything(found) or (percentages and is_above_percent(found)):
            unit = Unit.OTHER
        for index in indexes if unit is not None else ():
            number, told = answer[index]
            answer[index] = number, replace(told, unit=unit, is_sure=False, is_by_form=True)
    return tuple(answer)


def _look_like_percentages(found: Sequence[Unclear]) -> bool:
    values = [float(one.number) for one in found]
    largest = max(values)
    with_decimals = sum("." in one.number for one in found)
    return (
        _TEN < largest <= _HUNDRED
        and sum(0 < value < 1 for value in values) * 2 < len(values)
        and with_decimals * 2 >= len(found)
        and not may_be_counts(found)
        and not any(at.search(name_words(found[0].group)) for at in (_OF_ANYTHING, _INDEX))
        and not any(one.is_unbounded or largest <= one.scale for one in found)
    )


def _is_score_of_anything(found: Sequence[Unclear]) -> bool:
    """Whether numbers are called scores and no more, and are not shares."""
    is_named = _OF_ANYTHING.search(name_words(found[0].group)) is not None
    return is_named and max(float(one.number) for one in found) > 1


def _look_like_shares(found: Sequence[Unclear], usual: int) -> bool:
    values = [float(one.number) for one in found]
    decimals = max(decimals_of(one.number) for one in found)
    is_metric = is_measure(found[0].metric or found[0].label)
    return (
        len(found) >= _FEWEST
        and (min(values) > _FEW or (is_metric and decimals > usual))
        and _FEW < max(values) <= 1
        and all("." in one.number for one in found)
        and decimals > 1
        and (is_metric or decimals > usual)
        and not any(one.is_unbounded for one in found)
    )
