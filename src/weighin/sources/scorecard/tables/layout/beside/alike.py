"""Columns that are told from those beside them by the numbers in them, whatever their names say."""

import re
from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.layout.beside.differences import rows_of_differences
from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.words import is_metric, is_model

_BY_WORDS = frozenset(
    ("ranks", "sizes", "counts", "links", "ids", "words", "yes or no", "dates", "differences",
     "how it was trained", "settings of the run", "popularity", "licences", "targets",
     "names of people or houses")
)  # fmt: skip
_NEVER_SHARES = frozenset(("ranks", "counts", "ids", "dates", "links"))
_PLAINLY = re.compile(
    r"[\u0394\u2206\u03b4(\[#]|delta|diff|gain|improv|drop|change|increase|decrease|gap|advantage|lift"
    r"|recovery|retention|loss|\bvs\b|size|param|layer|bit|ratio|dim|rank|seed|epoch|step",
    re.IGNORECASE,
)
"""Names that are those of quantities alone, as `Rel.`, `Context` and `Position` need not be."""
_PLURAL = re.compile(r"[^\W\d_]{2,20}\(s\)")
_NUMBER = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,30}))?\s?(%?)")
_MOST_APART = 2.0
_TEN, _HUNDRED = 10, 100
_MANY = 10_000
"""More than ratings, and than points on any scale."""
_FEW = 999
"""Ratings beside shares are more."""


def with_alike(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; one named like a quantity holds scores if its numbers are as those beside it.

    Beside it are columns below the same heading: `Position` below `MME` as `Color` is. Percentages
    are no ranks and no counts, and `VQA(s)` are several sets where they are no longer than others.
    """
    rows = _rows_of_scores(table)
    return [
        replace(column, kind=Kind.NUMBERS, why="") if _is_score(rows, column, columns) else column
        for column in columns
    ]


def are_of_scale(table: Table, column: Column, columns: Sequence[Column]) -> bool:
    """Whether the numbers in a column have the form of those in others, and are on their scale.

    That is from 0 to 1 where these are, else to 100 with one that is above 10.
    """
    rows = _rows_of_scores(table)
    own = _below([column], rows)
    others = _below([c for c in columns if c is not column], rows)
    if not own or not others:
        return False
    decimals = {len(number.partition(".")[2]) for number in others}
    is_share = max(map(float, others)) <= 1
    most = max(map(float, own))
    is_on_scale = most <= 1 if is_share else _TEN < most <= _HUNDRED
    return is_on_scale and all(len(number.partition(".")[2]) in decimals for number in own)


def _below(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    texts = (row[column.place] for row in rows for column in columns)
    found = (_NUMBER.match(text) for text in texts)
    return [f"{n[1]}.{n[2]}" if n[2] else n[1] for n in found if n is not None]


def _rows_of_scores(table: Table) -> list[list[str]]:
    """The texts of the rows that hold no differences."""
    differences = rows_of_differences(table.body)
    return [
        [cell.text.strip("*_ ") for cell in row]
        for number, row in enumerate(table.body)
        if number not in differences
    ]


def without_unlike(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; whole numbers of many thousands are counts, and so are few beside shares."""
    numbers = [c for c in columns if c.kind is Kind.NUMBERS]
    texts = {c.place: _numbers_below(table, c.place) for c in numbers}
    are_shares = {place: _are_shares(found) for place, found in texts.items()}
    return [
        replace(column, kind=Kind.SKIPPED, why="counts")
        if column in numbers
        and column.place
        and not any(is_known(name) or is_metric(name) for name in column.names)
        and not is_model(column.name)
        and _are_counts(
            texts[column.place],
            are_beside_shares=any(are_shares[c.place] for c in numbers)
            and all(are_shares[c.place] or is_metric(c.name) for c in numbers if c is not column),
        )
        else column
        for column in columns
    ]


def _numbers_below(table: Table, place: int) -> list[str]:
    texts = (row[place].text.strip("*_ ").replace(",", "") for row in table.body)
    return [text for text in texts if any(map(str.isdecimal, text))]


def _are_shares(texts: Sequence[str]) -> bool:
    return all(re.match(r"[01]?\.[0-9]", text) is not None for text in texts)


def _are_counts(texts: Sequence[str], *, are_beside_shares: bool) -> bool:
    if not texts or not all(text.isascii() and text.isdecimal() for text in texts):
        return False
    values = [int(text[:12]) for text in texts]
    return min(values) >= _MANY or (are_beside_shares and 1 < max(values) <= _FEW)


def _is_score(rows: Sequence[Sequence[str]], column: Column, columns: Sequence[Column]) -> bool:
    if column.kind is not Kind.SKIPPED or not column.place:
        return False
    if column.why in _NEVER_SHARES and _are_percentages([row[column.place] for row in rows]):
        return True
    others = [c for c in columns if c.kind is Kind.NUMBERS]
    if column.why in _BY_WORDS and len(column.names) > 1:
        if _PLAINLY.search(column.name) is not None:
            return False
        return _are_alike(rows, column, [c for c in others if c.names[:-1] == column.names[:-1]])
    return _PLURAL.fullmatch(column.name) is not None and _are_alike(rows, column, others)


def _are_percentages(texts: Sequence[str]) -> bool:
    found = [number for text in texts if (number := _NUMBER.fullmatch(text)) is not None]
    return bool(found) and all(number[3] for number in found)


def _are_alike(rows: Sequence[Sequence[str]], column: Column, others: Sequence[Column]) -> bool:
    """Whether the numbers in a column have the form and about the size of those beside them."""
    alike = [_is_alike(row[column.place], [row[c.place] for c in others]) for row in rows]
    return any(alike) and False not in alike


def _is_alike(text: str, others: Sequence[str]) -> bool | None:
    """Whether a number is like others; `None` if there is nothing to compare."""
    own = _NUMBER.match(text)
    found = [number for other in others if (number := _NUMBER.match(other)) is not None]
    if own is None or not found:
        return None
    values = [float(f"{number[1]}.{number[2] or 0}") for number in found]
    value = float(f"{own[1]}.{own[2] or 0}")
    is_of_size = min(values) <= _MOST_APART * value and value <= _MOST_APART * max(values)
    return bool(own[2]) and is_of_size and any(len(n[2] or "") == len(own[2]) for n in found)
