"""Rows laid out as lines are those that rich draws cell by cell."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from weighin.reports.page.model import Column, foreign
from weighin.reports.page.pen import Pen
from weighin.reports.page.terminal.rows import Rows, widths_of

_PEN = Pen(is_ascii=False)
_CELLS = st.text(st.sampled_from("ab 模é\t\n\u202e"), max_size=12)
_TABLES = st.integers(1, 4).flatmap(
    lambda number: st.lists(
        st.tuples(*[_CELLS] * number), min_size=1, max_size=5
    )
)  # fmt: skip


def _printed(told, width: int, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True, newline="\n")
    Console(file=stream, width=width, color_system=None).print(told)
    return stream.buffer.getvalue().decode(encoding)


def _rows(cells):
    columns = tuple(Column(title) for title in ("Name", "模型", "n", "x")[: len(cells[0])])
    return columns, tuple(tuple(map(foreign, row)) for row in cells)


def _of_rich(columns, rows, widths):
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(_PEN.text(column.title), width=width)
    for row in rows:
        table.add_row(*(_PEN.text(cell.text) for cell in row))
    return table


@given(_TABLES, st.integers(20, 100))
def test_rows_are_drawn_as_rich_draws_them(cells, width):
    columns, rows = _rows(cells)
    widths = widths_of(columns, rows, _PEN, width)
    drawn = _printed(_of_rich(columns, rows, widths), width)
    assert _printed(Rows(columns, rows, _PEN), width) == drawn


@given(_TABLES, st.integers(20, 40))
def test_no_row_is_wider_than_there_is_room(cells, width):
    columns, rows = _rows([[text * 5 for text in row] for row in cells])
    lines = _printed(Rows(columns, rows, _PEN), width).splitlines()
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("room", [9, 30])
def test_a_stream_of_ascii_gets_no_other_sign(room):
    columns, rows = _rows([["one", "two words"]])
    columns = (Column("Name"), Column("Kind"))
    assert _printed(Rows(columns, rows, Pen(is_ascii=True)), room, "ascii").isascii()


def test_what_is_whole_is_not_broken_where_words_can_be():
    columns = (Column("Id", is_whole=True), Column("Words"))
    rows = ((foreign("0123456789"), foreign("some words that go on")),)
    assert widths_of(columns, rows, _PEN, 23) == (10, 10)
