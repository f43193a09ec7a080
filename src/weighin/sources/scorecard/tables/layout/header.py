"""Where the header of a table ends, and whether several tables stand in one grid."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.cells.several import one_number_a_cell
from weighin.sources.scorecard.tables.grid import Cell, Grid
from weighin.sources.scorecard.tables.layout.beside.differences import rows_of_differences
from weighin.sources.scorecard.tables.layout.header_rows import (
    IsKnown,
    count_of_header,
    heads_spans,
    section_text,
)
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.no_scores import (
    is_left_out,
    looks_like_score,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.words import (
    is_model,
    named_kind,
)

_DASHES = frozenset("-\u2013\u2014")
_RULES = frozenset("-=\u2500\u2550 ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose header is told from its body.

    Attributes:
        header: Rows of the header; none if there is no header.
        body: The other rows.
        sections: For each row of the body, the text that heads it; empty if none does.
        title: What stands above it.
        grid: What it is from.
        differences: Rows of the body that hold differences between others, and no scores.
    """

    header: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    sections: tuple[str, ...]
    title: str
    grid: Grid
    differences: frozenset[int]

    def rows_of_known(self, is_known: IsKnown) -> tuple[tuple[Cell, ...], ...]:
        """The rows that name a benchmark of the registry, in one of their first two cells."""
        return tuple(
            row
            for row in self.body
            if any(is_known(label_and_marks(cell.text)[0]) for cell in row[:2])
        )


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
        below = grid.rows[place + 1] if place + 1 < len(grid.rows) else ()
        is_head = bool(below) and heads_spans(row, below)
        has_scores = has_scores or (
            not is_head and any(looks_like_score(cell.text) for cell in row[1:])
        )
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
    rows, title = list(_without_dashes(grid.rows)), grid.title
    while len(rows) > 2 and section_text(rows[0]) and not rows[0][0].is_header:  # noqa: PLR2004  # a header and a row
        title, rows = section_text(rows[0]), rows[1:]
    count = count_of_header(rows, grid.header_rows, is_known)
    body: list[tuple[Cell, ...]] = []
    sections: list[str] = []
    section = ""
    header: list[tuple[Cell, ...]] = []
    for row in rows[:count]:
        if header and section_text(row):
            section = section_text(row)
        else:
            header.append(row)
    if header and count < len(rows) - 1 and _names_index(rows[count]):
        # As frames are printed: the name of the labels of rows stands below those of columns.
        header[-1] = (replace(header[-1][0], text=rows[count][0].text), *header[-1][1:])
        count += 1
    for row in rows[count:]:
        if text := section_text(row):
            section = text
            continue
        body.append(row)
        sections.append(section)
    if len(header) == 1 and body:
        header = [_with_corner(header[0], body, is_known)]
    header, body, origins = one_number_a_cell(header, body, (title, grid.beside))
    return Table(
        header=tuple(_filled(header)),
        body=tuple(body),
        sections=tuple(sections[origin] for origin in origins),
        title=title,
        grid=replace(grid, rows=(*header, *body)) if header or body else grid,
        differences=rows_of_differences(body),
    )


def _without_dashes(rows: tuple[tuple[Cell, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """The rows; a dash between names of the first is the name before it, and below it a gap.

    As summaries of several metrics are printed: a model, two dashes, the next model.
    """
    shown = [row for row in rows[:3] if not all(map(_is_ruled, row))]
    if not shown or not any(c.text in _DASHES for c in shown[0][1:]):
        return rows
    first, *below = shown
    dashed = [
        tuple(replace(c, text="") if c.text in _DASHES else c for c in row)
        if not any(looks_like_score(c.text) for c in row[1:])
        else row
        for row in (first, *below[:1])
    ]
    return (*dashed, *below[1:], *rows[3:])


def _is_ruled(cell: Cell) -> bool:
    is_rule = set(cell.text) <= _RULES and len(cell.text) > 2  # noqa: PLR2004  # a dash is no rule
    return is_rule or is_left_out(cell.text)


def _names_index(row: tuple[Cell, ...]) -> bool:
    name = row[0].text
    is_one = name.isidentifier() and not name.endswith("s") and not row[0].is_bold
    return is_one and bool(section_text(row)) and named_kind(name) in {Kind.MODEL, Kind.BENCHMARK}


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


def _from_centre(row: tuple[Cell, ...], below: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """A row of the header, names in the middle of what they head moved to where that begins.

    They head as many columns each, below which the same texts come again.
    """
    named = [place for place, cell in enumerate(row) if place and cell.text]
    texts = [cell.text for cell in below]
    for first in (1, 2):
        width, rest = divmod(len(row) - first, len(named)) if len(named) > 1 else (0, 1)
        starts = range(first, len(row), width) if width > 1 and not rest else range(0)
        parts = {tuple(texts[start : start + width]) for start in starts}
        if len(parts) == 1 and [(place - first) // width for place in named] == list(
            range(len(named))
        ):
            cells = [
                replace(cell, text="") if place in named else cell for place, cell in enumerate(row)
            ]
            for start, place in zip(starts, named, strict=True):
                cells[start] = row[place]
            return tuple(cells)
    return row


def _filled(header: list[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Rows of a header without the gaps that spans leave where a syntax has none.

    An empty cell above a name has the text to its left, which spans it; an empty cell below a
    name that no other spans has that name. Where cells span others by themselves, nothing is
    filled in beside them.
    """
    is_spanned = any(cell.is_continued for row in header for cell in row)
    if not is_spanned:
        header = [
            _from_centre(row, header[number + 1]) if number + 1 < len(header) else row
            for number, row in enumerate(header)
        ]
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
