"""Facts, tables and bars of a page as grids in a terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from weighin.reports.page.model import Bars, Column, Run, Voice
from weighin.reports.page.pen import STYLES, Pen
from weighin.rules.interface import Outcome

_LONGEST_FOREIGN_LABEL: Final = 32
_BAR: Final = 24
_SHORT_BAR: Final = 8
_WIDE: Final = 80
"""Columns below which the names beside bars need the room."""
_SHORTEST_PIECE: Final = 12
_BETWEEN_COLUMNS: Final = 3
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


def table_grid(columns: Sequence[Column], rows: Iterable[Sequence[Run]], pen: Pen) -> Grid:
    """A table, with a line below its titles unless names that need no title stand first."""
    if columns[0].title:
        grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    else:
        grid = Grid.grid(padding=(0, 2, 0, 0))
    for column in columns:
        grid.add_column(pen.text(column.title), no_wrap=column.is_whole)
    if not columns[0].title and any(column.title for column in columns):
        grid.add_row(*(pen.text(column.title, "dim") for column in columns))
    for row in rows:
        grid.add_row(
            *(pen.text(cell.text, STYLES[cell.outcome] if cell.outcome else "") for cell in row)
        )
    return grid


def has_room(columns: Sequence[Column], rows: Iterable[Sequence[Run]], width: int) -> bool:
    """Whether a table can be read at a width: only what may be broken is, into long pieces."""
    whole = [number for number, column in enumerate(columns) if column.is_whole]
    if not whole:
        return True
    longest = dict.fromkeys(whole, 0)
    for row in rows:
        for number in whole:
            longest[number] = max(longest[number], len(row[number].text))
    needed = sum(longest.values()) + _SHORTEST_PIECE * (len(columns) - len(whole))
    return width >= needed + _BETWEEN_COLUMNS * len(columns)


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
