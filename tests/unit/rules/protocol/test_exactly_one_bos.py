"""Cases of `exactly-one-bos`, and what it says."""

import pytest
from tests.making.rules.builders import (
    BENCHMARKS,
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    outcome_of,
    record,
)
from tests.making.rules.facts import fact_of

from weighin.evidence.facts import FactName
from weighin.rules.interface import Case
from weighin.rules.protocol.exactly_one_bos import ExactlyOneBos


def with_bos(found: int, expected: int | None) -> Case:
    rows = [fact_of(record(task), FactName.BOS_TOKENS, found) for task in BENCHMARKS]
    if expected is not None:
        rows = [fact_of(r, FactName.EXPECTED_BOS_TOKENS, expected) for r in rows]
    return case(*rows)


CASES = {
    MET: lambda: with_bos(1, 1),
    VIOLATED: lambda: with_bos(2, None),
    UNDECIDED: lambda: with_bos(0, None),
}


@pytest.mark.parametrize(
    ("found", "expected", "outcome"),
    [
        (1, 1, MET),
        (0, 0, MET),
        (0, 1, VIOLATED),
        (1, 0, VIOLATED),
        (2, 1, VIOLATED),
        (2, None, VIOLATED),
        (1, None, UNDECIDED),
        (True, 1, UNDECIDED),
    ],
)
def test_prompts_begin_with_the_bos_that_the_model_expects(found, expected, outcome):
    row = fact_of(record(), FactName.BOS_TOKENS, found)
    if expected is not None:
        row = fact_of(row, FactName.EXPECTED_BOS_TOKENS, expected)
    assert outcome_of(ExactlyOneBos(), case(row)) is outcome
