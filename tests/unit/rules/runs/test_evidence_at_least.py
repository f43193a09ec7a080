"""Cases of `evidence-at-least`, and what it says."""

from dataclasses import replace

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    case,
    foreign,
    outcome_of,
    requirements,
    with_gsm8k,
)

from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Outcome
from weighin.rules.runs.evidence_at_least import EvidenceAtLeast

CASES = {
    MET: case,
    UNDECIDED: lambda: with_gsm8k(foreign),
}


def test_each_weak_facet_is_named_with_its_benchmark_and_how_to_record_it():
    found = {f.facet: f for f in EvidenceAtLeast().check(with_gsm8k(foreign))}
    # No log of another harness could hold its files.
    assert set(found) == set(Facet) - {Facet.HARNESS_FILES}
    assert found[Facet.WEIGHTS].statement == "weights: named on gsm8k"
    assert found[Facet.DTYPE].statement == "dtype: absent on gsm8k"
    # No flag of another harness makes its word more than a declaration.
    assert found[Facet.DTYPE].fix == "score it with `weighin run`"


def test_what_a_flag_declares_is_enough_where_a_declaration_is():
    row = replace(with_gsm8k(foreign), requirements=requirements(evidence=Grade.DECLARED))
    found = {f.facet: f for f in EvidenceAtLeast().check(row)}
    assert found[Facet.DTYPE].fix == "flag for dtype"


def test_without_required_facets_the_grade_of_evidence_is_not_applicable():
    judged = case(requires=requirements(same=()))
    assert outcome_of(EvidenceAtLeast(), judged) is Outcome.NOT_APPLICABLE
