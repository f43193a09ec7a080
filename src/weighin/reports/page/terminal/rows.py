"""The rows of a table in a terminal, each laid out as lines and not cell by cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment

from weighin.reports.page.model import Column, Run
from weighin.reports.page.pen import STYLES, Pen

BETWEEN_COLUMNS: Final = 3
_TITLES: Final = "dim"

_Line = list[Segment]


@dataclass(frozen=True, slots=True)
class Signs:
    """What is drawn between columns, and below their titles."""

    between: str
    rule: str
    cross: str


_DRAWN, _ASCII = Signs("   ", "─", "───"), Signs(" | ", "-", "-+-")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows below the titles of their columns.

    Attributes:
        columns: The columns.
        rows: The rows.
        pen: Writes the cells.
        widths: How wide each column is; empty for as wide as there is room.
        has_titles: Whether the titles of the columns stand above.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Run]]
    pen: Pen
    widths: Sequence[int] = ()
    has_titles: bool = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, in the way in which rich asks for them."""
        widths = self.widths or widths_of(self.columns, self.rows, self.pen, options.max_width)
        signs = _ASCII if options.ascii_only else _DRAWN
        between = Segment(signs.between)
        if self.has_titles:
            titles = [(self.pen.plain(column.title), _TITLES) for column in self.columns]
            found = self._cells(titles, widths, console, options)
            most = max(map(len, found))
            # The titles of one line stand at the bottom, above their cells.
            found = [[*([] for _ in range(most - len(lines))), *lines] for lines in found]
            yield from _stacked(found, widths, between)
            yield Segment(signs.cross.join(signs.rule * width for width in widths))
            yield Segment.line()
        for row in self.rows:
            told = [
                (self.pen.plain(cell.text), STYLES[cell.outcome] if cell.outcome else "")
                for cell in row
            ]
            yield from _stacked(self._cells(told, widths, console, options), widths, between)

    def _cells(
        self,
        cells: Sequence[tuple[str, str]],
        widths: Sequence[int],
        console: Console,
        options: ConsoleOptions,
    ) -> list[list[_Line]]:
        """The lines of each cell of a row; one that is too wide is broken."""
        found: list[list[_Line]] = []
        for (text, style), width, column in zip(cells, widths, self.columns, strict=True):
            room = width - _cells_of(text)
            if room >= 0:
                shown = Segment(text, console.get_style(style) if style else None)
                found.append([[shown, Segment(" " * room)] if room else [shown]])
                continue
            own = options.update(width=width, no_wrap=column.is_whole, height=None)
            found.append(console.render_lines(self.pen.text(text, style), own, pad=True))
        return found


def widths_of(
    columns: Sequence[Column], rows: Sequence[Sequence[Run]], pen: Pen, width: int
) -> tuple[int, ...]:
    """How wide each column is; the widest gives way first, as far as it may be broken.

    Where that is not enough, any column gives way, so that no line is wider than there is room.
    """
    found = [cell_len(column.title) for column in columns]
    for row in rows:
        for place, cell in enumerate(row):
            found[place] = max(found[place], _cells_of(pen.plain(cell.text)))
    room = width - BETWEEN_COLUMNS * (len(columns) - 1)
    may_give = [n for n, column in enumerate(columns) if not (column.is_whole or column.is_number)]
    for places in (may_give, range(len(columns))):
        while sum(found) > room:
            widest = max(places, key=lambda place: found[place], default=None)
            if widest is None or found[widest] <= 1:
                break
            found[widest] -= 1
    return tuple(found)


def _cells_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def _stacked(
    cells: Sequence[Sequence[_Line]], widths: Sequence[int], between: Segment
) -> Iterator[Segment]:
    """A row line by line; what a cell has no line for is left blank."""
    for line in zip_longest(*cells, fillvalue=()):
        for place, part in enumerate(line):
            if place:
                yield between
            yield from part or (Segment(" " * widths[place]),)
        yield Segment.line()
