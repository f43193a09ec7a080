"""Counts, shares and ranges in words."""

from collections.abc import Iterable, Sequence
from typing import Final

_MOST_RANGES: Final = 6
_HALF: Final = 0.5


def counted(count: int, noun: str) -> str:
    """`1 tensor`, `2 tensors`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def agreeing(count: int, plural: str, singular: str) -> str:
    """A verb after a count: `differs` behind 1, else `differ`."""
    return singular if count == 1 else plural


def listed_words(words: Sequence[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def percent(share: float) -> str:
    """A share of 1 in percent: never 100 % of what is not whole, and never 0 % of something."""
    for digits in (1, 2, 3, 4):
        text = f"{100 * share:.{digits}f}"
        if 0 < share < 1 and float(text) in {0.0, 100.0}:
            continue
        return f"{text.rstrip('0').rstrip('.')} %"
    return "less than 0.0001 %" if share < _HALF else "more than 99.9999 %"


def ranges(numbers: Iterable[int]) -> str:
    """`0-3, 7`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:_MOST_RANGES]]
    return ", ".join(words) + (", ..." if len(runs) > _MOST_RANGES else "")
