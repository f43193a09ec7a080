"""Cases of `distinct-checkpoints-differ`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    DECLARED,
    MET,
    TODAY,
    UNDECIDED,
    VARIANT,
    VIOLATED,
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
    with_records,
)

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Model
from weighin.rules.artifact.distinct_checkpoints_differ import DistinctCheckpointsDiffer
from weighin.rules.interface import Level, Outcome
from weighin.rules.judging.judge import judge

RULE = DistinctCheckpointsDiffer()
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


def of_another_name(scored: Manifest) -> Record:
    return record(scored=scored).model_copy(update={"model": "another"})


CASES = {
    MET: lambda: replace(case(), other_records=(of_another_name(VARIANT),)),
    VIOLATED: lambda: replace(case(), other_records=(of_another_name(DECLARED),)),
    UNDECIDED: lambda: replace(case(), other_records=(foreign(of_another_name(VARIANT)),)),
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


def test_names_of_the_same_weights_are_told_in_one_finding():
    findings = list(RULE.check(beside(other(name="b"), other(name="a"), other(VARIANT, name="c"))))
    assert [(f.outcome, f.statement) for f in findings] == [
        (VIOLATED, "tiny is one of 3 names of the same weights: a, b"),
        (MET, "other weights than 1 other model in the evidence: c"),
    ]
    assert len(findings[0].where) == 3


def test_a_thousand_names_of_the_same_weights_take_one_short_sentence():
    names = [other(name=f"copy-{n}") for n in range(1_000)]
    finding = only(RULE, beside(*names), VIOLATED)
    assert "one of 1001 names" in finding.statement
    assert len(finding.statement) < 200


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
    assert finding.fix == "score it with `weighin run`"


def test_order_of_the_other_records_never_matters():
    others = (other(name="a"), other(VARIANT, name="b"), foreign(other(name="c")))
    assert list(RULE.check(beside(*others))) == list(RULE.check(beside(*reversed(others))))


def with_adapter(made, *identifiers):
    return with_identifiers(made, Facet.ADAPTERS, *identifiers)


def test_adapter_on_an_equal_base_is_another_model_however_well_the_base_is_known():
    base = Identifier(kind=Kind.FILES, value=digest("base"), grade=Grade.PINNED)
    ours = with_identifiers(record("arc"), Facet.WEIGHTS, base)
    tuned = with_adapter(weights(base), content({"sha256": digest("lora")}))
    judged = case(ours, requires=requirements(evidence=Grade.PINNED))
    assert outcome_of(RULE, replace(judged, other_records=(weights(base),))) is VIOLATED
    assert outcome_of(RULE, replace(judged, other_records=(tuned,))) is MET


def test_equal_base_is_undecided_where_one_record_does_not_say_whether_there_is_an_adapter():
    assert outcome_of(RULE, beside(with_adapter(other()))) is UNDECIDED


def test_equal_base_is_undecided_where_the_adapters_are_mere_names():
    ours, theirs = (
        with_adapter(made, Identifier(kind=Kind.NAME, value=name, grade=Grade.NAMED))
        for made, name in ((record("arc"), "org/lora-a"), (other(), "org/lora-b"))
    )
    assert outcome_of(RULE, replace(case(ours), other_records=(theirs,))) is UNDECIDED


def test_equal_weights_are_told_where_neither_record_says_anything_of_adapters():
    ours, theirs = with_adapter(record("arc")), with_adapter(other())
    assert outcome_of(RULE, replace(case(ours), other_records=(theirs,))) is VIOLATED


def test_two_commits_of_the_same_bytes_under_two_names_are_told():
    """allenai/OLMo issue 915: three training steps were served as byte-identical shards."""
    shards = Identifier(kind=Kind.FILES, value=digest("f9acbd54"), grade=Grade.PINNED)
    ours, theirs = (
        with_identifiers(
            made,
            Facet.WEIGHTS,
            Identifier(kind=Kind.COMMIT, value=f"allenai/OLMo@{step * 40}", grade=Grade.PINNED),
            shards,
        )
        for made, step in ((record("arc"), "1"), (other(name="stage1-step175000"), "3"))
    )
    judged = case(ours, requires=requirements(evidence=Grade.PINNED))
    assert outcome_of(RULE, replace(judged, other_records=(theirs,))) is VIOLATED


def test_two_commits_alone_leave_it_undecided():
    ours, theirs = (
        with_identifiers(
            made,
            Facet.WEIGHTS,
            Identifier(kind=Kind.COMMIT, value=f"org/tiny@{step * 40}", grade=Grade.PINNED),
        )
        for made, step in ((record("arc"), "1"), (other(), "3"))
    )
    judged = case(ours, requires=requirements(evidence=Grade.PINNED))
    assert outcome_of(RULE, replace(judged, other_records=(theirs,))) is UNDECIDED


def elsewhere(scored=VARIANT, *, task="hellaswag", file="hellaswag/record.json"):
    """A record under this model's own name, of a benchmark that is not required."""
    made = changed(record("arc", scored=scored), "asked.task", task)
    return changed(made, "origin.file", file)


def with_own(*others):
    golden = case()
    return with_records(golden, (*golden.records, *others))


def test_one_name_of_two_checkpoints_is_told_with_both_places():
    finding = only(RULE, with_own(elsewhere()), VIOLATED)
    assert finding.statement == (
        "tiny is one name of two checkpoints: hellaswag, not required here, was scored with other "
        "weights"
    )
    assert [place.file for place in finding.where] == [
        "arc/1/record.json",
        "hellaswag/record.json",
    ]
    assert "a name of its own" in finding.fix


def test_one_name_of_two_checkpoints_warns_and_moves_no_verdict():
    judged = verdict(with_own(elsewhere()))
    assert judged.outcome is MET
    assert problems(with_own(elsewhere())) == {RULE.id: VIOLATED}


def test_benchmarks_on_one_other_checkpoint_are_one_finding():
    found = only(
        RULE, with_own(elsewhere(), elsewhere(task="mmlu", file="mmlu/record.json")), VIOLATED
    )
    assert "hellaswag and mmlu" in found.statement or "hellaswag, mmlu" in found.statement


def test_further_benchmarks_on_the_same_checkpoint_are_no_finding():
    assert outcome_of(RULE, with_own(elsewhere(DECLARED))) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("facet", [Facet.ADAPTERS, Facet.QUANTIZATION])
def test_one_name_with_and_without_an_adapter_or_quantization_is_told_as_such(facet):
    made = with_identifiers(elsewhere(DECLARED), facet, content("another"))
    finding = only(RULE, with_own(made), VIOLATED)
    assert finding.facet is facet
    assert finding.statement.endswith(f"was scored with other {facet}")


def test_weights_that_are_not_known_elsewhere_are_no_finding():
    assert outcome_of(RULE, with_own(foreign(elsewhere()))) is Outcome.NOT_APPLICABLE


def test_other_weights_on_a_required_benchmark_are_for_the_rule_on_weights():
    golden = case()
    both = with_records(golden, (*golden.records[:-1], record("lambada", scored=VARIANT)))
    assert outcome_of(RULE, both) is Outcome.NOT_APPLICABLE
    assert problems(both)["same-weights"] is VIOLATED


def test_two_attempts_at_one_benchmark_on_two_checkpoints_differ_in_weights():
    golden = case()
    both = with_records(golden, (*golden.records, record("arc", scored=VARIANT, attempt="2")))
    # Beside one as declared the other decides nothing, but as an attempt; every record judged does.
    assert problems(both)["one-attempt"] is VIOLATED
    every = judge(both, today=TODAY, every=True)
    violated = {f.rule for f in every.findings if f.finding.outcome is VIOLATED}
    assert "same-weights" in violated
