"""What `stderr-possible` says."""

from tests.making.rules.cards import found, share, words

from weighin.rules.scorecard.checks.stderr_possible import StderrPossible
from weighin.rules.scorecard.interface import Word


def test_an_error_that_was_divided_once_too_often_is_impossible():
    # sqrt(.89 * .11 / 99) = 0.03145; over sqrt(100) 0.003145
    (finding,) = found(StderrPossible, share("0.89", standard_error="0.00314", documents=100))
    assert finding.word is Word.IMPOSSIBLE
    assert "divided by the square root of n once too often" in finding.statement


def test_no_scores_vary_more_than_zeros_and_ones():
    # F1 of 0.5 over 101 documents: at most sqrt(.25 / 100) = 0.05.
    card = share("0.500", "DocVQA", standard_error="0.0510", documents=101)
    (finding,) = found(StderrPossible, card)
    assert finding.word is Word.IMPOSSIBLE
    assert "at most 97 documents" in finding.statement


def test_an_error_below_the_bound_is_possible():
    card = share("0.500", "DocVQA", standard_error="0.0400", documents=101)
    assert words(found(StderrPossible, card)) == [Word.CONSISTENT]


def test_the_error_of_a_group_of_tasks_says_nothing():
    # lm-eval before 0.4.2 combined the errors of tasks by another formula.
    (finding,) = found(StderrPossible, share("0.5957", "BBH", standard_error="0.0293"))
    assert finding.word is Word.VOID
    assert "at most" not in finding.statement
