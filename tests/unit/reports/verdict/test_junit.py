"""What continuous integration reads: junitparser is the judge of the form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from tests.making.reports.builders import WAIVER, judged, met_verdict, swapped_verdict, verdict

from weighin.reports.ci import junit
from weighin.reports.shared.foreign_text import visible
from weighin.reports.verdict.notices import verdict_notices
from weighin.rules.interface import Level, Outcome

BOTH = ("gsm8k", "arc_easy")


def render(told):
    return junit.render(verdict_notices(told))


def suite_of(told):
    (suite,) = JUnitXml.fromstring(render(told).encode())
    return suite


def results(told, name="gsm8k"):
    """Kinds of result of the test cases with a name; an empty tuple is a pass."""
    return [tuple(type(r) for r in case.result) for case in suite_of(told) if case.name == name]


def one(outcome, level=Level.ERROR, **fields):
    return verdict([judged(level=level, outcome=outcome, benchmarks=("gsm8k",), **fields)], outcome)


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        (Outcome.MET, ()),
        (Outcome.VIOLATED, (Failure,)),
        (Outcome.UNDECIDED, (Error,)),
        (Outcome.WAIVED, (Skipped,)),
        (Outcome.NOT_APPLICABLE, (Skipped,)),
    ],
)
def test_each_outcome_is_one_kind_of_result(outcome, kinds):
    assert results(one(outcome)) == [kinds]


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        (Outcome.MET, ()),
        (Outcome.VIOLATED, (Failure,)),
        (Outcome.UNDECIDED, (Error,)),
        (Outcome.WAIVED, (Skipped,)),
        (Outcome.PARTIAL, (Skipped,)),
    ],
)
def test_the_verdict_itself_is_a_test_case(outcome, kinds):
    assert results(verdict(outcome=outcome), "verdict") == [kinds]


def test_a_verdict_without_findings_is_not_green():
    suite = suite_of(verdict(outcome=Outcome.UNDECIDED, tasks=(), facets=()))
    assert (suite.tests, suite.errors) == (1, 1)


def test_an_undecided_case_says_that_doubt_is_not_success():
    case = next(case for case in suite_of(one(Outcome.UNDECIDED)) if case.name == "gsm8k")
    assert "doubt is not success" in case.result[0].message


@pytest.mark.parametrize("level", [Level.WARNING, Level.NOTE])
@pytest.mark.parametrize("outcome", [Outcome.VIOLATED, Outcome.UNDECIDED])
def test_a_lower_level_passes_and_tells_its_finding(level, outcome):
    told = one(outcome, level, statement="three attempts")
    case = next(case for case in suite_of(told) if case.name == "gsm8k")
    assert (case.is_passed, "three attempts" in case.system_out) == (True, True)


def test_a_finding_on_two_benchmarks_is_two_cases():
    told = verdict([judged(benchmarks=BOTH)])
    assert {(c.classname, c.name) for c in suite_of(told)} == {
        ("weighin", "verdict"),
        ("same-weights", "gsm8k"),
        ("same-weights", "arc_easy"),
    }


def test_a_finding_on_all_is_the_case_of_the_row():
    told = verdict([judged("one-checkpoint", outcome=Outcome.VIOLATED)])
    assert results(told, "row") == [(Failure,)]


def test_of_two_findings_on_one_benchmark_the_worst_decides():
    findings = [
        judged(outcome=outcome, statement=outcome.value, benchmarks=("gsm8k",))
        for outcome in (Outcome.MET, Outcome.UNDECIDED, Outcome.VIOLATED)
    ]
    assert results(verdict(findings)) == [(Failure,)]


def test_what_did_not_decide_a_case_is_still_told():
    findings = [
        judged(outcome=outcome, statement=f"said {outcome}", benchmarks=("gsm8k",))
        for outcome in (Outcome.UNDECIDED, Outcome.VIOLATED)
    ]
    assert "said undecided" in render(verdict(findings))


def test_a_waiver_is_told_with_owner_reason_and_expiry():
    case = next(
        case for case in suite_of(one(Outcome.WAIVED, waiver=WAIVER)) if case.name == "gsm8k"
    )
    expected = ("eval-team", "two engines until spring", "2027-01-31")
    assert [words for words in expected if words not in case.result[0].message] == []


@pytest.mark.parametrize("told", [met_verdict(), swapped_verdict()])
def test_the_numbers_are_those_that_junitparser_counts(told):
    written = JUnitXml.fromstring(render(told).encode())
    (suite,) = written
    claimed = (suite.tests, suite.failures, suite.errors, suite.skipped)
    suite.update_statistics()
    assert claimed == (suite.tests, suite.failures, suite.errors, suite.skipped)


def test_the_properties_say_what_it_does_not_prove():
    properties = {p.name: p.value for p in suite_of(met_verdict()).properties()}
    assert "does not prove" in properties["does-not-prove"]


def test_markup_in_foreign_text_stays_text():
    told = verdict([judged(benchmarks=("</testcase><failure/>",))])
    assert results(told, "</testcase><failure/>") == [()]


any_text = st.text(st.characters(codec=None))


@settings(max_examples=60, deadline=None)
@given(any_text, any_text, any_text)
def test_any_text_survives_the_round_trip(model, task, statement):
    told = verdict(
        [judged(outcome=Outcome.VIOLATED, statement=statement, benchmarks=(task,))],
        Outcome.VIOLATED,
        model=model,
    )
    suite = suite_of(told)
    case = list(suite)[1]
    found = (suite.name, case.name, case.result[0].message)
    assert found == (f"weighin {visible(model)}", visible(task), visible(statement))
