"""A model card with an index and tables: both are read, and one fact is told once."""

# ruff: noqa: E501  # pages as they are written
import pytest

from weighin.errors import EvidenceError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard

REGISTRY = load_registry()
TABLE = "| Metric | Value |\n|---|---|\n| MMLU (5-shot) | 71.2 |\n| GSM8K (5-shot) | 84.12 |\n| Avg. | 77.66 |\n"


def index(*values, name="heron-7b"):
    """Front matter with a number on each of two benchmarks."""
    results = "".join(
        f"  - task: {{type: text-generation}}\n    dataset: {{name: {dataset}, type: {dataset}}}\n"
        f"    metrics: [{{type: acc, value: {value}}}]\n"
        for dataset, value in zip(("MMLU", "GSM8K"), values, strict=False)
    )
    return f"---\nmodel-index:\n- name: {name}\n  results:\n{results}---\n\n"


@pytest.fixture
def read(tmp_path):
    """Reads a text as a card."""

    def reading(text):
        path = tmp_path / "README.md"
        path.write_text(text, "utf-8")
        return read_scorecard(path, registry=REGISTRY)

    return reading


def told(scorecard):
    return sorted((n.artifact, n.benchmark, n.printed) for n in scorecard.numbers)


def test_a_number_that_index_and_table_tell_is_one_claim(read):
    scorecard = read(index("71.23", "84.12") + TABLE)
    assert told(scorecard) == [
        ("heron-7b", "Avg.", "77.66"),
        ("heron-7b", "GSM8K", "84.12"),
        ("heron-7b", "MMLU", "71.23"),
    ]
    assert any("2 of the numbers in tables" in one for one in scorecard.passed_over)


def test_a_share_and_a_percentage_of_one_value_are_one_claim(read):
    assert len(read(index("0.712", "0.8412") + TABLE).numbers) == 3


def test_two_numbers_that_differ_are_two_claims(read):
    assert len(read(index("61.2", "84.12") + TABLE).numbers) == 4


def test_an_index_without_a_table_and_a_table_below_an_empty_index_are_read(read):
    assert len(read(index("71.2", "84.1") + "no table\n").numbers) == 2
    scorecard = read("---\nmodel-index:\n- name: heron-7b\n  results: []\n---\n\n" + TABLE)
    assert {n.artifact for n in scorecard.numbers} == {"heron-7b"}
    assert len(scorecard.numbers) == 3


def test_a_malformed_index_is_told_and_hides_no_table(read):
    scorecard = read(index("'about 71'", "84.1") + TABLE)
    assert len(scorecard.numbers) == 3
    assert any(one.startswith("model-index: ") for one in scorecard.passed_over)


def test_a_card_with_neither_is_refused(read):
    with pytest.raises(EvidenceError, match="model-index"):
        read("---\nmodel-index:\n- name: heron-7b\n  results: []\n---\n\nno table\n")
