"""Where the header of a table ends, and whether several tables stand in one grid."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.grid import Cell, Grid
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.no_scores import content_kind, is_size, no_score
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_metric,
    is_model,
    is_shots,
    is_variant,
    named_kind,
)

IsKnown = Callable[[str], bool]

MOST_HEADER_ROWS = 4
_SCORE = re.compile(
    r"[*_~`(\[↑↓⬆⬇▲▼+\-−–±$<>≈ ]{0,6}"
    r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{0,6}\.\d{1,30}|\d{1,6}\.?+)\s?+%?+"
    r"(?:$|\s?[Δ∆].{0,40}$|\s?(?!-[A-Za-z])[^\w\s.].{0,80}$|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ].{0,60}$)"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEVER_SCORES = frozenset(("dates", "sizes", "cost or speed"))
_NOTHING = frozenset(
    ("", "-", "–", "—", "/", "n/a", "na", "none", "x", "✗", "tbd", "?", "--", "---")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A row of one text that heads those below it.

    Attributes:
        row: Its place among the rows of the body.
        text: It.
    """

    row: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose header is told from its body.

    Attributes:
        header: Rows of the header; none if there is no header.
        body: The other rows.
        sections: For each row of the body, the text that heads it; empty if none does.
        title: What stands above it.
        grid: What it is from.
    """

    header: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    sections: tuple[str, ...]
    title: str
    grid: Grid


@lru_cache(maxsize=8192)
def looks_like_score(text: str) -> bool:
    """Whether a cell may hold a score: it begins with a number that is no year and no size."""
    bare = _EMOJI.sub("", text).strip("*_` ()")
    return (
        _SCORE.match(bare) is not None
        and not _YEAR.fullmatch(bare)
        and content_kind(bare) not in _NEVER_SCORES
    )


def says_nothing(text: str) -> bool:
    """Whether a cell says that there is no number."""
    return text.strip("*_` ").casefold() in _NOTHING


def tables_in(grid: Grid, is_known: IsKnown) -> Iterator[Table]:
    """The tables in a grid: one, or several that stand below or beside each other.

    Args:
        grid: It.
        is_known: Whether a label is the name of a benchmark of the registry.
    """
    for part in _beside(grid):
        for rows, header_rows in _below(part, is_known):
            if rows:
                yield _table(replace(part, rows=rows, header_rows=header_rows), is_known)


def _beside(grid: Grid) -> Iterator[Grid]:
    """Parts of a grid in which its first column begins anew, as its name says."""
    first = grid.rows[0][0]
    again = [
        place
        for place, cell in enumerate(grid.rows[0])
        if place > 1
        and first.text
        and cell.text == first.text
        and not cell.is_continued
        and not any(looks_like_score(row[place].text) for row in grid.rows[1:])
    ]
    if len(again) + 1 == grid.width or any(b - a < 2 for a, b in pairwise([0, *again])):  # noqa: PLR2004  # each has a column of numbers
        again = []
    starts = [0, *again, grid.width]
    for start, end in pairwise(starts):
        yield grid if not again else replace(grid, rows=tuple(row[start:end] for row in grid.rows))


def _below(grid: Grid, is_known: IsKnown) -> Iterator[tuple[tuple[tuple[Cell, ...], ...], int]]:
    """Parts of a grid each of which begins with a header, and how many rows that has."""
    starts = [0]
    has_scores = False
    for place, row in enumerate(grid.rows):
        if has_scores and _is_header_again(row, grid.rows[0], is_known):
            starts.append(place)
            has_scores = False
        has_scores = has_scores or any(looks_like_score(cell.text) for cell in row[1:])
    for start, end in zip(starts, [*starts[1:], len(grid.rows)], strict=True):
        yield grid.rows[start:end], grid.header_rows if not start else 1


def _is_header_again(row: tuple[Cell, ...], header: tuple[Cell, ...], is_known: IsKnown) -> bool:
    texts = [cell.text for cell in row[1:] if cell.text and not cell.is_continued]
    if len({*texts, row[0].text}) < 3 or any(looks_like_score(text) for text in texts):  # noqa: PLR2004  # two columns under names
        return False
    if any(says_nothing(text) for text in texts):
        return False
    if [cell.text for cell in row] == [cell.text for cell in header]:
        return True
    known = sum(is_known(text) for text in texts)
    is_named = named_kind(row[0].text) in {Kind.MODEL, Kind.BENCHMARK, Kind.METRIC}
    models = sum(is_model(text) for text in texts)
    return known * 2 > len(texts) or (is_named and (known > 0 or models * 2 > len(texts)))


def _table(grid: Grid, is_known: IsKnown) -> Table:
    rows, title = list(grid.rows), grid.title
    while len(rows) > 2 and _section_text(rows[0]) and not rows[0][0].is_header:  # noqa: PLR2004
        title, rows = _section_text(rows[0]), rows[1:]
    count = _header_rows(rows, grid.header_rows, is_known)
    body: list[tuple[Cell, ...]] = []
    sections: list[str] = []
    section = ""
    header: list[tuple[Cell, ...]] = []
    for row in rows[:count]:
        if header and _section_text(row):
            section = _section_text(row)
        else:
            header.append(row)
    for row in rows[count:]:
        if text := _section_text(row):
            section = text
            continue
        body.append(row)
        sections.append(section)
    if len(header) == 1 and body:
        header = [_with_corner(header[0], body, is_known)]
    return Table(
        header=tuple(_filled(header)),
        body=tuple(body),
        sections=tuple(sections),
        title=title,
        grid=grid,
    )


def _with_corner(
    header: tuple[Cell, ...], body: list[tuple[Cell, ...]], is_known: IsKnown
) -> tuple[Cell, ...]:
    """A header that is one cell short, for nothing stands above the labels of its rows."""
    is_short = not header[-1].text and all(cell.text for cell in header[:-1])
    is_of_numbers = any(looks_like_score(row[-1].text) for row in body)
    is_of_labels = not any(looks_like_score(row[0].text) for row in body)
    if not (is_short and is_of_numbers and is_of_labels and is_known(header[0].text)):
        return header
    return (replace(header[-1], text="", column=0), *header[:-1])


def _filled(header: list[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Rows of a header without the gaps that spans leave where a syntax has none.

    An empty cell above a name has the text to its left, which spans it; an empty cell below a
    name that no other spans has that name. Where cells span others by themselves, nothing is
    filled in beside them.
    """
    is_spanned = any(cell.is_continued for row in header for cell in row)
    rows: list[tuple[Cell, ...]] = []
    for number, row in enumerate(header):
        cells = list(row)
        below = header[number + 1] if number + 1 < len(header) else None
        for place in range(2, len(cells)) if below is not None and not is_spanned else ():
            left = cells[place - 1]
            if not cells[place].text and below is not None and below[place].text and left.text:
                cells[place] = replace(left, is_continued=True)
        if rows:
            cells = [
                replace(above, is_continued=True)
                if not cell.text and above.text and not above.is_continued
                else cell
                for cell, above in zip(cells, rows[-1], strict=True)
            ]
        rows.append(tuple(cells))
    yield from rows


def _section_text(row: tuple[Cell, ...]) -> str:
    """The one text of a row that heads others; empty if the row is none of these."""
    texts = {cell.text for cell in row if cell.text}
    if len(row) > 2 and len(texts) == 1 and all(cell.text for cell in row):  # noqa: PLR2004
        # A cell that spans all columns, written out in each of them.
        return "" if looks_like_score(row[0].text) else label_and_marks(row[0].text)[0]
    own = [cell for cell in row if cell.text and not cell.is_continued]
    if len(row) < 2 or len(texts) != 1 or len(own) != 1 or looks_like_score(own[0].text):  # noqa: PLR2004
        return ""
    filled = sum(bool(cell.text) for cell in row)
    is_first = bool(row[0].text)
    if not is_first and filled < len(row) - 1:
        # A text in the middle of a header stands above some columns alone.
        return own[0].text if own[0].is_bold and filled == 1 else ""
    return label_and_marks(own[0].text)[0] if is_first else ""


def _header_rows(rows: list[tuple[Cell, ...]], said: int, is_known: IsKnown) -> int:
    """How many rows the header has; 0 if the first row holds scores already."""
    count = 0
    for row in rows[: max(said, 1)]:
        if _has_scores(row):
            break
        count += 1
    if not count:
        return 0
    while count < min(len(rows) - 1, MOST_HEADER_ROWS) and (
        _divides_spans(rows[count], rows[count - 1])
        or (
            not _has_scores(rows[count])
            and (
                _continues_header(rows[count], rows[count - 1], is_known)
                or (_section_text(rows[count]) and _is_second_header(rows, count, is_known))
            )
        )
    ):
        count += 1
    return count


def _divides_spans(row: tuple[Cell, ...], above: tuple[Cell, ...]) -> bool:
    """Whether a row has the same texts below each of several cells that span columns.

    Lengths of 128 and 256 below each benchmark are no scores.
    """
    below: dict[str, list[str]] = {}
    head = ""
    is_spanned = any(cell.is_continued for cell in above)
    for cell, over in zip(row[1:], above[1:], strict=True):
        head = over.text if over.text or is_spanned else head
        if cell.text or head:
            below.setdefault(head, []).append(cell.text)
    spans = [tuple(texts) for texts in below.values() if len(texts) > 1]
    return not row[0].text and len(spans) > 1 and len(set(spans)) == 1 and all(spans[0])


def _is_below_groups(row: tuple[Cell, ...], above: tuple[Cell, ...]) -> bool:
    """Whether a row without scores tells columns apart to which the one above gives one name."""
    heads = [cell.text for cell in above[1:]]
    pairs = [(head, cell.text) for head, cell in zip(heads, row[1:], strict=True) if head]
    return (
        len(set(heads)) < len(heads)
        and all(own for _, own in pairs)
        and len(set(pairs)) == len(pairs)
        and any(a == b for a, b in pairwise(heads))
    )


def _is_second_header(rows: list[tuple[Cell, ...]], count: int, is_known: IsKnown) -> bool:
    return (
        count + 2 < len(rows)
        and not _has_scores(rows[count + 1])
        and _continues_header(rows[count + 1], rows[count], is_known)
    )


def _has_scores(row: tuple[Cell, ...]) -> bool:
    return any(looks_like_score(cell.text) for cell in row[1:]) and not all(
        _is_small_header(cell.text) for cell in row[1:] if cell.text
    )


def _is_small_header(text: str) -> bool:
    """Whether a text that begins with a number heads a column all the same: `5-shot`, `0`."""
    return not looks_like_score(text) or is_shots(text) or is_metric(text)


def _continues_header(row: tuple[Cell, ...], above: tuple[Cell, ...], is_known: IsKnown) -> bool:
    """Whether a row without scores belongs to the header above it."""
    if _section_text(row):
        return False
    texts = [cell.text for cell in row[1:] if cell.text]
    if not texts or all(says_nothing(text) for text in texts):
        return False
    if any(no_score(cell.text) and not is_variant(cell.text) for cell in row[:2]) and not any(
        is_known(text)
        or (is_model(text) and not is_size(text))
        or is_metric(text)
        or is_shots(text)
        for text in texts
    ):
        return False
    if _is_below_groups(row, above):
        return True
    if row[0].is_continued or (not row[0].text and len(texts) > 1):
        return True
    if all(cell.is_header for cell in row):
        return True
    if named_kind(row[0].text) in {Kind.MODEL, Kind.BENCHMARK, Kind.METRIC, Kind.SHOTS}:
        return True
    if not any(cell.text for cell in above[:1]) or above[0].text == row[0].text:
        return sum(map(is_model, texts)) * 2 > len(texts) or any(map(is_known, texts))
    small = sum(is_metric(t) or is_shots(t) or is_variant(t) or is_language(t) for t in texts)
    return small == len(texts) and not is_model(row[0].text)
