"""Counts and shares in words agree with what stands behind them."""

import pytest

from weighin.identity.comparison.pattern_words import _low_rank
from weighin.identity.comparison.quantities import agreeing


@pytest.mark.parametrize(("count", "verb"), [(0, "differ"), (1, "differs"), (2, "differ")])
def test_a_verb_agrees_with_its_count(count, verb):
    assert agreeing(count, "differ", "differs") == verb


@pytest.mark.parametrize(
    ("rank", "energy", "words"),
    [
        (1, 0.9999999, "the largest singular value holds more than 99.9999 % of the energy"),
        (1, 1.0, "the largest singular value holds 100 % of the energy"),
        (4, 0.98, "the largest 4 singular values hold at least 98 % of the energy"),
    ],
)
def test_the_singular_values_of_a_change_are_told_by_their_number(rank, energy, words):
    evidence = {"least_rank": rank, "most_rank": rank, "least_energy": energy}
    assert words in _low_rank("", evidence)
