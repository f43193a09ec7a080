"""Tables that a harness printed, as cards and logs keep them."""

import pytest
from tests.unit.sources.scorecard.tables.test_forms import card

from weighin.evidence.scorecard import Unit

OLD = "|Task|Version|Metric|Value|   |Stderr|\n|---|---:|---|---:|---|---:|\n"
NEW = (
    "|Tasks|Version|Filter|n-shot|Metric|   |Value|   |Stderr|\n"
    "|---|---|---|---:|---|---|---:|---|---:|\n"
)


def read(text: str, ending: str = ".md"):
    return [(n.benchmark, n.metric, n.printed, n.unit) for n in card(text, ending).numbers]


@pytest.mark.parametrize("version", ["Yaml", "N/A", "0", "2.0", "    N/A"])
def test_a_version_is_no_place_and_no_name(version: str):
    scorecard = card(f"{NEW}|arc_easy|{version}|none|0|acc|↑|0.6125|±|0.0101|\n")
    (number,) = scorecard.numbers
    assert (number.benchmark, number.metric, number.source.place) == ("arc_easy", "acc,none", "")
    assert any("versions of tasks" in over for over in scorecard.passed_over)


@pytest.mark.parametrize(
    ("task", "metric", "value"),
    [
        ("squad2", "HasAns_exact", "0.111"),
        ("wikitext", "bits_per_byte", "1.3394"),
        ("crows_pairs_english_age", "likelihood_difference", "512.91"),
        ("niah_single_2", "4096", "0.5"),
        ("llama_mme", "exact_match", "1873"),
    ],
)
def test_a_row_is_of_a_metric_whatever_it_is_called(task: str, metric: str, value: str):
    above = "|boolq|1|none|0|acc|↑|0.6125|±|0.0101|\n"
    found = read(f"{NEW}{above}|{task}|0|none|0|{metric}|↑|{value}|±|N/A|\n", ".txt")
    assert (task, f"{metric},none", value) in [number[:3] for number in found]


def test_percentages_that_somebody_made_are_all_percentages():
    rows = "|boolq|1|acc|61.62|±|0.85|\n|math_geometry|1|acc|0.21|±|0.21|\n"
    assert [unit for *_, unit in read(OLD + rows)] == [Unit.PERCENT, Unit.PERCENT]


def test_answers_of_squad_are_percentages_in_any_print_and_tell_nothing_of_others():
    squad = "|squad2|1|exact|0.43|   |      |\n|      | |f1   |3.62|   |      |\n"
    found = read(OLD + squad + "|boolq|1|acc|61.62|±|0.85|\n")
    assert [unit for *_, unit in found] == [Unit.PERCENT] * 3
    found = read(OLD + "|squad2|1|f1|13.6201|   |      |\n|boolq|1|acc|0.6162|±|0.0085|\n")
    assert [unit for *_, unit in found] == [Unit.PERCENT, Unit.SHARE]


@pytest.mark.parametrize(
    ("value", "error", "unit"),
    [
        # Of 1,317 documents, or of two.
        ("0.83", "0.25", Unit.PERCENT),
        # Of 2,309 documents, or of more than any benchmark has.
        ("0.64", "0.01", Unit.SHARE),
        ("1", "0", Unit.SHARE),
        ("0.0121", "0.0030", Unit.SHARE),
    ],
)
def test_the_standard_error_tells_of_how_many_documents_it_is(value, error, unit):
    assert read(f"{OLD}|gsm8k|0|acc|{value}|±|{error}|\n") == [("gsm8k", "acc", value, unit)]


def test_a_metric_above_a_hundred_counts_in_something_else():
    rows = "|age|0|likelihood_difference|512.91|±|9|\n|autre|0|likelihood_difference|88.2|±|9|\n"
    assert {unit for *_, unit in read(OLD + rows)} == {Unit.OTHER}


def test_a_table_in_the_comments_of_a_program_is_read():
    text = "".join(f"# {line}\n" for line in f"{OLD}|boolq|1|acc|0.6125|±|0.01|".splitlines())
    assert read(f"import this\n{text}#\n", ".txt") == [("boolq", "acc", "0.6125", Unit.SHARE)]
    assert read(text) == [("boolq", "acc", "0.6125", Unit.SHARE)]


def test_a_heading_that_is_a_file_of_the_page_names_no_model_of_its_own():
    part = "## {}_0-shot.json\n" + OLD + "|boolq|1|acc|0.6125|±|0.01|\n\n"
    text = "# lark-7b\n\n" + part.format("lark-7b_arc") + part.format("lark-7b_pawsx")
    assert {n.artifact for n in card(text).numbers} == {"lark-7b"}


@pytest.mark.parametrize(
    "run",
    [
        "hf-causal (pretrained=org/lark-7b), limit: None, num_fewshot: 0",
        "llava (pretrained=org/lark-7b,conv_template=lark,model_name=llava_lark), gen_kwargs: ()",
    ],
)
def test_the_line_above_names_what_was_loaded(run: str):
    scorecard = card(f"{run}, batch_size: 1\n{OLD}|boolq|1|acc|0.6125|±|0.01|\n")
    assert {n.artifact for n in scorecard.numbers} == {"org/lark-7b"}
