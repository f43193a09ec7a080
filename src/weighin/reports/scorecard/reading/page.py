"""How tables were understood, as a page that people read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from weighin.reports.page.model import Column, Lines, Page, Section, Table, foreign, ours
from weighin.reports.scorecard.reading.document import CellEntry, TableEntry, table_entry
from weighin.reports.shared.wording import counted
from weighin.sources.scorecard.tables.claims.fates import Fate
from weighin.sources.scorecard.tables.read_tables import ReadTable, ReadTables, passed_over

_ROWS: Final = {
    "model": "models are rows, benchmarks columns",
    "benchmark": "benchmarks are rows, models columns",
    "value": "each row is one number, with its model and benchmark",
}
_COLUMNS: Final = (
    Column("line", is_number=True),
    Column("cell", is_number=True),
    Column("number", is_number=True),
    Column("unit"),
    Column("model"),
    Column("benchmark"),
    Column("also said"),
)


def reading_page(readings: Sequence[ReadTables]) -> Page:
    """A section for each table, and one for what of its file was passed over."""
    return Page(sections=tuple(_sections(readings)))


def _sections(readings: Sequence[ReadTables]) -> Iterator[Section]:
    for read in readings:
        for table, entry in zip(read.tables, map(table_entry, read.tables), strict=True):
            if entry.cells:
                yield _section(read, entry, _counts(table))
        over = passed_over(read)
        title = f"{read.shown} ({read.syntax}): " + (
            "passed over" if over else "nothing was passed over"
        )
        lines = Lines(tuple((foreign(line),) for line in over), is_list=True)
        yield Section(title=(foreign(title),), blocks=(lines,) if over else ())


def _counts(table: ReadTable) -> str:
    """What became of the cells in which numbers stand: no number vanishes."""
    found = Counter(one.fate for one in table.fates())
    said = ", ".join(f"{found[fate]} {fate.value}" for fate in Fate if found[fate])
    return f"of {counted(found.total(), 'cell')} with numbers: {said}"


def _section(read: ReadTables, entry: TableEntry, counts: str) -> Section:
    named = f" ({entry.title})" if entry.title else ""
    title = (
        f"{read.shown}, table at line {entry.line}{named}: "
        f"{counted(len(entry.cells), 'number')}; {_ROWS[entry.rows_are]}"
    )
    rows = tuple(tuple(foreign(text) for text in _row(cell)) for cell in entry.cells)
    return Section(
        title=(foreign(title),),
        blocks=(Table(columns=_COLUMNS, rows=rows), Lines(((ours(counts),),))),
    )


def _row(cell: CellEntry) -> tuple[str, ...]:
    unit = "not told" if cell.unit is None else cell.unit.value
    known = "" if cell.registered_as else "; not in the registry"
    return (
        str(cell.line),
        str(cell.cell),
        cell.printed,
        unit if cell.is_unit_sure else f"{unit}?",
        cell.model,
        cell.benchmark,
        (", ".join(_also(cell)) + known).lstrip("; "),
    )


def _also(cell: CellEntry) -> Iterator[str]:
    stated = cell.protocol
    if stated.shots is not None:
        yield counted(stated.shots, "shot")
    if stated.passes is not None:
        yield f"mean of {stated.passes}"
    if stated.votes is not None:
        yield f"majority of {stated.votes}"
    yield from filter(None, (stated.tools, cell.metric, cell.split))
    if cell.documents is not None:
        yield f"n {cell.documents}"
    if cell.standard_error:
        yield f"stderr {cell.standard_error}"
    if cell.footnotes:
        yield "notes " + " ".join(cell.footnotes)
    if cell.section:
        yield f"under {cell.section!r}"
