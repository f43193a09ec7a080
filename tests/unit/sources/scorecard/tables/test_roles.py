"""Who of a table is the model, the benchmark, the metric or a setting; structure before words."""

import pytest

from weighin.errors import WeighinError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL, corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def card(text: str, ending: str = ".csv"):
    read = read_tables(text.encode(), f"table{ending}", REGISTRY, corrections(), ending)
    return scorecard_of_tables(read)


def table(header: str, *rows: str):
    return card("\n".join([header, *rows]) + "\n")


def numbers(scorecard):
    return [(n.artifact, n.benchmark, n.metric, n.printed) for n in scorecard.numbers]


def models(scorecard):
    return list(dict.fromkeys(n.artifact for n in scorecard.numbers))


@pytest.mark.parametrize("heading", ["System", "Agent", "Fleet", "Approach used", "方案"])
def test_a_first_column_beside_metrics_holds_the_models_whatever_its_name(heading):
    found = table(f"{heading},Accuracy,F1", "Plover,71.2,70.1", "Plover + memory,73.4,72.2")
    assert numbers(found)[0] == ("Plover", "Accuracy", "", "71.2")
    assert models(found) == ["Plover", "Plover + memory"]
    assert any("--column 'Accuracy=" in told for told in found.passed_over)


def test_a_mean_among_columns_says_that_they_are_no_models():
    found = table("Crew,Coding %,Poetry %,Overall %", "Plover,71,60,65.5", "Stilt,70,61,65.5")
    assert models(found) == ["Plover", "Stilt"]


@pytest.mark.parametrize("heading", ["Class", "Question type", "Country", "题型"])
def test_parts_of_what_was_measured_are_no_models(heading):
    found = table(f"{heading},Accuracy,F1", "first,71.2,70.1", "second,73.4,72.2")
    assert models(found) == [UNNAMED_MODEL]


def test_columns_that_could_be_models_too_are_asked_about():
    with pytest.raises(WeighinError, match="nothing tells whether its rows or its columns are"):
        table("Crew,Plover,Stilt", "ALPHA,71.2,70.1", "BETA,73.4,72.2")


@pytest.mark.parametrize("base", ["Backbone", "LLM", "Base model", "基座模型"])
@pytest.mark.parametrize("is_first", [True, False])
def test_the_model_below_a_method_is_in_its_name_though_rows_are_told_apart(base, is_first):
    first, second = (base, "Method") if is_first else ("Method", base)
    rows = [("Plover", "Critic"), ("Plover", "Voting"), ("Stilt", "Planner")]
    cells = [",".join((*(pair if is_first else pair[::-1]), "71.2,50.1")) for pair in rows]
    found = table(f"{first},{second},GSM8K,MATH", *cells)
    for (model, method), name in zip(rows, models(found), strict=True):
        assert model in name
        assert method in name


def test_a_base_beside_a_column_of_models_is_a_fact():
    found = table("Model,Base model,GSM8K", "Plover-7B-it,Plover-7B,71.2", "Stilt,Stilt-1,70.1")
    assert models(found) == ["Plover-7B-it", "Stilt"]
    assert any("'Base model'" in told for told in found.passed_over)


def test_a_setting_that_is_in_no_name_is_told():
    found = table("Model,Quantization,GSM8K", "Plover,AWQ,71.2", "Stilt,FP8,70.1")
    assert any("'Quantization'" in told and "AWQ, FP8" in told for told in found.passed_over)


def test_yes_and_no_are_nothing_without_the_name_of_their_column():
    found = table("Model,Thinking,GSM8K", "Plover,on,71.2", "Plover,off,60.1")
    assert models(found) == ["Plover (Thinking on)", "Plover (Thinking off)"]


def markdown(*rows: str):
    width = rows[0].count("|") - 1
    return card("\n".join([rows[0], "|---" * width + "|", *rows[1:]]) + "\n", ".md")


def test_sizes_below_a_family_are_its_models():
    found = markdown(
        "| Model | GSM8K |", "| **Plover** | |", "| 7B | 71.2 |", "| 13B | 75.2 |",
        "| **Stilt** | |", "| 7B | 70.1 |",
    )  # fmt: skip
    assert models(found) == ["Plover 7B", "Plover 13B", "Stilt 7B"]


def test_methods_below_a_model_are_runs_of_it():
    found = markdown(
        "| Method | GSM8K | MMLU |", "| **Plover-7B** | | |", "| FP16 | 71.2 | 60.1 |",
        "| AWQ | 70.2 | 59.1 |",
    )  # fmt: skip
    assert models(found) == ["FP16 (Plover-7B)", "AWQ (Plover-7B)"]


def test_models_below_a_kind_of_models_keep_their_names():
    found = markdown(
        "| Model | GSM8K | MMLU |", "| **7B models** | | |", "| Plover | 71.2 | 60.1 |",
        "| Stilt | 70.2 | 59.1 |",
    )  # fmt: skip
    assert models(found) == ["Plover", "Stilt"]


def test_one_addition_below_two_models_is_one_to_each():
    found = table(
        "Method,GSM8K,MATH", "Plover,71.2,40.1", "+ DPO,72.2,41.1", "Stilt,70.2,39.1",
        "+ DPO,73.2,42.1",
    )  # fmt: skip
    assert models(found) == ["Plover", "Plover + DPO", "Stilt", "Stilt + DPO"]


def test_words_that_cross_with_benchmarks_are_models():
    found = table(
        "rig,dataset,success_rate,overall", "plover,gsm8k,0.71,0.61", "stilt,gsm8k,0.72,0.62"
    )
    assert numbers(found)[:2] == [
        ("plover", "gsm8k", "success_rate", "0.71"),
        ("plover", "gsm8k", "overall", "0.61"),
    ]


def test_a_run_beside_a_suite_is_the_model():
    found = table(
        "run,suite,score", "plover-a,gsm8k,0.71", "plover-b,gsm8k,0.72", "plover-b,mmlu,0.61"
    )
    assert models(found) == ["plover-a", "plover-b"]


def test_numbers_before_all_benchmarks_that_tell_rows_apart_are_a_setting():
    found = table(
        "Model,seen,GSM8K,MMLU", "Plover,30%,0.71,0.50", "Plover,60%,0.72,0.51",
        "Stilt,30%,0.61,0.41",
    )  # fmt: skip
    assert models(found) == ["Plover (seen 30%)", "Plover (seen 60%)", "Stilt"]


def test_a_number_that_heads_rows_is_named_with_its_column():
    found = table("Curvature,GSM8K,MMLU", "0.5,71.2,50.1", "1.0,72.2,51.1")
    assert models(found) == [
        "model not named (Curvature 0.5)", "model not named (Curvature 1.0)",
    ]  # fmt: skip


def test_whole_numbers_above_a_hundred_beside_benchmarks_count_their_texts():
    with pytest.raises(WeighinError, match="no numbers that could be scores"):
        table("Benchmark,Dialogues", "GSM8K,128", "MMLU,512", "MATH,128")


def test_precision_beside_recall_is_a_metric_and_beside_words_a_setting():
    of_metric = table("Model,precision,recall", "Plover,0.8718,0.85", "Stilt,0.8358,0.70")
    assert [n.benchmark for n in of_metric.numbers] == ["precision", "recall"] * 2
    of_setting = table("Model,Precision,GSM8K", "Plover,16,71.2", "Plover,8,70.1")
    assert {n.benchmark for n in of_setting.numbers} == {"GSM8K"}


def test_letters_beside_f1_are_precision_and_recall():
    found = table("System,P,R,F1", "Plover,71.2,70.1,70.6", "Stilt,61.2,60.1,60.6")
    assert [n.benchmark for n in found.numbers] == ["P", "R", "F1"] * 2


def test_bounds_beside_a_score_are_none():
    found = table("model,gsm8k,gsm8k_lo,gsm8k_hi", "plover,0.71,0.69,0.73", "stilt,0.7,0.6,0.8")
    assert {n.benchmark for n in found.numbers} == {"gsm8k"}


def test_what_is_centred_on_chance_is_no_score_of_the_registry():
    found = table("task,accuracy,centered", "gsm8k,0.71,0.61", "arc_easy,0.52,-0.1")
    assert {(n.metric, n.registered_as) for n in found.numbers} == {
        ("accuracy", "gsm8k"), ("accuracy", "arc_easy"), ("centered", ""),
    }  # fmt: skip


def test_a_row_of_scores_called_code_is_no_link():
    found = table("Benchmark,Plover 7B,Stilt 8B", "MMLU,71.2%,60.1%", "Code,62.4%,50.1%")
    assert [n.benchmark for n in found.numbers] == ["MMLU", "MMLU", "Code", "Code"]


def test_rows_of_metrics_are_measured_of_what_heads_their_columns():
    found = table("Metric,Try #1,Try #2", "Pass@1,42.1%,45.2%", "Pass@4,65.3%,67.8%")
    assert numbers(found)[:2] == [
        ("Try #1", "Pass@1", "", "42.1"), ("Try #2", "Pass@1", "", "45.2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        ("Source,Proportion", "Books,20%", "Code,30%"),
        ("Hyperparameter,Value", "Learning rate,0.0003", "Warmup ratio,0.1"),
        ("epoch,train_loss,accuracy", "1,0.91,0.61", "2,0.81,0.65"),
        ("Plan,Price,Discount", "Basic,$10,5%", "Pro,$20,15%"),
        ("region,north,south", "red,71.2,60.1", "blue,70.0,61.0"),
    ],
)
def test_what_names_neither_models_nor_measures_is_refused(rows):
    with pytest.raises(WeighinError, match=r"nothing tells whether|no numbers that could be"):
        table(*rows)


def test_sizes_above_the_names_of_models_are_none():
    found = table(
        "Active / Total,,0.7B / 8.0B,4.0B / 4.0B", "Category,Benchmark,Plover-8B,Stilt-4B",
        "Math,GSM8K,71.2,70.1", "Code,HumanEval,61.2,60.1",
    )  # fmt: skip
    assert models(found) == ["Plover-8B", "Stilt-4B"]


def test_ours_beside_others_is_a_name():
    found = markdown(
        "| Dataset | Single | Ours |", "| **Plover-4B** | | |", "| GSM8K | 71.2 | 75.2 |",
        "| **Plover-8B** | | |", "| GSM8K | 81.2 | 85.2 |",
    )  # fmt: skip
    assert models(found) == [
        "Plover-4B (Single)", "Plover-4B (Ours)", "Plover-8B (Single)", "Plover-8B (Ours)",
    ]  # fmt: skip


def test_what_is_switched_on_tells_rows_apart():
    found = table("SFT,RL,CoT,GSM8K,MATH", "✓,,,71.2,40.1", "✓,✓,,75.2,44.1", "✓,✓,✓,79.2,48.1")
    assert models(found) == [
        "model not named", "model not named (RL ✓)", "model not named (RL ✓, CoT ✓)",
    ]  # fmt: skip


def test_one_language_of_a_benchmark_is_a_part_of_it():
    found = table("model,lang,mgsm", "plover,de,50.1", "plover,zh,52.2", "stilt,de,45.1")
    assert {(n.benchmark, n.registered_as) for n in found.numbers} == {
        ("mgsm (de)", ""), ("mgsm (zh)", ""),
    }  # fmt: skip


def test_columns_below_a_heading_that_names_the_benchmark_are_its_parts():
    text = "## MGSM\n\n| Model | en | de |\n|---|---|---|\n| Plover | 71.2 | 66.1 |\n"
    assert [(n.benchmark, n.registered_as) for n in card(text, ".md").numbers] == [
        ("MGSM (en)", ""), ("MGSM (de)", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ['"', "同上", "ditto", "same as above"])
def test_the_same_as_above_is_no_name(mark):
    found = markdown(
        "| Model | Prompt | MMLU |", "| Plover | plain | 66.1 |", f"| {mark} | CoT | 67.1 |"
    )
    assert models(found) == ["Plover (plain)", "Plover (CoT)"]


def test_a_column_of_groups_beside_one_of_tasks_names_no_benchmark():
    found = table("group,task,metric,value", "mmlu,mmlu_stem,acc,0.55", ",gsm8k,acc,0.70")
    assert [(n.benchmark, n.registered_as) for n in found.numbers] == [
        ("mmlu_stem", ""), ("gsm8k", "gsm8k"),
    ]  # fmt: skip


def test_the_name_of_the_rows_of_a_printed_frame_is_no_section():
    found = card(
        "evals       ALPHA-QA  BETA-QA\nmodel                      \n"
        "plover         71.2%    60.1%\nstilt          70.2%    61.1%\n", ".txt",
    )  # fmt: skip
    assert numbers(found)[0] == ("plover", "ALPHA-QA", "", "71.2")


def test_a_language_beside_others_is_a_part_though_it_is_english():
    found = table(",MGSM,MGSM", "Model,en,de", "Plover,71.2,66.1", "Stilt,70.2,65.1")
    assert {n.benchmark for n in found.numbers} == {"MGSM (en)", "MGSM (de)"}


def test_what_was_predicted_beside_what_was_measured_is_no_score():
    found = table("Benchmark,Predicted,Measured", "MMLU,65.0,66.1", "GSM8K,70.0,61.2")
    assert models(found) == ["Measured"]
    assert any("'Predicted'" in told for told in found.passed_over)


def test_remarks_that_hold_numbers_name_no_benchmark():
    found = table("Tier,Score,Key benchmarks", "Tier 1,85.2%,GSM8K: 82%", "Tier 2,72.1%,MATH: 45%")
    assert [n.benchmark for n in found.numbers] == ["Tier 1", "Tier 2"]


def test_a_setting_that_is_in_some_names_is_told_of_the_others():
    found = table(
        "Model,Start,GSM8K,MATH", "Plover,TA,44.1,20.1", "Plover,TIES,45.1,21.1",
        "Stilt,TA,34.1,11.1",
    )  # fmt: skip
    assert models(found) == ["Plover (TA)", "Plover (TIES)", "Stilt"]
    assert any("in no name of Stilt: TA" in told for told in found.passed_over)


def test_a_model_in_the_corner_is_that_of_its_rows():
    found = table("Plover-3-70B,MMLU-Pro,HumanEval", "BF16,48.1,79.7", "W4A16,47.2,80.5")
    assert models(found) == ["Plover-3-70B (BF16)", "Plover-3-70B (W4A16)"]


def test_amounts_that_head_rows_are_named_with_their_column():
    found = table("Tokens,HellaSwag,MMLU", "100B,51.2,26.1", "1T,66.0,36.0")
    assert models(found) == [
        "model not named (Tokens 100B)", "model not named (Tokens 1T)",
    ]  # fmt: skip


def test_numbers_before_the_column_of_tasks_that_tell_rows_apart_are_a_setting():
    found = table(
        "Model,Calib,Task,Ours,Random", "Plover,32,GSM8K,0.668,0.657",
        "Plover,32,HumanEval,0.494,0.476", "Plover,64,GSM8K,0.659,0.661",
        "Plover,64,HumanEval,0.488,0.482",
    )  # fmt: skip
    assert {n.printed for n in found.numbers}.isdisjoint({"32", "64"})
    assert "Plover (Ours, Calib 32)" in models(found)


def test_rows_below_metrics_are_what_was_scored_though_nothing_stands_in_the_corner():
    found = table(",HR@5,NDCG@5,MRR@20", "first come,0.0503,0.0355,0.0353", "by age,0.05,0.03,0.03")
    assert models(found) == ["first come", "by age"]


def test_a_carried_group_above_the_same_inner_names_is_the_data_set():
    found = table(
        "Domain,Routing,HR@5,NDCG@5", "Boats,first come,0.0503,0.0355", ",by age,0.0502,0.0347",
        "Kites,first come,0.0550,0.0376", ",by age,0.0537,0.0376",
    )  # fmt: skip
    assert models(found) == ["first come", "by age"]
    assert ("by age", "Kites HR@5", "", "0.0537") in numbers(found)


def test_languages_below_metrics_are_parts_of_what_a_model_that_is_not_named_did():
    found = table("language,WER,boundary,CER", "en,0.06,0.81,0.04", "xx-made-up,0.08,0.80,0.05")
    assert models(found) == [UNNAMED_MODEL]
    assert (UNNAMED_MODEL, "xx-made-up", "boundary", "0.80") in numbers(found)


@pytest.mark.parametrize("metric", ["Spearman", "Bias", "sharpe", "avg_reward", "Pearson r"])
def test_a_metric_that_may_be_negative_is_no_difference_for_that(metric):
    found = table(f"System,Accuracy,{metric}", "Plover,0.71,0.301", "Stilt,0.70,-0.204")
    assert ("Plover", metric, "", "0.301") in numbers(found)
    assert ("Stilt", metric, "", "-0.204") in numbers(found)


def test_the_share_of_a_count_is_no_score():
    with pytest.raises(WeighinError):
        table("Shape,Count,%", "round,849,40.4%", "square,308,28.6%")


@pytest.mark.parametrize("cell", ["0.[??]", "XX.X", "[FILL]", "?"])
def test_a_placeholder_is_no_number(cell):
    found = table("System,pass@1,pass@4", "Plover,0.286,0.596", f"Stilt,{cell},{cell}")
    assert models(found) == ["Plover"]


def test_a_whole_number_without_a_sign_among_signed_percentages_is_none():
    found = table(",Plover,Stilt", "Visits,1,4", "GSM8K,71.0%,79.8%", "MATH,45.9%,57.3%")
    assert {n.benchmark for n in found.numbers} == {"GSM8K", "MATH"}


def test_the_name_of_a_file_beside_what_it_says_is_in_no_name():
    rows = [f"bird={b}_icl={k}.json,0.{k}12,{b},{k}" for b in ("Plover", "Stilt") for k in (2, 4)]
    found = table(",Accuracy,model,icl", *rows)
    assert models(found)[0] == "Plover (icl 2)"
    assert {n.benchmark for n in found.numbers} == {"Accuracy"}


def test_a_column_of_languages_names_parts_whether_or_not_each_is_known():
    found = table(
        "language,model,dataset,avg_wer", "Hindi,Plover,parrot,0.07", "Madeupese,Plover,parrot,0.22"
    )
    assert models(found) == ["Plover"]
    assert [n.benchmark for n in found.numbers] == ["parrot (Hindi)", "parrot (Madeupese)"]


def test_a_macro_that_nobody_defines_names_itself_with_or_without_braces():
    text = (
        "\\begin{tabular}{lcc}\nModel & \\abc{} & \\de \\\\\n & (\\%) & (\\%) \\\\\n"
        "\\own{} & 71.2 & 70.1 \\\\\nGPT-9 & 73.4 & 72.2 \\\\\n\\end{tabular}\n"
    )
    found = card(text, ".tex")
    assert models(found) == ["own", "GPT-9"]
    assert {n.benchmark for n in found.numbers} == {"abc", "de"}


def test_a_row_of_seconds_below_a_row_of_accuracies_is_no_score():
    found = table(
        "Method,Metric,GSM8K,HumanEval", "Plover,Acc.,71.2,70.1", "Plover,Time,9473,2558",
        "Stilt,Acc.,72.2,71.1", "Stilt,Time,4495,1289",
    )  # fmt: skip
    assert [n.printed for n in found.numbers] == ["71.2", "70.1", "72.2", "71.1"]
    assert any("cost or speed" in told for told in found.passed_over)


def test_a_perplexity_and_an_accuracy_of_one_task_count_in_units_of_their_own():
    found = markdown(
        "| Tasks | Version | Filter | n-shot | Metric | | Value | | Stderr |",
        "| winogrande | 1 | none | 0 | acc | ↑ | 0.5162 | ± | 0.014 |",
        "| lambada_standard | 1 | none | 0 | acc | ↑ | 0.2597 | ± | 0.0061 |",
        "| lambada_standard | 1 | none | 0 | perplexity | ↓ | 93.7302 | ± | 3.8329 |",
    )
    assert [n.unit.value for n in found.numbers] == ["share", "share", "other"]
    # The task of that name has documents of its own.
    assert [n.registered_as for n in found.numbers] == ["winogrande", "", ""]


def test_how_many_tasks_a_benchmark_has_is_no_score_on_it():
    found = table(
        "Benchmark,Paper tasks,Plover,Stilt", "SWE-bench Lite,300,63.7,64.7", "GSM8K,1319,71.2,70.1"
    )
    assert models(found) == ["Plover", "Stilt"]
    found = table("Model,memory_ratio,GSM8K", "Plover,1.000,0.712", "Stilt,0.264,0.701")
    assert [n.printed for n in found.numbers] == ["0.712", "0.701"]


def test_a_set_that_tells_some_rows_apart_is_named_with_all_of_its_column():
    found = markdown(
        "| Agent | Accuracy |", "| **Nest-Bench** | |", "| Plover | 71.2 |", "| Stilt | 70.1 |",
        "| **Egg-Bench** | |", "| Plover | 61.2 |", "| Heron | 60.1 |",
    )  # fmt: skip
    assert numbers(found) == [
        ("Plover", "Nest-Bench", "Accuracy", "71.2"), ("Stilt", "Nest-Bench", "Accuracy", "70.1"),
        ("Plover", "Egg-Bench", "Accuracy", "61.2"), ("Heron", "Egg-Bench", "Accuracy", "60.1"),
    ]  # fmt: skip


def test_an_addition_below_several_models_is_one_to_each_also_alone_in_its_section():
    found = markdown(
        "| Method | GSM8K |", "| **Closed** | |", "| Plover | 71.2 |", "| + Nest | 73.2 |",
        "| **Open** | |", "| Stilt | 61.2 |", "| + Nest | 63.2 |",
    )  # fmt: skip
    assert [name.partition(" (")[0] for name in models(found)] == [
        "Plover", "Plover + Nest", "Stilt", "Stilt + Nest",
    ]  # fmt: skip


def test_a_row_of_percentages_of_correct_answers_is_no_row_of_counts():
    rows = ("SimpleQA,Correct,31.0,27.7", "MMLU,EM,89.5,89.4")
    found = table("Benchmark,Metric,Plover,Stilt", *rows)
    assert [n.printed for n in found.numbers] == ["31.0", "27.7", "89.5", "89.4"]
    whole = table("Benchmark,Metric,Plover,Stilt", "SimpleQA,Correct,1341,1198", rows[1])
    assert [n.printed for n in whole.numbers] == ["89.5", "89.4"]


def test_what_is_named_like_a_quantity_is_a_score_where_its_numbers_are_like_those_beside_it():
    page = r"""\begin{tabular}{lcccccc}
 & \multicolumn{3}{c}{MME} & \multicolumn{2}{c}{MATH-500} & \\
Model & Color & Position & Scene & Acc. & Length & VQA(s) \\ \midrule
Lark-7B & 84.4 & 90.0 & 75.6 & 85.0 & 1260.5 & 71.4 \\
Finch-7B & 86.3 & 94.5 & 84.5 & 88.4 & 2140.0 & 73.1 \\
\end{tabular}"""
    found = {n.benchmark for n in card(page, ".tex").numbers}
    assert any("Position" in label for label in found)
    assert "VQA(s)" in found
    assert not any("Length" in label for label in found)


def test_rows_of_differences_are_told_and_methods_of_such_a_name_are_read():
    page = r"""\begin{tabular}{lcc}
Method & MMLU & GSM8K \\ \midrule
Lark-7B & 61.2 & 50.5 \\
LIFT & 64.5 & 55.0 \\
$\Delta$ & 3.3 & 4.5 \\
Decrease & $-$0.5 & +0.0 \\
\end{tabular}"""
    read = card(page, ".tex")
    assert {number.artifact for number in read.numbers} == {"Lark-7B", "LIFT"}
    assert sum("differences" in told for told in read.passed_over) == 2


def test_a_table_of_nothing_but_differences_is_read_or_passed_over():
    table = "| Change | MMLU | GSM8K |\n|---|---|---|\n| Decrease | 3.3 | 4.5 |\n\n"
    others = "| Model | MMLU |\n|---|---|\n| Lark-7B | 61.2 |\n"
    assert "61.2" in {number.printed for number in card(table + others, ".md").numbers}


def test_one_row_below_zero_makes_no_differences_of_the_others():
    page = r"""\begin{tabular}{lcc}
 & Lark-7B & Finch-7B \\ \midrule
Loss (negated) & -1.07 & -1.02 \\
MMLU & 61.2 & 50.5 \\
GSM8K & 41.2 & 40.5 \\
MBPP & 42.2 & 42.5 \\
\end{tabular}"""
    assert {n.benchmark for n in card(page, ".tex").numbers} == {"MMLU", "GSM8K", "MBPP"}


CAPTIONS = (
    "MMLU Pro results (% accuracy). Both were run once.",
    "Performance of small models on MMLU-Pro",
)


@pytest.mark.parametrize("caption", CAPTIONS)
def test_metrics_below_a_caption_that_names_one_benchmark_are_on_it(caption):
    page = (
        f"\\begin{{table}}\\caption{{{caption.replace('%', chr(92) + '%')}}}"
        r"""\begin{tabular}{lcc}
Model & Acc. & F1 \\ \midrule
Lark-7B & 61.2 & 50.5 \\
Finch-7B & 64.5 & 55.0 \\
\end{tabular}\end{table}"""
    )
    found = card(page, ".tex").numbers
    assert {(n.registered_as, n.metric) for n in found} == {
        ("mmlu_pro", "Acc."),
        ("mmlu_pro", "F1"),
    }


def test_metrics_below_a_caption_that_names_several_are_on_none_of_them():
    page = r"""\begin{table}\caption{Mean of MMLU and GSM8K}\begin{tabular}{lcc}
Model & Acc. & F1 \\ \midrule
Lark-7B & 61.2 & 50.5 \\
Finch-7B & 64.5 & 55.0 \\
\end{tabular}\end{table}"""
    assert {n.benchmark for n in card(page, ".tex").numbers} == {"Acc.", "F1"}


def test_a_measure_that_no_word_tells_is_read_where_its_numbers_are_like_those_beside_it():
    page = r"""\begin{tabular}{lcccccc}
 & \multicolumn{3}{c}{COIN} & \multicolumn{3}{c}{CrossTask} \\
Model & SR & mAc & Rounds & SR & mAc & Rounds \\ \midrule
Lark-7B & 23.0 & 45.4 & 3.5 & 37.2 & 55.3 & 4.1 \\
Finch-7B & 28.8 & 50.4 & 3.1 & 39.0 & 66.3 & 4.0 \\
\end{tabular}"""
    found = card(page, ".tex")
    assert [n.printed for n in found.numbers] == [
        "23.0",
        "45.4",
        "37.2",
        "55.3",
        "28.8",
        "50.4",
        "39.0",
        "66.3",
    ]
    assert any("Rounds" in told for told in found.passed_over)


def test_values_of_unlike_things_are_no_scores_of_systems():
    with pytest.raises(WeighinError, match="nothing tells whether"):
        card("Fidelity measure,Value\nNodes found,30\nEdges verified,65%\nCoverage F1,0.64\n")


def test_letters_below_a_benchmark_beside_f1_are_precision_and_recall():
    page = r"""\begin{tabular}{lcccccc}
 & \multicolumn{3}{c}{14Res} & \multicolumn{3}{c}{14Lap} \\
Model & P & R & F1 & P & R & F1 \\ \midrule
Lark-7B & 93.2 & 23.6 & 31.4 & 37.3 & 50.3 & 42.8 \\
Finch-7B & 40.5 & 44.2 & 42.3 & 41.0 & 67.3 & 51.0 \\
\end{tabular}"""
    assert len(card(page, ".tex").numbers) == 12


@pytest.mark.parametrize("name", ["0.5·Lark+0.5·Finch", "0.7×Lark", "R²", "S³"])
def test_a_name_of_digits_and_signs_is_a_name(name):
    found = table("System,Acc,F1", f"{name},71.2,70.1", "Plover,73.4,72.2")
    assert models(found) == [name, "Plover"]


def test_a_row_of_deltas_is_one_however_large_they_are():
    found = table("Model,MMLU,GSM8K", "Plover,0.0,10.1", "Stilt,73.4,72.2", "Δ vs Plover,73.4,62.1")
    assert models(found) == ["Plover", "Stilt"]


def test_a_measure_called_by_its_letters_is_read_beside_a_metric_on_its_scale():
    page = r"""\begin{tabular}{lcccccc}
 & \multicolumn{3}{c}{Leak} & \multicolumn{3}{c}{Drift} \\
Model & MTIR & ASR & Turns & MTIR & ASR & Turns \\ \midrule
Lark-7B & 39.0 & 2.4 & 13.5 & 42.5 & 0.0 & 14.1 \\
Finch-7B & 86.1 & 23.3 & 13.1 & 90.7 & 11.6 & 14.0 \\
\end{tabular}"""
    found = card(page, ".tex")
    assert len(found.numbers) == 8
    assert any("Turns" in told for told in found.passed_over)


@pytest.mark.parametrize("corner", ["Approach \\ Dataset", "Method/Task", "Model | Benchmark"])
def test_a_corner_that_names_rows_and_columns_says_which_are_which(corner):
    found = table(f"{corner},Simple,Hard", "Forest,0.27,0.31", "Machines,0.34,0.35")
    assert models(found) == ["Forest", "Machines"]
    assert [n.benchmark for n in found.numbers[:2]] == ["Simple", "Hard"]


def test_a_first_column_called_name_holds_the_models_where_no_other_says_what_does():
    found = table(
        "Name,Pretrained,Segments,Top-1", "vgg16_a,ImageNet,3,83.4", "i3d_b,ImageNet,1,81.5"
    )
    assert [name.split(" ")[0] for name in models(found)] == ["vgg16_a", "i3d_b"]


def test_numbered_classes_with_their_means_head_the_rows_of_a_report():
    classes = [f"{n},0.9{n},0.8{n},{n}1.0" for n in range(6)]
    found = table(",precision,recall,support", *classes, "micro avg,0.94,0.90,96.0")
    assert numbers(found)[0][1:3] == ("0", "precision")
    assert len(found.numbers) == 14


def test_a_set_called_test_is_told_apart_as_others_beside_it_are():
    found = table(
        "model,subset,wer", "a,test,1.22", "a,test_spont,13.59", "b,test,2.29", "b,test_spont,3.37"
    )
    assert {n.benchmark for n in found.numbers} == {"wer (test)", "wer (test_spont)"}


def test_a_cell_of_a_link_is_called_by_its_text():
    found = table(
        "Model,MMLU",
        "[Tern-7B](https://example.org/tern),61.2",
        "`Brig-8B <https://b.example>`_,62.2",
    )
    assert models(found) == ["Tern-7B", "Brig-8B"]


def test_percentages_below_a_word_for_settings_are_scores():
    found = table("Model,Anatomy,Treatment", "a-7b,80.0%,60.0%", "b-7b,90.0%,100.0%")
    assert {n.benchmark for n in found.numbers} == {"Anatomy", "Treatment"}


@pytest.mark.parametrize("named", ["", "Plover-7B"])
def test_fields_of_a_log_are_no_scores_of_its_benchmark(named):
    """Answers above 100 would each be told as more than all documents of AIME."""
    header = f"item,dataset,{'model,' * bool(named)}position,answer,final_answer"
    rows = [
        f"{n},aime24,{(named + ',') * bool(named)}{128 * n},{156 + n},{64 + n}"
        for n in range(1, 40)
    ]
    with pytest.raises(WeighinError, match="most benchmarks stand in more than ten rows"):
        table(header, *rows)


def test_many_runs_of_one_benchmark_are_read_by_their_metric():
    rows = [f"Plover-7B,gsm8k,{n},{70 + n / 10}" for n in range(40)]
    assert len(numbers(table("model,dataset,seed,accuracy", *rows))) == 40
