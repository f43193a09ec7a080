"""Cases of `dataset-as-required`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    digest,
    gsm8k_with,
    only,
    outcome_of,
    with_record,
)
from tests.making.rules.references import with_reference

from weighin.rules.protocol.dataset_as_required import DatasetAsRequired


def without_digest(revision):
    """A record that does not hold which documents were asked."""
    of = gsm8k_with("asked.dataset_revision", revision)
    return with_record(of, "asked.documents_digest", None)


CASES = {
    MET: case,
    VIOLATED: lambda: with_reference(gsm8k_with("asked.documents_digest", digest("?"))),
    UNDECIDED: lambda: without_digest(None),
}


@pytest.mark.parametrize("revision", [None, "main", "refs/convert/parquet"])
def test_dataset_revision_that_can_move_is_named(revision):
    finding = only(DatasetAsRequired(), without_digest(revision), UNDECIDED)
    assert "floats" in finding.statement
    assert revision is None or revision in finding.statement


def test_documents_that_weighin_measured_are_the_dataset_and_the_floating_revision_is_told():
    (told,) = {
        f.statement
        for f in DatasetAsRequired().check(gsm8k_with("asked.dataset_revision", None))
        if "floats" in f.statement
    }
    assert told == "gsm8k: the revision of the dataset floats; its documents were measured"


def test_required_revision_is_compared_as_it_stands():
    required = DatasetAsRequired(revisions={"gsm8k": "main"})
    assert outcome_of(required, gsm8k_with("asked.dataset_revision", "main")) is MET
    assert outcome_of(required, case()) is VIOLATED


def test_digest_of_the_documents_decides_where_the_revision_floats():
    floating = gsm8k_with("asked.dataset_revision", None)
    required = DatasetAsRequired(documents={"gsm8k": digest("documents of gsm8k")})
    assert outcome_of(required, floating) is MET
    assert outcome_of(DatasetAsRequired(), with_reference(floating)) is MET


def test_documents_of_a_part_are_not_held_against_those_of_the_whole():
    of = with_reference(
        case(), ("asked.documents_digest", digest("?")), ("asked.documents_scored", 7)
    )
    assert outcome_of(DatasetAsRequired(), of) is MET
