"""What some numbers look like: how many decimals they have, and whether they may be counts."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.unclear import Unclear

MOST_PERCENT = 100
_ORDINARY = re.compile(r"[A-Z]?[a-z]+(?: [A-Z]?[a-z]+)*")
"""Benchmarks have capitals or digits within their names."""


def decimals_of(number: str) -> int:
    """How many decimals a printed number has."""
    return len(number.partition(".")[2])


def usual_decimals(numbers: Sequence[Unclear]) -> int:
    """How many decimals most of some numbers have; 0 if there are none."""
    often = Counter(decimals_of(number.number) for number in numbers).most_common(1)
    return often[0][0] if often else 0


def most_decimals(numbers: Sequence[Unclear]) -> Mapping[str, int]:
    """The most decimals of numbers above 1, by label."""
    most: dict[str, int] = {}
    for number in numbers:
        if float(number.number) > 1:
            most[number.group] = max(most.get(number.group, 0), decimals_of(number.number))
    return most


def is_above_percent(numbers: Sequence[Unclear]) -> bool:
    """Whether all numbers below the name of a set are too large for percentages: those of MME."""
    label = numbers[0].label
    is_name = _ORDINARY.fullmatch(label) is None and sum(map(str.isupper, label)) > 1
    return is_name and min(float(number.number) for number in numbers) > MOST_PERCENT


def may_be_counts(numbers: Sequence[Unclear]) -> bool:
    """Whether numbers beside decimals are whole ones below an ordinary word, such as Members."""
    return (
        not any(decimals_of(number.number) for number in numbers)
        and not any(number.is_scored for number in numbers)
        and _ORDINARY.fullmatch(numbers[0].label) is not None
    )


def open_ones(numbers: Sequence[Unclear], units: Sequence[Unit | None]) -> Mapping[str, list[int]]:
    """The places of numbers whose unit is not told yet, by label."""
    by_label: dict[str, list[int]] = defaultdict(list)
    for index, number in enumerate(numbers):
        if units[index] is None:
            by_label[number.group].append(index)
    return by_label
