"""In what printed numbers count: whatever in a file tells it, and asked where nothing does."""

# ruff: noqa: RUF001  # parentheses of Chinese

import re
import shlex

import pytest

from weighin.errors import UsageError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def table(*rows, above="", below=""):
    """Markdown of rows, with what stands around them."""
    head, *body = rows
    bar = "|---" * (head.count("|") + 1) + "|"
    lines = [f"| {head} |", bar, *(f"| {row} |" for row in body)]
    return "\n".join(filter(None, (above and above + "\n", *lines, below and "\n" + below))) + "\n"


def card(text, **said):
    """What a text claims."""
    given = corrections(**said)
    return scorecard_of_tables(read_tables(text.encode(), "t.md", REGISTRY, given, ".md"))


def units(text, **said):
    """The units that are told, by benchmark; with a question mark those that are not sure."""
    return {
        number.benchmark: number.unit.value + ("" if number.is_unit_sure else "?")
        for number in card(text, **said).numbers
    }


EXAMS = (
    "Model | Law | Physics | Style",
    "Arwen-7B | 61.2 | 50.5 | 44.3",
    "Brig-13B | 71.2 | 60.5 | 54.3",
)
ALL_PERCENT = dict.fromkeys(("Law", "Physics", "Style"), "percent")


@pytest.mark.parametrize(
    "above",
    [
        "Table 1: Accuracy (%) on exams.", "Table 3. Accuracy on three exams.",
        "### 准确率（%）", "Pass@1 on exams:", "Table 2: Results in percent.",
    ],
)  # fmt: skip
def test_words_above_a_table_tell_percentages(above):
    assert units(table(*EXAMS, above=above)) == ALL_PERCENT


def test_a_corner_tells_percentages():
    head = EXAMS[0].replace("Model", "Model (acc, %)")
    assert units(table(head, *EXAMS[1:])) == ALL_PERCENT


def test_a_row_of_chance_tells_percentages():
    assert units(table(*EXAMS, "Random chance | 25.0 | 25.0 | 33.3")) == ALL_PERCENT


def test_one_percent_sign_tells_those_of_its_benchmark():
    told = units(table(*EXAMS[:2], "Brig-13B | 71.2% | 60.5% | 54.3%"))
    assert told == ALL_PERCENT


def test_the_same_benchmark_in_another_table_tells_it():
    first = table(*EXAMS, above="Table 1: Accuracy (%).")
    second = table("Model | Law", "Croc-1B | 11.2", "Dune-2B | 21.2", above="Table 2: Others.")
    assert {n.unit.value for n in card(f"{first}\n{second}").numbers} == {"percent"}


def test_a_count_beside_a_number_tells_it():
    assert units(table("Model | Law", "Arwen-7B | 48.0 (12/25)", "Brig-13B | 60.0 (15/25)")) == {
        "Law": "percent"
    }


@pytest.mark.parametrize(
    ("above", "head"),
    [
        ("Table 3: Correct-answer NLL.", "Model | ARC-Easy | HellaSwag"),
        ("Table 4: Perplexity of quantized models.", "Model | WikiText2 | C4"),
        ("", "Model | Wiki PPL $\\downarrow$ | C4 (perplexity)"),
    ],
)
def test_what_has_no_largest_value_is_no_percentage(above, head):
    text = table(head, "Arwen-7B | 2.75 | 12.41", "Brig-13B | 2.57 | 11.02", above=above)
    found = card(text)
    assert {number.unit.value for number in found.numbers} == {"other"}
    assert {number.registered_as for number in found.numbers} <= {"", "wikitext"}


def test_a_scale_of_judges_is_no_percentage_beside_percentages():
    text = table(
        "Model | MMLU | Coherence (1-5) | Helpfulness /10 | MT-Bench",
        "Arwen-7B | 61.2 | 4.1 | 8.2 | 7.9", "Brig-13B | 71.2 | 4.3 | 8.9 | 8.1",
    )  # fmt: skip
    assert units(text) == {
        "MMLU": "percent", "Coherence (1-5)": "other", "Helpfulness /10": "other",
        "MT-Bench": "other",
    }  # fmt: skip


def test_shares_beside_percentages_are_told_by_their_digits_and_held_against_nobody():
    text = table("Model | MMLU | HellaSwag", "Arwen-7B | 61.2 | 0.7314", "Brig-13B | 66.0 | 0.7512")
    found = card(text)
    told = {(n.benchmark, n.unit.value, n.is_unit_sure) for n in found.numbers}
    assert told == {("MMLU", "percent", True), ("HellaSwag", "share", False)}


def test_what_chance_would_reach_and_errors_are_no_scores_beside_benchmarks():
    text = table(
        "Model | MMLU | ± | GSM8K | ± | Random",
        "Arwen-7B | 61.2 | 0.4 | 50.5 | 1.3 | 25.0", "Brig-13B | 71.2 | 0.3 | 60.5 | 1.2 | 25.0",
    )  # fmt: skip
    found = card(text)
    assert [(n.benchmark, n.printed, n.standard_error) for n in found.numbers] == [
        ("MMLU", "61.2", "0.4"), ("GSM8K", "50.5", "1.3"),
        ("MMLU", "71.2", "0.3"), ("GSM8K", "60.5", "1.2"),
    ]  # fmt: skip
    assert any("'Random': chance" in told for told in found.passed_over)


def test_beside_models_chance_is_one_of_them():
    text = table("Task | Random | Arwen-7B", "MMLU | 25.0 | 61.2", "GPQA | 25.0 | 31.2")
    assert {n.artifact for n in card(text).numbers} == {"Random", "Arwen-7B"}


def test_words_above_numbers_with_decimals_are_what_models_can_do():
    text = table(
        "Model | MMLU | Code | Vision", "A-7B | 61.2 | 40.4 | 50.5", "B-7B | 71.2 | 50.3 | 60.5"
    )
    assert set(units(text)) == {"MMLU", "Code", "Vision"}


def test_a_table_under_the_name_of_a_cost_holds_no_scores_and_says_so():
    speeds = table(
        "Model | 1K | 4K", "A-7B | 40.4 | 50.5", "B-7B | 50.3 | 60.5", above="## Latency"
    )
    scores = table("Model | MMLU", "A-7B | 61.2", "B-7B | 71.2", above="## Scores")
    found = card(f"{speeds}\n{scores}")
    assert {n.benchmark for n in found.numbers} == {"MMLU"}
    assert any("its heading says that it holds no scores" in told for told in found.passed_over)


def test_the_unit_is_asked_where_nothing_tells_it():
    whole = [row.replace(".2", "").replace(".5", "").replace(".3", "") for row in EXAMS]
    with pytest.raises(UsageError, match=r"line 3, cell 2: 61 on Law: percent, share"):
        card(table(*whole))


def test_percentages_that_nothing_but_their_form_tells_are_none_surely():
    found = card(table(*EXAMS))
    assert {(n.unit.value, n.is_unit_sure) for n in found.numbers} == {("percent", False)}
    assert any("percentages by their form alone" in told for told in found.passed_over)


def test_no_unit_is_told_by_the_form_of_what_is_of_two_scales():
    mixed = "Model | Law | Cells", "Arwen-7B | 0.712 | 131.5", "Brig-13B | 71.20 | 12.5"
    with pytest.raises(UsageError, match="on Law: percent, share"):
        card(table(*mixed))


def test_what_exceeds_all_percentages_below_a_name_is_none():
    text = table(
        "Model | Avg | SciFind | QuoraSet | MMX", "Arwen-7B | 61.2 | 54.33 | 81.9 | 1310.7",
        "Brig-13B | 63.2 | 56.33 | 82.9 | 1476.9",
    )  # fmt: skip
    assert units(text) == {
        "Avg": "percent?", "SciFind": "percent?", "QuoraSet": "percent?", "MMX": "other?",
    }  # fmt: skip


def test_beside_what_judges_gave_the_rest_that_fits_is_of_their_scale():
    text = table("Model | Relevance | Depth", "Arwen-7B | 3.2 | 2.9", "Brig-13B | 3.6 | 4.1")
    assert units(text) == {"Relevance": "other", "Depth": "other"}
    text = table(
        "Model | Total | Poetry", "A-7B | 7.2 | 6.9", "B-7B | 7.6 | 7.1", above="### MT-Bench 2"
    )
    assert set(units(text).values()) == {"other"}


def test_recall_at_a_rank_is_a_share():
    text = table("Model | R@1 | R@5", "A-7B | 42.7 | 69.0", "B-7B | 49.5 | 75.7")
    assert set(units(text).values()) == {"percent"}


def test_a_unit_of_memory_behind_a_heading_tells_that_it_holds_no_scores():
    sizes = table(
        "Precision | A-7B | B-13B", "8 bits | 8.0 | 16.1", above="## Usage (GPU Mem in GB)"
    )
    scores = table("Model | MMLU", "A-7B | 61.2", "B-7B | 71.2", above="## Scores")
    assert {n.benchmark for n in card(f"{sizes}\n{scores}").numbers} == {"MMLU"}


def test_a_unit_that_is_given_holds_where_it_fits():
    text = table("Model | Law | Cells", "A-7B | 61.2 | 14336", "B-7B | 71.2 | 15360")
    assert units(text, units=["percent"]) == {"Law": "percent"}


def test_a_unit_that_is_given_does_not_change_what_is_told():
    text = table("Model | MMLU | Index", "A-7B | 61.2 | 7.31%", "B-7B | 71.2 | 8.1")
    assert units(text, units=["other"])["MMLU"] == "percent"


WAY = re.compile(r"--(unit|column) ('[^']+'|[^\s,()]+)")
FILES = {
    "one benchmark beside told ones": (
        table("Model | MMLU | Toxicity", "A-7B | 61.2 | 0.04", "B-7B | 71.2 | 0.02"),
        {"MMLU": "percent", "Toxicity": "other"},
    ),
    "a label with signs in it": (
        table("Model | MMLU | Judge $(a) 'x'", "A-7B | 61.2 | 0.04", "B-7B | 71.2 | 0.02"),
        {"MMLU": "percent", "Judge $(a) 'x'": "other"},
    ),
    "a share of a run below percentages": (
        table("Model | GSM8K | Refusals", "A-7B | 61.2 | 0.0616", "B-7B | 71.2 | 0.0312"),
        {"GSM8K": "percent", "Refusals": "other"},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_what_a_question_says_leads_all_the_way(name):
    text, expected = FILES[name]
    told = next(told for told in card(text).passed_over if "--unit" in told)
    option = told[told.index("(--unit ") + len("(--unit ") : told.rindex(", or whichever")]
    (given,) = shlex.split(option)
    assert units(text, units=[given]) == expected
    after = card(text, units=[given]).passed_over
    assert not any("--unit" in told for told in after)


def test_a_column_that_is_said_to_be_the_models_is_read_as_them():
    text = table("Recipe | Law | Physics", "one | 61.2% | 50.1%", "two | 62.2% | 51.1%")
    try:
        found = card(text)
    except UsageError as error:
        way, given = WAY.search(str(error)).groups()
        assert way == "column"
        found = card(text, columns=[given.strip("'").replace("NAME", "Recipe")])
    assert {n.benchmark for n in found.numbers} == {"Law", "Physics"}


def test_a_heading_of_a_cost_holds_for_benchmarks_as_rows_too():
    speeds = table(
        "Model | Task | Mean | p50", "A-7B | MMLU | 0.85 | 0.55", "A-7B | GSM8K | 0.32 | 0.32",
        above="## Latency (seconds per question)",
    )  # fmt: skip
    scores = table("Model | MMLU", "A-7B | 61.2", "B-7B | 71.2", above="## Scores")
    assert {n.printed for n in card(f"{speeds}\n{scores}").numbers} == {"61.2", "71.2"}


def test_scores_below_a_heading_of_a_cost_are_read_all_the_same():
    text = table("Model | MMLU", "A-7B | 61.2", "B-7B | 71.2", above="## Speed")
    assert units(text) == {"MMLU": "percent"}


def test_checkpoints_beside_models_say_where_these_are_kept():
    text = table("Model | Checkpoint | MMLU", "Arwen | org/a | 61.2", "Brig | org/b | 71.2")
    assert {n.artifact for n in card(text).numbers} == {"Arwen", "Brig"}


@pytest.mark.parametrize("values", [("1487.6", "1511.2"), ("7.9", "8.3"), ("61", "71")])
def test_scores_of_nothing_that_is_named_are_in_a_unit_of_their_own(values):
    rows = (f"{model}-7B | {value}" for model, value in zip("AB", values, strict=True))
    assert units(table("Model | Score", *rows)) == {"Score": "other?"}


def test_whole_numbers_of_which_some_are_more_than_all_percent_are_counts():
    rows = ("Model | MMLU-Pro | Law", "Arwen-7B | 211 | 61.2", "Brig-13B | 79 | 50.5")
    assert units(table(*rows))["MMLU-Pro"] == "other"


def test_more_than_all_percent_without_a_sign_is_no_sure_percentage():
    rows = ("Model | MMLU-Pro | GSM8K", "Arwen-7B | 211.5 | 61.2", "Brig-13B | 79.1 | 50.5")
    found = [n for n in card(table(*rows)).numbers if n.benchmark == "MMLU-Pro"]
    assert {n.printed: n.is_unit_sure for n in found} == {"211.5": False, "79.1": True}


@pytest.mark.parametrize(
    ("rates", "unit"),
    [
        (("0.2185", "0.3278"), "share?"),
        (("1.22", "13.59"), "percent?"),
        (("0.99", "1.08"), "percent?"),
        (("113.4", "92.3"), "other"),
    ],
)
def test_an_error_rate_counts_in_what_most_of_its_table_look_like_and_never_surely(rates, unit):
    found = units(
        table("Model | WER | CER", *(f"Arwen-{n}B | {r} | {r}" for n, r in enumerate(rates)))
    )
    assert found == {"WER": unit, "CER": unit}
