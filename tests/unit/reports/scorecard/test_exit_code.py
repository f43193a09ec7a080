"""The exit code of a report on a scorecard, over every word."""

from dataclasses import replace

import pytest
from tests.unit.reports.scorecard.test_notices import report

from weighin.reports.scorecard.exit_code import scorecard_exit_code
from weighin.reports.shared.fail_on import FailOn
from weighin.rules.scorecard.interface import ScorecardReport, Word

# From what is proved down to what is only told.
LADDER = tuple(Word)
SPEAKS_AGAINST = LADDER[: LADDER.index(Word.NOTE)]


def with_power(*words: Word) -> ScorecardReport:
    """A report in which also a check that could have found something found nothing."""
    made = report(*words, Word.CONSISTENT)
    findings = [(check, replace(finding, has_power=True)) for check, finding in made.findings]
    return replace(made, findings=tuple(findings))


@pytest.mark.parametrize("word", SPEAKS_AGAINST)
def test_no_word_that_speaks_against_a_table_ends_with_0(word):
    assert scorecard_exit_code(with_power(word)) in {10, 11}


def test_the_lower_a_word_stands_the_less_its_code_says():
    codes = [scorecard_exit_code(with_power(word)) for word in LADDER]
    assert codes == sorted(codes, key=[10, 11, 0].index)


@pytest.mark.parametrize("word", SPEAKS_AGAINST)
@pytest.mark.parametrize("fail_on", list(FailOn))
def test_to_ask_for_less_never_ends_with_more(word, fail_on):
    asked = scorecard_exit_code(with_power(word), fail_on)
    assert asked in {0, scorecard_exit_code(with_power(word), FailOn.WAIVED)}


def test_where_no_check_had_power_nothing_was_tested():
    assert scorecard_exit_code(report(Word.VOID)) == 11
    assert scorecard_exit_code(with_power(Word.VOID)) == 0
