"""Cases of `comparison-is-paired`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, digest, outcome_of
from tests.making.rules.references import with_reference

from weighin.rules.scores.comparison_is_paired import ComparisonIsPaired

CASES = {
    MET: lambda: with_reference(case()),
    VIOLATED: lambda: with_reference(case(), ("asked.documents_digest", digest("?"))),
    UNDECIDED: lambda: with_reference(case(), ("asked.documents_digest", None)),
}


@pytest.mark.parametrize(
    ("paths", "outcome"),
    [
        ((("asked.documents_digest", None), ("asked.documents_scored", 99)), VIOLATED),
        ((("asked.documents_digest", digest("?")), ("run.harness", "HELM 0.5")), UNDECIDED),
        ((("asked.documents_scored", None),), MET),
    ],
)
def test_documents_are_paired_by_digest_and_else_refused_by_number(paths, outcome):
    assert outcome_of(ComparisonIsPaired(), with_reference(case(), *paths)) is outcome
