"""Cases of `images-are-allowed`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, only, outcome_of
from tests.making.rules.facts import DENIED_IMAGE, golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.environment.sandbox.images_are_allowed import ImagesAreAllowed

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


IMAGE = f"swe@sha256:{'a' * 64}"


CASES = of_fact(FactName.IMAGES, {IMAGE: 100}, {IMAGE: 60, DENIED_IMAGE: 40})
PARAMETERS = {"denied": (DENIED_IMAGE,)}


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
