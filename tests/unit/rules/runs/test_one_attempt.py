"""Cases of `one-attempt`, and what it says."""

from dataclasses import replace

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
    requirements,
    verdict,
    with_gsm8k,
)

from weighin.evidence.collected import FinishedAttempt
from weighin.rules.runs.one_attempt import OneAttempt
from weighin.rules.runs.records_intact import RecordsIntact

CASES = {
    MET: case,
    VIOLATED: lambda: case(record(), record(attempt="2", value=0.44)),
    UNDECIDED: lambda: with_gsm8k(foreign),
}


def told_by_ledger(attempt_id: str) -> FinishedAttempt:
    return FinishedAttempt(
        model="tiny",
        benchmark="gsm8k",
        job_id=digest("job gsm8k"),
        attempt_id=attempt_id,
        is_partial=False,
    )


def test_attempts_beyond_the_limit_are_listed_with_score_and_start():
    judged = case(record(), record(attempt="2", value=0.44, started="2026-11-20T12:00:00Z"))
    finding = only(OneAttempt(), judged, VIOLATED)
    assert finding.found == (
        "exact_match,strict-match 0.41 (started 2026-11-20T10:00:00Z); "
        "exact_match,strict-match 0.44 (started 2026-11-20T12:00:00Z)"
    )


def test_limit_allows_as_many_attempts():
    judged = case(record(), record(attempt="2"))
    assert outcome_of(OneAttempt(limit=2), judged) is MET


def test_interrupted_attempts_are_mentioned_and_not_counted():
    judged = replace(case(), interrupted_attempts={"gsm8k": 2})
    found = list(OneAttempt().check(judged))
    assert {f.outcome for f in found} == {MET}
    assert any("2 further attempts ended without a score" in f.statement for f in found)


def answered(attempt_id: str, *, is_partial: bool = False) -> FinishedAttempt:
    return replace(told_by_ledger(attempt_id), is_partial=is_partial)


@pytest.mark.parametrize(
    ("limit", "attempts", "expected"),
    [
        (1, [answered("gsm8k-2")], UNDECIDED),
        (2, [answered("gsm8k-2")], MET),
        (2, [answered("gsm8k-2"), answered("gsm8k-3")], UNDECIDED),
        # A part is no attempt at all documents.
        (1, [answered("gsm8k-2", is_partial=True)], MET),
    ],
)
def test_an_attempt_that_answered_may_have_had_a_score(limit, attempts, expected):
    judged = replace(case(), answered_attempts=tuple(attempts))
    found = list(OneAttempt(limit=limit).check(judged))
    (of,) = (f for f in found if "gsm8k" in f.benchmarks)
    assert of.outcome is expected
    whole = [a for a in attempts if not a.is_partial]
    assert ("answered, and its score is not recorded" in of.statement) is bool(whole)
    assert all(f"attempt {a.attempt_id}" in of.found for a in whole)
    assert "ended without a score" not in of.statement


def test_an_attempt_that_was_ended_with_answers_that_no_record_holds_is_told_in_its_words():
    given_up = replace(answered("gsm8k-2"), answers=40)
    finding = only(OneAttempt(), replace(case(), answered_attempts=(given_up,)), UNDECIDED)
    assert "1 further attempt was ended with answers that no record holds" in finding.statement
    assert "(40 answers, not recorded)" in finding.found


def test_attempts_that_answered_change_nothing_where_too_many_are_recorded():
    judged = case(record(), record(attempt="2", value=0.44))
    judged = replace(judged, answered_attempts=(answered("gsm8k-3"),))
    finding = only(OneAttempt(), judged, VIOLATED)
    assert "1 further attempt answered, and its score is not recorded" in finding.statement


def test_attempt_in_the_ledger_counts_though_its_record_was_not_given():
    told = (told_by_ledger("gsm8k-1"), told_by_ledger("gsm8k-2"), told_by_ledger("gsm8k-3"))
    judged = replace(case(), finished_attempts=told)
    finding = only(OneAttempt(), judged, VIOLATED)
    assert finding.statement == (
        "3 attempts of gsm8k are known to the ledger, 1 was given as evidence"
    )


def test_attempt_under_other_settings_counts_and_is_listed():
    other = replace(told_by_ledger("gsm8k-2"), job_id=digest("another job"))
    finding = only(OneAttempt(), replace(case(), finished_attempts=(other,)), VIOLATED)
    assert f"attempt gsm8k-2 of job {other.job_id[:12]} (not in the evidence)" in finding.found


@pytest.mark.parametrize(("samples", "expected"), [("all", MET), (100, VIOLATED)])
def test_partial_attempt_in_the_ledger_counts_unless_all_documents_are_required(samples, expected):
    benchmarks = tuple(b.model_copy(update={"samples": samples}) for b in requirements().benchmarks)
    judged = replace(
        case(requires=requirements(benchmarks=benchmarks)),
        finished_attempts=(replace(told_by_ledger("gsm8k-2"), is_partial=True),),
    )
    assert outcome_of(OneAttempt(), judged) is expected


def test_partial_record_beside_a_whole_one_is_no_second_attempt():
    partial = changed(record(attempt="2"), "is_partial", value=True)
    assert outcome_of(OneAttempt(), case(record(), partial)) is MET


@pytest.mark.parametrize("rule", [OneAttempt(), RecordsIntact()])
def test_attempt_that_no_ledger_vouches_for_is_undecided(rule):
    judged = replace(case(), unvouched_attempts=frozenset({"gsm8k-1"}))
    finding = only(rule, judged, UNDECIDED)
    assert finding.statement == "gsm8k: no ledger vouches for this attempt"
    assert "with its ledger.jsonl" in finding.fix


def test_foreign_log_does_not_show_how_many_attempts_were_made():
    finding = only(OneAttempt(), with_gsm8k(foreign), UNDECIDED)
    assert finding.statement == "gsm8k: the log does not show how many attempts were made"


def test_one_record_given_twice_is_one_attempt():
    copy = changed(record(), "origin.file", "copy/record.json")
    judged = case(record("arc"), record(), copy, record("lambada"))
    assert verdict(judged).outcome is MET
