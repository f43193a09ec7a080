"""What `denominator-profile` says."""

import pytest
from tests.making.rules.cards import found, number, words

from weighin.rules.scorecard.checks.denominator_profile import DenominatorProfile
from weighin.rules.scorecard.interface import Word


def test_a_column_tells_its_documents_and_passes():
    # 145, 146, 132, 119, 127, 104, 98 and 140 of 164.
    column = ["88.4", "89.0", "80.5", "72.6", "77.4", "63.4", "59.8", "85.4"]
    numbers = [number(p, "HumanEval", of=f"m{i}") for i, p in enumerate(column)]
    (finding,) = found(DenominatorProfile, *numbers)
    assert finding.word is Word.CONSISTENT
    assert "8 of them fit one pass over 164 documents" in finding.statement
    # (165 / 1000)^8, times the five numbers of passes of which the test has power.
    assert finding.p_value == pytest.approx(5 * 0.165**8, rel=1e-9)


def test_a_column_that_nothing_fits_says_nothing():
    column = ["88.1", "89.1", "80.1", "72.1", "77.1", "63.1"]
    numbers = [number(p, "HumanEval", of=f"m{i}") for i, p in enumerate(column)]
    assert words(found(DenominatorProfile, *numbers)) == [Word.VOID]


def test_a_short_column_says_nothing():
    assert found(DenominatorProfile, *[number("88.4", "HumanEval", of=f"m{i}") for i in "ab"]) == ()
