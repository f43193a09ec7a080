"""Tables in CSV as programs write them, with their lines of remarks."""

import pytest

from weighin.sources.scorecard.tables.syntax.separated import separated

ROWS = "heron,71.2,70.1\negret,73.4,72.2\n"


def texts(text):
    (grid,) = separated(text, "a.csv").grids
    return [[cell.text for cell in row] for row in grid.rows]


@pytest.mark.parametrize("header", ["# Model,MMLU,GSM8K\n", "#Model,MMLU,GSM8K\n"])
def test_a_header_behind_a_remark_s_sign_is_the_header(header):
    assert texts(header + ROWS)[0] == ["Model", "MMLU", "GSM8K"]
    assert texts("# seed 3, run 2\n" + header + ROWS)[0] == ["Model", "MMLU", "GSM8K"]


@pytest.mark.parametrize(
    "remark", ["# results of a run\n", "# mean, of, 3\n", "# 5 seeds, 2 runs, 3\n"]
)
def test_a_remark_above_a_header_is_none(remark):
    assert texts(f"{remark}Model,MMLU,GSM8K\n{ROWS}")[0] == ["Model", "MMLU", "GSM8K"]
