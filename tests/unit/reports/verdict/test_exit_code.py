"""Doubt is never success."""

import pytest
from tests.making.reports.builders import judged, verdict

from weighin.reports.verdict.exit_code import verdict_exit_code
from weighin.reports.verdict.fail_on import FailOn
from weighin.rules.interface import Level, Outcome

CODES = {
    Outcome.MET: 0,
    Outcome.WAIVED: 0,
    Outcome.VIOLATED: 10,
    Outcome.UNDECIDED: 11,
    Outcome.NOT_APPLICABLE: 11,
    Outcome.PARTIAL: 12,
}


def warned(outcome: Outcome, found: Outcome):
    return verdict([judged(level=Level.WARNING, outcome=found)], outcome)


@pytest.mark.parametrize("outcome", Outcome)
def test_exit_codes_are_those_of_the_design(outcome):
    assert verdict_exit_code(verdict(outcome=outcome)) == CODES[outcome]


@pytest.mark.parametrize("outcome", Outcome)
def test_doubt_is_no_failure_where_only_what_is_violated_is_one(outcome):
    expected = 0 if CODES[outcome] == 11 else CODES[outcome]
    assert verdict_exit_code(verdict(outcome=outcome), FailOn.VIOLATED) == expected


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("fail_on", FailOn)
def test_a_warning_that_is_violated_fails_only_where_it_is_asked_for(outcome, fail_on):
    found = verdict_exit_code(warned(outcome, Outcome.VIOLATED), fail_on)
    if fail_on in {FailOn.WARNING, FailOn.WAIVED}:
        assert found == 10
    else:
        assert found == verdict_exit_code(verdict(outcome=outcome), fail_on)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("fail_on", [FailOn.WARNING, FailOn.WAIVED])
def test_a_warning_that_is_undecided_is_undecided_where_it_is_asked_for(outcome, fail_on):
    expected = CODES[outcome] or 11
    assert verdict_exit_code(warned(outcome, Outcome.UNDECIDED), fail_on) == expected


@pytest.mark.parametrize("fail_on", FailOn)
def test_what_is_waived_fails_only_where_it_is_asked_for(fail_on):
    waived = verdict([judged(outcome=Outcome.WAIVED)], Outcome.WAIVED)
    assert verdict_exit_code(waived, fail_on) == (10 if fail_on is FailOn.WAIVED else 0)


@pytest.mark.parametrize("fail_on", FailOn)
@pytest.mark.parametrize("level", [Level.NOTE, Level.WARNING])
def test_what_is_met_is_never_a_failure(fail_on, level):
    assert verdict_exit_code(verdict([judged(level=level, outcome=Outcome.MET)]), fail_on) == 0
