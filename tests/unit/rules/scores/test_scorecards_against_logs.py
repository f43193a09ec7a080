"""Claims of a scorecard among the evidence, held against what was logged."""

import pytest
from tests.making.rules.builders import case, outcome_of, record
from tests.making.rules.protocol_cases import fact_of

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.interface import Outcome
from weighin.rules.scores.claimed_scores_are_recorded import ClaimedScoresAreRecorded


def stated(printed: str, *, unit: str = "percent", role: str = "claim") -> Record:
    """A number of a scorecard as `weighin check` reads it."""
    found = fact_of(record("gsm8k", value=float(printed)), FactName.STATED_BY, "scorecard")
    settings = {"printed": printed, "unit": unit, "role": role}
    return found.model_copy(update={"run": found.run.model_copy(update={"settings": settings})})


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        (stated("57.2"), Outcome.MET),
        (stated("0.572", unit="share"), Outcome.MET),
        (stated("58.9"), Outcome.VIOLATED),
        (stated("57"), Outcome.MET),
    ],
    ids=["confirmed", "as a share", "another number", "rounded away"],
)
def test_a_claim_of_a_scorecard_is_held_against_the_log(claim, outcome):
    logged = record("gsm8k", value=0.5722)
    assert outcome_of(ClaimedScoresAreRecorded(), case(logged, claim)) is outcome


def test_a_claim_without_a_run_is_undecided():
    assert outcome_of(ClaimedScoresAreRecorded(), case(stated("57.2"))) is Outcome.UNDECIDED


def test_a_rerun_of_somebody_else_is_no_claim():
    logged = record("gsm8k", value=0.5722)
    found = outcome_of(ClaimedScoresAreRecorded(), case(logged, stated("58.9", role="rerun")))
    assert found is Outcome.NOT_APPLICABLE
