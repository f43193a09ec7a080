"""What `claim-against-rerun` says."""

import pytest
from tests.making.rules.cards import found, number, rerun, share, words

from weighin.rules.scorecard.checks.claim_against_rerun import ClaimAgainstRerun
from weighin.rules.scorecard.interface import Word


def maverick(printed, **fields):
    return number(printed, "MMLU Pro", **fields)


def test_a_claim_within_the_margin_is_confirmed():
    # Llama 4 Maverick: 80.5 on the card, 80.7 with SGLang over 12,032 questions.
    (finding,) = found(ClaimAgainstRerun, maverick("80.5"), rerun("80.7", "MMLU Pro"))
    assert finding.word is Word.CONSISTENT
    assert "is confirmed within ±2 points by the re-run with 80.7 %" in finding.statement


def test_a_confirmation_has_the_p_value_of_two_one_sided_tests():
    # Scout: 74.3 on the card, .7516 ± .0038; (0.86 + 0.055 - 2) / 0.38 is z = -2.855.
    card = share("0.743", "MMLU Pro")
    (finding,) = found(ClaimAgainstRerun, card, rerun("75.16", "MMLU Pro", standard_error="0.38"))
    assert finding.p_value == pytest.approx(0.00215, abs=2e-5)


def test_a_small_re_run_resolves_nothing_and_says_what_would():
    # Llama 4 Maverick on GPQA Diamond: 69.8 on the card, 141 of 198 over the API.
    (finding,) = found(ClaimAgainstRerun, number("69.8"), rerun("71.21", documents=198))
    assert finding.word is Word.UNRESOLVED
    # (1.6449 + 1.2816)^2 * .698 * .302 / (.02 - .0005 - .00005)^2
    assert "4,772 documents would confirm" in finding.statement


def test_a_re_run_that_is_lower_beyond_chance_shows_an_overstated_claim():
    (finding,) = found(ClaimAgainstRerun, maverick("80.5"), rerun("75.0", "MMLU Pro"))
    assert finding.word is Word.OVERSTATED
    assert "by 5.5 points, more than chance and rounding explain" in finding.statement


def test_other_shots_are_another_question():
    pair = (maverick("80.5", shots=0), rerun("75.0", "MMLU Pro", shots=5))
    assert found(ClaimAgainstRerun, *pair) == ()


def test_a_size_that_is_only_remembered_gives_no_error():
    assert words(found(ClaimAgainstRerun, number("80.0", "AIME"), rerun("10.0", "AIME"))) == [
        Word.UNRESOLVED
    ]


def test_a_claim_that_is_printed_too_coarsely_is_void():
    card = share("0.8", "MMLU Pro")
    assert words(found(ClaimAgainstRerun, card, rerun("80.7", "MMLU Pro"))) == [Word.VOID]


def test_a_claim_that_two_sources_print_is_held_against_a_re_run_once():
    card = maverick("80.5")
    blog = maverick("80.5", source=card.source.model_copy(update={"title": "blog"}))
    assert len(found(ClaimAgainstRerun, card, blog, rerun("80.7", "MMLU Pro"))) == 1


def test_the_error_of_a_group_is_taken_from_its_documents_not_as_printed():
    (finding,) = found(
        ClaimAgainstRerun, number("50.0", "BBH"), rerun("49.9", "BBH", standard_error="9.0")
    )
    assert finding.word is Word.CONSISTENT
    assert "of 5761 documents" in finding.arithmetic


@pytest.mark.parametrize(
    ("claimed", "measured"), [("100.1", "0"), ("100.1", "100.1"), ("99.0", "100.1")]
)
def test_more_than_all_documents_is_neither_confirmed_nor_a_failure(claimed, measured):
    held = rerun(measured, "MMLU Pro", standard_error="100")
    (finding,) = found(ClaimAgainstRerun, maverick(claimed), held)
    assert finding.word is Word.UNRESOLVED


def test_a_claim_of_all_documents_is_held_against_a_re_run():
    (finding,) = found(ClaimAgainstRerun, maverick("100.0"), rerun("75.0", "MMLU Pro"))
    assert finding.word is Word.OVERSTATED
