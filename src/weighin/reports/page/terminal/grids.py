"""Facts, tables and bars of a page as grids in a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from weighin.reports.page.model import Bars, Column, Run, Voice, remark_in
from weighin.reports.page.pen import STYLES, Pen
from weighin.reports.page.terminal.rows import BETWEEN_COLUMNS, Rows, widths_of
from weighin.rules.interface import Outcome

_LONGEST_FOREIGN_LABEL: Final = 32
_BAR: Final = 24
_SHORT_BAR: Final = 8
_WIDE: Final = 80
"""Columns below which the names beside bars need the room."""
_SHORTEST_PIECE: Final = 10
_REMARK: Final = 4
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


def facts_grid(facts: Sequence[tuple[Run, str]], pen: Pen) -> Grid:
    """Labels and what they stand for. Labels of ours are short, and never wrapped."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    if any(label.voice is Voice.FOREIGN for label, _ in facts):
        grid.add_column(max_width=_LONGEST_FOREIGN_LABEL)
    else:
        grid.add_column(no_wrap=True)
    grid.add_column()
    for label, words in facts:
        style = "bold" if label.voice is Voice.NAME else "dim"
        grid.add_row(pen.text(label.text, style), pen.text(words))
    return grid


def numbered_grid(texts: Iterable[str], pen: Pen) -> Grid:
    """Texts with their numbers, from 1, in brackets."""
    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column()
    for number, text in enumerate(texts, start=1):
        grid.add_row(pen.text(f"[{number}]"), pen.text(text))
    return grid


def table_grids(
    columns: Sequence[Column], rows: Sequence[Sequence[Run]], pen: Pen, width: int
) -> Iterator[RenderableType]:
    """A table, in pieces between which stands what is said of the row above, in a whole line.

    Where there is no room for columns, a row is a line of words.
    """
    if not _has_room(columns, rows, width):
        yield from (pen.text(_as_line(columns, row)) for row in rows)
        return
    if not any(map(remark_in, rows)):
        yield _table_grid(columns, rows, pen)
        return
    widths = widths_of(columns, [row for row in rows if remark_in(row) is None], pen, width)
    piece: list[Sequence[Run]] = []
    is_first = True
    for row in rows:
        remark = remark_in(row)
        if remark is None:
            piece.append(row)
            continue
        if piece or is_first:
            yield _table_grid(columns, piece, pen, widths, has_titles=is_first)
        piece, is_first = [], False
        style = STYLES[remark.outcome] if remark.outcome else "dim"
        yield Padding(pen.text(remark.text.strip(), style), (0, 0, 0, _REMARK))
    if piece:
        yield _table_grid(columns, piece, pen, widths, has_titles=is_first)


def _table_grid(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Run]],
    pen: Pen,
    widths: Sequence[int] = (),
    *,
    has_titles: bool = True,
) -> RenderableType:
    """A table, with a line below its titles unless names that need no title stand first.

    Args:
        columns: The columns.
        rows: The rows.
        pen: Writes the cells.
        widths: How wide each column is; empty for as wide as there is room.
        has_titles: Whether the titles of the columns stand above.
    """
    if columns[0].title:
        return Rows(columns, rows, pen, widths, has_titles=has_titles)
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for number, column in enumerate(columns):
        fixed = widths[number] if widths else None
        grid.add_column(no_wrap=column.is_whole, width=fixed)
    if any(column.title for column in columns):
        grid.add_row(*(pen.text(column.title, "dim") for column in columns))
    for row in rows:
        styles = (STYLES[cell.outcome] if cell.outcome else "" for cell in row)
        grid.add_row(*map(pen.text, (cell.text for cell in row), styles))
    return grid


def _has_room(columns: Sequence[Column], rows: Iterable[Sequence[Run]], width: int) -> bool:
    """Whether a table can be read at a width: only words may be broken, and into long pieces.

    One without a column that must be whole is printed as a table anyhow.
    """
    if not any(column.is_whole for column in columns):
        return True
    needed = [
        len(column.title) if column.is_whole or column.is_number else _SHORTEST_PIECE
        for column in columns
    ]
    for row in (row for row in rows if remark_in(row) is None):
        for number, column in enumerate(columns):
            if column.is_whole or column.is_number:
                needed[number] = max(needed[number], len(row[number].text))
    return width >= sum(needed) + BETWEEN_COLUMNS * len(columns)


def _as_line(columns: Iterable[Column], row: Iterable[Run]) -> str:
    """A row of a table for which there is no room; one that goes on begins with blanks."""
    return " · ".join(
        f"{column.title} {cell.text}" if column.is_number else cell.text
        for column, cell in zip(columns, row, strict=True)
        if cell.text
    )


def bars_grid(bars: Bars, pen: Pen, width: int) -> Grid:
    """Bars beside their names and values, for a terminal of that width."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column()
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    longest = _BAR if width >= _WIDE else _SHORT_BAR
    for bar in bars.bars:
        label = pen.text(bar.name.text)
        if bar.share == 0:
            grid.add_row(label, Text(), pen.text(bar.value, "dim"), Text())
            continue
        drawn = _bar(bar.share, longest, is_ascii=pen.is_ascii)
        style = STYLES[Outcome.UNDECIDED]
        grid.add_row(label, Text(drawn, style), pen.text(bar.value), pen.text(bar.remark, "dim"))
    return grid


def _bar(share: float | None, longest: int, *, is_ascii: bool) -> str:
    if share is None:
        return "?"
    filled = min(1.0, share) * longest
    if is_ascii:
        return "#" * max(1, round(filled))
    whole, eighths = divmod(max(1, round(filled * 8)), 8)
    return "█" * whole + (_EIGHTHS[eighths] if eighths else "")
