"""Pasted tables and model cards as scorecards: layout, marks, units that are told or asked for."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.reading import read_scorecard

WIDE = """Some words.

| Category | Benchmark | # Shots | Metric | Old 70B | **New Model**¹ |
| :--- | --- | :-: | --- | ---: | ---: |
| Image | MMMU | 0 | accuracy | No multimodal support | 73.40 |
| | GPQA Diamond* | 0 | accuracy | 50.5 | **69.8**† (avg) |
| | MMLU (5-shot) | | macro_avg/acc | 90 | - |

¹ zero shot, temperature 0
\\* several passes
"""
LM_EVAL = """|Tasks|Version|     Filter     |n-shot|  Metric   |   |Value |   |Stderr|
|-----|------:|----------------|-----:|-----------|---|-----:|---|-----:|
|gsm8k|      3|flexible-extract|     5|exact_match|↑  |0.8920|±  |0.0197|
|     |       |strict-match    |     5|exact_match|↑  |0.8800|±  |0.0206|
"""
INDEX = """---
license: mit
model-index:
- name: tiny
  results:
  - task: {type: text-generation}
    dataset:
      type: ai2_arc
      name: AI2 Reasoning Challenge (25-Shot)
      split: test
      args: {num_few_shot: 25}
    metrics:
    - {type: acc_norm, value: 53.750}
    source: {name: A leaderboard, url: "https://example.invalid/board"}
---
# tiny
"""


def read(folder: Path, text: str, ending: str = ".md", unit: Unit | None = None):
    path = folder / f"table{ending}"
    path.write_text(text)
    return read_scorecard(path, unit)


def printed(scorecard):
    return [(n.artifact, n.benchmark, n.printed) for n in scorecard.numbers]


def test_models_can_be_columns(tmp_path):
    assert printed(read(tmp_path, WIDE)) == [
        ("New Model", "MMMU", "73.40"),
        ("Old 70B", "GPQA Diamond", "50.5"),
        ("New Model", "GPQA Diamond", "69.8"),
        ("Old 70B", "MMLU (5-shot)", "90"),
    ]


def test_models_can_be_rows(tmp_path):
    found = read(tmp_path, "Model,MMLU,GPQA Diamond\nA,57.2,33.0\nB,N/A,31.3\n", ".csv")
    assert printed(found) == [
        ("A", "MMLU", "57.2"),
        ("A", "GPQA Diamond", "33.0"),
        ("B", "GPQA Diamond", "31.3"),
    ]


def test_one_number_can_be_a_row(tmp_path):
    table = 'model,benchmark,score,95% CI,votes\nA,LMArena,1417,+13/-12,"2,520"\n'
    (number,) = read(tmp_path, table, ".csv").numbers
    assert (number.printed, number.unit, number.interval, number.documents) == (
        "1417",
        Unit.RATING,
        ("+13", "-12"),
        2520,
    )


def test_a_table_of_lm_eval_can_be_pasted(tmp_path):
    first, second = read(tmp_path, LM_EVAL).numbers
    assert (first.benchmark, first.printed, first.standard_error) == ("gsm8k", "0.8920", "0.0197")
    assert (first.unit, first.protocol.shots) == (Unit.SHARE, 5)
    assert (second.benchmark, second.metric) == ("gsm8k", "exact_match,strict-match")


def test_the_labels_of_a_nameless_column_tell_rows_from_columns(tmp_path):
    assert printed(read(tmp_path, ",A,B\nMMLU,57.2,58.1\n", ".csv"))[0] == ("A", "MMLU", "57.2")
    assert printed(read(tmp_path, ",MMLU\nA,57.2\n", ".csv")) == [("A", "MMLU", "57.2")]


def test_a_table_that_says_neither_asks(tmp_path):
    with pytest.raises(UsageError, match="nothing tells whether its rows or its columns are model"):
        read(tmp_path, "a,b\nc,57.2\n", ".csv")


def test_marks_of_column_row_and_cell_are_footnotes_with_their_text(tmp_path):
    scorecard = read(tmp_path, WIDE)
    assert scorecard.numbers[2].footnotes == ("1", "*", "†", "avg")
    assert scorecard.footnotes["1"] == "zero shot, temperature 0"
    assert scorecard.footnotes["*"] == "several passes"
    assert scorecard.footnotes["†"] == "(its text is not in the file)"


def test_shots_are_read_from_their_column_and_from_labels(tmp_path):
    mmmu, *_, mmlu = read(tmp_path, WIDE).numbers
    assert (mmmu.protocol.shots, mmlu.protocol.shots) == (0, 5)
    assert mmlu.registered_as == "mmlu"


def test_a_number_says_its_line_and_cell(tmp_path):
    assert read(tmp_path, WIDE).numbers[0].pointer == "line 5, cell 6"


def test_a_neighbour_above_one_tells_percent(tmp_path):
    numbers = read(tmp_path, "Benchmark,A,B\nMMLU,0.9,57.2\n", ".csv").numbers
    assert {number.unit for number in numbers} == {Unit.PERCENT}


def test_a_table_without_a_number_above_one_is_in_shares(tmp_path):
    (number,) = read(tmp_path, "Model,MMLU\nA,0.572\n", ".csv").numbers
    assert number.unit is Unit.SHARE


@pytest.mark.parametrize("table", ["Model,Foo\nA,57.2%\n", "Model,Foo (%)\nA,57.2\n"])
def test_a_percent_sign_tells_percent(tmp_path, table):
    assert read(tmp_path, table, ".csv").numbers[0].unit is Unit.PERCENT


@pytest.mark.parametrize(
    "table",
    [
        "Model,Foo\nA,7.2\n",
        "Model,MMLU,Foo\nA,0.572,7.2\n",
    ],
    ids=["unknown benchmark", "mixed"],
)
def test_a_unit_that_nothing_tells_is_asked_for(tmp_path, table):
    with pytest.raises(UsageError, match="percent, share, rating or other"):
        read(tmp_path, table, ".csv")


def test_below_one_beside_percentages_with_as_many_decimals_is_one_but_not_surely(tmp_path):
    mmlu, hle = read(tmp_path, "Model,MMLU,HLE\nA,57.2,0.9\n", ".csv").numbers
    assert (mmlu.unit, mmlu.is_unit_sure) == (Unit.PERCENT, True)
    assert (hle.unit, hle.is_unit_sure) == (Unit.PERCENT, False)


def test_a_fraction_among_percentages_is_not_surely_one(tmp_path):
    one, other = read(tmp_path, "Model,GSM8K\nA,81.3\nB,0.52\n", ".csv").numbers
    assert (one.is_unit_sure, other.is_unit_sure) == (True, False)


def test_a_number_whose_unit_nothing_tells_is_passed_over_beside_others(tmp_path):
    scorecard = read(tmp_path, "Model,MMLU,Foo\nA,57.2,0.93\n", ".csv")
    assert printed(scorecard) == [("A", "MMLU", "57.2")]
    assert any("0.93" in told and "--unit" in told for told in scorecard.passed_over)


def test_the_answer_is_taken(tmp_path):
    table = "Model,Foo,LMArena\nA,57.2,1417\n"
    numbers = read(tmp_path, table, ".csv", Unit.PERCENT).numbers
    assert [number.unit for number in numbers] == [Unit.PERCENT, Unit.RATING]


def test_a_number_above_all_that_its_unit_allows_is_read(tmp_path):
    numbers = read(tmp_path, "Model,MMLU\nA,105.2\nB,57.2\n", ".csv").numbers
    assert [(n.printed, n.unit) for n in numbers] == [
        ("105.2", Unit.PERCENT),
        ("57.2", Unit.PERCENT),
    ]


@pytest.mark.parametrize(
    ("text", "ending", "message"),
    [
        ("Model,MMLU\nA,57.2/58.1\n", ".csv", "line 2, cell 2: cell: 57.2/58.1 holds more"),
        ("Model,MMLU\nA,57.2,58.1\n", ".csv", "line 2: row: it has 3 cells, its header 2"),
        ("Model,MMLU\n,57.2\nA,-\n", ".csv", "line 2, cell 2: cell: no model is named"),
        ("Model,MMLU\nA,-\n", ".csv", "expected at least one number, found none"),
        ("Model,MMLU\n", ".csv", "expected a table with a header and at least one row"),
        ('Model,MMLU\nA,"57.2\n', ".csv", "expected a table in CSV"),
        ("no table here\n", ".md", "whose cells stand between |"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, ending, message):
    with pytest.raises(EvidenceError) as raised:
        read(tmp_path, text, ending)
    assert message in str(raised.value)


@pytest.mark.parametrize("cell", ['"' * 400_001, "9" * 200_000])
def test_a_cell_without_an_end_is_no_csv(tmp_path, cell):
    path = tmp_path / "table.csv"
    path.write_text(f"Model,MMLU\na,{cell}\n")
    with pytest.raises(EvidenceError, match=r"table\.csv: expected a table in CSV, found"):
        read_scorecard(path)


def test_a_subset_is_not_taken_for_the_whole(tmp_path):
    (number,) = read(tmp_path, "Model,MMLU (subset of 100)\nA,57.2%\n", ".csv").numbers
    assert number.registered_as == ""


def test_a_model_index_keeps_its_zeros(tmp_path):
    (number,) = read(tmp_path, INDEX).numbers
    assert (number.printed, number.unit, number.artifact) == ("53.750", Unit.PERCENT, "tiny")
    assert (number.registered_as, number.protocol.shots) == ("arc_challenge", 25)
    assert number.pointer == "/model-index/0/results/0/metrics/0"
    assert number.source.title == "A leaderboard"


cells = st.sampled_from(
    ["MMLU", "A", "57.2", "-", "|", "---", ",", "\n", '"', "¹", "Model", "0.5", " & ",
     " \\\\ ", "$", "\\begin{tabular}{l}", "\\end{tabular}", "\\multirow{2}{*}{", "\\multicolumn",
     "{", "}", "^", "_",
     "\\midrule", "<table>", "<tr>", "<td rowspan=2>", "<th colspan=3>", "</td>", "</table>", "  ",
     "<sup>", "</sup>", "```", "\t", ";", "5-shot", "63/500 (12.6%)", "Benchmark", "# Params", "7B"]
)  # fmt: skip


@hostile
@given(
    st.lists(cells | st.text(max_size=5), max_size=40),
    st.sampled_from([".csv", ".md", ".tex", ".html", ".txt"]),
)
def test_only_our_own_errors_leave_the_reader(tmp_path, parts, ending):
    path = tmp_path / f"table{ending}"
    path.write_bytes("".join(parts).encode("utf-8", "surrogatepass"))
    with suppress(EvidenceError, UsageError):
        read_scorecard(path)
