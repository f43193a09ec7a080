"""What `best-of-n-inflation` says."""

from tests.making.rules.cards import APRIL, artifact, found, rating, snapshot

from weighin.rules.scorecard.checks.best_of_n_inflation import BestOfNInflation
from weighin.rules.scorecard.interface import Word

VARIANT = artifact("variant", variants_tested=27)


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
