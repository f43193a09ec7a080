"""Cases of `reference-was-scored-alike`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    content,
    digest,
    only,
    outcome_of,
    record,
    with_identifiers,
    with_records,
)
from tests.making.rules.facts import fact_of
from tests.making.rules.references import in_both, with_reference

from weighin.evidence.collected import Declaration
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Origin
from weighin.identity.facets import Facet, Grade
from weighin.rules.scores.comparison_is_paired import ComparisonIsPaired
from weighin.rules.scores.reference_was_scored_alike import ReferenceWasScoredAlike

CASES = {
    MET: lambda: in_both(with_reference(case())),
    VIOLATED: lambda: in_both(with_reference(case(), ("asked.num_fewshot", 0))),
    UNDECIDED: lambda: in_both(with_reference(case(), ("asked.num_fewshot", None))),
}


def alike(*paths):
    return in_both(with_reference(case(), *paths))


def with_facet(facet, value):
    """The golden comparison with one facet of the reference of gsm8k replaced."""
    of = alike()
    return replace(
        of,
        reference=tuple(
            with_identifiers(r, facet, content(value)) if r.asked.task == "gsm8k" else r
            for r in of.reference
        ),
    )


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("asked.num_fewshot", 0, "num_fewshot is 5"),
        ("asked.task_version", "2.0", "task_version is 3.0"),
        ("scores.0.filter", "flexible-extract", "metric is exact_match,strict-match"),
        ("run.harness", "lm-eval 0.4.9", "harness is lm-eval 0.4.13"),
        ("asked.config_digest", digest("?"), "settings of the task"),
    ],
)
def test_what_was_asked_otherwise_is_named(path, value, named):
    finding = only(ReferenceWasScoredAlike(), alike((path, value)), VIOLATED)
    assert named in finding.statement
    assert finding.benchmarks == ("gsm8k",)


@pytest.mark.parametrize("facet", [Facet.DTYPE, Facet.DECODING, Facet.SYSTEM_PROMPT])
def test_facet_of_how_it_was_run_must_agree(facet):
    finding = only(ReferenceWasScoredAlike(), with_facet(facet, {"temperature": 0.6}), VIOLATED)
    assert finding.facet is facet
    assert "baseline" in finding.statement


@pytest.mark.parametrize("facet", [Facet.WEIGHTS, Facet.CONFIG, Facet.TOKENIZER, Facet.ADAPTERS])
def test_the_models_may_differ(facet):
    assert outcome_of(ReferenceWasScoredAlike(), with_facet(facet, "another")) is MET


def test_another_model_may_have_a_template_of_its_own():
    own = {"applied": True, "sha256": digest("own template")}
    assert outcome_of(ReferenceWasScoredAlike(), with_facet(Facet.CHAT_TEMPLATE, own)) is MET


def test_template_applied_on_one_side_only_violates():
    bare = {"applied": False, "sha256": None}
    finding = only(ReferenceWasScoredAlike(), with_facet(Facet.CHAT_TEMPLATE, bare), VIOLATED)
    assert (finding.found, finding.expected) == ("applied", "not applied")


def test_votes_beside_single_answers_are_named():
    # Grok 3 at cons@64 beside o3-mini at one answer.
    of = alike()
    voted = with_records(of, (fact_of(r, FactName.AGGREGATION, "cons@64") for r in of.records))
    finding = only(ReferenceWasScoredAlike(), voted, VIOLATED)
    assert "aggregation is cons@64" in finding.statement


def test_what_is_declared_of_the_model_is_not_taken_for_its_reference():
    of = with_reference(case())
    fact = Fact(name=FactName.AGGREGATION, value="pass@1", grade=Grade.DECLARED)
    origin = Origin(producer="somebody", file="declarations.yaml")
    declared = Declaration(model="tiny", benchmark="", facts=(fact,), origin=origin)
    judged = replace(of, declarations=(declared,))
    assert "aggregation" in only(ReferenceWasScoredAlike(), judged, UNDECIDED).statement


def test_facet_of_which_one_side_says_nothing_is_unknown():
    of = alike()
    silent = tuple(with_identifiers(r, Facet.DTYPE) for r in of.reference)
    finding = only(ReferenceWasScoredAlike(), replace(of, reference=silent), UNDECIDED)
    assert finding.facet is Facet.DTYPE
    assert finding.fix == "flag for dtype"


def test_facets_are_a_parameter():
    rule = ReferenceWasScoredAlike(facets=(Facet.ENGINE,))
    assert outcome_of(rule, with_facet(Facet.DTYPE, "F16")) is MET
    assert outcome_of(rule, with_facet(Facet.ENGINE, "another")) is VIOLATED


def test_every_benchmark_needs_its_own_reference():
    of = alike()
    finding = only(ReferenceWasScoredAlike(), replace(of, reference=of.reference[:2]), UNDECIDED)
    assert finding.benchmarks == ("lambada",)


def test_comparison_without_the_other_side_is_undecided():
    for rule in (ReferenceWasScoredAlike(), ComparisonIsPaired()):
        finding = only(rule, case(changed(record(), "model", "tiny")), UNDECIDED)
        assert "--reference" in finding.fix
