"""Images, limits, network, trajectories, and what people declare."""

import pytest
from tests.making.rules.builders import case, only, outcome_of, record
from tests.making.rules.protocol_cases import fact_of, golden

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.artifact.stated.lineage_is_declared import LineageIsDeclared
from weighin.rules.environment.sandbox.default_limits import DefaultLimits
from weighin.rules.environment.sandbox.images_are_allowed import ImagesAreAllowed
from weighin.rules.environment.sandbox.network_as_required import NetworkAsRequired
from weighin.rules.environment.sandbox.no_forbidden_access import NoForbiddenAccess
from weighin.rules.environment.sandbox.trajectories_are_complete import TrajectoriesAreComplete
from weighin.rules.interface import Outcome

MET, VIOLATED, UNDECIDED = Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED
ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


def test_images_are_compared_by_digest_whatever_the_repository():
    of = golden(FactName.IMAGES, {f"mirror.example/swe@{ONE}": 100})
    assert outcome_of(ImagesAreAllowed(allowed=(ONE,)), of) is MET
    assert outcome_of(ImagesAreAllowed(allowed=(f"swe@{ONE}",)), of) is MET
    assert outcome_of(ImagesAreAllowed(allowed=(TWO,)), of) is VIOLATED
    assert outcome_of(ImagesAreAllowed(allowed=(ONE,), denied=(ONE,)), of) is VIOLATED


@pytest.mark.parametrize("rule", [ImagesAreAllowed(), ImagesAreAllowed(allowed=(ONE,))])
def test_tag_of_an_image_can_move(rule):
    finding = only(rule, golden(FactName.IMAGES, {"swe:latest": 100}), UNDECIDED)
    assert "swe:latest" in finding.statement


def test_documents_solved_in_a_denied_image_are_counted():
    of = golden(FactName.IMAGES, {ONE: 60, TWO: 40})
    finding = only(ImagesAreAllowed(denied=(TWO,)), of, VIOLATED)
    assert "40 documents" in finding.statement


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


@pytest.mark.parametrize(
    ("state", "outcome"), [("none", MET), ("allow-list", MET), ("open", VIOLATED), ("?", UNDECIDED)]
)
def test_network_state_must_be_one_that_is_allowed(state, outcome):
    rule = NetworkAsRequired(allowed=("none", "allow-list"))
    assert outcome_of(rule, golden(FactName.NETWORK, state)) is outcome


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


def test_forbidden_access_names_the_documents_and_what_was_done():
    accesses = {f"django-{n}": "git log --all" for n in range(122)}
    of = golden(FactName.FORBIDDEN_ACCESSES, {}, gsm8k=accesses)
    finding = only(NoForbiddenAccess(), of, VIOLATED)
    assert "122 documents" in finding.statement
    assert finding.found == "git log --all"
    assert outcome_of(NoForbiddenAccess(documents=122), of) is MET


def test_parents_are_shown_and_none_is_said():
    assert (
        "no other model" in only(LineageIsDeclared(), golden(FactName.PARENTS, []), MET).statement
    )
    merged = golden(FactName.PARENTS, ["a/x", "b/y"])
    assert "a/x, b/y" in only(LineageIsDeclared(), merged, MET).statement
    assert outcome_of(LineageIsDeclared(denied=("B/Y",)), merged) is VIOLATED


def test_fact_that_is_only_named_is_not_enough():
    of = case(fact_of(record(), FactName.NETWORK, "none", Grade.NAMED))
    assert outcome_of(NetworkAsRequired(), of) is UNDECIDED
