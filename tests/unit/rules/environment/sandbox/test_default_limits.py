"""Cases of `default-limits`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    only,
    outcome_of,
    record,
    with_records,
)
from tests.making.rules.facts import fact_of, golden

from weighin.evidence.facts import FactName
from weighin.rules.environment.sandbox.default_limits import DefaultLimits
from weighin.rules.interface import Case


def limits(multiplier: float) -> Case:
    bare = golden(FactName.TIMEOUT_MULTIPLIER, 1, gsm8k=multiplier)
    return with_records(bare, (fact_of(r, FactName.RESOURCE_OVERRIDES, []) for r in bare.records))


CASES = {
    MET: lambda: limits(1.0),
    VIOLATED: lambda: limits(2.0),
    UNDECIDED: lambda: golden(FactName.TIMEOUT_MULTIPLIER, 1),
}


@pytest.mark.parametrize("value", ["2.0", True, None, [2]])
def test_multiplier_that_is_no_number_is_not_known(value):
    bare = fact_of(record(), FactName.TIMEOUT_MULTIPLIER, value)
    of = case(fact_of(bare, FactName.RESOURCE_OVERRIDES, []))
    assert outcome_of(DefaultLimits(), of) is UNDECIDED


def test_replaced_limit_is_named_and_can_be_allowed():
    bare = fact_of(record(), FactName.TIMEOUT_MULTIPLIER, 1.0)
    of = case(fact_of(bare, FactName.RESOURCE_OVERRIDES, ["memory 64G"]))
    assert "memory 64G" in only(DefaultLimits(), of, VIOLATED).statement
    assert outcome_of(DefaultLimits(allowed=("memory 64G",)), of) is MET
