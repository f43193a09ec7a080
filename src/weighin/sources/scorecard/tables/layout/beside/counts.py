"""Which columns count something, as those beside them show: each share is one count of another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.layout.column import Column, is_whole
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.words import is_metric

_MOST_COLUMNS = 16
"""Of each kind; each count is divided by each other."""
_MOST_ROWS = 64
"""That are divided."""
_FEWEST_ROWS = 2
_LONGEST = 12
"""Digits of a count."""
_MOST_ODD = 10
"""Rows that are quotients for each that is none: somebody weighted it, or mistyped it."""
_MAY_COUNT = frozenset(("counts", "ids"))


@dataclass(frozen=True, slots=True)
class _Share:
    """A number as printed: what it is worth, and half of its last digit."""

    value: float
    half: float


def without_counted(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; where one is the share of a count in another, all that is whole is counted.

    `passes` 145 of `decided` 189 is a `pass_rate` of 0.767, and `arguable` 2 counts as they do.
    """
    counted = [c for c in columns if _may_count(table, c, is_known)][:_MOST_COLUMNS]
    shares = [c for c in columns if c.kind is Kind.NUMBERS and c not in counted][:_MOST_COLUMNS]
    if not any(c.kind is Kind.NUMBERS for c in counted) or not shares:
        return columns
    pairs = list(_pairs([_whole(table, c) for c in counted]))
    if not _are_summed(table, counted) and not any(_is_share(table, c, pairs) for c in shares):
        return columns
    return [
        replace(column, kind=Kind.SKIPPED, why="counts")
        if column in counted and column.kind is Kind.NUMBERS and not is_metric(column.name)
        else column
        for column in columns
    ]


def _are_summed(table: Table, counted: Sequence[Column]) -> bool:
    """Whether the numbers in each row are, taken together, what another column counts."""
    parts = [_whole(table, c) for c in counted if c.kind is Kind.NUMBERS]
    sums = [sum(row) for row in zip(*parts, strict=True)]
    wholes = [_whole(table, c) for c in counted if c.kind is not Kind.NUMBERS]
    return len(parts) > 1 and len(sums) >= _FEWEST_ROWS and sums in wholes


def _may_count(table: Table, column: Column, is_known: IsKnown) -> bool:
    is_of_numbers = column.kind in {Kind.NUMBERS, Kind.DOCUMENTS} or column.why in _MAY_COUNT
    texts = [row[column.place].text for row in table.body if row[column.place].text]
    is_one = is_of_numbers and not any(map(is_known, column.names))
    return is_one and bool(texts) and all(map(is_whole, texts))


def _whole(table: Table, column: Column) -> list[int]:
    texts = [row[column.place].text for row in table.body[:_MOST_ROWS]]
    return [int(text.strip("*_` $").replace(",", "")[:_LONGEST] or 0) for text in texts]


def _is_share(
    table: Table, column: Column, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]
) -> bool:
    """Whether a column is, in every row, what one of two counts is of the other."""
    shares = [_share(row[column.place].text) for row in table.body[:_MOST_ROWS]]
    return any(_are_quotients(shares, parts, wholes) for parts, wholes in pairs)


def _pairs(counts: Sequence[Sequence[int]]) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    for part, parts in enumerate(counts):
        for whole, wholes in enumerate(counts):
            if part != whole and all(p <= w for p, w in zip(parts, wholes, strict=True)):
                yield parts, wholes


def _are_quotients(
    shares: Sequence[_Share | None], parts: Sequence[int], wholes: Sequence[int]
) -> bool:
    told = odd = 0
    for share, part, whole in zip(shares, parts, wholes, strict=True):
        if share is None or not whole:
            continue
        is_one = abs(share.value - part / whole) <= share.half
        odd += not is_one
        told += is_one and 0 < part < whole
    return told >= _FEWEST_ROWS and odd * _MOST_ODD <= told


def _share(text: str) -> _Share | None:
    """A share as printed, with a percent sign or without; `None` where a cell is none."""
    bare = text.strip("*_` ")
    digits = bare.removesuffix("%").strip()
    whole, _, decimals = digits.partition(".")
    if not whole.isdecimal() or not (decimals or "0").isdecimal() or not digits.isascii():
        return None
    value, half = float(digits), 0.51 * 10.0 ** -len(decimals)
    return _Share(value / 100, half / 100) if bare.endswith("%") else _Share(value, half)
