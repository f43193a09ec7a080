"""Cases of `every-benchmark-present`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    case,
    gsm8k_with,
    only,
    outcome_of,
    record,
    verdict,
)

from weighin.evidence.collected import FinishedAttempt
from weighin.rules.runs.every_benchmark_present import EveryBenchmarkPresent

CASES = {
    MET: case,
    UNDECIDED: lambda: case(record("arc"), record("gsm8k")),
}


def test_missing_benchmark_is_undecided_and_the_command_is_told():
    finding = only(EveryBenchmarkPresent(), case(record("arc"), record("lambada")), UNDECIDED)
    assert finding.statement == "gsm8k: there is no record"
    assert finding.fix == "weighin run requirements.yaml --only gsm8k"


def test_interrupted_attempt_of_a_missing_benchmark_is_mentioned():
    judged = replace(case(record("arc"), record("lambada")), interrupted_attempts={"gsm8k": 1})
    finding = only(EveryBenchmarkPresent(), judged, UNDECIDED)
    assert "1 attempt ended without a score" in finding.statement


def test_an_attempt_of_a_missing_benchmark_that_answered_is_mentioned():
    answered = FinishedAttempt(
        model="tiny", benchmark="gsm8k", job_id="1", attempt_id="1", is_partial=False
    )
    judged = replace(case(record("arc"), record("lambada")), answered_attempts=(answered,))
    finding = only(EveryBenchmarkPresent(), judged, UNDECIDED)
    assert "1 attempt answered, and its score is not recorded" in finding.statement


def test_missing_metric_names_those_that_are_there():
    judged = gsm8k_with("scores.0.filter", "flexible-extract")
    finding = only(EveryBenchmarkPresent(), judged, UNDECIDED)
    assert finding.expected == "exact_match,strict-match"
    assert finding.found == "exact_match,flexible-extract"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_score_that_is_not_a_number_is_never_met(value):
    judged = gsm8k_with("scores.0.value", value)
    assert outcome_of(EveryBenchmarkPresent(), judged) is UNDECIDED
    assert verdict(judged).outcome is not MET
