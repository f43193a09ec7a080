"""Cases of `lengths-near-reference`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, outcome_of
from tests.making.rules.facts import golden

from weighin.evidence.facts import FactName
from weighin.rules.answers.lengths_near_reference import LengthsNearReference
from weighin.rules.interface import Case


def lengths(expected: float, found: float) -> Case:
    """Every answer as long as in the reference, but for those of gsm8k."""
    mine = golden(FactName.OUTPUT_TOKENS, expected, gsm8k=found)
    theirs = golden(FactName.OUTPUT_TOKENS, expected)
    return replace(mine, reference=theirs.records)


CASES = {
    MET: lambda: lengths(100.0, 105.0),
    VIOLATED: lambda: lengths(100.0, 60.0),
    UNDECIDED: lambda: golden(FactName.OUTPUT_TOKENS, 100.0),
}


@pytest.mark.parametrize(
    # The band of MLPerf's TEST09: 10% around a mean of 1278.20 tokens.
    ("found", "outcome"),
    [(1150.38, MET), (1406.02, MET), (1150.0, VIOLATED), (1407.0, VIOLATED)],
)
def test_lengths_within_a_tenth_of_the_reference(found, outcome):
    assert outcome_of(LengthsNearReference(), lengths(1278.20, found)) is outcome


def test_expected_length_needs_no_reference():
    rule = LengthsNearReference(expected=dict.fromkeys(("arc", "gsm8k", "lambada"), 100.0))
    assert outcome_of(rule, golden(FactName.OUTPUT_TOKENS, 95)) is MET
    assert outcome_of(rule, golden(FactName.OUTPUT_TOKENS, 80)) is VIOLATED
