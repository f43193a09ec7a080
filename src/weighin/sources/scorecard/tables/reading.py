"""A pasted table in CSV or Markdown as a scorecard."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from weighin.errors import EvidenceError
from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry
from weighin.evidence.scorecard import (
    Artifact,
    Protocol,
    Scorecard,
    ScorecardNumber,
    Source,
    Unit,
)
from weighin.files.canonical import sha256_hex
from weighin.sources.scorecard.tables.benchmark_label import benchmark_label
from weighin.sources.scorecard.tables.columns import Column, Layout, layout_of
from weighin.sources.scorecard.tables.grid import (
    Grid,
    Row,
    csv_grid,
    markdown_footnotes,
    markdown_grids,
)
from weighin.sources.scorecard.tables.printed_cell import (
    PrintedCell,
    label_and_marks,
    plain_text,
    printed_cell,
)
from weighin.sources.scorecard.tables.told_unit import Unclear, told_units

UNNAMED_MODEL = "model not named"
"""Artifact of the numbers of a table that names no model."""

_NO_TEXT = "(its text is not in the file)"
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12}")


@dataclass(slots=True, kw_only=True)
class _Found:
    """A number of a table, before its unit is known."""

    row: Row
    column: int
    cell: PrintedCell
    artifact: str
    label: str
    benchmark: Benchmark | None
    shots: int | None
    marks: tuple[str, ...]
    row_label: str
    unit: Unit | None = None
    metric: str = ""
    split: str = ""
    documents: int | None = None
    standard_error: str = ""
    interval: tuple[str, str] | None = None


def scorecard_of_csv(
    content: bytes, shown: str, registry: BenchmarkRegistry, unit: Unit | None = None
) -> Scorecard:
    """The scorecard in a CSV table.

    Args:
        content: Its bytes.
        shown: How it is named in messages and in the scorecard.
        registry: Benchmarks that are known.
        unit: Of numbers for which nothing tells it; `None` asks.

    Raises:
        EvidenceError: It is no such table; the message names the line.
        UsageError: The unit of a number cannot be told.
    """
    grid = csv_grid(_text(content, shown), shown)
    return _scorecard((grid,), {}, content, shown, _Reading(shown, registry, unit))


def scorecard_of_markdown(
    content: bytes, shown: str, registry: BenchmarkRegistry, unit: Unit | None = None
) -> Scorecard:
    """The scorecard in the tables of a Markdown text; arguments and errors as for CSV."""
    text = _text(content, shown)
    footnotes = dict(markdown_footnotes(text))
    reading = _Reading(shown, registry, unit)
    return _scorecard(markdown_grids(text, shown), footnotes, content, shown, reading)


def _text(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EvidenceError(
            f"{shown}:{line}: expected text in UTF-8, found byte 0x{content[error.start]:02x}"
        ) from error


def _scorecard(
    grids: tuple[Grid, ...],
    footnotes: Mapping[str, str],
    content: bytes,
    shown: str,
    reading: "_Reading",
) -> Scorecard:
    found = [
        pair
        for index, grid in enumerate(grids, start=1)
        for pair in reading.numbers(grid, f"table {index}" if len(grids) > 1 else "")
    ]
    numbers = [number for number, _ in found]
    if not numbers:
        raise EvidenceError(f"{shown}: expected at least one number, found none")
    keys = dict.fromkeys((key for number in numbers for key in number.footnotes), _NO_TEXT)
    notes = {note: note for _, cell in found for note in cell.notes}
    names = dict.fromkeys(number.artifact for number in numbers)
    return Scorecard(
        title=shown,
        file=shown,
        sha256=sha256_hex(content),
        artifacts=tuple(Artifact(name=name, claimed_as=name) for name in names),
        numbers=tuple(numbers),
        footnotes={**keys, **notes, **footnotes},
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, what its columns are, and what tells its rows from those of other tables."""

    grid: Grid
    layout: Layout
    prefix: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """How tables are read.

    Attributes:
        shown: The file.
        registry: Benchmarks that are known.
        unit: Of numbers for which nothing tells it; `None` asks.
    """

    shown: str
    registry: BenchmarkRegistry
    unit: Unit | None

    def numbers(self, grid: Grid, table: str) -> Iterator[tuple[ScorecardNumber, PrintedCell]]:
        """The numbers of a table, each with its cell."""
        layout = layout_of(grid, self.shown, self._is_known)
        found = list(self._found(_Table(grid, layout, f"{table}: " if table else "")))
        units = told_units([self._unclear(number) for number in found], self.unit)
        source = Source(title=self.shown, place=table)
        for number, unit in zip(found, units, strict=True):
            yield _number(number, unit, source), number.cell

    def _found(self, table: "_Table") -> Iterator[_Found]:
        last, layout = "", table.layout
        for row in table.grid.rows:
            if layout.rows_are is Column.VALUE:
                place = layout.place(Column.BENCHMARK) or 0
                # lm-eval prints the name of a task in its first row only.
                last = row.cells[place] or last
                columns = [layout.place(Column.VALUE) or 0]
            else:
                columns = [i for i, k in enumerate(layout.kinds) if k is Column.NUMBERS]
            for column in columns:
                cell = self._cell(row, column)
                if cell is not None:
                    yield self._of_cell(table, row, column, cell, last)

    def _of_cell(
        self, table: "_Table", row: Row, column: int, cell: PrintedCell, task: str
    ) -> _Found:
        header, layout = table.grid.header.cells, table.layout
        label_of_row = row.cells[layout.place(layout.rows_are) or 0]
        if layout.rows_are is Column.VALUE:
            model_place = layout.place(Column.MODEL)
            model = UNNAMED_MODEL if model_place is None else row.cells[model_place]
            benchmark = task.lstrip("- ")
        elif layout.rows_are is Column.MODEL:
            model, benchmark = label_of_row, header[column]
        else:
            model, benchmark = header[column], label_of_row
        artifact, of_model = label_and_marks(model)
        label = benchmark_label(benchmark, self.registry)
        if not artifact or not label.text:
            raise EvidenceError(
                f"{self.shown}:{row.line}: expected the name of a "
                f"{'benchmark' if artifact else 'model'} beside {cell.number}, found none"
            )
        in_header = label.is_percentage or header[column].rstrip().endswith(("(%)", "%"))
        found = _Found(
            row=row,
            column=column,
            cell=replace(cell, is_percentage=cell.is_percentage or in_header),
            artifact=artifact,
            label=label.text,
            benchmark=label.benchmark,
            shots=label.shots,
            marks=tuple(dict.fromkeys((*of_model, *label.marks, *cell.marks, *cell.notes))),
            row_label=table.prefix + (artifact if layout.rows_are is Column.MODEL else label.text),
        )
        self._add_stated(found, layout, row)
        return found

    def _add_stated(self, found: _Found, layout: Layout, row: Row) -> None:
        """What further columns say of a number."""
        said = {
            kind: plain_text(row.cells[index])
            for index, kind in enumerate(layout.kinds)
            if kind is not None and kind is not Column.NUMBERS
        }
        metric, filtered = said.get(Column.METRIC, ""), said.get(Column.FILTER, "")
        found.metric = f"{metric},{filtered}" if metric and filtered else metric
        found.split = said.get(Column.SPLIT, "")
        if shots := said.get(Column.SHOTS, ""):
            stated = re.match(r"[0-9]{1,3}(?![0-9.])", shots)
            found.shots = int(stated[0]) if stated else found.shots
        if (count := said.get(Column.DOCUMENTS, "")) and _COUNT.fullmatch(count):
            found.documents = int(count.replace(",", "")) or None
        error = self._cell(row, layout.place(Column.STANDARD_ERROR))
        found.standard_error = "" if error is None else error.number
        if unit := said.get(Column.UNIT, ""):
            found.unit = self._unit(unit, row)
        found.interval = found.cell.interval
        if interval := said.get(Column.INTERVAL, ""):
            found.interval = self._interval(interval, row)

    def _cell(self, row: Row, column: int | None) -> PrintedCell | None:
        if column is None:
            return None
        try:
            return printed_cell(row.cells[column])
        except ValueError as error:
            raise EvidenceError(f"{self.shown}:{row.line}: cell {column + 1}: {error}") from error

    def _unit(self, text: str, row: Row) -> Unit:
        word = {"%": Unit.PERCENT}.get(text, text.casefold())
        if word not in set(Unit):
            raise EvidenceError(
                f"{self.shown}:{row.line}: expected a unit, {', '.join(Unit)}, found {text[:60]!r}"
            )
        return Unit(word)

    def _interval(self, text: str, row: Row) -> tuple[str, str] | None:
        try:
            # The form of an interval is that of a cell: 0+13/-12.
            cell = printed_cell(text if text in {"-", ""} else f"0 {text}")
        except ValueError:
            cell = None
        if cell is None and text not in {"-", ""}:
            raise EvidenceError(
                f"{self.shown}:{row.line}: expected an interval such as +13/-12, found "
                f"{text[:60]!r}"
            )
        return None if cell is None else cell.interval

    def _is_known(self, label: str) -> bool:
        return benchmark_label(label, self.registry).benchmark is not None

    def _unclear(self, number: _Found) -> Unclear:
        return Unclear(
            shown=f"{self.shown}: {_pointer(number)}",
            number=number.cell.number,
            is_percentage=number.cell.is_percentage,
            label=number.label,
            benchmark=number.benchmark,
            unit=number.unit,
        )


def _pointer(number: _Found) -> str:
    return f"line {number.row.line}, cell {number.column + 1}"


def _number(number: _Found, unit: Unit, source: Source) -> ScorecardNumber:
    return ScorecardNumber(
        printed=number.cell.number,
        unit=unit,
        artifact=number.artifact,
        benchmark=number.label,
        registered_as="" if number.benchmark is None else number.benchmark.id,
        split=number.split,
        metric=number.metric,
        protocol=Protocol(shots=number.shots),
        documents=number.documents,
        standard_error=number.standard_error,
        interval=number.interval,
        source=source,
        footnotes=number.marks,
        row=number.row_label,
        pointer=_pointer(number),
    )
