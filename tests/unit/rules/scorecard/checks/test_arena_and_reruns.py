import pytest
from tests.making.rules.cards import artifact, case, found, number, rating, rerun, share, words

from weighin.errors import EvidenceError
from weighin.rules.scorecard.checks.arena_gap import ArenaGap
from weighin.rules.scorecard.checks.best_of_n_inflation import BestOfNInflation
from weighin.rules.scorecard.checks.claim_against_rerun import ClaimAgainstRerun
from weighin.rules.scorecard.interface import ScorecardFinding, Word
from weighin.rules.scorecard.judge import judge_scorecard
from weighin.statistics.multiplicity import holm

VARIANT = artifact("variant", variants_tested=27)


def snapshot(day, variant, released):
    return (
        rating(variant[0], variant[1], of="variant", day=day),
        rating(released[0], released[1], of="released", day=day),
    )


# Chatbot Arena, Llama-4-Maverick: the variant and the released model on two days.
APRIL = snapshot("2025-04-11", ("1403", ("+12", "-9")), ("1273", ("+10", "-12")))
AUGUST = snapshot("2025-08-04", ("1416", ("+4", "-4")), ("1292", ("+4", "-4")))


@pytest.mark.parametrize(
    ("day", "gap"), [(APRIL, "130 ± 7.8 points apart"), (AUGUST, "124 ± 2.9 points apart")]
)
def test_the_gap_between_two_ratings_has_a_standard_error(day, gap):
    (finding,) = found(ArenaGap, *day)
    assert finding.word is Word.DIFFERENT_ARTIFACT
    assert gap in finding.statement


def test_ratings_of_different_days_are_not_compared():
    assert len(found(ArenaGap, *APRIL, *AUGUST)) == 2
    assert found(ArenaGap, APRIL[0], AUGUST[1]) == ()


def test_a_gap_within_the_intervals_is_unresolved():
    day = snapshot("2025-04-11", ("1280", ("+12", "-9")), ("1273", ("+10", "-12")))
    assert words(found(ArenaGap, *day)) == [Word.UNRESOLVED]


def test_best_of_27_is_worth_twelve_point_eight_points_of_noise():
    # 1417 +13/-12: (13 + 12) / 2 / 1.96 = 6.38, rounded up 6.4; times 1.998.
    launch = rating("1417", ("+13", "-12"), of="variant", day="2025-04-06")
    (finding,) = found(BestOfNInflation, launch, *APRIL, artifacts=(VARIANT,))
    assert finding.word is Word.DIFFERENT_ARTIFACT
    assert "best of 27 equal variants is worth +12.8 points" in finding.statement
    assert "does not explain the 130 points by which variant leads released" in finding.statement


def test_a_gap_that_choosing_explains_is_unresolved():
    day = snapshot("2025-04-11", ("1290", ("+12", "-9")), ("1273", ("+10", "-12")))
    (finding,) = found(BestOfNInflation, *day, artifacts=(VARIANT,))
    assert finding.word is Word.UNRESOLVED
    assert "which may explain the 17 points" in finding.statement


def test_without_a_number_of_variants_nothing_is_said_of_choosing():
    assert found(BestOfNInflation, *APRIL) == ()


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


class Fixed:
    """Findings with the p-values of Holm's worked example, and an exact one."""

    id = "fixed"

    def check(self, _):
        yield ScorecardFinding(word=Word.IMPOSSIBLE, statement="exact")
        for p in (0.001, 0.012, 0.04):
            yield ScorecardFinding(
                word=Word.OVERSTATED, statement="found", unresolved="not found", p_value=p
            )


def test_p_values_are_corrected_and_exact_findings_are_not():
    report = judge_scorecard(case(), (Fixed,))
    findings = [finding for _, finding in report.findings]
    assert [f.p_value for f in findings] == [None, *holm([0.001, 0.012, 0.04])]
    assert [f.word for f in findings] == [Word.IMPOSSIBLE] + 3 * [Word.OVERSTATED]


def test_a_finding_that_does_not_survive_the_correction_is_unresolved():
    class Twice(Fixed):
        def check(self, case):
            yield from super().check(case)
            yield ScorecardFinding(word=Word.OVERSTATED, statement="x", p_value=0.03)

    findings = [finding for _, finding in judge_scorecard(case(), (Twice,)).findings]
    assert [f.word for f in findings[1:]] == [
        Word.OVERSTATED,
        Word.OVERSTATED,
        Word.UNRESOLVED,
        Word.UNRESOLVED,
    ]
    assert findings[3].statement == "not found"


class Failing:
    id = "failing"

    def check(self, _):
        yield ScorecardFinding(word=Word.CONSISTENT, statement="so far")
        raise ZeroDivisionError("a bug")


def test_a_check_that_fails_is_never_success():
    report = judge_scorecard(case(), (Failing,))
    assert report.worst is Word.UNRESOLVED
    assert "the check failed: ZeroDivisionError" in report.findings[1][1].statement


def test_a_number_without_a_digit_is_refused():
    with pytest.raises(EvidenceError, match="expected a printed number"):
        judge_scorecard(case(number(".")))
