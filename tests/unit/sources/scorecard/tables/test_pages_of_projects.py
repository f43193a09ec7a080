"""What pages of projects on models have in common: headers in the middle, corners, comments."""

from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def table(*rows, above=""):
    """Markdown of rows, with what stands above them."""
    bar = "|---" * (rows[0].count("|") + 1) + "|"
    lines = [f"| {rows[0]} |", bar, *(f"| {row} |" for row in rows[1:])]
    return "\n".join([above, "", *lines]) + "\n"


def card(text, ending=".md"):
    """What a text claims."""
    return scorecard_of_tables(
        read_tables(text.encode(), f"t{ending}", REGISTRY, corrections(), ending)
    )


def facts(text, ending=".md"):
    """Model, benchmark, metric and number, in their order."""
    return [(n.artifact, n.benchmark, n.metric, n.printed) for n in card(text, ending).numbers]


def test_what_a_comment_holds_is_not_on_the_page():
    kept = table("Model | MMLU", "Plover-7B | 61.2")
    old = table("Model | MMLU", "Plover-7B | 51.2").strip()
    assert len(card(f"{kept}\n<!-- {old} -->\n").numbers) == 1
    html = "<table><tr><th>Model</th><th>MMLU</th></tr><tr><td>A-7B</td><td>51.2</td></tr></table>"
    assert len(card(f"{kept}\n<!--\n{html}\n-->\n").numbers) == 1
    assert len(card(f"{kept}\n```\n<!--\n```\n{kept}\n-->\n").numbers) == 2


def test_few_shot_above_fractions_is_a_kind_of_tasks():
    found = card(table("Model | MMLU | Few-shot | Code", "Plover-7B | 61.2 | 51.3 | 47.7"))
    assert [n.benchmark for n in found.numbers] == ["MMLU", "Few-shot", "Code"]


def test_a_corner_names_the_row_of_metrics_that_it_begins():
    found = facts(
        table(
            "Setup | Birds | | Boats | ", "Metric | R@1 | R@5 | R@1 | R@5",
            "Plover | 42.7 | 69.0 | 52.7 | 77.9", "Stilt | 49.5 | 75.7 | 60.1 | 82.9",
        )
    )  # fmt: skip
    assert {model for model, *_ in found} == {"Plover", "Stilt"}
    assert found[0] == ("Plover", "Birds", "R@1", "42.7")
    assert found[-1] == ("Stilt", "Boats", "R@5", "82.9")


def test_names_in_the_middle_of_what_they_head_head_all_of_it():
    found = facts(
        table(
            "Server | | GPT-9 | | | Qwen9 | ", " | func | args | body | func | args | body",
            "RoomNet | 89.3 | 67.9 | 53.6 | 92.8 | 60.7 | 50.0",
            "MAPS-2 | 79.8 | 77.5 | 50.0 | 74.4 | 72.0 | 41.0",
        )
    )  # fmt: skip
    assert found[0][:2] == ("GPT-9 (func)", "RoomNet")
    assert [model.partition(" ")[0] for model, *_ in found[:6]] == ["GPT-9"] * 3 + ["Qwen9"] * 3


def test_a_mean_among_rows_says_that_they_are_no_models():
    found = facts(
        table(
            " | Reed-2B | Plover-Code-002 | Stilt-v1", "FindIt | 76.8 | 85.3 | 26.5",
            "AskSQL | 40.4 | 42.4 | 29.7", "AVG | 58.6 | 63.8 | 28.1",
        )
    )  # fmt: skip
    assert found[0] == ("Reed-2B", "FindIt", "", "76.8")


def test_the_finer_of_two_columns_of_what_was_measured_names_it():
    found = facts(
        table(
            "Dataset | Task | Model | Top-1", "Birds | Images | Plover-7B | 77.0",
            "Boats | Images | Plover-7B | 67.6", "Songs | Sounds | Plover-7B | 61.1",
        )
    )  # fmt: skip
    assert [benchmark.partition(" (")[0] for _, benchmark, *_ in found] == [
        "Birds", "Boats", "Songs",
    ]  # fmt: skip


def test_a_language_among_other_domains_is_no_part():
    found = card(
        table(
            "Benchmark | Domain | Plover-7B", "MMLU | English | 78.9", "C-Eval | Chinese | 67.5",
            "HumanEval | Code | 48.2", "GSM8K | Math | 83.0",
        )
    )  # fmt: skip
    assert [n.registered_as for n in found.numbers] == ["mmlu", "ceval", "humaneval", "gsm8k"]


def test_a_set_above_parts_that_come_again_is_in_their_names_and_in_no_model_s():
    found = facts(
        table(
            "model | BirdNet | | BoatNet | ", " | near | linear | near | linear",
            "Plover-7B | 79.0% | 81.1% | 69.5% | 43.2%", "Stilt-7B | 79.1% | 80.9% | 67.6% | 39.5%",
        )
    )  # fmt: skip
    assert {model for model, *_ in found} == {"Plover-7B", "Stilt-7B"}
    assert len({benchmark for _, benchmark, *_ in found}) == 4


def test_a_test_that_is_called_after_a_model_is_none():
    found = facts(
        table(
            "Base LLM | Finetuning Data | LLaVA-Bench-Conv | LLaVA-Bench-Detail",
            "Plover-13B | LLaVA-80K | 64.3 | 55.9", "Stilt-7B | LLaVA-80K | 56.7 | 58.6",
        )
    )  # fmt: skip
    assert [model.partition(" (")[0] for model, *_ in found][::2] == ["Plover-13B", "Stilt-7B"]


def test_seed_above_fractions_is_the_benchmark_and_above_whole_numbers_a_seed():
    found = card(table("Model | MMLU | SEED", "Plover-7B | 61.2 | 58.6"))
    assert [n.benchmark for n in found.numbers] == ["MMLU", "SEED"]
    found = card(table("Model | MMLU | SEED", "Plover-7B | 61.2 | 42"))
    assert [n.benchmark for n in found.numbers] == ["MMLU"]


def test_what_tells_attempts_apart_is_no_score():
    found = facts(table("Attempt | Model | MMLU", "1 | Plover | 61.2", "2 | Plover | 60.2"))
    assert [model for model, *_ in found] == ["Plover (Attempt 1)", "Plover (Attempt 2)"]


def test_a_number_behind_another_has_the_name_that_stands_behind_its_heading():
    found = facts(table("Model | HumanEval (+) | SQuAD", "Plover-7B | 60.4 (55.5) | 71.2"))
    assert [(benchmark, printed) for _, benchmark, _, printed in found] == [
        ("HumanEval", "60.4"), ("HumanEval+", "55.5"), ("SQuAD", "71.2"),
    ]  # fmt: skip
    found = facts(table("Model | EM (F1) | MMLU", "Plover-7B | 60.4 (65.5) | 71.2"))
    assert [printed for *_, printed in found] == ["60.4", "65.5", "71.2"]


def test_headings_above_known_benchmarks_with_a_mean_of_them_are_their_parts():
    found = facts(
        table(
            "Benchmark | STEM | Humanities | Other | Average", "MMLU | 51.2 | 67.8 | 57.5 | 60.6",
            "CMMLU | 49.5 | 69.3 | 63.3 | 61.8", above="# acme/plover-7b",
        )
    )  # fmt: skip
    assert len({model for model, *_ in found}) == 1
    assert found[0][1] == "MMLU (STEM)"


def test_medium_between_easy_and_hard_is_no_effort():
    found = facts(
        table(
            "Model | easy | hard | medium",
            "Plover-7B | 61.2 | 41.2 | 51.2",
            above="## LongBench v2",
        )
    )
    assert [benchmark for _, benchmark, *_ in found][-1] == "LongBench v2 (medium)"


def test_words_behind_all_numbers_tell_no_runs_apart():
    found = facts(
        table(
            "Model | MMLU | GSM8K | epochs | devices", "Plover | 52.1 | 44.7 | 50 | 4 V100",
            "Plover | 52.0 | 44.3 | 174 | 8 A100",
        )
    )  # fmt: skip
    assert {model for model, *_ in found} == {"Plover (epochs 50)", "Plover (epochs 174)"}


def test_what_is_left_of_a_name_without_its_pictures_has_no_empty_brackets():
    found = facts(table("Dataset | Plover-3B (🤗🤖) | Stilt-7B (🤗🤖)", "MMLU | 53.1 | 58.6"))
    assert [model for model, *_ in found] == ["Plover-3B", "Stilt-7B"]


def test_a_letter_of_a_setting_heads_no_scores():
    found = facts(table("Setting | MMLU | \u03b2 | \u03b3/\u03b2", "Plover-7B | 61.2 | 2.0 | 0.8"))
    assert [benchmark for _, benchmark, *_ in found] == ["MMLU"]


def test_numbers_that_span_columns_with_names_below_are_no_scores():
    cells = "<td>c4</td><td>wikitext2</td>" * 2
    found = facts(
        "<table><tr><td rowspan='3'>Model</td><td colspan='4'>PPL</td></tr>"
        "<tr><td colspan='2'>dense</td><td colspan='2'>0.25</td></tr>"
        f"<tr>{cells}</tr><tr><td>Plover-7B</td><td>7.2</td><td>5.4</td><td>7.4</td><td>5.6</td></tr>"
        "</table>",
        ".html",
    )
    assert [printed for *_, printed in found] == ["7.2", "5.4", "7.4", "5.6"]


def test_the_page_on_a_benchmark_names_that_of_its_metrics():
    found = card(
        f"# MMLU-Pro\n\n## Leaders\n\n{table('Model | Overall Accuracy', 'Plover-7B | 76.1')}"
    )
    assert [(n.benchmark, n.registered_as) for n in found.numbers] == [("MMLU-Pro", "mmlu_pro")]


def test_fractions_above_one_before_all_benchmarks_tell_no_runs_apart():
    found = facts(
        table(
            "Model | Tokens | CORE | MMLU", "Plover | 0.14T | 44.1 | 38.3",
            "Plover | 0.28T | 48.9 | 50.8", "Stilt | 2T | 49.2 | 45.8",
        )
    )  # fmt: skip
    assert {benchmark for _, benchmark, *_ in found} == {"CORE", "MMLU"}
    assert {model for model, *_ in found} == {"Plover (0.14T)", "Plover (0.28T)", "Stilt"}


def test_numbers_of_bits_are_a_setting_and_no_accuracy():
    found = facts(table("方法 | 精度 | GSM8K", "Plover | 16 | 61.2", "Plover | 8 | 60.2"))
    assert [benchmark for _, benchmark, *_ in found] == ["GSM8K", "GSM8K"]


def test_headings_of_parts_are_named_with_the_set_above_them():
    found = facts(
        table(
            "Model | NextSet | BirdSet | | EggSet", " | | w/o songs | w songs | ",
            "Plover-7B | 76.3 | 47.9 | 50.3 | 53.3", "Stilt-7B | 67.8 | 60.1 | 61.1 | 58.0",
        )
    )  # fmt: skip
    assert [benchmark for _, benchmark, *_ in found][:4] == [
        "NextSet", "BirdSet w/o songs", "BirdSet w songs", "EggSet",
    ]  # fmt: skip


def test_a_row_of_lengths_among_models_holds_no_scores():
    found = facts(
        table("Model | MMLU | AIME24", "Plover | 71.6 | 27.4", "Avg Length | 4915.8 | 6390.8")
    )
    assert {model for model, *_ in found} == {"Plover"}


def test_what_is_raised_as_in_formulas_is_a_part_of_the_name():
    found = facts(table("Model | MMLU$`^\\text{T}`$ | VQA$^{v2}$", "Plover-7B | 61.2% | 71.2%"))
    assert [benchmark for _, benchmark, *_ in found] == ["MMLU (T)", "VQA (v2)"]


def test_splits_below_a_set_are_told_with_it():
    found = card(
        table(
            " | Split | Metric | Plover-7B | Stilt-7B",
            "LibriSpeech | dev-clean | WER | 1.66 | 1.67", " | test-clean | | 1.75 | 1.74",
        )
    )  # fmt: skip
    assert [(n.benchmark, n.split) for n in found.numbers][2:] == [
        ("LibriSpeech", "test-clean"), ("LibriSpeech", "test-clean"),
    ]  # fmt: skip
