"""Cases of `errors-count-as-wrong`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.scores.errors_count_as_wrong import ErrorsCountAsWrong

CASES = of_fact(
    FactName.ERRORS,
    {"errors": 3, "counted_as_wrong": True},
    {"errors": 3, "counted_as_wrong": False},
)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"errors": 0, "counted_as_wrong": None}, MET),
        ({"errors": 4, "counted_as_wrong": None}, UNDECIDED),
        ({"errors": 4}, UNDECIDED),
        ({"errors": 4, "counted_as_wrong": "yes"}, UNDECIDED),
        ({"errors": -1, "counted_as_wrong": True}, UNDECIDED),
        (4, UNDECIDED),
    ],
)
def test_errors_are_met_only_where_they_are_known_to_count(value, outcome):
    assert outcome_of(ErrorsCountAsWrong(), golden(FactName.ERRORS, value)) is outcome
