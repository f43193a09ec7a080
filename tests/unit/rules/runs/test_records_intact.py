"""Cases of `records-intact`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    BROKEN,
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    digest,
    foreign,
    gsm8k_with,
    only,
    outcome_of,
    record,
    with_gsm8k,
    with_identifiers,
)

from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.rules.runs.records_intact import RecordsIntact

CASES = {
    MET: case,
    VIOLATED: lambda: replace(case(), broken_files=(BROKEN,)),
    UNDECIDED: lambda: with_gsm8k(foreign),
}


def test_record_without_a_results_file_is_not_shown_intact():
    judged = with_gsm8k(lambda r: r.model_copy(update={"files": r.files[:1]}))
    assert outcome_of(RecordsIntact(), judged) is UNDECIDED


@pytest.mark.parametrize(("observed", "outcome"), [("memory", MET), ("others", VIOLATED)])
def test_weights_in_memory_are_those_that_were_held_against_the_disk(observed, outcome):
    loaded = Identifier(kind=Kind.LOADED, value=digest(observed), grade=Grade.MEASURED)
    judged = with_gsm8k(lambda r: with_identifiers(r, Facet.WEIGHTS, loaded))
    assert outcome_of(RecordsIntact(), judged) is outcome


def test_field_that_contradicts_the_files_is_named():
    told = replace(BROKEN, field="asked.num_fewshot", file="record.json")
    finding = only(RecordsIntact(), replace(case(), broken_files=(told,)), VIOLATED)
    assert finding.statement == "record.json contradicts the files beside it: asked.num_fewshot"


def test_two_records_of_one_attempt_with_different_content_violate():
    judged = case(record("arc"), record(), record(value=0.93), record("lambada"))
    finding = only(RecordsIntact(), judged, VIOLATED)
    assert finding.statement == "gsm8k: 2 records of attempt gsm8k-1 hold different things"


def test_digests_that_nobody_took_at_the_run_do_not_show_it_intact():
    finding = only(RecordsIntact(), gsm8k_with("run.job_id", ""), UNDECIDED)
    assert finding.statement == "gsm8k: the log holds no digests of its files"


def test_broken_file_outside_every_benchmark_violates():
    judged = replace(case(), broken_files=(replace(BROKEN, benchmark="", file="ledger.jsonl"),))
    assert only(RecordsIntact(), judged, VIOLATED).benchmarks == ()
