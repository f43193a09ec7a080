"""Which documents a score rests on, failed and missing ones among them."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import case, changed, foreign, gsm8k_with, only, outcome_of, record
from tests.making.rules.protocol_cases import fact_of, golden

from weighin.evidence.collected import Declaration
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Origin
from weighin.identity.facets import Grade
from weighin.rules.interface import Outcome
from weighin.rules.runs.one_continuous_run import OneContinuousRun
from weighin.rules.scores.all_documents_scored import AllDocumentsScored
from weighin.rules.scores.errors_count_as_wrong import ErrorsCountAsWrong
from weighin.rules.scores.uncertainty_is_shown import UncertaintyIsShown

MET, VIOLATED, UNDECIDED = Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED


def test_missing_documents_are_named():
    # 23 of 500 problems of SWE-bench Verified were left out.
    ids = [f"django__django-{n}" for n in range(23)]
    partial = changed(record(), "asked.documents_total", 500)
    partial = changed(partial, "asked.documents_scored", 477)
    partial = changed(partial, "scores.0.documents", 477)
    finding = only(
        AllDocumentsScored(), case(fact_of(partial, FactName.MISSING_DOCUMENTS, ids)), VIOLATED
    )
    assert "477 of 500 documents have a score" in finding.statement
    assert "django__django-0" in finding.statement
    assert "19 more" in finding.statement


def test_named_missing_documents_violate_whatever_the_counts_say():
    of = golden(FactName.MISSING_DOCUMENTS, [], gsm8k=["gsm8k/417"])
    finding = only(AllDocumentsScored(), of, VIOLATED)
    assert finding.benchmarks == ("gsm8k",)
    assert "gsm8k/417" in finding.statement


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"errors": 0, "counted_as_wrong": None}, MET),
        ({"errors": 4, "counted_as_wrong": None}, UNDECIDED),
        ({"errors": 4}, UNDECIDED),
        ({"errors": 4, "counted_as_wrong": "yes"}, UNDECIDED),
        ({"errors": -1, "counted_as_wrong": True}, UNDECIDED),
        (4, UNDECIDED),
    ],
)
def test_errors_are_met_only_where_they_are_known_to_count(value, outcome):
    assert outcome_of(ErrorsCountAsWrong(), golden(FactName.ERRORS, value)) is outcome


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


@pytest.mark.parametrize(
    ("path", "value", "outcome"),
    [
        ("scores.0.stderr", 0.0, VIOLATED),
        ("scores.0.documents", None, MET),
        ("asked.documents_scored", None, MET),
    ],
)
def test_uncertainty_needs_a_standard_error_above_zero(path, value, outcome):
    assert outcome_of(UncertaintyIsShown(), gsm8k_with(path, value)) is outcome


def test_perfect_score_has_no_standard_error_of_documents():
    perfect = changed(record(value=1.0), "scores.0.stderr", 0.0)
    assert outcome_of(UncertaintyIsShown(), case(perfect)) is MET
