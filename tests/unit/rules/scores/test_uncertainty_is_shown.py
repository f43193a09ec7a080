"""Cases of `uncertainty-is-shown`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    gsm8k_with,
    outcome_of,
    record,
)

from weighin.rules.scores.uncertainty_is_shown import UncertaintyIsShown

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("scores.0.stderr", None),
    UNDECIDED: lambda: gsm8k_with("scores", ()),
}


@pytest.mark.parametrize(
    ("path", "value", "outcome"),
    [
        ("scores.0.stderr", 0.0, VIOLATED),
        ("scores.0.documents", None, MET),
        ("asked.documents_scored", None, MET),
    ],
)
def test_uncertainty_needs_a_standard_error_above_zero(path, value, outcome):
    assert outcome_of(UncertaintyIsShown(), gsm8k_with(path, value)) is outcome


def test_perfect_score_has_no_standard_error_of_documents():
    perfect = changed(record(value=1.0), "scores.0.stderr", 0.0)
    assert outcome_of(UncertaintyIsShown(), case(perfect)) is MET
