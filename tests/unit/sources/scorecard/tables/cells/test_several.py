"""Cells with several numbers are read where a heading, a label or a caption names each."""

import pytest

from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import Corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def read(text):
    tables = read_tables(text.encode(), "a.md", REGISTRY, Corrections(), ".md")
    return scorecard_of_tables(tables)


def columns(heading, *cells):
    rows = "".join(f"| Tern-{n}B | {cell} | 4{n}.1 |\n" for n, cell in enumerate(cells, start=7))
    return f"| Model | {heading} | GSM8K |\n|---|---|---|\n{rows}"


def numbers(card):
    return [n.printed for n in card.numbers if n.benchmark != "GSM8K"]


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [
        ("SQuAD EM/F1", "80.1/85.2", "81.1/86.2"),
        ("SQuAD (EM / F1)", "80.1 / 85.2", "81.1 / **86.2**"),
        ("SQuAD (EM; F1)", "80.1; 85.2", "81.1; 86.2"),
        ("MMLU (Base → Instruct)", "80.1 → 85.2", "81.1 → 86.2"),
        ("pass@1/10", "80.1/85.2", "81.1/86.2"),
        ("MMLU / ARC-C", "80.1 / 85.2", "81.1 / 86.2"),
        ("BoolQ (acc / F1)", "80.1 ± 0.2 / 85.2 ± 0.3", "81.1 ± 0.2 / 86.2 ± 0.3"),
    ],
)
def test_a_heading_that_names_each_number_of_its_cells_heads_as_many_columns(
    heading, first, second
):
    assert sorted(numbers(read(columns(heading, first, second)))) == [
        "80.1",
        "81.1",
        "85.2",
        "86.2",
    ]


def test_a_number_that_is_named_as_no_score_is_passed_over():
    card = read(columns("MATH-500 (P@1 / #Tok)", "80.3 / 3171", "81.3 / 2171"))
    assert numbers(card) == ["80.3", "81.3"]
    assert any("#Tok" in told for told in card.passed_over)


def test_a_caption_names_the_numbers_of_all_cells():
    text = (
        "Accuracy / F1 of two models.\n\n| Model | BoolQ |\n|---|---|\n"
        "| Tern-7B | 80.1/85.2 |\n| Tern-8B | 81.1/86.2 |\n"
    )
    assert len(numbers(read(text))) == 4


def test_a_label_names_the_numbers_of_its_row():
    card = read(
        "| Benchmark | Tern-7B | Tern-8B |\n|---|---|---|\n"
        "| SQuAD (EM/F1) | 80.1/85.2 | 81.1/86.2 |\n"
        "| GSM8K | 40.1 | 41.1 |\n"
    )
    assert numbers(card) == ["80.1", "81.1", "85.2", "86.2"]


@pytest.mark.parametrize(
    ("first", "second"), [("80.1/85.2", "81.1/86.2"), ("80.1 → 85.2", "81 → 86")]
)
def test_numbers_that_nothing_names_are_passed_over_with_what_to_write(first, second):
    card = read(columns("MMLU", first, second))
    assert numbers(card) == []
    assert any("name each above it" in told for told in card.passed_over)


def test_counts_of_a_number_are_no_two_scores():
    card = read(columns("Passed/Total", "50/100", "51/100"))
    assert numbers(card) == []
