"""The benchmark by facet table in a terminal: the widest of three layouts that fits."""

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
from weighin.reports.page.pen import STYLES, Pen, cell_outcome
from weighin.reports.shared.facet_table import (
    BenchmarkRow,
    CellState,
    FacetCell,
    FacetTable,
    grade_word,
)
from weighin.reports.shared.wording import (
    documents_words,
    facet_name,
    metric_words,
    score_words,
)
from weighin.rules.interface import Outcome

_ANY_WIDTH: Final = 100_000
_LONGEST_TASK: Final = 32
_LONGEST_METRIC: Final = 24
_LONGEST_VALUE: Final = 18
_LEGEND: Final = {
    Outcome.MET: "agrees with the norm",
    Outcome.VIOLATED: "different",
    Outcome.UNDECIDED: "unknown",
    Outcome.WAIVED: "waived",
    Outcome.NOT_APPLICABLE: "does not apply",
}


@dataclass(frozen=True, slots=True)
class FacetTableView:
    """A facet table that lays itself out for the width it is given.

    All facets as columns if they fit; else the facets that every benchmark shares move to a line
    below and only the others are columns, with grades in full or as letters; else one paragraph
    a benchmark.

    Attributes:
        table: What is shown.
    """

    table: FacetTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yields the layout and its legend."""
        pen = Pen(options.ascii_only)
        every = tuple(range(len(self.table.facets)))
        varied = tuple(i for i in every if not _is_uniform(_column(self.table, i)))
        unlimited = options.update(max_width=_ANY_WIDTH)
        for shown, has_letters in ((every, False), (varied, False), (varied, True)):
            grid = _grid(self.table, shown, pen, has_letters=has_letters)
            if Measurement.get(console, unlimited, grid).maximum <= options.max_width:
                yield grid
                break
        else:
            shown, has_letters = varied, False
            yield from _paragraphs(self.table, varied, pen)
        if len(shown) < len(every):
            yield Text()
            yield from _shared(self.table, [i for i in every if i not in shown], pen)
        yield Text()
        yield _legend(self.table, shown if has_letters else (), pen)


def _column(table: FacetTable, index: int) -> tuple[FacetCell, ...]:
    return tuple(row.cells[index] for row in table.rows)


def _is_uniform(cells: Sequence[FacetCell]) -> bool:
    said = {(cell.state, cell.grade, cell.is_waived) for cell in cells}
    return len(said) == 1 and cells[0].state is not CellState.DIFFERENT


def _grid(table: FacetTable, shown: Sequence[int], pen: Pen, *, has_letters: bool) -> Table:
    grid = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="",
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    grid.add_column(pen.text("benchmark", "dim"), overflow="fold", max_width=_LONGEST_TASK)
    grid.add_column(pen.text("metric", "dim"), overflow="fold", max_width=_LONGEST_METRIC)
    grid.add_column(pen.text("score", "dim"), overflow="fold", no_wrap=True)
    grid.add_column(pen.text("documents", "dim"), overflow="fold", no_wrap=True)
    cell = _cell_with_letter if has_letters else _cell
    for index in shown:
        name = facet_name(table.facets[index])
        # One word a line: a column is as wide as its widest word, not as its name.
        grid.add_column(Text("\n".join(name.split()), style="dim"), overflow="fold")
    for row in table.rows:
        grid.add_row(
            pen.text(row.task, "bold"),
            pen.text(metric_words(row.score)),
            pen.text(score_words(row.score), "" if row.score else STYLES[Outcome.UNDECIDED]),
            pen.text(documents_words(row)),
            *(cell(row.cells[index], pen) for index in shown),
        )
    return grid


def _cell(cell: FacetCell, pen: Pen) -> Text:
    outcome = cell_outcome(cell)
    style = STYLES[outcome]
    mark = pen.line(pen.mark(outcome), Text(" "))
    if cell.state is CellState.DIFFERENT:
        value = pen.text(_short(cell.summary), style)
        return pen.line(mark, value, Text("\n  "), pen.text(grade_word(cell), "dim"))
    return pen.line(mark, pen.text(grade_word(cell), style))


def _cell_with_letter(cell: FacetCell, pen: Pen) -> Text:
    outcome = cell_outcome(cell)
    letter = pen.text(f" {grade_word(cell)[:1].upper()}".rstrip(), STYLES[outcome])
    return pen.line(pen.mark(outcome), letter)


def _short(summary: str) -> str:
    return summary if len(summary) <= _LONGEST_VALUE else f"{summary[: _LONGEST_VALUE - 1]}…"


def _shared(table: FacetTable, indices: Iterable[int], pen: Pen) -> Iterator[RenderableType]:
    yield pen.text("on every benchmark", "dim")
    cells = [(index, table.rows[0].cells[index]) for index in indices]
    yield from (
        Padding(line, (0, 0, 0, 2), expand=False) for line in _cells_in_words(table, cells, pen)
    )


def _paragraphs(table: FacetTable, shown: Sequence[int], pen: Pen) -> Iterator[RenderableType]:
    for row in table.rows:
        yield pen.text(row.task, "bold")
        yield Padding(_result(row, pen), (0, 0, 0, 2), expand=False)
        cells = [(index, row.cells[index]) for index in shown]
        yield from (
            Padding(line, (0, 0, 0, 2), expand=False) for line in _cells_in_words(table, cells, pen)
        )


def _result(row: BenchmarkRow, pen: Pen) -> Text:
    score = f"{metric_words(row.score)} {score_words(row.score)}".strip()
    return pen.text(f"{score} · {documents_words(row)} documents")


def _cells_in_words(
    table: FacetTable, cells: Iterable[tuple[int, FacetCell]], pen: Pen
) -> Iterator[Text]:
    """One line for every different facet; the others share a line with their like."""
    alike: dict[tuple[Outcome, str], list[str]] = {}
    for index, cell in cells:
        name, outcome = facet_name(table.facets[index]), cell_outcome(cell)
        value = f"{cell.summary}, " if cell.state is CellState.DIFFERENT else ""
        alike.setdefault((outcome, f"{value}{cell.grade}"), []).append(name)
    for (outcome, words), names in alike.items():
        yield pen.line(
            pen.mark(outcome),
            pen.text(f" {', '.join(names)} ", STYLES[outcome]),
            pen.text(f"({words})", "dim"),
        )


def _legend(table: FacetTable, with_letters: Sequence[int], pen: Pen) -> Columns:
    present = {cell_outcome(cell) for row in table.rows for cell in row.cells}
    grades = {row.cells[index].grade for row in table.rows for index in with_letters}
    marks = [
        pen.line(pen.mark(outcome), pen.text(f" {word}", "dim"))
        for outcome, word in _LEGEND.items()
        if outcome in present
    ]
    letters = [pen.text(f"{g[0].upper()} {g}", "dim") for g in Grade if g in grades]
    return Columns([*marks, *letters], padding=(0, 3))
