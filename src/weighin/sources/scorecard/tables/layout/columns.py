"""What each column of a table holds, by its name and by its cells."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.layout.header import (
    IsKnown,
    Table,
    looks_like_score,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.words import (
    Kind,
    content_kind,
    is_metric,
    is_shots,
    named_kind,
    no_score,
)

_OF_WORDS = frozenset(
    (Kind.MODEL, Kind.BENCHMARK, Kind.METRIC, Kind.FILTER, Kind.SPLIT, Kind.UNIT, Kind.SETTING,
     Kind.GROUP)
)  # fmt: skip
_NEVER_LABELS = frozenset(("ranks", "links", "dates", "ids"))
_SYMBOL = re.compile(r"\$?\\?[a-z\u03b1-\u03c9\u2113](?:_\w{1,2}|<sub>\w{1,4}</sub>)?\$?")
"""A letter by which papers name a depth, a length or another setting."""
_CHANGE = re.compile(
    r"[+\-−–±↑↓▲▼]\s?[0-9]{1,5}(?:\.[0-9]{1,8})?\s?(?:%|pp|pts?|points?|p\.p\.|x)?", re.IGNORECASE
)
_FEWEST_KNOWN = 2
"""Rows of known benchmarks that tell what columns hold, whatever facts stand in other rows."""
_TOTALS = frozenset(("total", "of", "count", "all", "attempted"))
_OF_SETTINGS = frozenset(("sizes", "how it was trained", "settings of the run"))
_WITH_NUMBERS = frozenset((Kind.DOCUMENTS, Kind.STANDARD_ERROR, Kind.SHOTS, Kind.INTERVAL))


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


def columns_of(
    table: Table, is_known: IsKnown, corrected: Mapping[str, Kind]
) -> tuple[Column, ...]:
    """What each column of a table holds.

    Args:
        table: It.
        is_known: Whether a label is the name of a benchmark of the registry.
        corrected: Kinds that the user gives, by the name of a column.
    """
    known = [row for row in table.body if any(is_known(_bare(c.text)) for c in row[:2])]
    known = known if len(known) >= _FEWEST_KNOWN else []
    found = [
        _column(
            place,
            _names(table, place),
            _cells(table, place),
            is_known,
            corrected,
            [row[place].text for row in known],
        )
        for place in range(table.grid.width)
    ]
    if not any(column.kind in {Kind.NUMBERS, Kind.VALUE} for column in found):
        # Scores under a name that elsewhere heads something else.
        found = [
            Column(place=c.place, names=c.names, kind=Kind.NUMBERS)
            if c.kind in _WITH_NUMBERS and c.kind is not Kind.SHOTS and not c.why
            else c
            for c in found
        ]
    found = _by_named_scores(found, is_known)
    if any(column.why == "counts" for column in found):
        # How many were right stands beside how many there were.
        found = [
            replace(column, kind=Kind.DOCUMENTS)
            if column.kind is Kind.NUMBERS
            and column.name.casefold() in _TOTALS
            and all(map(_is_whole, filter(None, _cells(table, column.place))))
            else column
            for column in found
        ]
    return tuple(_with_settings(table, list(_with_heads(found, is_known)), is_known))


def _by_named_scores(columns: list[Column], is_known: IsKnown) -> list[Column]:
    """The columns; where rows are claims with a column named `score`, that alone holds them."""
    kinds = {column.kind for column in columns}
    if not {Kind.MODEL, Kind.BENCHMARK, Kind.VALUE} <= kinds:
        return columns
    return [
        replace(column, kind=Kind.SKIPPED, why="settings of the run")
        if column.kind is Kind.NUMBERS
        and not any(is_known(name) or is_metric(name) for name in column.names)
        and column.name.casefold() not in _TOTALS
        else column
        for column in columns
    ]


def _with_settings(table: Table, columns: list[Column], is_known: IsKnown) -> list[Column]:
    """The columns; those that alone tell rows apart which have the same labels are settings.

    `7B` and `13B` tell the models of a family apart, a sparsity the runs of one model.
    """
    labels = [c.place for c in columns if c.kind in _OF_WORDS | {Kind.SHOTS}]
    heads = _heads(table, labels)
    if not labels or len(set(heads)) == len(heads):
        return columns
    answer = list(columns)
    is_long = any(c.kind is Kind.BENCHMARK for c in columns)
    is_stated = any(is_metric(c.name) for c in columns if c.kind is Kind.NUMBERS)
    for column in columns:
        may_tell = column.kind is Kind.SKIPPED and column.why in _OF_SETTINGS
        may_tell = may_tell or (
            is_long
            and is_stated
            and column.kind is Kind.NUMBERS
            and not any(is_known(name) or is_metric(name) for name in column.names)
        )
        more = [
            (*head, row[column.place].text) for head, row in zip(heads, table.body, strict=True)
        ]
        if may_tell and len(set(more)) > len(set(heads)):
            heads = more
            answer[column.place] = replace(column, kind=Kind.SETTING, why="")
    return answer


def _heads(table: Table, places: Sequence[int]) -> list[tuple[str, ...]]:
    """The labels of each row; an empty one is that of the row above."""
    heads: list[tuple[str, ...]] = []
    for number, row in enumerate(table.body):
        above = heads[-1][1:] if heads else ("",) * len(places)
        own = (row[place].text or over for place, over in zip(places, above, strict=True))
        heads.append((table.sections[number], *own))
    return heads


def _with_heads(columns: Sequence[Column], is_known: IsKnown) -> Iterator[Column]:
    """The columns; where none but numbers stands beside benchmarks, the first heads the rows.

    Checkpoints are named by a step, and mixtures by a proportion.
    """
    yet = [c for c in columns if c.kind in _OF_WORDS or (c.kind is Kind.GROUP and c.why)]
    others = [c for c in columns[1:] if c.kind is Kind.NUMBERS]
    known = [c for c in others if any(map(is_known, c.names))]
    first = columns[0]
    heads = (
        not yet
        and known
        and len(known) * 2 >= len(others)
        and first.kind in {Kind.NUMBERS, Kind.SKIPPED, Kind.SETTING}
        and first.names
        and not any(map(is_known, first.names))
        and first.why != "as you say"
    )
    for column in columns:
        is_head = heads and column is first
        yield replace(column, kind=Kind.GROUP, why="words") if is_head else column


def _bare(text: str) -> str:
    """A label without its marks."""
    return label_and_marks(text)[0]


def _names(table: Table, place: int) -> tuple[str, ...]:
    texts = (label_and_marks(row[place].text)[0] for row in table.header)
    return tuple(dict.fromkeys(text for text in texts if text))


def _cells(table: Table, place: int) -> list[str]:
    return [row[place].text for row in table.body]


def _column(
    place: int,
    names: tuple[str, ...],
    cells: Sequence[str],
    is_known: IsKnown,
    corrected: Mapping[str, Kind],
    of_known: Sequence[str],
) -> Column:
    """What a column holds; `of_known` are its cells in the rows of known benchmarks."""
    kind = next((corrected[name] for name in reversed(names) if name in corrected), None)
    if kind is not None:
        return Column(place=place, names=names, kind=kind, why="as you say")
    told = [cell for cell in cells if not says_nothing(cell)]
    # Changes below a baseline say nothing of what the column holds.
    told = [
        cell
        for cell in told
        if looks_like_score(cell) or _CHANGE.fullmatch(cell.strip("*_` ()")) is None
    ] or told
    is_numeric = _are_scores(told) or _are_scores([c for c in of_known if not says_nothing(c)])
    known = any(map(is_known, names)) or is_known(" ".join(names))
    found = None if known and is_numeric else _by_name(names, is_numeric=is_numeric)
    if found is None and not known:
        found = _of_no_scores(place, names, is_numeric=is_numeric)
    if found is None and len(names) > 1 and not is_known(names[-1]):
        # Tokens below the name of a benchmark are no scores on it.
        found = _of_no_scores(place, names[-1:], is_numeric=is_numeric)
    if found is None and names and _SYMBOL.fullmatch(names[-1]) and all(map(_is_whole, told)):
        found = Kind.SKIPPED, "settings of the run"
    kind, why = found or (
        _by_numbers(told) if is_numeric else _by_words(place, told, is_nameless=not names)
    )
    return Column(place=place, names=names, kind=kind, why=why)


def _are_scores(told: Sequence[str]) -> bool:
    scores = sum(map(looks_like_score, told))
    return scores * 2 >= len(told) and scores > 0


def _by_name(names: tuple[str, ...], *, is_numeric: bool) -> tuple[Kind, str] | None:
    """What a column holds whose name says it; `None` where its cells do not bear it out."""
    named = named_kind(names[-1]) if names else None
    if named is Kind.GROUP and is_numeric:
        return Kind.SKIPPED, "numbers of no benchmark"
    is_so = (
        named in _WITH_NUMBERS
        or (is_numeric and named in {Kind.VALUE, Kind.SETTING})
        or (not is_numeric and named in _OF_WORDS)
    )
    return (named, "") if named is not None and is_so else None


def _of_no_scores(
    place: int, names: tuple[str, ...], *, is_numeric: bool
) -> tuple[Kind, str] | None:
    reasons = (no_score(name) for name in (*names[::-1], " ".join(names)) if name)
    why = next((reason for reason in reasons if reason is not None), None)
    if why is None or (not place and not is_numeric and why not in _NEVER_LABELS):
        # A first column of words heads the rows, whatever it is called.
        return None
    return Kind.SKIPPED, why


def _by_numbers(told: Sequence[str]) -> tuple[Kind, str]:
    return (Kind.SKIPPED, "differences") if _all_signed(told) else (Kind.NUMBERS, "")


def _by_words(place: int, told: Sequence[str], *, is_nameless: bool) -> tuple[Kind, str]:
    if not told:
        return Kind.SKIPPED, "empty"
    why, count = Counter(map(content_kind, told)).most_common(1)[0]
    if why is not None and count * 2 > len(told) and (place or why not in {"sizes", "ids"}):
        return Kind.SKIPPED, why
    if is_nameless and not any(c.isalnum() for cell in told for c in cell):
        return Kind.SKIPPED, "signs"
    if sum(map(is_metric, told)) * 2 > len(told) and place:
        return Kind.METRIC, ""
    if sum(map(is_shots, told)) * 2 > len(told) and place:
        return Kind.SHOTS, ""
    # Words: of rows before the numbers, or passed over after them.
    return Kind.GROUP, "words"


def _is_whole(cell: str) -> bool:
    return cell.strip("*_` $").replace(",", "").isdecimal()


def _all_signed(cells: Sequence[str]) -> bool:
    signs = [cell.strip("*_` ()")[:1] for cell in cells]
    zero = {"0", "0.0", "0.00"}
    return all(
        sign in {"+", "-", "−", "\u2013", "↑", "↓"} or cell.strip("*_` ()%") in zero
        for sign, cell in zip(signs, cells, strict=True)
    ) and any(sign == "+" or sign in {"-", "−"} for sign in signs)
