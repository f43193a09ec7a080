"""How tables were understood, as one JSON document, complete."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from weighin.evidence.scorecard import Protocol, Unit
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text
from weighin.sources.scorecard.tables.claims.found import PassedOver
from weighin.sources.scorecard.tables.layout.understood import Layout
from weighin.sources.scorecard.tables.read_tables import ReadTable, ReadTables

READING_FORMAT: Final = "weighin.scorecard-reading/1"


class ColumnEntry(StrictModel):
    """A column, what it holds, and of what kind it is where it holds no scores."""

    name: str
    kind: str
    why: str


class CellEntry(StrictModel):
    """A cell that was read as a number.

    Attributes:
        line: Its line in the file.
        cell: Which cell of its row it is, from 1.
        text: As it stands in the file.
        printed: The number.
        unit: What it counts in; `None` where nothing tells it, so that it is left out.
        is_unit_sure: Whether it does.
        model: Whose it is.
        benchmark: As printed.
        registered_as: Id in the registry of benchmarks; empty if it is not known.
        metric: As printed; empty if not.
        split: As printed; empty if not.
        protocol: What its labels say of how it was made.
        documents: Number behind it, if stated.
        standard_error: As printed; empty if not.
        footnotes: Marks and notes.
        section: What heads its row; empty if nothing does.
    """

    line: int
    cell: int
    text: str
    printed: str
    unit: Unit | None
    is_unit_sure: bool
    model: str
    benchmark: str
    registered_as: str
    metric: str
    split: str
    protocol: Protocol
    documents: int | None
    standard_error: str
    footnotes: tuple[str, ...]
    section: str


class PassedOverEntry(StrictModel):
    """A row, a column or a cell that was not read: where it stands, its text, and why."""

    what: str
    line: int
    cell: int
    text: str
    why: str


class TableEntry(StrictModel):
    """A table.

    Attributes:
        line: Its first line.
        title: What stands above it; empty if nothing does.
        rows_are: `model`, `benchmark` or `value`, where each row names both; empty if not told.
        problem: Why it could not be read; empty if it was.
        columns: Its columns.
        cells: Its numbers.
        passed_over: What of it was not read.
    """

    line: int
    title: str
    rows_are: str
    problem: str
    columns: tuple[ColumnEntry, ...]
    cells: tuple[CellEntry, ...]
    passed_over: tuple[PassedOverEntry, ...]


class FileEntry(StrictModel):
    """A file: how it is written, what one must know of how it was read, and its tables."""

    file: str
    syntax: str
    remarks: tuple[str, ...]
    tables: tuple[TableEntry, ...]


class ScorecardReadingDocument(StrictModel):
    """How the tables of files were understood.

    Attributes:
        format: Always `weighin.scorecard-reading/1`.
        files: The files.
    """

    format: Literal["weighin.scorecard-reading/1"]
    files: tuple[FileEntry, ...]


def render(readings: Sequence[ReadTables]) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    files = tuple(
        FileEntry(
            file=read.shown,
            syntax=read.syntax,
            remarks=read.remarks,
            tables=tuple(map(table_entry, read.tables)),
        )
        for read in readings
    )
    return json_text(ScorecardReadingDocument(format=READING_FORMAT, files=files))


def table_entry(table: ReadTable) -> TableEntry:
    """A table as it stands in the document."""
    layout = table.layout if isinstance(table.layout, Layout) else None
    return TableEntry(
        line=table.line,
        title=table.title,
        rows_are="" if layout is None else layout.rows_are.value,
        problem="" if layout is not None else str(table.layout),
        columns=tuple(
            ColumnEntry(name=column.name, kind=column.kind.value, why=column.why)
            for column in (() if layout is None else layout.columns)
        ),
        cells=tuple(_cells(table)),
        passed_over=tuple(map(_passed_over, table.passed_over)),
    )


def _cells(table: ReadTable) -> Iterable[CellEntry]:
    for number, told in table.numbers:
        stated = number.stated
        yield CellEntry(
            line=number.source.line,
            cell=number.source.column,
            text=number.source.text,
            printed=number.cell.number,
            unit=told.unit,
            is_unit_sure=told.is_sure,
            model=number.artifact,
            benchmark=number.label,
            registered_as="" if number.benchmark is None else number.benchmark.id,
            metric=number.metric,
            split=number.split,
            protocol=Protocol(
                shots=stated.shots, passes=stated.passes, votes=stated.votes, tools=stated.tools
            ),
            documents=number.documents,
            standard_error=number.standard_error,
            footnotes=number.marks,
            section=number.section,
        )


def _passed_over(over: PassedOver) -> PassedOverEntry:
    return PassedOverEntry(
        what=over.what, line=over.line, cell=over.column, text=over.name, why=over.why
    )
