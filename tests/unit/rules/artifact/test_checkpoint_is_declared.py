"""Cases of `checkpoint-is-declared`, and what it says."""

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
    content,
    digest,
    foreign,
    only,
    outcome_of,
    record,
    requiring_model,
    scored_on,
    with_gsm8k,
    with_identifiers,
)

from weighin.identity.facets import Facet
from weighin.identity.manifest import AdapterEntry, FileEntry
from weighin.rules.artifact.checkpoint_is_declared import CheckpointIsDeclared
from weighin.rules.artifact.released_is_scored import ReleasedIsScored
from weighin.rules.interface import Outcome

ADAPTER = AdapterEntry(
    config_sha256=digest("rank 8"), weights=digest("ab"), base_model="tiny", tensors=()
)


def scored_on_variant(r):
    return r.model_copy(update={"checkpoint_id": VARIANT.checkpoint_id})


CASES = {
    MET: case,
    VIOLATED: lambda: with_gsm8k(scored_on_variant),
    UNDECIDED: lambda: replace(case(), declared=None, declared_why_not="nothing lies there"),
}


def scored_on_variant_and_renamed():
    """A record of another checkpoint under the id of the declared one."""
    told = record(scored=VARIANT)
    return told.model_copy(update={"checkpoint_id": DECLARED.checkpoint_id})


def test_other_weights_violate_and_their_tensors_are_named():
    finding = only(CheckpointIsDeclared(), scored_on(VARIANT), VIOLATED)
    assert finding.tensors == ("head.weight",)
    assert finding.facet is Facet.WEIGHTS
    assert finding.benchmarks == ("gsm8k",)


def test_edited_template_is_the_only_facet_named():
    finding = only(CheckpointIsDeclared(), scored_on(EDITED_TEMPLATE), VIOLATED)
    assert finding.facet is Facet.CHAT_TEMPLATE
    assert finding.statement.endswith("the tensors on disk are the same; chat_template differs")
    assert finding.tensors == ()


def scored_on_manifest(other, same=tuple(Facet)):
    judged = scored_on(other)
    return replace(
        judged,
        requirements=judged.requirements.model_copy(update={"same": same}),
        manifests={**judged.manifests, other.checkpoint_id: other},
    )


def test_absent_part_of_a_checkpoint_is_unknown_where_it_must_be_the_same():
    bare = DECLARED.model_copy(update={"generation_config": None})
    judged = with_gsm8k(
        lambda r: with_identifiers(r, Facet.GENERATION_CONFIG, content("none")),
        scored_on_manifest(bare),
    )
    finding = only(CheckpointIsDeclared(), judged, UNDECIDED)
    assert "generation_config set in only one of the two" in finding.statement
    asked_less = judged.requirements.model_copy(update={"same": (Facet.WEIGHTS,)})
    assert outcome_of(CheckpointIsDeclared(), replace(judged, requirements=asked_less)) is MET


def test_other_files_of_the_same_content_are_the_declared_checkpoint():
    entry = FileEntry(path="model-1-of-2", role="weights", size_bytes=2, sha256=digest("shard"))
    sharded = DECLARED.model_copy(update={"files": (*DECLARED.files, entry)})
    found = list(CheckpointIsDeclared().check(scored_on_manifest(sharded)))
    assert {f.outcome for f in found} == {MET}
    assert any("no facet differs, only the list of files" in f.statement for f in found)


def test_python_that_lies_in_a_checkpoint_and_was_not_executed_is_no_difference():
    beside = DECLARED.model_copy(update={"remote_code": digest("train.py")})
    judged = scored_on_manifest(beside)
    assert outcome_of(CheckpointIsDeclared(), judged) is MET
    model = judged.requirements.model.model_copy(update={"remote_code": ("train.py",)})
    allowed = judged.requirements.model_copy(update={"model": model})
    assert outcome_of(CheckpointIsDeclared(), replace(judged, requirements=allowed)) is VIOLATED


@pytest.mark.parametrize("facet", [Facet.CHAT_TEMPLATE, Facet.CONFIG, Facet.TOKENIZER])
def test_other_facet_of_the_declared_checkpoint_counts_only_where_it_must_be_the_same(facet):
    other = DECLARED.model_copy(update={str(facet): digest("another")})
    told = content(digest("another"))
    if facet is Facet.CHAT_TEMPLATE:
        told = content({"applied": True, "sha256": digest("another")})
    judged = with_gsm8k(lambda r: with_identifiers(r, facet, told), scored_on_manifest(other))
    assert outcome_of(CheckpointIsDeclared(), judged) is VIOLATED
    asked_less = judged.requirements.model_copy(update={"same": (Facet.WEIGHTS,)})
    assert outcome_of(CheckpointIsDeclared(), replace(judged, requirements=asked_less)) is MET


@pytest.mark.parametrize("same", [(Facet.WEIGHTS,), (Facet.TOKENIZER,), ()])
@pytest.mark.parametrize(
    "other",
    [
        DECLARED.model_copy(update={"adapter": ADAPTER}),
        DECLARED.model_copy(update={"quantization": digest("4 bits")}),
    ],
    ids=["adapters", "quantization"],
)
@pytest.mark.parametrize("rule", [CheckpointIsDeclared(), ReleasedIsScored()])
def test_adapter_and_quantization_are_part_of_the_checkpoint_whatever_must_be_the_same(
    rule, other, same
):
    assert outcome_of(rule, scored_on_manifest(other, same)) is VIOLATED


def test_another_id_alone_is_unknown_and_the_way_to_know_is_named():
    judged = replace(
        requiring_model(checkpoint=f"sha256:{digest('another')}"), declared=None, released=None
    )
    finding = only(CheckpointIsDeclared(), judged, UNDECIDED)
    assert "`weighin fingerprint FOLDER --save MANIFEST.json`" in finding.fix


def test_checkpoint_without_a_manifest_in_the_evidence_is_undecided():
    judged = replace(scored_on(VARIANT), manifests={})
    assert outcome_of(CheckpointIsDeclared(), judged) is UNDECIDED


@pytest.mark.parametrize("rule", [CheckpointIsDeclared(), ReleasedIsScored()])
def test_id_that_is_not_that_of_the_weights_observed_contradicts_its_manifest(rule):
    renamed = with_gsm8k(lambda _: scored_on_variant_and_renamed())
    finding = only(rule, renamed, VIOLATED)
    assert finding.statement == (
        "gsm8k: the record contradicts the manifest of its checkpoint: weights"
    )
    assert finding.expected.startswith(DECLARED.weights)
    assert finding.found == VARIANT.weights


def test_declared_id_without_its_manifest_is_no_evidence_of_the_weights():
    judged = replace(
        requiring_model(checkpoint=f"sha256:{DECLARED.checkpoint_id}"),
        declared=None,
        released=None,
        manifests={},
    )
    assert outcome_of(CheckpointIsDeclared(), judged) is UNDECIDED


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        (("chat_template.jinja",), VIOLATED),
        # One of several, which the manifest does not tell apart.
        (("additional_chat_templates/tools.jinja", "chat_template.jinja"), UNDECIDED),
        ((), UNDECIDED),
    ],
)
def test_applied_template_is_held_against_the_manifest(files, outcome):
    entries = tuple(
        FileEntry(path=path, role="chat_template", size_bytes=2, sha256=digest(path))
        for path in files
    )
    scored = DECLARED.model_copy(update={"files": entries})
    other = content({"applied": True, "sha256": digest("another template")})
    told = with_identifiers(record(scored=scored), Facet.CHAT_TEMPLATE, other)
    judged = replace(case(told), manifests={scored.checkpoint_id: scored}, declared=scored)
    assert outcome_of(CheckpointIsDeclared(), judged) is outcome


def test_template_that_was_not_applied_contradicts_nothing():
    other = content({"applied": False, "sha256": None})
    judged = with_gsm8k(lambda r: with_identifiers(r, Facet.CHAT_TEMPLATE, other))
    assert outcome_of(CheckpointIsDeclared(), judged) is MET


def test_log_without_a_checkpoint_id_is_undecided():
    finding = only(CheckpointIsDeclared(), with_gsm8k(foreign), UNDECIDED)
    assert finding.statement == "gsm8k: the record holds no checkpoint id"


def test_reason_why_the_declared_checkpoint_is_not_at_hand_is_told():
    judged = replace(case(), declared=None, declared_why_not="nothing lies there")
    finding = only(CheckpointIsDeclared(), judged, UNDECIDED)
    assert "nothing lies there" in finding.statement
    assert finding.benchmarks == ("arc", "gsm8k", "lambada")


def test_checkpoint_declared_by_its_id_needs_no_folder():
    judged = replace(requiring_model(checkpoint=f"sha256:{DECLARED.checkpoint_id}"), declared=None)
    assert outcome_of(CheckpointIsDeclared(), judged) is MET


def test_nothing_declared_is_not_applicable():
    judged = replace(requiring_model(), declared=None)
    assert outcome_of(CheckpointIsDeclared(), judged) is Outcome.NOT_APPLICABLE
