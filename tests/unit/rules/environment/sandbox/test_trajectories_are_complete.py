"""Cases of `trajectories-are-complete`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.environment.sandbox.trajectories_are_complete import TrajectoriesAreComplete

CASES = of_fact(
    FactName.TRAJECTORIES,
    {"passed": 41, "with_trajectory": 41},
    {"passed": 41, "with_trajectory": 40},
)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"passed": 0, "with_trajectory": 0}, MET),
        ({"passed": 2, "with_trajectory": 3}, UNDECIDED),
        ({"passed": 2}, UNDECIDED),
    ],
)
def test_trajectories_are_counted_among_passed_documents(value, outcome):
    of = golden(FactName.TRAJECTORIES, value)
    assert outcome_of(TrajectoriesAreComplete(), of) is outcome
