"""Rules on what evidence there is, and on attempts."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    case,
    changed,
    digest,
    foreign,
    gsm8k_with,
    only,
    outcome_of,
    record,
    requirements,
    verdict,
    with_gsm8k,
    with_identifiers,
)

from weighin.evidence.collected import FinishedAttempt
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.rules.interface import Outcome
from weighin.rules.runs.every_benchmark_present import EveryBenchmarkPresent
from weighin.rules.runs.evidence_at_least import EvidenceAtLeast
from weighin.rules.runs.one_attempt import OneAttempt
from weighin.rules.runs.records_intact import RecordsIntact


def told_by_ledger(attempt_id: str) -> FinishedAttempt:
    return FinishedAttempt(
        model="tiny",
        benchmark="gsm8k",
        job_id=digest("job gsm8k"),
        attempt_id=attempt_id,
        is_partial=False,
    )


def test_missing_benchmark_is_undecided_and_the_command_is_told():
    finding = only(
        EveryBenchmarkPresent(), case(record("arc"), record("lambada")), Outcome.UNDECIDED
    )
    assert finding.statement == "gsm8k: there is no record"
    assert finding.fix == "weighin run requirements.yaml --only gsm8k"


def test_interrupted_attempt_of_a_missing_benchmark_is_mentioned():
    judged = replace(case(record("arc"), record("lambada")), interrupted_attempts={"gsm8k": 1})
    finding = only(EveryBenchmarkPresent(), judged, Outcome.UNDECIDED)
    assert "1 attempt ended without a score" in finding.statement


def test_missing_metric_names_those_that_are_there():
    judged = gsm8k_with("scores.0.filter", "flexible-extract")
    finding = only(EveryBenchmarkPresent(), judged, Outcome.UNDECIDED)
    assert finding.expected == "exact_match,strict-match"
    assert finding.found == "exact_match,flexible-extract"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_score_that_is_not_a_number_is_never_met(value):
    judged = gsm8k_with("scores.0.value", value)
    assert outcome_of(EveryBenchmarkPresent(), judged) is Outcome.UNDECIDED
    assert verdict(judged).outcome is not Outcome.MET


def test_each_weak_facet_is_named_with_its_benchmark_and_how_to_record_it():
    found = {f.facet: f for f in EvidenceAtLeast().check(with_gsm8k(foreign))}
    assert set(found) == set(Facet)
    assert found[Facet.WEIGHTS].statement == "weights: named on gsm8k"
    assert found[Facet.DTYPE].statement == "dtype: absent on gsm8k"
    assert found[Facet.DTYPE].fix == "flag for dtype"


def test_without_required_facets_the_grade_of_evidence_is_not_applicable():
    judged = case(requires=requirements(same=()))
    assert outcome_of(EvidenceAtLeast(), judged) is Outcome.NOT_APPLICABLE


def test_attempts_beyond_the_limit_are_listed_with_score_and_start():
    judged = case(record(), record(attempt="2", value=0.44, started="2026-11-20T12:00:00Z"))
    finding = only(OneAttempt(), judged, Outcome.VIOLATED)
    assert finding.found == (
        "exact_match,strict-match 0.41 (started 2026-11-20T10:00:00Z); "
        "exact_match,strict-match 0.44 (started 2026-11-20T12:00:00Z)"
    )


def test_limit_allows_as_many_attempts():
    judged = case(record(), record(attempt="2"))
    assert outcome_of(OneAttempt(limit=2), judged) is Outcome.MET


def test_interrupted_attempts_are_mentioned_and_not_counted():
    judged = replace(case(), interrupted_attempts={"gsm8k": 2})
    found = list(OneAttempt().check(judged))
    assert {f.outcome for f in found} == {Outcome.MET}
    assert any("2 further attempts ended without a score" in f.statement for f in found)


def test_attempt_in_the_ledger_counts_though_its_record_was_not_given():
    told = (told_by_ledger("gsm8k-1"), told_by_ledger("gsm8k-2"), told_by_ledger("gsm8k-3"))
    judged = replace(case(), finished_attempts=told)
    finding = only(OneAttempt(), judged, Outcome.VIOLATED)
    assert finding.statement == (
        "3 attempts of gsm8k are known to the ledger, 1 was given as evidence"
    )


def test_attempt_under_other_settings_counts_and_is_listed():
    other = replace(told_by_ledger("gsm8k-2"), job_id=digest("another job"))
    finding = only(OneAttempt(), replace(case(), finished_attempts=(other,)), Outcome.VIOLATED)
    assert f"attempt gsm8k-2 of job {other.job_id[:12]} (not in the evidence)" in finding.found


@pytest.mark.parametrize(("samples", "expected"), [("all", Outcome.MET), (100, Outcome.VIOLATED)])
def test_partial_attempt_in_the_ledger_counts_unless_all_documents_are_required(samples, expected):
    benchmarks = tuple(b.model_copy(update={"samples": samples}) for b in requirements().benchmarks)
    judged = replace(
        case(requires=requirements(benchmarks=benchmarks)),
        finished_attempts=(replace(told_by_ledger("gsm8k-2"), is_partial=True),),
    )
    assert outcome_of(OneAttempt(), judged) is expected


def test_partial_record_beside_a_whole_one_is_no_second_attempt():
    partial = changed(record(attempt="2"), "is_partial", value=True)
    assert outcome_of(OneAttempt(), case(record(), partial)) is Outcome.MET


@pytest.mark.parametrize("rule", [OneAttempt(), RecordsIntact()])
def test_attempt_that_no_ledger_vouches_for_is_undecided(rule):
    judged = replace(case(), unvouched_attempts=frozenset({"gsm8k-1"}))
    finding = only(rule, judged, Outcome.UNDECIDED)
    assert finding.statement == "gsm8k: no ledger vouches for this attempt"
    assert "with its ledger.jsonl" in finding.fix


def test_record_without_a_results_file_is_not_shown_intact():
    judged = with_gsm8k(lambda r: r.model_copy(update={"files": r.files[:1]}))
    assert outcome_of(RecordsIntact(), judged) is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("observed", "outcome"), [("memory", Outcome.MET), ("others", Outcome.VIOLATED)]
)
def test_weights_in_memory_are_those_that_were_held_against_the_disk(observed, outcome):
    loaded = Identifier(kind=Kind.LOADED, value=digest(observed), grade=Grade.MEASURED)
    judged = with_gsm8k(lambda r: with_identifiers(r, Facet.WEIGHTS, loaded))
    assert outcome_of(RecordsIntact(), judged) is outcome


def test_field_that_contradicts_the_files_is_named():
    from tests.making.rules.cases import BROKEN

    told = replace(BROKEN, field="asked.num_fewshot", file="record.json")
    finding = only(RecordsIntact(), replace(case(), broken_files=(told,)), Outcome.VIOLATED)
    assert finding.statement == "record.json contradicts the files beside it: asked.num_fewshot"


def test_foreign_log_does_not_show_how_many_attempts_were_made():
    finding = only(OneAttempt(), with_gsm8k(foreign), Outcome.UNDECIDED)
    assert finding.statement == "gsm8k: the log does not show how many attempts were made"


def test_one_record_given_twice_is_one_attempt():
    copy = changed(record(), "origin.file", "copy/record.json")
    judged = case(record("arc"), record(), copy, record("lambada"))
    assert verdict(judged).outcome is Outcome.MET


def test_two_records_of_one_attempt_with_different_content_violate():
    judged = case(record("arc"), record(), record(value=0.93), record("lambada"))
    finding = only(RecordsIntact(), judged, Outcome.VIOLATED)
    assert finding.statement == "gsm8k: 2 records of attempt gsm8k-1 hold different things"


def test_digests_that_nobody_took_at_the_run_do_not_show_it_intact():
    finding = only(RecordsIntact(), gsm8k_with("run.job_id", ""), Outcome.UNDECIDED)
    assert finding.statement == "gsm8k: the log holds no digests of its files"


def test_broken_file_outside_every_benchmark_violates():
    from tests.making.rules.cases import BROKEN

    judged = replace(case(), broken_files=(replace(BROKEN, benchmark="", file="ledger.jsonl"),))
    assert only(RecordsIntact(), judged, Outcome.VIOLATED).benchmarks == ()
