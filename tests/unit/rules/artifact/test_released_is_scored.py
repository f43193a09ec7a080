"""Cases of `released-is-scored`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    DECLARED,
    EDITED_TEMPLATE,
    MET,
    UNDECIDED,
    VARIANT,
    VIOLATED,
    case,
    only,
    outcome_of,
    requirements,
    requiring_model,
    scored_on,
)

from weighin.identity.facets import Facet
from weighin.rules.artifact.released_is_scored import ReleasedIsScored
from weighin.rules.interface import Outcome

CASES = {
    MET: case,
    VIOLATED: lambda: replace(case(), released=VARIANT),
    UNDECIDED: lambda: replace(case(), released=None, released_why_not="offline"),
}


def test_manifest_filed_under_another_id_violates():
    judged = scored_on(VARIANT)
    judged = replace(judged, manifests={VARIANT.checkpoint_id: EDITED_TEMPLATE})
    assert outcome_of(ReleasedIsScored(), judged) is VIOLATED


def test_nothing_released_is_not_applicable():
    judged = requiring_model(checkpoint="somewhere")
    assert outcome_of(ReleasedIsScored(), judged) is Outcome.NOT_APPLICABLE


def test_other_weights_than_released_are_a_different_artifact():
    finding = only(ReleasedIsScored(), replace(case(), released=VARIANT), VIOLATED)
    assert "a different artifact was scored than the one released" in finding.statement
    assert finding.tensors == ("head.weight",)


@pytest.mark.parametrize(
    ("same", "outcome"),
    [((Facet.CHAT_TEMPLATE,), VIOLATED), ((Facet.WEIGHTS,), MET)],
)
def test_other_facet_of_the_release_counts_only_where_it_must_be_the_same(same, outcome):
    judged = replace(case(requires=requirements(same=same)), released=EDITED_TEMPLATE)
    finding = only(ReleasedIsScored(), judged, outcome)
    assert "chat_template differs" in finding.statement


def test_digest_of_weights_decides_where_the_listed_tensors_agree():
    forged = DECLARED.model_copy(update={"weights": VARIANT.weights})
    assert outcome_of(ReleasedIsScored(), replace(case(), released=forged)) is VIOLATED
