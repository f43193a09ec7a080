"""What `arena-gap` says."""

import pytest
from tests.making.rules.cards import APRIL, found, snapshot, words

from weighin.rules.scorecard.checks.arena_gap import ArenaGap
from weighin.rules.scorecard.interface import Word

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
