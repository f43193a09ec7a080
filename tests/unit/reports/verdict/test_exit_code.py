"""Doubt is never success."""

import pytest
from tests.making.reports.builders import judged, verdict

from weighin.reports.shared.fail_on import FailOn
from weighin.reports.verdict.exit_code import verdict_exit_code
from weighin.rules.interface import Level, Outcome

CODES = {
    Outcome.MET: 0,
    Outcome.WAIVED: 0,
    Outcome.VIOLATED: 10,
    Outcome.UNDECIDED: 11,
    Outcome.NOT_APPLICABLE: 11,
    Outcome.PARTIAL: 12,
}


@pytest.mark.parametrize("outcome", Outcome)
def test_exit_codes_are_those_of_the_design(outcome):
    assert verdict_exit_code(verdict(outcome=outcome)) == CODES[outcome]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("fail_on", FailOn)
@pytest.mark.parametrize("warned", [None, Outcome.VIOLATED, Outcome.UNDECIDED])
@pytest.mark.parametrize("waived", [False, True])
def test_the_code_is_that_of_the_worst_at_or_above_what_is_asked_for(
    outcome, fail_on, warned, waived
):
    findings = [judged(outcome=Outcome.WAIVED)] if waived else []
    findings += [judged(level=Level.WARNING, outcome=warned)] if warned else []
    # The worst first; the least that is asked for and all above it counts.
    there = {
        "violated": 10 * (outcome is Outcome.VIOLATED),
        "undecided": 11 * (CODES[outcome] == 11),
        "warning": 10 * (warned is not None),
        "waived": 10 * waived,
    }
    counting = list(there.values())[: list(there).index(fail_on) + 1]
    partial = 12 * (outcome is Outcome.PARTIAL)
    expected = next(filter(None, counting), partial)
    assert verdict_exit_code(verdict(findings, outcome), fail_on) == expected


@pytest.mark.parametrize("fail_on", FailOn)
@pytest.mark.parametrize("level", [Level.NOTE, Level.WARNING])
def test_what_is_met_is_never_a_failure(fail_on, level):
    assert verdict_exit_code(verdict([judged(level=level, outcome=Outcome.MET)]), fail_on) == 0


@pytest.mark.parametrize("fail_on", FailOn)
def test_a_note_is_never_a_failure(fail_on):
    noted = verdict([judged(level=Level.NOTE, outcome=Outcome.VIOLATED)])
    assert verdict_exit_code(noted, fail_on) == 0
