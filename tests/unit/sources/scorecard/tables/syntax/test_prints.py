"""What programs print line by line: values by name, literals, error rates, detections."""

import pytest

from weighin.errors import WeighinError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def card(text: str, ending: str = ".txt"):
    read = read_tables(text.encode(), f"log{ending}", REGISTRY, corrections(), ending)
    return scorecard_of_tables(read)


def claims(text: str):
    return [
        (n.artifact, n.benchmark, n.metric, n.printed, n.unit.value) for n in card(text).numbers
    ]


UNNAMED = "model not named"


def test_metrics_by_name_are_read_and_losses_told():
    text = "acc = 0.6912\neval_loss = 2.2107\nf1_score = 0.3575\n"
    assert claims(text) == [
        (UNNAMED, "acc", "", "0.6912", "share"),
        (UNNAMED, "f1_score", "", "0.3575", "share"),
    ]
    assert any("eval_loss" in told for told in card(text).passed_over)


@pytest.mark.parametrize(
    "line", ["2025-04-14 21:52:55 - {}", "[2025-04-14 21:52:55,101] INFO {}", "  - {}", "> {}"]
)
def test_what_a_log_writes_before_a_value_is_none_of_its_name(line):
    text = "\n".join(line.format(v) for v in ("Accuracy: 0.7826", "F1: 0.8850"))
    assert [found[1] for found in claims(text)] == ["Accuracy", "F1"]


def test_parts_are_of_the_one_known_benchmark_that_is_named_above():
    text = "Our numbers on MMStar:\n\nOverall: 0.4806\n\nCoarse things: 0.56\n\nMath: 0.544\n"
    assert claims(text)[0] == (UNNAMED, "MMStar (Overall)", "", "0.4806", "share")
    assert len(claims(text)) == 3


def test_parts_of_what_nobody_names_are_asked_about():
    with pytest.raises(WeighinError, match="nothing tells on which benchmark they are"):
        card("Overall: 0.4806\n\nCoarse things: 0.56\n\nDoors: 0.544\n")


def test_counts_beside_their_documents_are_no_percentages():
    text = (
        "########### OCRBench ###########\nLetters(Total 300): 252\n------ Details ------\n"
        "Round letters(Total 50): 49\n-------------------\nForms(Total 200): 154\n"
    )
    assert {unit for *_, unit in claims(text)} == {"other"}
    assert [n.documents for n in card(text).numbers] == [300, 50, 200]


def test_scores_below_sets_of_tests_are_of_these():
    text = (
        "humaneval (base tests)\npass@1:\t0.579\nhumaneval+ (base + extra tests)\npass@1:\t0.549\n"
    )
    assert [found[1:4] for found in claims(text)] == [
        ("humaneval (base tests)", "pass@1", "0.579"),
        ("humaneval+ (base + extra tests)", "pass@1", "0.549"),
    ]


def test_a_list_of_settings_holds_no_scores():
    with pytest.raises(WeighinError):
        card("learning_rate: 0.0003\nbatch_size: 16\nwarmup_ratio: 0.1\n")


def test_error_rates_of_a_recipe_name_its_experiment_and_its_set():
    text = (
        "%WER 4.52 [ 2376 / 52576, 313 ins, 204 del, 1859 sub ] exp/chain_a/decode_test_q/wer_10\n"
        "%WER 9.61 [ 5030 / 52343, 601 ins, 480 del, 3949 sub ] exp/chain_a/decode_test_r/wer_12\n"
    )
    assert claims(text) == [
        ("chain_a", "test_q", "WER", "4.52", "percent"),
        ("chain_a", "test_r", "WER", "9.61", "percent"),
    ]
    assert any("Counts" in told for told in card(text).passed_over)


def test_several_error_rates_of_a_line_are_of_one_set():
    text = "test_xy %SER 17.92 | %WER 5.44 [ 3236 / 59464, 333 ins, 439 del, 2464 sub ]\n"
    assert [found[1:4] for found in claims(text)] == [
        ("test_xy", "SER", "17.92"),
        ("test_xy", "WER", "5.44"),
    ]


def test_detections_are_told_apart_by_what_they_are_of():
    line = " Average {} @[ IoU={} | area={} | maxDets={} ] = {}"
    text = "\n".join(
        (
            line.format("Precision  (AP)", "0.50:0.95", "   all", "100", "0.423"),
            line.format("Precision  (AP)", "0.50     ", "   all", "100", "0.626"),
            line.format("Recall     (AR)", "0.50:0.95", " small", " 10", "-1.000"),
        )
    )
    assert [found[1] for found in claims(text)] == [
        "AP (IoU=0.50:0.95 area=all maxDets=100)",
        "AP (IoU=0.50 area=all maxDets=100)",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{'results': {'arc_easy': {'acc,none': 0.71, 'acc_stderr,none': 0.009, 'n': None}}}",
        '{"results": {\n  "arc_easy": {\n    "acc,none": 0.71,\n    "acc_stderr,none": 0.009}}}',
        "arc_easy: {'acc,none': np.float64(0.71), 'acc_stderr,none': np.float64(0.009)}",
    ],
)
def test_a_literal_of_results_is_read_whoever_wrote_it(text):
    (number,) = card(text).numbers
    assert (number.benchmark, number.metric, number.printed) == ("arc_easy", "acc,none", "0.71")
    assert number.standard_error == "0.009"


def test_records_of_runs_name_their_model():
    text = "[{'eval_name': 'mmlu', 'model_name': '__data__tern-7b-low_2025', 'metric': 0.7114}]\n"
    assert claims(text)[0][:2] == ("data/tern-7b-low_2025", "mmlu")


@pytest.mark.parametrize(
    "text", ['{ "zero_point": true, "group": 128 }', "{'a': [1, {2", "{" * 500]
)
def test_a_literal_without_results_is_none(text):
    with pytest.raises(WeighinError):
        card(f"config = {text}\n")
