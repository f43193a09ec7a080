"""How many answers a score rests on, and the reasoning that was bought."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import case, only, outcome_of, record
from tests.making.rules.protocol_cases import fact_of, golden, of_answers

from weighin.evidence.facts import FactName
from weighin.rules.environment.aggregation_as_required import AggregationAsRequired
from weighin.rules.environment.test_time_compute_as_declared import ComputeAsDeclared
from weighin.rules.interface import Outcome

MET, VIOLATED, UNDECIDED = Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED
TASKS = ("arc", "gsm8k", "lambada")


def answered(answers, **settings):
    return case(*(of_answers(record(task), answers, **settings) for task in TASKS))


@pytest.mark.parametrize(
    ("aggregation", "outcome"),
    [
        ("pass@1", MET),
        ("mean", MET),
        ("macro", MET),
        ("avg@64", MET),
        ("cons@1", MET),
        ("cons@64", VIOLATED),
        ("maj@32", VIOLATED),
        ("pass@8", VIOLATED),
        ("best@4", VIOLATED),
        ("", UNDECIDED),
        (64, UNDECIDED),
    ],
)
def test_without_a_requirement_nothing_may_pick_among_answers(aggregation, outcome):
    assert outcome_of(AggregationAsRequired(), golden(FactName.AGGREGATION, aggregation)) is outcome


def test_required_aggregation_is_met_by_that_one_only():
    rule = AggregationAsRequired(required=dict.fromkeys(TASKS, "cons@64"))
    assert outcome_of(rule, golden(FactName.AGGREGATION, "cons@64")) is MET
    finding = only(rule, golden(FactName.AGGREGATION, "cons@64", arc="pass@1"), VIOLATED)
    assert (finding.expected, finding.found) == ("cons@64", "pass@1")


@pytest.mark.parametrize("found", ["mean", "avg@64", "pass@1"])
@pytest.mark.parametrize("required", ["mean", "pass@1"])
def test_score_of_a_single_answer_has_several_names(required, found):
    rule = AggregationAsRequired(required=dict.fromkeys(TASKS, required))
    assert outcome_of(rule, golden(FactName.AGGREGATION, found)) is MET


@pytest.mark.parametrize("found", ["cons@64", "pass@8", "macro", "best@1"])
def test_what_is_no_single_answer_is_not_taken_for_one(found):
    rule = AggregationAsRequired(required=dict.fromkeys(TASKS, "pass@1"))
    assert outcome_of(rule, golden(FactName.AGGREGATION, found)) is VIOLATED


def test_mean_over_documents_of_several_answers_says_nothing_of_how_they_became_one():
    assert outcome_of(AggregationAsRequired(), answered(8)) is UNDECIDED


def test_votes_under_a_declared_single_answer_violate():
    # The chart of Grok 3 on AIME25: cons@64 beside single answers.
    finding = only(ComputeAsDeclared(), golden(FactName.AGGREGATION, "cons@64"), VIOLATED)
    assert "64" in finding.statement
    assert finding.expected == "1"


def test_declared_votes_are_met():
    rule = ComputeAsDeclared(declared={task: {"answers_per_document": 64} for task in TASKS})
    assert outcome_of(rule, golden(FactName.AGGREGATION, "cons@64")) is MET
    assert outcome_of(rule, answered(64)) is MET
    assert outcome_of(rule, answered(32)) is VIOLATED


def test_votes_among_more_answers_than_were_observed_violate():
    voted = tuple(fact_of(r, FactName.AGGREGATION, "cons@64") for r in answered(1).records)
    assert outcome_of(ComputeAsDeclared(), replace(case(), records=voted)) is VIOLATED


def test_reasoning_effort_must_be_declared():
    thinking = answered(1, reasoning_effort="high")
    assert outcome_of(ComputeAsDeclared(), thinking) is VIOLATED
    high = ComputeAsDeclared(declared={task: {"reasoning_effort": "high"} for task in TASKS})
    assert outcome_of(high, thinking) is MET
    low = ComputeAsDeclared(declared={task: {"reasoning_effort": "low"} for task in TASKS})
    assert outcome_of(low, thinking) is VIOLATED
    assert outcome_of(high, answered(1)) is UNDECIDED


def test_setting_that_is_observed_as_unset_needs_no_declaration():
    assert outcome_of(ComputeAsDeclared(), answered(1, reasoning_effort=None)) is MET


def test_average_of_single_answers_is_one_answer_a_document():
    assert outcome_of(ComputeAsDeclared(), golden(FactName.AGGREGATION, "avg@16")) is MET
