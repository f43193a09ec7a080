"""Cases of `same-documents`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    digest,
    foreign,
    only,
    outcome_of,
    record,
    with_gsm8k,
    with_records,
)

from weighin.rules.interface import Outcome
from weighin.rules.protocol.same_documents import SameDocuments

LATER = "2026-11-20T12:00:00Z"


def beside(**fields):
    """A second attempt at gsm8k, with some fields of what was asked changed."""
    other = record(attempt="2", started=LATER)
    for name, value in fields.items():
        other = changed(other, f"asked.{name}", value)
    return case(record("arc"), record(), other, record("lambada"))


CASES = {
    MET: beside,
    VIOLATED: lambda: beside(documents_digest=digest("others")),
    UNDECIDED: lambda: with_records(case(), ()),
}


def test_lost_documents_between_two_attempts_violate_and_both_numbers_are_told():
    lost = beside(documents_digest=digest("fewer"), documents_scored=8, documents_total=8)
    finding = only(SameDocuments(), lost, VIOLATED)
    assert finding.statement == (
        "gsm8k: other documents than in the attempt of 2026-11-20T10:00:00Z: 8 and 100"
    )


def test_smoke_run_on_the_first_documents_is_held_against_nothing_else():
    smoke = record(attempt="2", started=LATER)
    smoke = changed(changed(smoke, "is_partial", value=True), "asked.documents_scored", 10)
    smoke = changed(smoke, "asked.documents_digest", digest("the first ten"))
    assert outcome_of(SameDocuments(), case(record(), smoke)) is MET


@pytest.mark.parametrize(
    ("revision", "outcome"), [("0" * 40, MET), ("main", UNDECIDED), (None, UNDECIDED)]
)
def test_log_without_digests_is_asked_for_a_commit_where_it_must_be_recorded(revision, outcome):
    def log(of):
        of = changed(foreign(of), "asked.documents_digest", None)
        return changed(of, "asked.dataset_revision", revision)

    assert outcome_of(SameDocuments(must_be_recorded=True), with_gsm8k(log)) is outcome
    assert outcome_of(SameDocuments(), with_gsm8k(log)) is MET


def test_records_without_any_digest_are_not_applicable():
    bare = changed(foreign(record()), "asked.documents_digest", None)
    assert outcome_of(SameDocuments(), case(bare)) is Outcome.NOT_APPLICABLE


def test_other_digest_of_another_harness_is_no_difference():
    other = changed(record(attempt="2"), "asked.documents_digest", digest("in other words"))
    other = changed(other, "run.harness", "another harness 1.0")
    assert outcome_of(SameDocuments(), case(record(), other)) is UNDECIDED
