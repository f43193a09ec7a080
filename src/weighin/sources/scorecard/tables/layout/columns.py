"""What each column of a table holds, by its name and by its cells."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    named_kind,
    no_score,
    shown_label,
)

_OF_WORDS = frozenset(
    (Kind.MODEL, Kind.BENCHMARK, Kind.METRIC, Kind.FILTER, Kind.SPLIT, Kind.UNIT, Kind.SETTING,
     Kind.GROUP)
)  # fmt: skip
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
    found = [
        _column(place, _names(table, place), _cells(table, place), is_known, corrected)
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
    return tuple(found)


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
) -> Column:
    kind = next((corrected[name] for name in reversed(names) if name in corrected), None)
    if kind is not None:
        return Column(place=place, names=names, kind=kind, why="as you say")
    told = [cell for cell in cells if not says_nothing(cell)]
    scores = sum(map(looks_like_score, told))
    is_numeric = scores * 2 >= len(told) and scores > 0
    known = any(map(is_known, names)) or is_known(" ".join(names))
    named = named_kind(names[-1]) if names else None
    if named is not None and not (known and is_numeric):
        if named is Kind.VALUE and is_numeric:
            return Column(place=place, names=names, kind=named)
        if named is Kind.GROUP and is_numeric:
            return Column(
                place=place, names=names, kind=Kind.SKIPPED, why="numbers of no benchmark"
            )
        if named is Kind.SETTING and is_numeric:
            return Column(place=place, names=names, kind=named)
        if (named in _OF_WORDS and not is_numeric) or named in _WITH_NUMBERS:
            return Column(place=place, names=names, kind=named)
    if not known:
        reasons = (no_score(name) for name in (*names[::-1], " ".join(names)) if name)
        why = next((reason for reason in reasons if reason is not None), None)
        if why is not None and not _is_first_label(place, is_numeric, why):
            return Column(place=place, names=names, kind=Kind.SKIPPED, why=why)
    if is_numeric:
        kind = Kind.NUMBERS if any(map(shown_label, names)) or not names else Kind.SKIPPED
        if _all_signed(told):
            return Column(place=place, names=names, kind=Kind.SKIPPED, why="differences")
        return Column(place=place, names=names, kind=kind)
    if not told:
        return Column(place=place, names=names, kind=Kind.SKIPPED, why="empty")
    contents = Counter(content_kind(cell) for cell in told)
    why, count = contents.most_common(1)[0]
    if why is not None and count * 2 > len(told) and (place or why not in {"sizes", "ids"}):
        return Column(place=place, names=names, kind=Kind.SKIPPED, why=why)
    if not names and not any(c.isalnum() for cell in told for c in cell):
        return Column(place=place, names=names, kind=Kind.SKIPPED, why="signs")
    if sum(map(is_metric, told)) * 2 > len(told) and place:
        return Column(place=place, names=names, kind=Kind.METRIC)
    # Words: of rows before the numbers, or passed over after them.
    return Column(place=place, names=names, kind=Kind.GROUP, why="words")


def _is_first_label(place: int, is_numeric: bool, why: str) -> bool:  # noqa: FBT001
    """Whether a first column of words heads the rows, whatever it is called."""
    return not place and not is_numeric and why not in {"ranks", "links", "dates", "ids"}


def _all_signed(cells: Sequence[str]) -> bool:
    signs = [cell.strip("*_` ()")[:1] for cell in cells]
    zero = {"0", "0.0", "0.00"}
    return all(
        sign in {"+", "-", "−", "\u2013", "↑", "↓"} or cell.strip("*_` ()%") in zero
        for sign, cell in zip(signs, cells, strict=True)
    ) and any(sign == "+" or sign in {"-", "−"} for sign in signs)
