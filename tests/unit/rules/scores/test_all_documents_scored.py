"""Cases of `all-documents-scored`, and what it says."""

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

from weighin.evidence.facts import FactName
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
