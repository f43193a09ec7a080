"""One table as terminals, documents and papers print it: the same cells come out."""

import pytest

from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import Corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables
from weighin.sources.scorecard.tables.syntax.encoding import text_of
from weighin.sources.scorecard.tables.syntax.told_syntax import pasted

CELLS = [["Model", "MMLU", "GSM8K"], ["Tern 7B", "61.2", "70.1"], ["Tern 8B", "62.2", "71.1"]]
WITH_BARS = """
| Model   | MMLU | GSM8K |
{rule}
| Tern 7B | 61.2 |  70.1 |
| Tern 8B | 62.2 |  71.1 |
"""
PRINTED = {
    "a terminal with colours": """
\x1b[3m     Results      \x1b[0m
┏━━━━━━━━━┳━━━━━━┳━━━━━━━┓
┃\x1b[1m \x1b[0m\x1b[1mModel  \x1b[0m\x1b[1m \x1b[0m┃ MMLU ┃ GSM8K ┃
┡━━━━━━━━━╇━━━━━━╇━━━━━━━┩
│ Tern 7B │ 61.2 │  70.1 │
│ Tern 8B │ \x1b[1;32m62.2\x1b[0m │  71.1 │
└─────────┴──────┴───────┘
""",
    "a terminal with few lines": """
  Model   ╷ MMLU ╷ GSM8K
 ─────────┼──────┼───────
  Tern 7B │ 61.2 │  70.1
  Tern 8B │ 62.2 │  71.1
          ╵      ╵
""",
    "rules below every row": """
+---------+------+-------+
| Model   | MMLU | GSM8K |
+=========+======+=======+
| Tern    | 61.2 |  70.1 |
| 7B      |      |       |
+---------+------+-------+
| Tern 8B | 62.2 |  71.1 |
+---------+------+-------+
""",
    "a line of dashes with pluses": WITH_BARS.format(rule="|---------+------+-------|"),
    "bars alone": WITH_BARS.format(rule="").replace("\n\n", "\n"),
    "bars within alone": """
 Model   | MMLU | GSM8K
---------+------+-------
 Tern 7B | 61.2 |  70.1
 Tern 8B | 62.2 |  71.1
(2 rows)
""",
    "a prompt above and a count below": """
sql> select * from results;
+---------+------+-------+
| Model   | MMLU | GSM8K |
+---------+------+-------+
| Tern 7B | 61.2 |  70.1 |
| Tern 8B | 62.2 |  71.1 |
+---------+------+-------+
2 rows in set (0.00 sec)
""",
    "a log": """
2030-01-01 10:00:01 INFO | Model   | MMLU | GSM8K |
2030-01-01 10:00:01 INFO |---------|------|-------|
2030-01-01 10:00:02 INFO | Tern 7B | 61.2 |  70.1 |
2030-01-01 10:00:02 INFO | Tern 8B | 62.2 |  71.1 |
""",
    "two bars between headings": """
||Model||MMLU||GSM8K||
|Tern 7B|61.2|70.1|
|Tern 8B|62.2|71.1|
""",
    "rules of equals": """
=======  ====  =====
Model    MMLU  GSM8K
=======  ====  =====
Tern 7B  61.2   70.1
Tern 8B  62.2   71.1
=======  ====  =====
""",
    "leaders": """
Model ....... MMLU .... GSM8K
Tern 7B ..... 61.2 ..... 70.1
Tern 8B ..... 62.2 ..... 71.1
""",
    "a cell a line": "Model\nMMLU\nGSM8K\nTern 7B\n61.2\n70.1\nTern 8B\n62.2\n71.1",
    "one space": "Model MMLU GSM8K\nTern 7B 61.2 70.1\nTern 8B 62.2 71.1\n",
    "a list of lists": """
.. list-table:: Results

   * - Model
     - MMLU
     - GSM8K
   * - Tern 7B
     - 61.2
     - 70.1
   * - Tern 8B
     - 62.2
     - 71.1
""",
}  # fmt: skip


def grid_of(text):
    (grid,) = pasted(text_of(text.encode(), "a file")[0], "a file", ".txt").grids
    return grid


def texts_of(text):
    return [[cell.text for cell in row] for row in grid_of(text).rows]


def read(text):
    tables = read_tables(text.encode(), "a.txt", load_registry(), Corrections(), ".txt")
    return scorecard_of_tables(tables)


@pytest.mark.parametrize("printed", PRINTED.values(), ids=PRINTED)
def test_a_table_has_the_same_cells_however_it_is_printed(printed):
    assert texts_of(printed) == CELLS


@pytest.mark.parametrize(
    "header",
    [
        "          MMLU        GSM8K       \n           acc stderr   acc stderr",
        "          MMLU         GSM8K        \n           acc  stderr   acc  stderr",
    ],
)
def test_two_rows_of_headings_set_to_the_right_stand_above_their_columns(header):
    row = "Tern-{0}B   6{0}.2   0.31  7{0}.1   0.22"
    wide = "Tern-{0}B   6{0}.2    0.31  7{0}.1    0.22"
    line = row if "acc stderr" in header else wide
    text = header + "\n" + "\n".join(line.format(n) for n in (7, 8))
    found = {(n.benchmark, n.printed) for n in read(text).numbers}
    assert found == {("MMLU", "67.2"), ("MMLU", "68.2"), ("GSM8K", "77.1"), ("GSM8K", "78.1")}


def test_a_cell_over_several_columns_of_a_drawn_table_heads_each():
    text = """
+---------+--------------+
|         | Scores       |
| Model   +------+-------+
|         | MMLU | GSM8K |
+=========+======+=======+
| Tern 7B | 61.2 | 70.1  |
+---------+------+-------+
| Tern 8B | 62.2 | 71.1  |
+---------+------+-------+
"""
    assert texts_of(text)[0] == ["", "Scores", "Scores"]
    assert {n.benchmark for n in read(text).numbers} == {"MMLU", "GSM8K"}


def test_a_heading_of_two_words_one_space_apart_stays_together():
    text = "Model MMLU 5-shot GSM8K 8-shot\nTern 7B 61.2 70.1\nTern 8B 62.2 71.1\n"
    assert texts_of(text)[0] == ["Model", "MMLU 5-shot", "GSM8K 8-shot"]


def test_rows_and_columns_that_are_left_out_are_told():
    text = (
        "      Model  MMLU  ...  GSM8K\n0  Tern-7B  61.2  ...   70.1\n"
        "1  Tern-8B  62.2  ...   71.1\n"
        "..     ...   ...  ...    ...\n9  Tern-9B  63.2  ...   72.1\n"
    )
    told = " ".join(read(text).passed_over)
    assert "rows are left out here" in told
    assert "columns are left out here" in told
