"""Cases of `score-is-plausible`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, gsm8k_with, only, outcome_of

from weighin.rules.scores.score_is_plausible import ScoreIsPlausible

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("scores.0.value", 0.992),
    UNDECIDED: lambda: gsm8k_with("scores", ()),
}
PARAMETERS = {
    "chance": {"arc": 0.25, "gsm8k": 0.0, "lambada": 1.0},
    "ceiling": {"gsm8k": 0.989},
}


def test_score_above_the_ceiling_of_the_labels_is_told():
    # Reflection-70B claimed 99.2 on GSM8K, whose labels allow 98.9.
    rule = ScoreIsPlausible(ceiling={"gsm8k": 0.989})
    finding = only(rule, gsm8k_with("scores.0.value", 0.992), VIOLATED)
    assert finding.found == "0.992"
    assert "0.989" in finding.expected


@pytest.mark.parametrize(("value", "outcome"), [(0.24, MET), (0.15, MET), (0.14, VIOLATED)])
def test_two_standard_errors_below_chance_are_still_chance(value, outcome):
    # 0.25 - 2 x 0.05 = 0.15
    rule = ScoreIsPlausible(chance=dict.fromkeys(("arc", "gsm8k", "lambada"), 0.25))
    assert outcome_of(rule, gsm8k_with("scores.0.value", value)) is outcome


def test_score_that_is_no_number_is_not_plausible():
    rule = ScoreIsPlausible(ceiling=dict.fromkeys(("arc", "gsm8k", "lambada"), 100.0))
    assert outcome_of(rule, gsm8k_with("scores.0.value", float("nan"))) is VIOLATED


def test_without_bounds_nothing_is_plausible_or_not():
    assert outcome_of(ScoreIsPlausible(), case()) is UNDECIDED
