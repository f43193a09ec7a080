"""Tables as programs write them into folders of results: what each column is."""

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


def models(scorecard):
    return list(dict.fromkeys(n.artifact for n in scorecard.numbers))


def labels(scorecard):
    return list(dict.fromkeys(n.benchmark for n in scorecard.numbers))


def test_whole_numbers_beside_their_quotient_count_something():
    found = table(
        "model,items,decided,passes,arguable,pass_rate",
        "Plover,191,189,145,2,0.7672",
        "Stilt,191,187,134,4,0.7166",
    )
    assert [n.printed for n in found.numbers] == ["0.7672", "0.7166"]
    assert {n.benchmark for n in found.numbers} == {"pass_rate"}


def test_whole_numbers_beside_what_is_none_of_their_quotients_are_read():
    found = table("model,ALPHA,BETA,pass rate", "Plover,80,40,61.3", "Stilt,90,45,72.4")
    assert len(found.numbers) == len(("ALPHA", "BETA", "rate")) * 2


def test_where_judges_are_compared_each_is_a_model():
    found = table("rank,judge,accuracy,F1", "1,Lark-7B,0.91,0.82", "2,Lark-70B,0.90,0.81")
    assert models(found) == ["Lark-7B", "Lark-70B"]
    beside = table("model,judge,accuracy", "Plover,Lark-7B,0.91", "Stilt,Lark-70B,0.9")
    assert models(beside) == ["Plover", "Stilt"]


def test_the_rank_of_an_adapter_tells_runs_apart():
    rows = ("lora,Plover,qa,8,0.80", "lora,Plover,qa,16,0.79", "full,Plover,qa,,0.81")
    found = table("method,model,dataset,rank,accuracy", *rows, "dora,Plover,qa,8,0.82")
    assert len(set(models(found))) == len(rows) + 1
    assert any("rank 16" in name for name in models(found))


def test_runs_that_nothing_else_tells_apart_are_named_by_their_id():
    found = table("run_id,model,dataset,accuracy", "ft_a,Plover,qa,0.80", "ft_b,Plover,qa,0.79")
    assert models(found) == ["Plover (ft_a)", "Plover (ft_b)"]


def test_the_mean_of_columns_that_are_read_is_read():
    found = table("Model,Inf Rel.,Pro Rel.,Avg Rel.", "Plover,31%,39%,35%", "Stilt,35%,3%,19%")
    assert {n.benchmark for n in found.numbers} == {"Inf Rel.", "Pro Rel.", "Avg Rel."}


def test_each_measure_of_one_benchmark_has_a_unit_of_its_own():
    found = table("model,dataset,accuracy,bleu", "Plover,qa,0.91,34.5", "Stilt,qa,0.86,31.2")
    assert {n.printed: n.unit.value for n in found.numbers if n.metric == "accuracy"} == {
        "0.91": "share", "0.86": "share",
    }  # fmt: skip


def test_a_dash_in_a_header_is_the_name_before_it():
    text = (
        "dataset  version  mode  lark-6b           -         stilt-7b          -\n"
        "-------  -------  ----  ----------------  --------  ----------------  --------\n"
        "-        -        -     accuracy - clean  accuracy  accuracy - clean  accuracy\n"
        "ceval    -        ppl   74.42             75.00     67.44             50.00\n"
        "mmlu     -        ppl   53.70             57.14     47.41             52.38\n"
    )
    found = card(text, ".txt")
    assert len(found.numbers) == len(("ceval", "mmlu")) * 4
    assert {n.unit.value for n in found.numbers} == {"percent"}
    assert {name.partition(" ")[0] for name in models(found)} == {"lark-6b", "stilt-7b"}


def test_a_heading_says_model_before_its_name():
    text = (
        "Results for model: Quix-V2.0\nDataset | nDCG@5\n-------|-----\nALPHA | 0.82\nBETA | 0.71\n"
    )
    assert models(card(text, ".txt")) == ["Quix-V2.0"]


def test_a_domain_that_comes_again_below_each_model_is_a_part_of_what_was_measured():
    rows = ("Plover,law,0.81", "Plover,art,0.72", "Stilt,law,0.63", "Stilt,art,0.54")
    found = table("model,domain,accuracy", *rows)
    assert models(found) == ["Plover", "Stilt"]
    assert labels(found) == ["accuracy (law)", "accuracy (art)"]


def test_a_family_is_no_part_of_what_was_measured():
    rows = ("Plover-7B,waders,0.81", "Plover-9B,waders,0.72", "Lark-7B,songbirds,0.63")
    found = table("model,category,accuracy", *rows)
    assert labels(found) == ["accuracy"]


def test_rows_below_the_name_of_a_metric_are_of_it_whatever_they_are_called():
    rows = ("best song of all time,Plover,0.81", "board game,Plover,0.72")
    found = table("task,model,agreement_rate", *rows, "best song of all time,Stilt,0.5")
    assert [n.printed for n in found.numbers] == ["0.81", "0.72", "0.5"]


def test_a_few_small_numbers_below_zero_make_no_column_of_differences():
    rows = [f"Plover-{number}B,{number * 9}.5,61.2" for number in range(1, 9)]
    found = table("model,scala_nl,mmlu_accuracy", *rows, "Stilt,-0.47,30.1")
    assert sum(n.benchmark == "scala_nl" for n in found.numbers) == len(rows)
    assert any("-0.47" in told for told in found.passed_over)


def test_what_was_measured_tells_no_runs_apart():
    rows = ("Plover,qa,0.5,0.57,0.63", "Plover,qa,0.6,0.52,0.61", "Stilt,qa,0.5,0.55,0.6")
    found = table("model,dataset,threshold,ndcg_at_10,set_mrr", *rows)
    assert models(found) == ["Plover (threshold 0.5)", "Plover (threshold 0.6)", "Stilt"]
    assert {n.metric for n in found.numbers} == {"ndcg_at_10", "set_mrr"}


def test_percent_is_told_by_any_part_of_a_name():
    found = table("model,accuracy_percent", "Plover,64.3", "Stilt,0.0")
    assert {n.unit.value for n in found.numbers} == {"percent"}


def test_a_report_by_class_is_one_table_though_empty_lines_part_it():
    text = (
        "              precision    recall  f1-score   support\n\n"
        "         PER     0.7000    0.3100    0.4300     90414\n"
        "         LOC     0.3700    0.7500    0.5000     49355\n\n"
        "    accuracy                         0.4700    139769\n"
        "   macro avg     0.5400    0.5300    0.4600    139769\n"
    )
    found = card(text, ".txt")
    read = {(n.benchmark, n.metric): n.printed for n in found.numbers}
    assert read["PER", "precision"] == "0.7000"
    assert read["accuracy", ""] == "0.4700"
    assert read["macro avg", "recall"] == "0.5300"
    assert {n.unit.value for n in found.numbers} == {"share"}


def test_headings_far_above_lines_of_other_columns_are_not_theirs():
    text = "Model    Score\n\n  first note  12  34\n  second note 5.5  61\n"
    read = read_tables(text.encode(), "t.txt", REGISTRY, corrections(), ".txt")
    assert not any(n.artifact == "first note" for t in read.tables for n, _ in t.numbers)


def test_measures_of_a_search_engine_are_read_without_a_header():
    text = "map            all  0.4188\nrecip_rank     all  0.7759\nndcg_cut_10    all  0.6832\n"
    found = card(text, ".txt")
    assert [n.printed for n in found.numbers] == ["0.4188", "0.7759", "0.6832"]
    assert labels(found)[1].startswith("recip_rank")


def test_a_first_column_of_splits_beside_models_says_on_which_each_score_is():
    found = table("split,model,accuracy", "eval,Plover,0.63", "test,Plover,0.61")
    assert [(n.artifact, n.split) for n in found.numbers] == [
        ("Plover", "eval"),
        ("Plover", "test"),
    ]


def test_whole_numbers_that_add_up_to_another_count_something():
    rows = ("Plover,1860,51,1337,472,0.963", "Stilt,612,28,219,365,0.887")
    found = table("model,total_examples,both,one,none,visual_rate", *rows)
    assert labels(found) == ["visual_rate"]


def test_a_small_percentage_beside_others_of_its_metric_is_one():
    rows = [f"mgsm_{name},accuracy,{number}.5" for number, name in enumerate("abcdefgh", start=40)]
    found = table("dataset,metric,lark-8b-it", *rows, "mgsm_z,accuracy,0.8")
    assert {n.unit.value for n in found.numbers} == {"percent"}
    assert [n.printed for n in found.numbers if not n.is_unit_sure] == ["0.8"]


def test_rows_of_steps_are_runs_of_a_model_that_is_not_named():
    found = table("Step,Accuracy,F1", "100,0.51,0.41", "200,0.61,0.52")
    assert models(found) == [f"{UNNAMED_MODEL} (Step 100)", f"{UNNAMED_MODEL} (Step 200)"]


def test_points_between_thousands_before_a_decimal_comma_are_none():
    found = card("Modell;Elo;Preis\nPlover;1.234,5;3,5\nStilt;1.002,1;2,5\n")
    assert [n.printed for n in found.numbers] == ["1234.5", "1002.1"]


def test_a_space_between_thousands_parts_no_number():
    found = table("model,elo", "Plover,1 234", "Stilt,1 102")
    assert [n.printed for n in found.numbers] == ["1234", "1102"]


def test_a_table_that_a_directive_holds_as_csv_has_its_headings_among_its_options():
    rows = ("   Plover, 61.2, 5", "   Stilt, 55.0, 5", "", "And more.", "")
    text = "\n".join(
        ["Results", "=======", "", ".. csv-table:: Accuracy on MMLU",
         "   :header: Model, MMLU, n-shot", "   :widths: 10, 5, 5", "", *rows]
    )  # fmt: skip
    found = card(text, ".rst")
    assert models(found) == ["Plover", "Stilt"]
    assert [n.printed for n in found.numbers] == ["61.2", "55.0"]
    assert {n.protocol.shots for n in found.numbers} == {5}


def test_a_directive_that_names_a_file_holds_no_table():
    text = ".. csv-table::\n   :file: results.csv\n   :widths: 35 10 10\n\nText.\n"
    with pytest.raises(WeighinError, match="expected a table"):
        card(text, ".rst")


def test_a_column_of_test_sets_names_what_was_measured_and_a_language_is_no_metric():
    rows = ("Plover,piqa-sr,sr,0.9", "Stilt,piqa-sr,sr,0.7", "Plover,piqa-sl,sl-cer,0.8")
    found = table("Model,Test Dataset,Language,Accuracy", *rows)
    assert labels(found) == ["piqa-sr (sr)", "piqa-sl (sl-cer)"]
    assert {n.unit.value for n in found.numbers} == {"share"}


def test_a_printed_frame_has_one_space_between_its_columns():
    text = (
        "Classification results summary:\n"
        "Embedding    Model Accuracy Precision Recall     F1\n"
        "     CBOW SimpleNN   0.5596    0.8024 0.6257 0.6978\n"
        "     CBOW   DeepNN   0.5850    0.8113 0.6457 0.7169\n"
        "    TFIDF SimpleNN   0.6388    0.8464 0.7182 0.7743\n"
        "    TFIDF   DeepNN   0.6401    0.8400 0.7200 0.7751\n"
    )
    found = card(text, ".txt")
    assert labels(found) == ["Accuracy", "Precision", "Recall", "F1"]
    assert models(found)[:2] == ["SimpleNN (CBOW)", "DeepNN (CBOW)"]


def test_the_rows_of_a_printed_frame_are_numbered_without_a_heading():
    text = (
        "        model accuracy    f1\n"
        "0   Plover-7B     0.91  0.82\n"
        "1    Stilt-7B     0.85  0.71\n"
        "2  Curlew-70B     0.80  0.65\n"
    )
    assert models(card(text, ".txt")) == ["Plover-7B", "Stilt-7B", "Curlew-70B"]


def test_counts_beside_shares_leave_these_what_they_are():
    rows = ("Plover,128,1.0,0.65,0.48", "Stilt,130,1.0,0.78,0.68")
    found = table("model,indexed_chunks,mrr,average_hit_rate,phrase_recall", *rows)
    assert {n.unit.value for n in found.numbers if n.benchmark != "indexed_chunks"} == {"share"}


def test_the_dialects_of_one_model_are_parts_of_what_was_measured():
    found = table("model,dialect,wer,rtf", "Plover,hill,0.9,21.5", "Plover,shore,0.8,7.9")
    assert models(found) == ["Plover"]
    assert labels(found) == ["wer (hill)", "wer (shore)"]


def test_a_rate_beside_a_known_metric_is_read():
    rows = ("Plover,mbpp,0.6,0.5,0.3", "Stilt,mbpp,0.7,0.4,0.2")
    found = table("model,dataset,compile_rate,pass@1,codebleu", *rows)
    assert {n.metric for n in found.numbers} == {"compile_rate", "pass@1", "codebleu"}


def test_the_version_of_a_model_is_no_set_on_which_it_was_measured():
    found = table("model,version,accuracy", "Plover,v1,0.51", "Plover,v2,0.61")
    assert models(found) == ["Plover (v1)", "Plover (v2)"]
    assert labels(found) == ["accuracy"]


def test_what_a_model_was_trained_on_is_no_part_of_what_was_measured():
    rows = ("mail,mail,Plover,0.9", "mail,chat,Plover,0.5", "chat,chat,Plover,0.8")
    found = table("train_domain,test_domain,model,f1", *rows)
    assert models(found) == ["Plover (mail)", "Plover (chat)"]
    assert labels(found) == ["f1 (mail)", "f1 (chat)"]


def test_a_name_of_one_word_and_a_number_below_each_heading_need_no_alignment():
    text = "Model    MMLU  GSM8K\nPlover-7B 61.2 55.0\nStilt-7B  51.2 45.0\n"
    found = card(text, ".txt")
    assert [(n.benchmark, n.printed) for n in found.numbers][:2] == [
        ("MMLU", "61.2"), ("GSM8K", "55.0"),
    ]  # fmt: skip
    assert models(found) == ["Plover-7B", "Stilt-7B"]


def test_a_line_of_text_above_the_headings_of_a_report_is_none_of_them():
    text = (
        "Metrics by class:\n"
        "              precision    recall  f1-score   support\n\n"
        "    analysis     0.7000    0.3100    0.4300        16\n"
        "    hot_take     0.3700    0.7500    0.5000         9\n\n"
        "    accuracy                         0.4700        25\n"
        "   macro avg     0.5400    0.5300    0.4600        25\n"
    )
    found = card(text, ".txt")
    assert labels(found) == ["analysis", "hot_take", "accuracy", "macro avg"]
    assert {n.metric for n in found.numbers} == {"precision", "recall", "f1-score", ""}


def test_a_task_that_is_called_like_a_model_is_one_beside_a_column_of_models():
    rows = ("lark-test,Plover,0.76", "lark-test,Stilt,0.58")
    found = table("dataset,system,overall_accuracy", *rows)
    assert models(found) == ["Plover", "Stilt"]
    assert labels(found) == ["lark-test"]


def test_small_numbers_that_come_again_below_what_was_measured_tell_runs_apart():
    rows = ("Plover,0.62,6", "Plover,0.55,2", "Stilt,0.53,2", "Stilt,0.51,6", "Crane,0.4,2")
    found = table("model,Accuracy,icl", *rows, "Crane,0.45,6")
    assert models(found)[:2] == ["Plover (icl 6)", "Plover (icl 2)"]
    assert labels(found) == ["Accuracy"]


@pytest.mark.parametrize(
    "rows",
    [
        ("model,passes,decided,rate", "Plover,145,{},0.767", "Stilt,2,189,0.5"),
        ("benchmark,Plover-8B,Stilt-7B", "MMLU,45.1,33.2", "Paper tasks,{},1"),
        ("benchmark,Plover-8B,Stilt-7B", "MMLU,45.1,33.2", "Solved /50,{},1"),
    ],
)
def test_a_number_of_thousands_of_digits_is_passed_over(rows):
    found = read_tables(
        "\n".join(rows).format("9" * 5000).encode(), "table.csv", REGISTRY, corrections(), ".csv"
    )
    printed = [number.cell.number for table in found.tables for number, _ in table.numbers]
    assert printed
    assert "9" * 5000 not in printed
