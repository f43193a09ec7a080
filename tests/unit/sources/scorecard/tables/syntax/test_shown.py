"""What a page does not show, strikes out or sets in small type is no part of a number."""

import pytest

from weighin.sources.scorecard.tables.cells.table_cell import table_cell
from weighin.sources.scorecard.tables.syntax.html import html
from weighin.sources.scorecard.tables.syntax.separated import separated


def rows_of(*rows):
    text = "<table><tr><th>Model</th><th>MMLU</th></tr>" + "".join(rows) + "</table>"
    (grid,) = html(text, "a page").grids
    return [[cell.text for cell in row] for row in grid.rows[1:]]


def row(cell):
    return f"<tr><td>Tern-7B</td><td>{cell}</td></tr>"


@pytest.mark.parametrize(
    "cell",
    [
        '61.2<span style="display:none">0061.2</span>',
        '<span style="color:red; display: none !important">99</span>61.2',
        '61.2<span class="sr-only">percent</span>',
        "61.2<span hidden>9</span>",
        "61.2<small>0.3</small>",
        '61.2<span style="font-size:70%">.3</span>',
        "<del>60.1</del> 61.2",
        "61<small>.2</small>",
    ],
)
def test_a_number_is_what_is_shown_of_it(cell):
    ((_, text),) = rows_of(row(cell))
    assert table_cell(text).number.number == "61.2"


def test_a_number_that_is_struck_out_is_passed_over_with_a_reason():
    ((_, text),) = rows_of(row("<s>61.2</s>"))
    assert table_cell(text).number is None
    assert "struck out" in table_cell(text).why


def test_rows_and_cells_that_are_not_shown_are_no_part_of_a_table():
    hidden = '<tr style="display:none"><td>Old</td><td>1.0</td></tr>'
    cells = '<tr><td>Tern-8B</td><td style="display:none">9</td><td>62.2</td></tr>'
    assert rows_of(row("61.2"), hidden, cells) == [["Tern-7B", "61.2"], ["Tern-8B", "62.2"]]


def test_a_cell_that_spans_no_rows_spans_all_that_follow():
    rows = rows_of('<tr><td rowspan="0">Tern-7B</td><td>61.2</td></tr>', "<tr><td>62.2</td></tr>")
    assert rows == [["Tern-7B", "61.2"], ["Tern-7B", "62.2"]]


@pytest.mark.parametrize(
    "text",
    [
        "# results, of 2030\nModel,MMLU\nTern-7B,61.2\n",
        "sep=;\nModel;MMLU\nTern-7B;61.2\n",
        "Model,MMLU\nTern-7B,61.2\n# note, that\n",
    ],
)
def test_comments_and_the_name_of_the_delimiter_are_no_rows(text):
    (grid,) = separated(text, "a file").grids
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["Model", "MMLU"],
        ["Tern-7B", "61.2"],
    ]
