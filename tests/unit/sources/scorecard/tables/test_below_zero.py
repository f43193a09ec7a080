"""Numbers below zero: scores of a metric that has such, and changes, which are passed over."""

import pytest

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()
MINUS = pytest.mark.parametrize("minus", ["-", "\u2212", "\u2013"])


def card(*lines: str, title: str = ""):
    rows = [line.split(",") for line in lines]
    rows.insert(1, ["---"] * len(rows[0]))
    text = "\n".join((title, "", *(f"| {' | '.join(row)} |" for row in rows)))
    read = read_tables(text.encode(), "table.md", REGISTRY, corrections(), ".md")
    return scorecard_of_tables(read)


def on(found, benchmark):
    return [n.printed for n in found.numbers if n.benchmark == benchmark]


@MINUS
@pytest.mark.parametrize(
    "metric", ["BLEURT", "Spearman", "MCC (↑)", "Pearson r", "Log-likelihood", "Kendall's τ"]
)
def test_a_number_below_zero_is_a_score_under_a_metric_that_has_such(metric, minus):
    found = card(f"Model,MMLU,{metric}", f"Lark,57.2,{minus}0.12", "Wren,61.0,0.310")
    under = [n for n in found.numbers if n.benchmark != "MMLU"]
    assert [n.printed for n in under] == ["-0.12", "0.310"]
    assert {n.unit for n in under} == {Unit.OTHER}


def test_numbers_all_below_zero_are_scores_under_such_a_metric():
    found = card("Model,MMLU,Log-likelihood", "Lark,57.2,-1.234", "Wren,61.0,-0.98")
    assert on(found, "Log-likelihood") == ["-1.234", "-0.98"]


def test_a_row_of_such_a_metric_takes_no_column_from_the_others():
    found = card("Metric,Lark,Wren", "MCC,-0.12,0.31", "Accuracy,61.3,70.2")
    assert (on(found, "MCC"), on(found, "Accuracy")) == (["-0.12", "0.31"], ["61.3", "70.2"])


def test_a_caption_names_the_metric_of_its_table():
    lines = ("Model,SummEval,MMLU", "Lark,-0.12,57.2", "Wren,0.31,61.0")
    assert on(card(*lines, title="Table 3: Spearman correlation with people"), "SummEval") == [
        "-0.12",
        "0.31",
    ]


@pytest.mark.parametrize(
    "title", ["", "Table 3: Change in Spearman correlation", "Table 3: ΔBLEURT over the baseline"]
)
def test_changes_are_passed_over_whatever_they_are_changes_of(title):
    found = card("Model,SummEval,MMLU", "Lark,-0.12,57.2", "Wren,0.31,61.0", title=title)
    assert on(found, "SummEval") == []
    assert any("differences, for some are negative" in told for told in found.passed_over)


@pytest.mark.parametrize("heading", ["Δ BLEURT", "Spearman gain", "BLEURT diff"])
def test_a_column_of_changes_is_passed_over_by_its_name(heading):
    found = card(f"Model,MMLU,{heading}", "Lark,57.2,-0.12", "Wren,61.0,0.31")
    assert {n.benchmark for n in found.numbers} == {"MMLU"}
    assert any(heading in told for told in found.passed_over)


def test_who_writes_a_plus_writes_changes():
    found = card("Model,MMLU,COMET", "Lark,57.2,0.81", "Wren,61.0,-0.01", "Finch,64.1,+0.02")
    assert not [n.printed for n in found.numbers if n.printed.startswith("-")]
    assert any("-0.01 is a difference or has a sign" in told for told in found.passed_over)


def test_an_accuracy_is_never_below_zero():
    found = card("Model,MMLU,GSM8K", "Lark,57.2,40.1", "Lark int4,-1.2,-3.4", "Wren,61.0,50.2")
    assert on(found, "MMLU") == ["57.2", "61.0"]
    assert any("-1.2 is a difference or has a sign" in told for told in found.passed_over)


def test_changes_beside_scores_stay_remarks():
    found = card("Model,BLEURT", "Lark,0.12 (-0.3)", "Wren,-0.05 (+0.1)")
    assert on(found, "BLEURT") == ["0.12", "-0.05"]
