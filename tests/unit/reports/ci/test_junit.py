"""JUnit of any answer: junitparser is the judge of the form, and nothing doubtful is green."""

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from weighin.reports.ci.failure import notices_of_error
from weighin.reports.ci.junit import render
from weighin.reports.ci.notices import (
    Identified,
    Notice,
    Notices,
    Passed,
    Place,
    RuleHelp,
    fingerprinted,
    never_green,
)
from weighin.reports.page.model import Acceptance
from weighin.rules.interface import Level, Outcome

RULE = RuleHelp(id="some-check", sentence="Nothing is wrong.")
ITSELF = RuleHelp(id="itself", sentence="All is well.")


def notice(outcome=Outcome.VIOLATED, level=Level.ERROR, **fields):
    stated = {"statement": "57.2 is impossible", "subjects": ("GPQA",)}
    place = Place(file="card.yaml", line=7)
    return Notice(rule=RULE.id, level=level, outcome=outcome, place=place, **{**stated, **fields})


def answer(*notices, outcome=Outcome.VIOLATED, passed=()):
    found = Notices(
        kind="scorecard",
        title="card",
        outcome=outcome,
        exit_code=10,
        summary="1 finding",
        place=Place(file="card.yaml", line=1),
        rules={RULE.id: RULE},
        notices=tuple(fingerprinted("scorecard", map(Identified, notices))),
        passed=passed,
    )
    return never_green(found, ITSELF)


def cases(told):
    (suite,) = JUnitXml.fromstring(render(told).encode())
    return {
        (case.classname, case.name): tuple(type(result) for result in case.result) for case in suite
    }


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        (Outcome.MET, ()),
        (Outcome.VIOLATED, (Failure,)),
        (Outcome.UNDECIDED, (Error,)),
        (Outcome.NOT_APPLICABLE, (Error,)),
        (Outcome.PARTIAL, (Skipped,)),
        (Outcome.WAIVED, (Skipped,)),
    ],
)
def test_the_answer_itself_is_a_test_case_and_told_once(outcome, kinds):
    assert cases(answer(outcome=outcome)) == {("weighin", "scorecard"): kinds}


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        (notice(), (Failure,)),
        (notice(Outcome.UNDECIDED), (Error,)),
        (notice(level=Level.WARNING), ()),
        (notice(level=Level.NOTE), ()),
        (
            notice(Outcome.WAIVED, Level.NOTE, acceptance=Acceptance("a", "b", "2027-01-31")),
            (Skipped,),
        ),
    ],
)
def test_each_notice_is_one_kind_of_result(told, kinds):
    assert cases(answer(told))["some-check", "GPQA"] == kinds


def test_a_lower_level_passes_and_carries_its_words():
    (suite,) = JUnitXml.fromstring(render(answer(notice(level=Level.WARNING))).encode())
    (case,) = (case for case in suite if case.name == "GPQA")
    assert "57.2 is impossible" in case.system_out
    assert "said at: card.yaml:7" in case.system_out


def test_what_passed_is_green_and_what_was_not_judged_is_skipped():
    passed = (
        Passed(rule=RULE.id, subjects=("MMLU",), statement="it is attainable"),
        Passed(rule=RULE.id, subjects=(), statement="no power", is_judged=False),
    )
    found = cases(answer(outcome=Outcome.MET, passed=passed))
    assert found["some-check", "MMLU"] == ()
    assert found["some-check", "all of it"] == (Skipped,)


def test_what_is_wrong_outweighs_what_passed():
    passed = (Passed(rule=RULE.id, subjects=("GPQA",), statement="it is attainable"),)
    assert cases(answer(notice(), passed=passed))["some-check", "GPQA"] == (Failure,)


def test_an_error_is_an_error():
    found = cases(notices_of_error("card.yaml:3:1: numbers: is missing", 3))
    assert set(found.values()) == {(Error,)}


def test_the_tally_is_that_of_the_cases():
    passed = (Passed(rule=RULE.id, subjects=("MMLU",), statement="fine", is_judged=False),)
    (suite,) = JUnitXml.fromstring(render(answer(notice(), passed=passed)).encode())
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (3, 2, 0, 1)
