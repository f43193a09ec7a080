"""Cases of `one-continuous-run`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, foreign, outcome_of, record
from tests.making.rules.facts import golden

from weighin.evidence.collected import Declaration
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Origin
from weighin.identity.facets import Grade
from weighin.rules.runs.one_continuous_run import OneContinuousRun

CASES = {
    MET: case,
    VIOLATED: lambda: golden(
        FactName.RUNS_OF_DOCUMENTS, {"run-1": 100}, gsm8k={"run-1": 60, "run-2": 40}
    ),
    UNDECIDED: lambda: case(foreign(record())),
}


@pytest.mark.parametrize(
    ("runs", "outcome"),
    [
        ({"a": 100}, MET),
        ({"a": 100, "b": 0}, MET),
        ({"a": 99, "b": 1}, VIOLATED),
        ({"a": 99}, UNDECIDED),
        ({}, UNDECIDED),
        ({"a": "100"}, UNDECIDED),
        (["a"], UNDECIDED),
    ],
)
def test_all_documents_must_be_of_one_run(runs, outcome):
    of = golden(FactName.RUNS_OF_DOCUMENTS, runs)
    assert outcome_of(OneContinuousRun(), of) is outcome


def test_one_run_can_be_declared_of_a_foreign_log():
    fact = Fact(
        name=FactName.RUNS_OF_DOCUMENTS, value={"night of the 3rd": 100}, grade=Grade.DECLARED
    )
    origin = Origin(producer="somebody", file="declarations.yaml")
    declared = Declaration(model="tiny", benchmark="gsm8k", facts=(fact,), origin=origin)
    of = replace(case(foreign(record())), declarations=(declared,))
    assert outcome_of(OneContinuousRun(), of) is MET
