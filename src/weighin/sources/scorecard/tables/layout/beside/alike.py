"""Columns that are told from those beside them by the numbers in them, whatever their names say."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    scores = _Scores(rows, [column for column in columns if column.kind is Kind.NUMBERS])
    return [
        replace(column, kind=Kind.NUMBERS, why="") if _is_score(rows, column, scores) else column
        for column in columns
    ]


class Scales:
    """On what scale the metrics below each heading of a table are.

    That is from 0 to 1 where these are, else to 100 with one number that is above 10.
    """

    def __init__(self, table: Table, metrics: Sequence[Column]) -> None:
        """Take in the columns that are called by metrics."""
        self._rows = _rows_of_scores(table)
        self._below: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for column in metrics:
            self._below[column.names[:-1]].extend(self._numbers(column))
        self._most = {name: max(map(float, texts)) for name, texts in self._below.items() if texts}
        self._decimals = {
            name: {len(text.partition(".")[2]) for text in texts}
            for name, texts in self._below.items()
        }

    def hold(self, column: Column) -> bool:
        """Whether the numbers in a column have the form and the scale of the metrics beside it."""
        heading = column.names[:-1]
        own = self._numbers(column)
        if not own or heading not in self._most:
            return False
        most = max(map(float, own))
        is_on_scale = most <= 1 if self._most[heading] <= 1 else _TEN < most <= _HUNDRED
        decimals = self._decimals[heading]
        return is_on_scale and all(len(text.partition(".")[2]) in decimals for text in own)

    def _numbers(self, column: Column) -> list[str]:
        found = (_NUMBER.match(row[column.place]) for row in self._rows)
        return [f"{n[1]}.{n[2]}" if n[2] else n[1] for n in found if n is not None]


def _rows_of_scores(table: Table) -> list[list[str]]:
    """The texts of the rows that hold no differences."""
    return [
        [cell.text.strip("*_ ") for cell in row]
        for number, row in enumerate(table.body)
        if number not in table.differences
    ]


def without_unlike(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; whole numbers of many thousands are counts, and so are few beside shares."""
    numbers = [c for c in columns if c.kind is Kind.NUMBERS]
    texts = {c.place: _numbers_below(table, c.place) for c in numbers}
    are_shares = {place: _are_shares(found) for place, found in texts.items()}
    has_shares = any(are_shares.values())
    others = [c for c in numbers if not (are_shares[c.place] or is_metric(c.name))]
    return [
        replace(column, kind=Kind.SKIPPED, why="counts")
        if column.kind is Kind.NUMBERS
        and column.place
        and not any(is_known(name) or is_metric(name) for name in column.names)
        and not is_model(column.name)
        and _are_counts(
            texts[column.place],
            are_beside_shares=has_shares and all(c is column for c in others),
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


@dataclass(frozen=True, slots=True)
class _Range:
    """The least and the most of some numbers, and how many decimals each has."""

    least: float
    most: float
    decimals: frozenset[int]


class _Scores:
    """What the scores of a table are like, row by row: all of them, or those below a heading."""

    def __init__(self, rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> None:
        self._rows, self._columns = rows, columns
        self._below: dict[tuple[str, ...], list[Column]] = defaultdict(list)
        for column in columns:
            self._below[column.names[:-1]].append(column)
        self._ranges: dict[tuple[str, ...] | None, list[_Range | None]] = {}

    def like(self, headings: tuple[str, ...] | None) -> list[_Range | None]:
        """The range of those below some headings, a row each; of all where none are given."""
        if headings not in self._ranges:
            columns = self._columns if headings is None else self._below.get(headings, [])
            places = [column.place for column in columns]
            self._ranges[headings] = [_range([row[p] for p in places]) for row in self._rows]
        return self._ranges[headings]


def _range(texts: Sequence[str]) -> _Range | None:
    found = [number for text in texts if (number := _NUMBER.match(text)) is not None]
    if not found:
        return None
    values = [_value(number) for number in found]
    decimals = frozenset(len(number[2] or "") for number in found)
    return _Range(min(values), max(values), decimals)


def _value(number: re.Match[str]) -> float:
    return float(f"{number[1]}.{number[2] or 0}")


def _is_score(rows: Sequence[Sequence[str]], column: Column, scores: _Scores) -> bool:
    if column.kind is not Kind.SKIPPED or not column.place:
        return False
    texts = [row[column.place] for row in rows]
    if column.why in _NEVER_SHARES and _are_percentages(texts):
        return True
    if column.why in _BY_WORDS and len(column.names) > 1:
        is_plain = _PLAINLY.search(column.name) is not None
        return not is_plain and _are_alike(texts, scores.like(column.names[:-1]))
    return _PLURAL.fullmatch(column.name) is not None and _are_alike(texts, scores.like(None))


def _are_percentages(texts: Sequence[str]) -> bool:
    found = [number for text in texts if (number := _NUMBER.fullmatch(text)) is not None]
    return bool(found) and all(number[3] for number in found)


def _are_alike(texts: Sequence[str], others: Sequence[_Range | None]) -> bool:
    """Whether the numbers in a column have the form and about the size of those beside them."""
    alike = [_is_alike(text, other) for text, other in zip(texts, others, strict=True)]
    return any(alike) and False not in alike


def _is_alike(text: str, others: _Range | None) -> bool | None:
    """Whether a number is like others; `None` if there is nothing to compare."""
    own = _NUMBER.match(text)
    if own is None or others is None:
        return None
    value = _value(own)
    is_of_size = others.least <= _MOST_APART * value and value <= _MOST_APART * others.most
    return bool(own[2]) and is_of_size and len(own[2]) in others.decimals
