"""Cases of `same-max-length`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    foreign,
    gsm8k_with,
    only,
    outcome_of,
    record,
)

from weighin.rules.interface import Outcome
from weighin.rules.protocol.same_max_length import SameMaxLength

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("in_force.max_length", 8),
    UNDECIDED: lambda: gsm8k_with("in_force", None),
}


def test_limits_are_told_with_their_benchmarks():
    finding = only(SameMaxLength(), gsm8k_with("in_force.max_length", 8), VIOLATED)
    assert finding.found == "512 tokens on arc, lambada; 8 tokens on gsm8k"


def test_records_that_could_not_hold_a_limit_are_neither_better_nor_worse():
    older = record("arc").model_copy(update={"format": "weighin.record/1", "in_force": None})
    bare = (older, foreign(record("lambada")))
    assert outcome_of(SameMaxLength(), case(record("gsm8k"), *bare)) is MET
    assert outcome_of(SameMaxLength(), case(*bare)) is Outcome.NOT_APPLICABLE
