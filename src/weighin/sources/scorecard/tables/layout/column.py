"""A column of a table, once it is told what it holds."""

import re
from dataclasses import dataclass

from weighin.sources.scorecard.tables.layout.kinds import Kind

_NEGATIVE = re.compile(r"[-\u2212\u2013][0-9]{1,6}(?:\.[0-9]{1,30})?\s?%?")
_MINUS = ("-", "\u2212", "\u2013")
OF_WORDS = frozenset(
    (Kind.MODEL, Kind.BENCHMARK, Kind.METRIC, Kind.FILTER, Kind.SPLIT, Kind.UNIT, Kind.SETTING,
     Kind.GROUP)
)  # fmt: skip
"""Kinds whose cells are words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        place: Its number, from 0.
        names: Texts of its header from top to bottom, each once.
        kind: What it holds.
        why: Of what kind its contents are, where they are no scores.
    """

    place: int
    names: tuple[str, ...]
    kind: Kind
    why: str = ""

    @property
    def name(self) -> str:
        """The text nearest to its cells; empty if it has none."""
        return self.names[-1] if self.names else ""


def is_whole(cell: str) -> bool:
    """Whether a cell is a whole number."""
    return cell.strip("*_` $").replace(",", "").isdecimal()


def is_negative(cell: str) -> bool:
    """Whether a cell is a number below zero, which few scores are."""
    bare = cell.strip("*_` $")
    return bare[:1] in _MINUS and _NEGATIVE.fullmatch(bare) is not None
