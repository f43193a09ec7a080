"""Units of error rates of words and signs, which exceed all where much was inserted."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.unclear import Told
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.layout.names import name_words

_ERROR_RATE = re.compile(
    r"\b(?:m?wer|cer|mer|per|ser|(?:word|character|phone(?:me)?) error rate)\b"
)
_HUNDRED = 100

Numbers = tuple[tuple[Found, Told], ...]


def units_of_error_rates(numbers: Numbers) -> Numbers:
    """The numbers of a table; its error rates as shares or percentages, as most look.

    They are told as read by their form alone, for none is a part of a whole: 1.08 may be a share,
    and so many errors. Where both are as likely their unit stays one of their own.
    """
    rates = [place for place, (number, told) in enumerate(numbers) if _is_rate(number, told)]
    unit = _unit_of([float(numbers[place][0].cell.number) for place in rates])
    if unit is None:
        return numbers
    answer = list(numbers)
    for place in rates:
        number, told = answer[place]
        answer[place] = number, replace(told, unit=unit, is_sure=False, is_by_form=True)
    return tuple(answer)


def _is_rate(number: Found, told: Told) -> bool:
    named = _ERROR_RATE.search(name_words(f"{number.label} {number.metric}"))
    return named is not None and told.unit is Unit.OTHER


def _unit_of(values: Sequence[float]) -> Unit | None:
    """The unit of error rates of one table; `None` where they may be in either."""
    if not values or max(values) > _HUNDRED or min(values) < 0:
        return None
    if max(values) <= 1:
        return Unit.SHARE if max(values) > 0 else None
    return Unit.PERCENT if median(values) > 1 else None
