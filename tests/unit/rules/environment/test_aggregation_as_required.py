"""Cases of `aggregation-as-required`, and what it says."""

import pytest
from tests.making.rules.builders import BENCHMARKS, MET, UNDECIDED, VIOLATED, case, only, outcome_of
from tests.making.rules.facts import answered, golden, single_answers

from weighin.evidence.facts import FactName
from weighin.rules.environment.aggregation_as_required import AggregationAsRequired

CASES = {
    MET: lambda: single_answers(case()),
    VIOLATED: lambda: golden(FactName.AGGREGATION, "pass@1", gsm8k="cons@64"),
    UNDECIDED: case,
}


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
    rule = AggregationAsRequired(required=dict.fromkeys(BENCHMARKS, "cons@64"))
    assert outcome_of(rule, golden(FactName.AGGREGATION, "cons@64")) is MET
    finding = only(rule, golden(FactName.AGGREGATION, "cons@64", arc="pass@1"), VIOLATED)
    assert (finding.expected, finding.found) == ("cons@64", "pass@1")


@pytest.mark.parametrize("found", ["mean", "avg@64", "pass@1"])
@pytest.mark.parametrize("required", ["mean", "pass@1"])
def test_score_of_a_single_answer_has_several_names(required, found):
    rule = AggregationAsRequired(required=dict.fromkeys(BENCHMARKS, required))
    assert outcome_of(rule, golden(FactName.AGGREGATION, found)) is MET


@pytest.mark.parametrize("found", ["cons@64", "pass@8", "macro", "best@1"])
def test_what_is_no_single_answer_is_not_taken_for_one(found):
    rule = AggregationAsRequired(required=dict.fromkeys(BENCHMARKS, "pass@1"))
    assert outcome_of(rule, golden(FactName.AGGREGATION, found)) is VIOLATED


def test_mean_over_documents_of_several_answers_says_nothing_of_how_they_became_one():
    assert outcome_of(AggregationAsRequired(), answered(8)) is UNDECIDED
