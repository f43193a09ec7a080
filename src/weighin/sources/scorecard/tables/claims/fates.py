"""What became of each number of a table: none vanishes without a word."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weighin.sources.scorecard.tables.cells.table_cell import table_cell
from weighin.sources.scorecard.tables.claims.found import Found, PassedOver, cell_over, column_over
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import Axis
from weighin.sources.scorecard.tables.layout.no_scores import says_nothing
from weighin.sources.scorecard.tables.layout.understood import Layout

_STATED = frozenset(
    (Kind.METRIC, Kind.FILTER, Kind.SHOTS, Kind.SPLIT, Kind.DOCUMENTS, Kind.STANDARD_ERROR,
     Kind.INTERVAL, Kind.UNIT)
)  # fmt: skip
"""Kinds of columns that say something of the scores beside them."""


class Fate(StrEnum):
    """What became of a cell in which a number stands."""

    READ = "read"
    LABEL = "labels"
    SAID = "said of those beside them"
    COLUMN = "in columns passed over"
    ROW = "in rows passed over"
    CELL = "passed over one by one"
    TABLE = "in a table that is not understood"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFate:
    """A cell of the body of a table in which a number stands, and what became of it.

    Attributes:
        row: Its row of the body, from 0.
        place: Its column, from 0.
        cell: It.
        fate: What became of it.
    """

    row: int
    place: int
    cell: Cell
    fate: Fate


def fates(
    table: Table, layout: Layout | str, read: Collection[Cell], over: Sequence[PassedOver]
) -> Iterator[CellFate]:
    """What became of each cell of the body of a table in which a number stands.

    Args:
        table: It.
        layout: What its labels are, or why that cannot be told.
        read: The cells that were read as numbers.
        over: What was passed over.
    """
    columns = _of_columns(layout, over)
    rows = {one.row for one in over if one.what == "row"}
    cells = {(one.row, one.place) for one in over if one.what == "cell"}
    lines = {(one.line, one.column) for one in over if one.what == "cell" and one.place < 0}
    for row, texts in enumerate(table.body):
        for place, cell in enumerate(texts):
            if not _holds_number(cell):
                continue
            if cell in read:
                fate = Fate.READ
            elif isinstance(layout, str):
                fate = Fate.TABLE
            elif row in rows:
                fate = Fate.ROW
            elif (row, place) in cells or (cell.line, cell.column) in lines:
                fate = Fate.CELL
            else:
                fate = columns[place]
            if fate is not Fate.UNTOLD or _is_number(cell):
                yield CellFate(row=row, place=place, cell=cell, fate=fate)


def untold(
    table: Table, layout: Layout, read: Sequence[Found], over: Sequence[PassedOver]
) -> Iterator[PassedOver]:
    """What must be passed over for the numbers of which nothing is told yet.

    A column all of whose numbers are such is told once.
    """
    all_of = list(fates(table, layout, {number.source for number in read}, over))
    left = [one for one in all_of if one.fate is Fate.UNTOLD]
    whole = {
        place
        for place in {one.place for one in left}
        if all(one.fate is Fate.UNTOLD for one in all_of if one.place == place)
    }
    for place in sorted(whole):
        column = layout.columns[place]
        first = next(one for one in left if one.place == place)
        why = f"{column.kind.value}: nothing tells of which scores"
        yield column_over(column, first.cell.line, why)
    for one in left:
        if one.place not in whole:
            yield cell_over(one.row, one.place, one.cell, "nothing tells what it is")


def _of_columns(layout: Layout | str, over: Sequence[PassedOver]) -> list[Fate]:
    """What becomes of the numbers of each column where nothing is told of them alone."""
    if isinstance(layout, str):
        return []
    told = {one.place for one in over if one.what == "column"}
    parts = () if layout.benchmark is None else layout.benchmark.levels
    levels = {
        level.place
        for level in (*parts, layout.model, *layout.others)
        if level is not None and level.axis is Axis.ROWS
    }
    stated = {layout.place(kind, column.place) for column in layout.numbers for kind in _STATED}
    answer: list[Fate] = []
    for column in layout.columns:
        if column.place in told:
            answer.append(Fate.COLUMN)
        elif column.place in levels:
            answer.append(Fate.LABEL)
        elif column.kind in _STATED and column.place in stated:
            answer.append(Fate.SAID)
        else:
            answer.append(Fate.UNTOLD)
    return answer


def _holds_number(cell: Cell) -> bool:
    return any(c.isdecimal() for c in cell.text) and not says_nothing(cell.text)


def _is_number(cell: Cell) -> bool:
    """Whether a cell is understood as a number or as something like one, and not as none."""
    read = table_cell(cell.text)
    return bool(read.number is not None or read.why)
