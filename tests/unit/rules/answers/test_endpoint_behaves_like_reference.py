"""Cases of `endpoint-behaves-like-reference`, and what it says."""

import pytest
from tests.making.rules.builders import UNDECIDED, VIOLATED, case, only, outcome_of, record
from tests.making.rules.facts import fact_of, golden, sentinels

from weighin.evidence.facts import FactName
from weighin.rules.answers.endpoint_behaves_like_reference import EndpointBehavesLikeReference

CASES = {
    VIOLATED: lambda: golden(
        FactName.SENTINELS, sentinels(0.4, 0.7, 0.2), gsm8k=sentinels(0.4, 1e-6, 0.3)
    ),
    UNDECIDED: lambda: golden(FactName.SENTINELS, sentinels(0.4, 0.7)),
}


def test_probe_in_the_middle_is_named_with_its_time():
    row = fact_of(record(), FactName.SENTINELS, sentinels(0.4, 1e-6, 0.3))
    finding = only(EndpointBehavesLikeReference(), case(row), VIOLATED)
    assert "2026-11-20T10:30:00+00:00, p = 1e-06" in finding.statement


def test_many_probes_are_adjusted_for():
    # Holm: 3 * 0.004 is above 0.01, 1 * 0.004 is not.
    several = fact_of(record(), FactName.SENTINELS, sentinels(0.004, 0.7, 0.9))
    assert outcome_of(EndpointBehavesLikeReference(), case(several)) is UNDECIDED
    alone = fact_of(record(), FactName.SENTINELS, sentinels(0.004))
    assert outcome_of(EndpointBehavesLikeReference(), case(alone)) is VIOLATED


def test_probes_without_a_difference_are_a_statement_of_somebody_and_undecided():
    stated = golden(FactName.SENTINELS, sentinels(0.4, 0.7, 0.2))
    finding = only(EndpointBehavesLikeReference(), stated, UNDECIDED)
    assert "weighin did not measure them" in finding.statement


def test_probes_at_the_start_alone_are_not_enough():
    probes = [{"at": "2026-11-20T10:00:00Z", "p_value": 0.5}] * 3
    finding = only(
        EndpointBehavesLikeReference(),
        case(fact_of(record(), FactName.SENTINELS, probes)),
        UNDECIDED,
    )
    assert "no probe at the middle and at the end of it" in finding.statement


@pytest.mark.parametrize("value", [[], {}, [{"at": "noon", "p_value": 0.5}], [{"p_value": 2}], 1])
def test_shapeless_probes_are_undecided(value):
    row = fact_of(record(), FactName.SENTINELS, value)
    assert outcome_of(EndpointBehavesLikeReference(), case(row)) is UNDECIDED
