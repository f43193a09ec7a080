"""A column of a table, and what its cells say by their form alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.words import is_metric, is_shots

_FEWEST_COUNTED = 3
_FEWEST_ABOVE = 4
"""As many scores, and as large, are above zero for each below it."""
_DIGITS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,20})?")
_WITH_SCORES = re.compile(r"[:=]\s?[0-9]{1,3}(?:\.[0-9]{1,4})?\s?%")
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


def are_flags(name: str, told: Sequence[str]) -> bool:
    """Whether 0 and 1 below the name that a program gives say what holds: `needs_train`."""
    is_identifier = name.isidentifier() and "_" in name and name.islower() and not is_metric(name)
    return is_identifier and len(told) > _FEWEST_COUNTED and {*told} <= {"0", "1"}


def are_differences(cells: Sequence[str]) -> bool:
    """Whether numbers below zero are more than a few small ones, as a score about chance has."""
    below = [abs(value) for cell in cells if is_negative(cell) and (value := _value(cell))]
    above = [value for cell in cells if not is_negative(cell) and (value := _value(cell))]
    if not below:
        return any(map(is_negative, cells))
    is_few = len(below) * _FEWEST_ABOVE <= len(above) and max(below) * _FEWEST_ABOVE <= max(above)
    return not is_few


def _value(cell: str) -> float:
    found = _DIGITS.search(cell)
    return float(found[0]) if found is not None else 0.0


def is_remark(cell: str) -> bool:
    """Whether a cell says numbers of benchmarks, as no name of one does."""
    return _WITH_SCORES.search(cell) is not None


def are_shots(told: Sequence[str]) -> bool:
    """Whether most cells say how many shots there were."""
    return sum(map(is_shots, told)) * 2 > len(told)


def are_counted_up(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2 and so on, as rows of a printed frame are numbered."""
    if len(cells) < _FEWEST_COUNTED or not all(map(is_whole, cells)):
        return False
    numbers = [int(cell[:12]) for cell in cells if cell.isascii() and cell.isdecimal()]
    return numbers == list(range(numbers[0], numbers[0] + len(cells))) if numbers else False


def are_signed(cells: Sequence[str]) -> bool:
    """Whether each cell but zero has a sign."""
    signs = [cell.strip("*_` ()")[:1] for cell in cells]
    zero = {"0", "0.0", "0.00"}
    return all(
        sign in {"+", "-", "−", "\u2013", "↑", "↓"} or cell.strip("*_` ()%") in zero
        for sign, cell in zip(signs, cells, strict=True)
    ) and any(sign == "+" or sign in {"-", "−"} for sign in signs)
