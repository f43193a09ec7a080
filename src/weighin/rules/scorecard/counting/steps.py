"""The counts that stand behind a printed number, in words that can be checked by hand."""

import math
from collections.abc import Sequence

from weighin.rules.scorecard.counting.denominators import Fit
from weighin.rules.scorecard.counting.ways import Counting
from weighin.rules.scorecard.numbers import StatedNumber, shown
from weighin.statistics.printed_numbers import closest_count, simplest_fraction

_MANY_DECIMALS = 6
_LARGEST_SHOWN = 1_000_000


def counted(stated: StatedNumber, found: Fit) -> str:
    """The count that gives the number: `340/594 = 57.24 %`."""
    if found.counting is None:
        return ""
    denominator = found.counting.denominator * found.passes
    middle = closest_count(stated.value, denominator)
    if middle is None:
        return ""
    if not found.counting.is_plain or denominator > _LARGEST_SHOWN:
        return f"{found.counting.words}: steps of 1/{denominator}"
    times = f" ({found.passes} × {found.counting.denominator})" if found.passes > 1 else ""
    return f"{middle}/{denominator}{times} = {shown(middle / denominator, stated)}"


def steps(stated: StatedNumber, ways: Sequence[Counting], passes: int) -> str:
    """The two counts on both sides of the number, for every way, and what the digits allow."""
    value = stated.value
    low, high = value.value - value.rounding, value.value + value.rounding
    parts = [
        f"{stated.number.printed} stands for {shown(low, stated)} to {shown(high, stated)}",
        *(_around(stated, way.denominator * passes) for way in ways),
    ]
    if len(stated.number.printed.partition(".")[2]) >= _MANY_DECIMALS:
        simplest = simplest_fraction(value)
        if 1 < simplest.denominator <= max((way.documents or 0 for way in ways), default=0):
            parts.append(
                f"it is {simplest}, which {simplest.denominator} documents or a multiple of them "
                "give"
            )
    return "; ".join(parts)


def _around(stated: StatedNumber, denominator: int) -> str:
    below = math.floor(stated.value.value * denominator)
    told = [
        f"{k}/{denominator} = {shown(k / denominator, stated)}"
        for k in (below, below + 1)
        if k <= denominator
    ]
    return ", ".join(told)
