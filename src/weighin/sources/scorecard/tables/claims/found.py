"""A number of a table before its unit is known, and what was passed over."""

from dataclasses import dataclass

from weighin.evidence.benchmarks import Benchmark
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.benchmark_label import Stated
from weighin.sources.scorecard.tables.cells.printed_cell import PrintedCell
from weighin.sources.scorecard.tables.grid import Cell


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A row, a column or a cell that was not read.

    Attributes:
        what: `table`, `column`, `row` or `cell`.
        name: Its label, or its text.
        line: Where it stands.
        column: Its cell in the line, from 1; 0 for a row.
        why: In words.
    """

    what: str
    name: str
    line: int
    column: int
    why: str
