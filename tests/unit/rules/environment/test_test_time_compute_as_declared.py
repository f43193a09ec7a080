"""Cases of `test-time-compute-as-declared`, and what it says."""

from tests.making.rules.builders import (
    BENCHMARKS,
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    only,
    outcome_of,
    with_records,
)
from tests.making.rules.facts import answered, fact_of, golden, single_answers

from weighin.evidence.facts import FactName
from weighin.rules.environment.test_time_compute_as_declared import ComputeAsDeclared

CASES = {
    MET: lambda: single_answers(case()),
    VIOLATED: lambda: golden(FactName.AGGREGATION, "pass@1", gsm8k="cons@64"),
    UNDECIDED: case,
}


def test_votes_under_a_declared_single_answer_violate():
    # The chart of Grok 3 on AIME25: cons@64 beside single answers.
    finding = only(ComputeAsDeclared(), golden(FactName.AGGREGATION, "cons@64"), VIOLATED)
    assert "64" in finding.statement
    assert finding.expected == "1"


def test_declared_votes_are_met():
    rule = ComputeAsDeclared(declared={task: {"answers_per_document": 64} for task in BENCHMARKS})
    assert outcome_of(rule, golden(FactName.AGGREGATION, "cons@64")) is MET
    assert outcome_of(rule, answered(64)) is MET
    assert outcome_of(rule, answered(32)) is VIOLATED


def test_votes_among_more_answers_than_were_observed_violate():
    voted = tuple(fact_of(r, FactName.AGGREGATION, "cons@64") for r in answered(1).records)
    assert outcome_of(ComputeAsDeclared(), with_records(case(), voted)) is VIOLATED


def test_reasoning_effort_must_be_declared():
    thinking = answered(1, reasoning_effort="high")
    assert outcome_of(ComputeAsDeclared(), thinking) is VIOLATED
    high = ComputeAsDeclared(declared={task: {"reasoning_effort": "high"} for task in BENCHMARKS})
    assert outcome_of(high, thinking) is MET
    low = ComputeAsDeclared(declared={task: {"reasoning_effort": "low"} for task in BENCHMARKS})
    assert outcome_of(low, thinking) is VIOLATED
    assert outcome_of(high, answered(1)) is UNDECIDED


def test_setting_that_is_observed_as_unset_needs_no_declaration():
    assert outcome_of(ComputeAsDeclared(), answered(1, reasoning_effort=None)) is MET


def test_average_of_single_answers_is_one_answer_a_document():
    assert outcome_of(ComputeAsDeclared(), golden(FactName.AGGREGATION, "avg@16")) is MET
