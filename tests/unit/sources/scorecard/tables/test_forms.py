"""What people write into tables: read, or passed over by name; never fatal, never silent."""

import pytest

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def card(text: str, ending: str = ".md", **said):
    content = text if isinstance(text, bytes) else text.encode()
    read = read_tables(content, f"table{ending}", REGISTRY, corrections(**said), ending)
    return scorecard_of_tables(read)


def numbers(scorecard):
    return [(n.artifact, n.benchmark, n.printed) for n in scorecard.numbers]


def markdown(*rows: str) -> str:
    header, *rest = rows
    return "\n".join([header, "|---" * (header.count("|") - 1) + "|", *rest]) + "\n"


@pytest.mark.parametrize(
    ("cell", "printed"),
    [
        ("71.2 ✅", "71.2"),
        ("↑ 71.2", "71.2"),
        ("71.2↑", "71.2"),
        ("71.2 +/- 0.4", "71.2"),
        ("71.2 ± 0.4", "71.2"),
        ("71.2 (+1.3)", "71.2"),
        ("71.2 ↑1.3", "71.2"),
        ("63/500 (12.6%)", "12.6"),
        ("12.6% (63/500)", "12.6"),
        ("🥇 **71.2**", "71.2"),
        ("`71.2%`", "71.2"),
        ("71.2<sub>±0.4</sub>", "71.2"),
        ("71.2[^7]", "71.2"),
    ],
)
def test_a_number_is_read_from_what_stands_around_it(cell, printed):
    scorecard = card(markdown("| Model | MMLU | GSM8K |", f"| A | {cell} | 50.1 |"))
    assert [n.printed for n in scorecard.numbers] == [printed, "50.1"]


@pytest.mark.parametrize(
    "cell", ["~71", ">70", "+1.3", "70.1-73.0", "71.2 / 68.1", "57/58", "12 s"]
)
def test_a_cell_that_is_no_one_number_is_passed_over_by_name(cell):
    scorecard = card(
        markdown("| Model | MMLU | GSM8K |", f"| A | {cell} | 50.1 |", "| B | 60.1 | 50.2 |")
    )
    assert [n.printed for n in scorecard.numbers] == ["50.1", "60.1", "50.2"]
    assert any("line 3, cell 2" in told for told in scorecard.passed_over)


@pytest.mark.parametrize("cell", ["", "-", "—", "N/A", "n/a [^7]", "✗", "TBD", "not run¹"])
def test_a_cell_that_says_there_is_none_is_passed_over_in_silence(cell):
    scorecard = card(markdown("| Model | MMLU | GSM8K |", f"| A | {cell} | 50.1 |"))
    assert ([n.printed for n in scorecard.numbers], scorecard.passed_over) == (["50.1"], ())


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Params", "7B 13B"),
        ("#Params (B)", "7.2 13.0"),
        ("Context", "128K 32K"),
        ("FLOPs", "1.2e24 3e24"),
        ("Link", "[hf](https://example.org) [hf](https://example.org)"),
        ("Release date", "2024-09-25 2025-01-02"),
        ("License", "mit apache-2.0"),
        ("Model sha", "54a8c35600ec 58301445dc13"),
        ("Tokens/s", "41.2 88.0"),
        ("VRAM (GB)", "16.1 5.7"),
        ("Δ", "+1.2 -0.3"),
        ("Recovery", "101.4% 99.2%"),
        ("Merged", "True False"),
        ("Notes", "good better"),
        ("Hub ❤️", "446 31"),
        ("Cost ($)", "0.15 0.60"),
    ],
)
def test_a_column_that_holds_no_scores_is_named_and_loses_no_other(name, cells):
    first, second = cells.split(" ")
    table = markdown(
        f"| Model | {name} | MMLU |", f"| A | {first} | 71.2 |", f"| B | {second} | 70.1 |"
    )
    scorecard = card(table)
    assert numbers(scorecard) == [("A", "MMLU", "71.2"), ("B", "MMLU", "70.1")]
    (told,) = scorecard.passed_over
    assert "column" in told
    assert name.split(" ❤")[0] in told


@pytest.mark.parametrize(
    "row", ["| # Activated Params | 21B | 37B |", "| Architecture | MoE | dense |",
            "| Throughput (tok/s) | 1200 | 900 |", "| Release date | 2024-09 | 2025-01 |"]
)  # fmt: skip
def test_a_row_that_holds_no_scores_is_named_and_loses_no_other(row):
    scorecard = card(markdown("| Benchmark | A | B |", row, "| MMLU | 71.2 | 70.1 |"))
    assert numbers(scorecard) == [("A", "MMLU", "71.2"), ("B", "MMLU", "70.1")]
    assert any(told.startswith("line 3: row") for told in scorecard.passed_over)


def test_two_precisions_of_one_model_are_two_artifacts():
    table = "Model,Precision,MMLU\nA,bf16,71.2\nA,int4,69.0\nB,bf16,60.0\n"
    assert [n[0] for n in numbers(card(table, ".csv"))] == ["A (bf16)", "A (int4)", "B"]


def test_an_average_keeps_its_name_without_the_arrow():
    scorecard = card(markdown("| Model | Average ⬆️ | MMLU |", "| A | 71.2 | 70.1 |"))
    assert scorecard.numbers[0].benchmark == "Average"


def test_metric_and_value_name_no_model():
    scorecard = card(markdown("| Metric | Value |", "| Avg. | 61.5 |", "| MMLU (5-Shot) | 58.2 |"))
    assert {n.artifact for n in scorecard.numbers} == {"model not named"}


def test_two_rows_of_a_header_are_both_used():
    table = markdown(
        "| Model | MMLU | | GSM8K | |",
        "| | base | instruct | base | instruct |",
        "| A | 60.1 | 62.3 | 30.1 | 50.2 |",
    )
    assert numbers(card(table)) == [
        ("A (base)", "MMLU", "60.1"),
        ("A (instruct)", "MMLU", "62.3"),
        ("A (base)", "GSM8K", "30.1"),
        ("A (instruct)", "GSM8K", "50.2"),
    ]


def test_tables_under_headings_of_their_own_say_so():
    base = markdown("| Model | MMLU |", "| A | 70.1 |")
    instruct = markdown("| Model | MMLU |", "| A | 72.1 |")
    scorecard = card(f"## Base\n\n{base}\n## Instruct\n\n{instruct}")
    assert [n.source.place for n in scorecard.numbers] == ["Base", "Instruct"]


@pytest.mark.parametrize(
    ("label", "protocol"),
    [
        ("AIME 2024 (avg@64)", {"passes": 64}),
        ("AIME 2024 maj@8", {"votes": 8}),
        ("AIME 2024 (cons@64)", {"votes": 64}),
        ("AIME 2024 pass@1", {}),
        ("AIME 2024 (no tools)", {"tools": "no tools"}),
        ("AIME 2024, 5-shot, CoT", {"shots": 5}),
        ("[0-shot] AIME 2024", {"shots": 0}),
    ],
)
def test_words_of_protocol_are_understood_in_labels(label, protocol):
    (number,) = card(markdown(f"| Model | {label} |", "| A | 23.3 |")).numbers
    assert number.registered_as == "aime_2024"
    assert number.protocol.model_dump(exclude_defaults=True) == protocol


def test_words_of_protocol_are_understood_in_footnotes():
    table = markdown("| Model | AIME 2024¹ |", "| A | 23.3 |") + "\n¹ avg@64, temperature 0.6\n"
    assert card(table).numbers[0].protocol.passes == 64


def test_a_language_of_a_benchmark_is_not_the_whole():
    table = markdown(
        "| Benchmark | Language | A |", "| MMLU | German | 60.6 |", "| GSM8K | | 50.1 |"
    )
    german, whole = card(table).numbers
    assert (german.registered_as, whole.registered_as) == ("", "gsm8k")


def test_a_surplus_empty_cell_is_read_over_and_a_full_one_loses_its_row_alone():
    table = markdown("| Model | MMLU |", "| A | 71.2 | |", "| B | 70.1 | 5 |", "| C | 70.2 |")
    scorecard = card(table)
    assert [n[0] for n in numbers(scorecard)] == ["A", "C"]
    assert any("it has 3 cells, its header 2" in told for told in scorecard.passed_over)


def test_a_count_of_all_documents_of_a_benchmark_is_a_percentage():
    (number,) = card(markdown("| Model | GSM8K |", "| A | 1,055/1,319 |")).numbers
    assert (number.printed, number.unit, number.documents) == ("79.984837", Unit.PERCENT, 1319)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("Modell;MMLU;GSM8K\nÄ;57,2;60,1\n".encode("latin-1"), "Windows-1252"),
        ("Model;MMLU;GSM8K\nÄ;57,2;60,1\n".encode(), "comma stands before decimals"),
        ("Model,MMLU,GSM8K\nÄ,57.2,60.1\n".encode("utf-16"), "UTF-16"),
        ("Model\tMMLU\tGSM8K\nÄ\t57.2\t60.1\n".encode("utf-16-le"), "UTF-16"),
        ("Model,MMLU,GSM8K\r\nÄ,57.2,60.1\r\n".encode("utf-8-sig"), None),
    ],
)
def test_encodings_and_delimiters_are_found_out_and_told(content, what):
    scorecard = card(content, ".csv")
    assert numbers(scorecard) == [("Ä", "MMLU", "57.2"), ("Ä", "GSM8K", "60.1")]
    assert what is None or any(what in told for told in scorecard.passed_over)


def test_a_wrong_reading_can_be_corrected():
    table = "a,b\nc,57.2\n"
    asked = {"columns": ["a=model"], "units": ["percent"], "models": ["c=Corvid"]}
    assert numbers(card(table, ".csv", **asked)) == [("Corvid", "b", "57.2")]
    renamed = card("Model,Foo\nA,57.2\n", ".csv", columns=["Foo=GPQA Diamond"])
    assert renamed.numbers[0].registered_as == "gpqa_diamond"
    skipped = card("Model,MMLU,GSM8K\nA,57.2,60.1\n", ".csv", columns=["MMLU=skip"])
    assert numbers(skipped) == [("A", "GSM8K", "60.1")]
    named = card("Benchmark,Score\nMMLU,57.2\n", ".csv", models=["Corvid"])
    assert numbers(named) == [("Corvid", "MMLU", "57.2")]
    mixed = card("Model,MMLU,Foo\nA,57.2,0.93\n", ".csv", units=["Foo=share"])
    assert [n.unit for n in mixed.numbers] == [Unit.PERCENT, Unit.SHARE]


@pytest.mark.parametrize("said", [{"columns": ["x"]}, {"units": ["feet"]}, {"models": ["a="]}])
def test_a_correction_that_says_nothing_is_refused(said):
    with pytest.raises(UsageError, match="expected"):
        corrections(**said)


@pytest.mark.parametrize(
    ("text", "ending", "limit"),
    [
        ("<div>" * 5_000 + "<table><tr><td>MMLU</td></tr></table>", ".html", "200 deep"),
        ("<table><tr>" + "<td colspan=999 rowspan=999>x</td>" * 999, ".html", "200000 cells"),
        ("<table>" + "<b>" * 400_001, ".html", "400000 tags"),
        (r"\begin{tabular}{l}" + "{" * 900 + r"\\ \end{tabular}", ".tex", "60 deep"),
        ("a  57.2\n" * 200_001, ".txt", "200000 lines"),
    ],
)
def test_what_would_choke_a_parser_is_refused_by_the_name_of_the_limit(text, ending, limit):
    with pytest.raises(EvidenceError, match=limit):
        card(text, ending)


def test_what_is_piped_in_is_read(monkeypatch):
    import io
    import sys
    from pathlib import Path

    class Piped:
        buffer = io.BytesIO(b"| Model | MMLU |\n|---|---|\n| A | 57.2 |\n")

    monkeypatch.setattr(sys, "stdin", Piped)
    scorecard = read_scorecard(Path("-"), registry=REGISTRY)
    assert (numbers(scorecard), scorecard.file) == ([("A", "MMLU", "57.2")], "standard input")


@pytest.mark.parametrize("first", ["", "Type", "Category", "Language"])
def test_a_heading_before_the_benchmark_is_read_over(first):
    table = markdown(f"| {first} | Benchmark | A |", "| x | MMLU | 71.2 |", "| | GSM8K | 50.1 |")
    assert numbers(card(table)) == [("A", "MMLU", "71.2"), ("A", "GSM8K", "50.1")]


def test_a_fraction_among_percentages_is_told():
    told = card(markdown("| Model | GSM8K |", "| A | 81.3 |", "| B | 0.52 |")).passed_over
    assert any("0.52" in sentence and "looks like a share" in sentence for sentence in told)
