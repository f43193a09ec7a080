"""Metrics whose numbers may lie below zero, and are no differences for that."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from weighin.evidence.benchmarks.below_zero import is_metric_below_zero
from weighin.sources.scorecard.tables.layout.names import MOST_KEPT, name_words

_CLAUSE = re.compile(
    r"\s?[,.;:()\[\]|\u2013\u2014](?:\s|$)|[()\[\]]"
    r"| (?:with|of|on|for|in|to|between|per|by|from|under|at|as|is|are|and|across|against|using"
    r"|over) "
)
_OF_CHANGES = re.compile(
    r"[\u0394\u2206\u03b4]|\b(?:change|differen|delta|gain|improve|drop|relative|compared|degrad|increas"
    r"|decreas|versus|vs\b|uplift|lift\b|over (?:the )?baseline)",
    re.IGNORECASE,
)
_LONGEST = 300
_PLUS = re.compile(r"[*_~`(\[$ ]{0,4}\+\s?[0-9.]")


def may_be_negative(label: str) -> bool:
    """Whether a heading names a metric whose numbers may lie below zero: a reward."""
    return is_metric_below_zero(name_words(label))


@lru_cache(maxsize=MOST_KEPT)
def names_signed(text: str) -> bool:
    """Whether a heading, a label or a caption speaks of such a metric, and of no changes."""
    some = text[:_LONGEST]
    if _OF_CHANGES.search(some) is not None:
        return False
    return may_be_negative(some) or any(map(may_be_negative, filter(None, _CLAUSE.split(some))))


def have_plus(cells: Iterable[str]) -> bool:
    """Whether one of some numbers bears a plus: who writes it writes what others differ by."""
    return any(_PLUS.match(cell) is not None for cell in cells)


def places_of_plus(
    rows: Sequence[Mapping[int, str]],
) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the rows, and the places of the columns, with a number that bears a plus."""
    found = [
        (number, place)
        for number, row in enumerate(rows)
        for place, cell in row.items()
        if _PLUS.match(cell) is not None
    ]
    return frozenset(number for number, _ in found), frozenset(place for _, place in found)
