"""Cases of `served-model-is-dated`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, only, outcome_of, record
from tests.making.rules.facts import DATED, OTHER_DATED, fact_of, golden, served

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.answers.served_model_is_dated import ServedModelIsDated
from weighin.rules.interface import Outcome

CASES = {
    MET: lambda: served(golden(FactName.REQUESTED_MODEL, DATED)),
    VIOLATED: lambda: served(
        golden(FactName.REQUESTED_MODEL, DATED, gsm8k="claude-3-7-sonnet-latest")
    ),
    UNDECIDED: lambda: served(case()),
}


def asked_for(name: str, *answered: str) -> Record:
    row = served(case(record())).records[0]
    row = fact_of(row, FactName.REQUESTED_MODEL, name)
    return fact_of(row, FactName.ANSWERED_MODELS, dict.fromkeys(answered, 1)) if answered else row


@pytest.mark.parametrize(
    "name", ["claude-3-7-sonnet-latest", "gpt-4o", "chatgpt-4o-latest", "o/mistral-large:latest"]
)
def test_undated_name_can_come_to_mean_another_model(name):
    assert outcome_of(ServedModelIsDated(), case(asked_for(name))) is VIOLATED


@pytest.mark.parametrize(
    "name", [DATED, "claude-3-5-sonnet-20241022", "gpt-4-0613", "mistral-large-2407", "x@001"]
)
def test_dated_name_holds(name):
    assert outcome_of(ServedModelIsDated(), case(asked_for(name))) is MET


def test_alias_names_what_answered_and_asks_for_it():
    finding = only(ServedModelIsDated(), case(asked_for("gpt-4o-latest", DATED)), VIOLATED)
    assert finding.fix == f"ask for {DATED}"


def test_server_that_says_another_dated_name_is_told():
    finding = only(ServedModelIsDated(), case(asked_for(DATED, OTHER_DATED)), VIOLATED)
    assert f"{DATED} was asked for, {OTHER_DATED} answered" in finding.statement


def test_name_before_the_slash_is_the_provider():
    judged = case(asked_for(f"openai/{DATED}", DATED))
    assert outcome_of(ServedModelIsDated(), judged) is MET


def test_model_in_process_is_not_asked_by_name():
    judged = case(fact_of(record(), FactName.REQUESTED_MODEL, "org/tiny"))
    assert outcome_of(ServedModelIsDated(), judged) is Outcome.NOT_APPLICABLE
