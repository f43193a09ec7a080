"""`distinct-checkpoints-differ`: two names promise two models."""

from dataclasses import replace

import pytest
from tests.rules.builders import (
    DECLARED,
    VARIANT,
    case,
    changed,
    content,
    digest,
    foreign,
    only,
    outcome_of,
    problems,
    record,
    requirements,
    verdict,
    with_identifiers,
)

from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.requirements.model import Model
from weighin.rules.distinct_checkpoints import DistinctCheckpointsDiffer
from weighin.rules.interface import Level, Outcome

RULE = DistinctCheckpointsDiffer()
VIOLATED, UNDECIDED, MET = Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.MET

# Field of the other model's record, which has the same weights: (another value, the outcome).
MUTATIONS = {
    "model": ("yet another name", VIOLATED),
    "checkpoint_id": (VARIANT.checkpoint_id, VIOLATED),
    "location": (None, VIOLATED),
    "asked.task": ("another task", VIOLATED),
    "loaded": (None, VIOLATED),
    "scores": ((), VIOLATED),
    "observations.0.facet": (Facet.ENGINE, UNDECIDED),
    "observations.0.identifiers": ((), UNDECIDED),
    "observations.0.identifiers.0.kind": (Kind.FILES, UNDECIDED),
    "observations.0.identifiers.0.value": (digest("others"), MET),
    "observations.0.identifiers.0.grade": (Grade.DECLARED, UNDECIDED),
    "observations.0.identifiers.0.scope": ("a loader", UNDECIDED),
    "observations.0.summary": ("other words", VIOLATED),
    "run.engine": ("vllm 0.20", VIOLATED),
}


def other(scored=DECLARED, *, name="another", file="another/record.json"):
    made = record(scored=scored).model_copy(update={"model": name})
    return changed(made, "origin.file", file)


def beside(*others, **replaced):
    return replace(case(**replaced), other_records=others)


def weights(*identifiers):
    return with_identifiers(other(), Facet.WEIGHTS, *identifiers)


@pytest.mark.parametrize("path", MUTATIONS)
def test_mutating_a_field_of_the_other_record_changes_the_outcome_as_the_table_says(path):
    value, expected = MUTATIONS[path]
    assert outcome_of(RULE, beside(changed(other(), path, value))) is expected


def test_two_names_of_the_same_weights_are_told_with_both_places():
    finding = only(RULE, beside(other()), VIOLATED)
    assert finding.statement == "tiny and another are two names of the same weights"
    assert [place.file for place in finding.where] == ["arc/1/record.json", "another/record.json"]
    assert finding.facet is Facet.WEIGHTS
    assert "model.aliases" in finding.fix


def test_two_names_of_the_same_weights_warn_and_move_no_verdict():
    judged = verdict(beside(other()))
    (finding,) = (f for f in judged.findings if f.rule == RULE.id)
    assert finding.level is Level.WARNING
    assert judged.outcome is MET


def test_no_other_rule_hears_of_the_records_of_other_models():
    assert problems(beside(other(VARIANT))) == {}


def test_name_among_the_aliases_is_the_same_model():
    model = Model(name="tiny", aliases=("another",))
    judged = beside(other(), requires=requirements(model=model))
    assert outcome_of(RULE, judged) is Outcome.NOT_APPLICABLE


def test_without_other_models_the_rule_does_not_apply():
    assert outcome_of(RULE, case()) is Outcome.NOT_APPLICABLE


def test_one_of_several_records_with_the_same_weights_is_enough():
    judged = beside(other(VARIANT), other(file="another/2/record.json"))
    assert outcome_of(RULE, judged) is VIOLATED


def test_every_name_of_the_same_weights_has_a_finding():
    findings = RULE.check(beside(other(name="b"), other(name="a"), other(VARIANT, name="c")))
    assert [(f.outcome, f.statement.split()[2]) for f in findings] == [
        (VIOLATED, "a"),
        (VIOLATED, "b"),
        (MET, "than"),
    ]


@pytest.mark.parametrize("facet", [Facet.ADAPTERS, Facet.QUANTIZATION])
def test_adapter_or_quantization_on_the_same_tensors_is_another_model(facet):
    judged = beside(with_identifiers(other(), facet, content("another")))
    assert outcome_of(RULE, judged) is MET


@pytest.mark.parametrize("facet", [Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT, Facet.ENGINE])
def test_same_weights_asked_in_another_way_are_still_the_same_weights(facet):
    judged = beside(with_identifiers(other(), facet, content("another")))
    assert outcome_of(RULE, judged) is VIOLATED


def test_equal_names_in_two_logs_are_not_equal_weights():
    name = Identifier(kind=Kind.NAME, value="tiny", grade=Grade.NAMED)
    named = with_identifiers(record("arc"), Facet.WEIGHTS, name)
    judged = replace(case(named, requires=requirements(evidence=Grade.NAMED)))
    assert outcome_of(RULE, replace(judged, other_records=(weights(name),))) is UNDECIDED


def test_equal_digests_in_memory_of_one_loader_are_the_same_weights():
    loaded = Identifier(
        kind=Kind.LOADED, value=digest("memory"), grade=Grade.MEASURED, scope="transformers BF16"
    )
    ours = with_identifiers(record("arc"), Facet.WEIGHTS, loaded)
    assert outcome_of(RULE, replace(case(ours), other_records=(weights(loaded),))) is VIOLATED
    elsewhere = loaded.model_copy(update={"scope": "vllm BF16"})
    assert outcome_of(RULE, replace(case(ours), other_records=(weights(elsewhere),))) is UNDECIDED


def test_unknown_weights_name_the_models_and_how_to_record_them():
    finding = only(RULE, beside(foreign(other())), UNDECIDED)
    assert finding.statement.endswith("is unknown: another")
    assert finding.fix == "flag for weights"


def test_order_of_the_other_records_never_matters():
    others = (other(name="a"), other(VARIANT, name="b"), foreign(other(name="c")))
    assert list(RULE.check(beside(*others))) == list(RULE.check(beside(*reversed(others))))
