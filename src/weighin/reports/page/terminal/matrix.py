"""A matrix in a terminal: the widest of three layouts that fits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.columns import Columns
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from weighin.identity.facets import Grade
from weighin.reports.page.model import Cell, Matrix
from weighin.reports.page.pen import STYLES, Pen
from weighin.rules.interface import Outcome

_ANY_WIDTH: Final = 100_000
_LONGEST_NAME: Final = 32
_LONGEST_WORD: Final = 24
_LONGEST_VALUE: Final = 18
_LEGEND: Final = {
    Outcome.MET: "agrees with the norm",
    Outcome.VIOLATED: "different",
    Outcome.UNDECIDED: "unknown",
    Outcome.WAIVED: "waived",
    Outcome.NOT_APPLICABLE: "does not apply",
}


@dataclass(frozen=True, slots=True)
class MatrixView:
    """A matrix that lays itself out for the width it is given.

    All facets as columns if they fit; else the facets that every row shares move to a line below
    and only the others are columns, with grades in full or as letters; else one paragraph a row.

    Attributes:
        matrix: What is shown.
    """

    matrix: Matrix

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yields the layout and its legend."""
        pen = Pen(options.ascii_only)
        every = tuple(range(len(self.matrix.facets)))
        varied = tuple(i for i in every if not _is_uniform(_column(self.matrix, i)))
        unlimited = options.update(max_width=_ANY_WIDTH)
        for shown, has_letters in ((every, False), (varied, False), (varied, True)):
            grid = _grid(self.matrix, shown, pen, has_letters=has_letters)
            if Measurement.get(console, unlimited, grid).maximum <= options.max_width:
                yield grid
                break
        else:
            shown, has_letters = varied, False
            yield from _paragraphs(self.matrix, varied, pen)
        if len(shown) < len(every):
            yield Text()
            yield from _shared(self.matrix, [i for i in every if i not in shown], pen)
        yield Text()
        yield _legend(self.matrix, shown if has_letters else (), pen)


def _column(matrix: Matrix, index: int) -> tuple[Cell, ...]:
    return tuple(row.cells[index] for row in matrix.rows)


def _is_uniform(cells: Sequence[Cell]) -> bool:
    said = {(cell.state, cell.grade, cell.is_waived) for cell in cells}
    return len(said) == 1 and not any(cell.has_value for cell in cells)


def _grid(matrix: Matrix, shown: Sequence[int], pen: Pen, *, has_letters: bool) -> Table:
    grid = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="",
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    grid.add_column(pen.text(matrix.title, "dim"), overflow="fold", max_width=_LONGEST_NAME)
    for column in matrix.columns:
        grid.add_column(
            pen.text(column.title, "dim"),
            overflow="fold",
            no_wrap=column.is_number,
            max_width=None if column.is_number else _LONGEST_WORD,
        )
    cell = _cell_with_letter if has_letters else _cell
    for index in shown:
        # One word a line: a column is as wide as its widest word, not as its name.
        words = matrix.facets[index].split()
        grid.add_column(Text("\n".join(words), style="dim"), overflow="fold")
    for row in matrix.rows:
        values = (
            pen.text(value.text, STYLES[value.outcome] if value.outcome else "")
            for value in row.values
        )
        cells = (cell(row.cells[index], pen) for index in shown)
        grid.add_row(pen.text(row.name, "bold"), *values, *cells)
    return grid


def _cell(cell: Cell, pen: Pen) -> Text:
    style = STYLES[cell.outcome]
    mark = pen.line(_mark(cell, pen), Text(" "))
    if cell.has_value:
        value = pen.text(_short(cell.summary), style)
        return pen.line(mark, value, Text("\n  "), pen.text(cell.grade_word, "dim"))
    return pen.line(mark, pen.text(cell.grade_word, style))


def _cell_with_letter(cell: Cell, pen: Pen) -> Text:
    letter = pen.text(f" {cell.grade_word[:1].upper()}".rstrip(), STYLES[cell.outcome])
    return pen.line(_mark(cell, pen), letter)


def _mark(cell: Cell, pen: Pen) -> Text:
    return pen.disputed() if cell.is_disputed else pen.mark(cell.outcome)


def _short(summary: str) -> str:
    return summary if len(summary) <= _LONGEST_VALUE else f"{summary[: _LONGEST_VALUE - 1]}…"


def _shared(matrix: Matrix, indices: Iterable[int], pen: Pen) -> Iterator[RenderableType]:
    yield pen.text(f"on every {matrix.title}", "dim")
    yield from _cells_in_words(matrix, [(i, matrix.rows[0].cells[i]) for i in indices], pen)


def _paragraphs(matrix: Matrix, shown: Sequence[int], pen: Pen) -> Iterator[RenderableType]:
    for row in matrix.rows:
        yield pen.text(row.name, "bold")
        yield Padding(pen.text(row.words), (0, 0, 0, 2), expand=False)
        yield from _cells_in_words(matrix, [(index, row.cells[index]) for index in shown], pen)


def _cells_in_words(
    matrix: Matrix, cells: Iterable[tuple[int, Cell]], pen: Pen
) -> Iterator[RenderableType]:
    """One line for every different facet; the others share a line with their like."""
    alike: dict[tuple[Outcome, bool, str], list[str]] = {}
    for index, cell in cells:
        value = f"{cell.summary}, " if cell.has_value else ""
        words = f"{value}{cell.grade}"
        key = (cell.outcome, cell.is_disputed, words)
        alike.setdefault(key, []).append(matrix.facets[index])
    for (outcome, is_disputed, words), names in alike.items():
        line = pen.line(
            pen.disputed() if is_disputed else pen.mark(outcome),
            pen.text(f" {', '.join(names)} ", STYLES[outcome]),
            pen.text(f"({words})", "dim"),
        )
        yield Padding(line, (0, 0, 0, 2), expand=False)


def _legend(matrix: Matrix, with_letters: Sequence[int], pen: Pen) -> Columns:
    cells = [cell for row in matrix.rows for cell in row.cells]
    present = {cell.outcome for cell in cells if not cell.is_disputed and not cell.is_alone}
    grades = {row.cells[index].grade for row in matrix.rows for index in with_letters}
    marks = [
        pen.line(pen.mark(outcome), pen.text(f" {word}", "dim"))
        for outcome, word in _LEGEND.items()
        if outcome in present
    ]
    if any(cell.is_alone for cell in cells):
        alone = " alone: nothing to compare with"
        marks.append(pen.line(pen.mark(Outcome.NOT_APPLICABLE), pen.text(alone, "dim")))
    if any(cell.is_disputed for cell in cells):
        marks.append(pen.line(pen.disputed(), pen.text(" disagrees, undecided", "dim")))
    letters = [pen.text(f"{g[0].upper()} {g}", "dim") for g in Grade if g in grades]
    return Columns([*marks, *letters], padding=(0, 3))
