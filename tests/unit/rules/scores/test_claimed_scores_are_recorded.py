"""Cases of `claimed-scores-are-recorded`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    claiming,
    only,
    outcome_of,
    record,
    requirements,
)
from tests.making.rules.facts import fact_of, row_of_open_rs

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.interface import Outcome
from weighin.rules.scores.claimed_scores_are_recorded import ClaimedScoresAreRecorded, prints_as

CASES = {
    MET: lambda: claiming(case(), arc="50%", gsm8k="0.41"),
    VIOLATED: lambda: claiming(case(), arc="50%", gsm8k="42"),
    UNDECIDED: lambda: claiming(case(record("arc")), arc="50", gsm8k="41"),
}


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("46.7%", 14 / 30),
        ("46.7", 14 / 30),
        ("0.467", 14 / 30),
        ("0.47", 46.6667),
        ("80", 0.8),
        ("80%", 80.0),
        ("57.20", 0.572),
        # A half goes either way; this one is just below it as a double.
        ("0.29", 0.285),
        ("0.28", 0.285),
        # Cut off instead of rounded.
        ("46.6", 14 / 30),
        ("12.25", 12.25),
        ("100", 1.0),
        ("0", 0.0),
    ],
)
def test_score_prints_as_its_rounding_in_either_unit(printed, value):
    assert prints_as(printed, value)


@pytest.mark.parametrize(
    ("printed", "value"),
    [("46.8", 14 / 30), ("46.5", 14 / 30), ("57.2", 0.5731), ("0.8", 0.008), ("50%", 0.05)],
)
def test_score_does_not_print_as_another_number(printed, value):
    assert not prints_as(printed, value)


def test_headline_of_two_checkpoints_is_of_neither():
    finding = only(
        ClaimedScoresAreRecorded(),
        claiming(row_of_open_rs(), arc="80%", gsm8k="46.7%"),
        VIOLATED,
    )
    assert finding.statement == (
        "arc, gsm8k: each published score is recorded, but no one artifact has them all: "
        "80% on arc is of RS2; 46.7% on gsm8k is of RS3"
    )


def test_row_of_one_checkpoint_among_many_is_recorded():
    judged = claiming(row_of_open_rs(), arc="72.5", gsm8k="46.7")
    assert outcome_of(ClaimedScoresAreRecorded(), judged) is MET


def test_claim_that_was_never_recorded_names_what_was():
    finding = only(ClaimedScoresAreRecorded(), claiming(case(), gsm8k="57.2"), VIOLATED)
    assert finding.expected == "57.2"
    assert finding.found == "0.41"


def test_without_claims_the_rule_does_not_apply():
    assert outcome_of(ClaimedScoresAreRecorded(), case()) is Outcome.NOT_APPLICABLE


def test_claim_in_another_metric_than_the_required_one_is_undecided():
    benchmark = BenchmarkRequirement(task="gsm8k", metric="f1", claimed="41")
    judged = case(record(), requires=requirements(benchmarks=(benchmark,)))
    assert outcome_of(ClaimedScoresAreRecorded(), judged) is UNDECIDED


def stated(printed: str, *, unit: str = "percent", role: str = "claim") -> Record:
    """A number of a scorecard as `weighin check` reads it."""
    found = fact_of(record("gsm8k", value=float(printed)), FactName.STATED_BY, "scorecard")
    settings = {"printed": printed, "unit": unit, "role": role}
    return found.model_copy(update={"run": found.run.model_copy(update={"settings": settings})})


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        (stated("57.2"), MET),
        (stated("0.572", unit="share"), MET),
        (stated("58.9"), VIOLATED),
        (stated("57"), MET),
    ],
    ids=["confirmed", "as a share", "another number", "rounded away"],
)
def test_a_claim_of_a_scorecard_is_held_against_the_log(claim, outcome):
    logged = record("gsm8k", value=0.5722)
    assert outcome_of(ClaimedScoresAreRecorded(), case(logged, claim)) is outcome


def test_a_claim_without_a_run_is_undecided():
    assert outcome_of(ClaimedScoresAreRecorded(), case(stated("57.2"))) is UNDECIDED


def test_a_rerun_of_somebody_else_is_no_claim():
    logged = record("gsm8k", value=0.5722)
    found = outcome_of(ClaimedScoresAreRecorded(), case(logged, stated("58.9", role="rerun")))
    assert found is Outcome.NOT_APPLICABLE
