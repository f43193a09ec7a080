"""Tables as programs write them into folders of results: what each column is."""

from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
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
