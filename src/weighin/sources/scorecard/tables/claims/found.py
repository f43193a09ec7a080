"""A number of a table before its unit is known, and what was passed over."""

from collections.abc import Sequence
from dataclasses import dataclass

from weighin.evidence.benchmarks import Benchmark
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.benchmark_label import Stated
from weighin.sources.scorecard.tables.cells.printed_cell import PrintedCell
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.column import Column

_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAround:
    """What the words around a table say of its numbers.

    Attributes:
        unit: In what they count; `None` if nothing says it.
        is_scored: Whether their metric is one that cannot exceed all, such as an accuracy.
        metric: Their metric, where it has no largest value; empty if none is named.
        scale: The most on a scale of judges; 0 if none is named.
    """

    unit: Unit | None = None
    is_scored: bool = False
    metric: str = ""
    scale: int = 0


@dataclass(slots=True, kw_only=True)
class Found:
    """A number of a table, before its unit is known.

    Attributes:
        source: Its cell.
        cell: What it holds.
        artifact: Name of the model.
        label: Benchmark as printed.
        benchmark: The same in the registry; `None` if it is not known.
        whole: The benchmark of which it is a part, or the same.
        stated: What labels say of the protocol.
        marks: Keys of its footnotes.
        row: Label of its row.
        section: What heads its row; empty if nothing does.
        settings: What further labels say of how the model was made or run, each at its place among
            the levels of the table; empty where one says nothing.
        bases: Places of the settings that name a model themselves, such as that of a method.
        unit: As a column states it.
        metric: As printed.
        split: As printed.
        documents: Number behind it.
        standard_error: As printed.
        interval: Half-widths.
        around: What the words around its table say of it; `None` if its own labels say more.
    """

    source: Cell
    cell: PrintedCell
    artifact: str
    label: str
    benchmark: Benchmark | None
    whole: Benchmark | None
    stated: Stated
    marks: tuple[str, ...]
    row: str
    section: str = ""
    settings: tuple[str, ...] = ()
    bases: tuple[int, ...] = ()
    unit: Unit | None = None
    metric: str = ""
    split: str = ""
    documents: int | None = None
    standard_error: str = ""
    interval: tuple[str, str] | None = None
    around: SaidAround | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A row, a column or a cell that was not read.

    Attributes:
        what: `table`, `column`, `row` or `cell`.
        name: Its label, or its text.
        line: Where it stands.
        column: Its cell in the line, from 1; 0 for a row.
        why: In words.
        row: The row of the body, from 0; -1 for a column, or a row that is not in it.
        place: The column of the table, from 0; -1 for a row.
    """

    what: str
    name: str
    line: int
    column: int
    why: str
    row: int = -1
    place: int = -1


def column_over(column: Column, line: int, why: str) -> PassedOver:
    """A column that is not read, told at a line of its heading."""
    place = column.place
    shown = _shown(column.name)
    return PassedOver(what="column", name=shown, line=line, column=place + 1, why=why, place=place)


def row_over(row: int, cells: Sequence[Cell], label: str, why: str) -> PassedOver:
    """A row of the body that is not read."""
    return PassedOver(
        what="row", name=_shown(label), line=cells[0].line, column=0, why=why, row=row
    )


def cell_over(row: int, place: int, cell: Cell, why: str) -> PassedOver:
    """A cell of the body that is not read."""
    return PassedOver(
        what="cell", name=_shown(cell.text), line=cell.line, column=cell.column, why=why,
        row=row, place=place,
    )  # fmt: skip


def _shown(name: str) -> str:
    return name if len(name) < _LONGEST_SHOWN else name[: _LONGEST_SHOWN - 1] + "…"
