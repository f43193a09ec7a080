"""Cases of `all-documents-scored`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    gsm8k_with,
    only,
    outcome_of,
    record,
    requiring_gsm8k,
    with_record,
)
from tests.making.rules.facts import fact_of, golden

from weighin.evidence.benchmarks import (
    Averaging,
    Benchmark,
    BenchmarkRegistry,
    Certainty,
    ScoreKind,
)
from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding
from weighin.rules.scores.all_documents_scored import AllDocumentsScored

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("asked.documents_scored", 99),
    UNDECIDED: lambda: gsm8k_with("asked.documents_scored", None),
}


def test_first_documents_are_enough_where_so_many_are_required():
    judged = with_record(requiring_gsm8k(samples=50), "asked.documents_scored", 50)
    judged = with_record(judged, "is_partial", value=True)
    assert outcome_of(AllDocumentsScored(), judged) is MET
    fewer = with_record(judged, "asked.documents_scored", 49)
    assert outcome_of(AllDocumentsScored(), fewer) is VIOLATED


def test_more_documents_than_the_split_has_violate():
    judged = gsm8k_with("asked.documents_scored", 101)
    assert outcome_of(AllDocumentsScored(), judged) is VIOLATED


def test_benchmark_of_no_documents_is_not_all_documents():
    judged = with_record(gsm8k_with("asked.documents_scored", 0), "asked.documents_total", 0)
    assert outcome_of(AllDocumentsScored(), judged) is VIOLATED


def test_partial_run_is_never_all_documents():
    judged = gsm8k_with("is_partial", value=True)
    assert outcome_of(AllDocumentsScored(), judged) is VIOLATED


def test_of_several_attempts_the_latest_whole_one_is_claimed():
    partial = changed(
        changed(record(attempt="2", started="2026-11-20T12:00:00Z"), "is_partial", value=True),
        "asked.documents_scored",
        5,
    )
    judged = case(record("arc"), record(), partial, record("lambada"))
    assert outcome_of(AllDocumentsScored(), judged) is MET
    alone = case(record("arc"), partial, record("lambada"))
    assert outcome_of(AllDocumentsScored(), alone) is VIOLATED


def test_missing_documents_are_named():
    # 23 of 500 problems of SWE-bench Verified were left out.
    ids = [f"django__django-{n}" for n in range(23)]
    partial = changed(record(), "asked.documents_total", 500)
    partial = changed(partial, "asked.documents_scored", 477)
    partial = changed(partial, "scores.0.documents", 477)
    finding = only(
        AllDocumentsScored(), case(fact_of(partial, FactName.MISSING_DOCUMENTS, ids)), VIOLATED
    )
    assert "477 of 500 documents have a score" in finding.statement
    assert "django__django-0" in finding.statement
    assert "19 more" in finding.statement


def test_named_missing_documents_violate_whatever_the_counts_say():
    of = golden(FactName.MISSING_DOCUMENTS, [], gsm8k=["gsm8k/417"])
    finding = only(AllDocumentsScored(), of, VIOLATED)
    assert finding.benchmarks == ("gsm8k",)
    assert "gsm8k/417" in finding.statement


REVISION = "a" * 40
EXAM = Benchmark(
    id="exam",
    names=("Exam",),
    split="test",
    documents=100,
    metric="exact_match",
    score=ScoreKind.BINARY,
    averaging=(Averaging.MICRO,),
    certainty=Certainty.COUNTED,
    source="our own data",
    lm_eval=("gsm8k",),
    dataset="org/gsm8k",
    revisions=("b" * 40, REVISION),
)


def split_of(
    total: int | None, *, revision: str | None, path: str | None = "org/gsm8k", **known: object
) -> list[Finding]:
    """What is said of gsm8k with a split of so many documents, beside the registry's exam."""
    registry = BenchmarkRegistry(benchmarks=(EXAM.model_copy(update=known),))
    judged = gsm8k_with("asked.dataset_revision", revision)
    for name, value in (
        ("dataset_path", path), ("documents_total", total), ("documents_scored", total),
    ):  # fmt: skip
        judged = with_record(judged, f"asked.{name}", value)
    judged = with_record(judged, "scores.0.documents", total)
    found = AllDocumentsScored().check(replace(judged, registered=registry.scored_by))
    return [f for f in found if "registry" in f.statement]


@pytest.mark.parametrize("total", [1, 99, 101])
def test_split_of_another_size_violates_at_a_commit_that_the_registry_knows(total):
    (finding,) = split_of(total, revision=REVISION)
    assert finding.outcome is VIOLATED
    assert finding.expected == "100 documents"
    assert finding.found == f"{total} document{'' if total == 1 else 's'}"
    assert finding.benchmarks == ("gsm8k",)


@pytest.mark.parametrize("total", [99, 101])
@pytest.mark.parametrize("revision", [None, "main", REVISION[:12], "c" * 40])
def test_split_of_another_size_is_a_note_where_the_commit_floats_or_is_another(total, revision):
    (finding,) = split_of(total, revision=revision)
    assert finding.outcome is MET
    assert f"has {total} documents, in the registry of benchmarks 100" in finding.statement


def test_size_that_is_only_remembered_is_a_note():
    (finding,) = split_of(99, revision=REVISION, certainty=Certainty.REMEMBERED)
    assert finding.outcome is MET


@pytest.mark.parametrize("path", [None, "json", "other/gsm8k", "/data/gsm8k"])
def test_documents_that_are_of_another_dataset_are_not_held_against_the_registry(path):
    assert split_of(99, revision=REVISION, path=path) == []


@pytest.mark.parametrize("path", [None, "json"])
def test_the_registry_is_not_read_for_documents_that_are_of_no_hub(path):
    asked: list[str] = []
    judged = replace(gsm8k_with("asked.dataset_path", path), registered=asked.append)
    assert outcome_of(AllDocumentsScored(), judged) is MET
    assert asked == ["arc", "lambada"]


@pytest.mark.parametrize("known", [{"lm_eval": ("other",)}, {"dataset": None}])
def test_benchmark_that_the_registry_does_not_know_is_of_any_size(known):
    assert split_of(99, revision=REVISION, **known) == []


@pytest.mark.parametrize("revision", [None, "main", REVISION])
def test_split_of_the_size_in_the_registry_is_not_spoken_of(revision):
    assert split_of(100, revision=revision) == []


def test_unknown_size_of_the_split_is_not_held_against_the_registry():
    assert split_of(None, revision=REVISION) == []


def test_smoke_run_shows_the_size_of_its_split():
    registry = BenchmarkRegistry(benchmarks=(EXAM,))
    judged = with_record(gsm8k_with("is_partial", value=True), "asked.documents_scored", 10)
    judged = with_record(judged, "asked.documents_total", 99)
    judged = with_record(judged, "asked.dataset_revision", REVISION)
    found = AllDocumentsScored().check(replace(judged, registered=registry.scored_by))
    assert [f.found for f in found if f.outcome is VIOLATED] == ["10 documents", "99 documents"]
