"""What `row-compares-alike` says."""

from tests.making.rules.cards import found, number, words

from weighin.rules.scorecard.checks.row_compares_alike import RowComparesAlike
from weighin.rules.scorecard.interface import Word


def test_a_row_that_mixes_one_pass_and_several_does_not_compare_alike():
    # GPQA Diamond in the Llama 4 card: 50.5 and 49.0 fit one pass of 198; 57.2 and 69.8 do not.
    row = [number(p, of=f"m{p}") for p in ("50.5", "49.0", "57.2", "69.8")]
    (finding,) = found(RowComparesAlike, *row)
    assert finding.word is Word.UNDECLARED
    assert finding.arithmetic == "50.5, 49.0 fit one pass, 57.2, 69.8 cannot come from one"


def test_votes_declared_for_one_number_of_a_row_alone_do_not_compare_alike():
    # Gemini's page, 2023-12-06: 90.0 by CoT@32 beside 86.4 with five examples.
    row = (number("90.0", "MMLU Pro", of="a", votes=32), number("86.4", "MMLU Pro", of="b"))
    (finding,) = found(RowComparesAlike, *row)
    assert finding.arithmetic == "votes 32 for a, not declared for b"


def test_one_vote_declared_for_one_number_of_a_row_alone_compares_alike():
    row = (number("90.0", "MMLU Pro", of="a", votes=1), number("86.4", "MMLU Pro", of="b"))
    assert not found(RowComparesAlike, *row)


def test_a_row_of_different_shots_does_not_compare_alike():
    row = (number("50.5", of="a", shots=5), number("49.0", of="b", shots=0))
    assert words(found(RowComparesAlike, *row)) == [Word.UNDECLARED]
