"""Cases of `network-as-required`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, outcome_of, record
from tests.making.rules.facts import fact_of, golden, of_fact

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.environment.sandbox.network_as_required import NetworkAsRequired

CASES = of_fact(FactName.NETWORK, "none", "open")


@pytest.mark.parametrize(
    ("state", "outcome"), [("none", MET), ("allow-list", MET), ("open", VIOLATED), ("?", UNDECIDED)]
)
def test_network_state_must_be_one_that_is_allowed(state, outcome):
    rule = NetworkAsRequired(allowed=("none", "allow-list"))
    assert outcome_of(rule, golden(FactName.NETWORK, state)) is outcome


def test_fact_that_is_only_named_is_not_enough():
    of = case(fact_of(record(), FactName.NETWORK, "none", Grade.NAMED))
    assert outcome_of(NetworkAsRequired(), of) is UNDECIDED
