"""Change one thing in a golden case: exactly the rules that should fire do."""

from collections.abc import Iterator
from types import GenericAlias
from typing import get_args

import pytest
from pydantic import BaseModel
from tests.making.rules.builders import (
    VARIANT,
    case,
    content,
    digest,
    gsm8k_with,
    problems,
    verdict,
    with_gsm8k,
    with_identifiers,
)

from weighin.evidence.facts import Fact
from weighin.evidence.records import Record, TakenAnswers
from weighin.evidence.watched import FunctionEntry, WatchedChange, WatchState
from weighin.identity.facets import Facet, Grade, Kind
from weighin.rules.interface import Outcome

VIOLATED, UNDECIDED = Outcome.VIOLATED, Outcome.UNDECIDED
WEIGHTS_WITHOUT_GRADE = {"same-weights": UNDECIDED, "evidence-at-least": UNDECIDED}
ABSENT_TASK = {"every-benchmark-present": UNDECIDED}
CHECKPOINT_UNKNOWN = {"checkpoint-is-declared": UNDECIDED, "released-is-scored": UNDECIDED}
# A record that says something else of its checkpoint than the manifest of that checkpoint.
AGAINST_ITS_MANIFEST = {"checkpoint-is-declared": VIOLATED, "released-is-scored": VIOLATED}
WITHOUT_TENSORS_ON_DISK = CHECKPOINT_UNKNOWN
CHANGE = WatchedChange(
    what="method", name="LlamaModel.forward", before="a", after="b", when="at pass 12"
)
# Nothing of the kind stands in a golden record: they are added as a whole.
EMPTY_IN_THE_GOLDEN_RECORD = ("watch.changes", "watch.unplaced", "taken")
# The golden record has all answers already.
TAKEN = TakenAnswers(
    attempt_id="0",
    run_id="run-0",
    host="machine",
    began="2026-11-20T09:00:00Z",
    until="2026-11-20T09:10:00Z",
    weights=digest("others"),
    settings={},
    journal_sha256=digest("journal"),
    answers={"generate_until": 1},
    looks=None,
)

# Field of the record of gsm8k: (another value, which rules fire). An empty set is a field that no
# rule of this version judges.
MUTATIONS: dict[str, tuple[object, dict[str, Outcome]]] = {
    # Older records are neither better nor worse for what they could not hold.
    "format": ("weighin.record/1", {}),
    "model": ("another name", {}),
    "checkpoint_id": (
        VARIANT.checkpoint_id,
        {"checkpoint-is-declared": VIOLATED, "released-is-scored": VIOLATED},
    ),
    "location": (None, {}),
    "asked.task": ("gsm9k", ABSENT_TASK),
    "asked.task_version": ("2.0", {"as-required": VIOLATED}),
    "asked.config_digest": (None, {}),
    "asked.dataset_path": (None, {}),
    "asked.dataset_revision": (None, {}),
    "asked.documents_digest": (None, {}),
    "asked.prompts_digest": (None, {}),
    "asked.num_fewshot": (4, {"as-required": VIOLATED}),
    "asked.documents_total": (101, {"all-documents-scored": VIOLATED}),
    "asked.documents_scored": (99, {"all-documents-scored": VIOLATED}),
    "asked.decoding": ({"temperature": 0.7}, {"as-required": VIOLATED}),
    # Judged where the file states them.
    "asked.repeats": (8, {}),
    "asked.seeds": ({"random": 1}, {}),
    # The first observation is that of the weights.
    "observations.0.facet": (
        Facet.CONFIG,
        WEIGHTS_WITHOUT_GRADE | {"same-config": UNDECIDED} | WITHOUT_TENSORS_ON_DISK,
    ),
    "observations.0.identifiers.0.kind": (
        Kind.FILES,
        {"same-weights": UNDECIDED} | WITHOUT_TENSORS_ON_DISK,
    ),
    "observations.0.identifiers.0.value": (
        digest("others"),
        {"same-weights": VIOLATED} | AGAINST_ITS_MANIFEST,
    ),
    "observations.0.identifiers.0.grade": (Grade.DECLARED, WEIGHTS_WITHOUT_GRADE),
    "observations.0.identifiers.0.scope": ("a loader", {"same-weights": UNDECIDED}),
    "observations.0.summary": ("other words", {}),
    "observations.0.pointer": ("/elsewhere", {}),
    "observations.0.how_to_record": ("", {}),
    # That weights do not matter to a benchmark is not for a record to say.
    "observations.0.applies": (False, {}),
    "observations.0.changed_during_run": ("other weights", {"same-weights": VIOLATED}),
    "scores.0.task": (
        "gsm8k_sub",
        {
            "every-benchmark-present": UNDECIDED,
            "as-required": UNDECIDED,
            "score-recomputes": UNDECIDED,
        },
    ),
    "scores.0.metric": (
        "acc",
        {
            "every-benchmark-present": UNDECIDED,
            "as-required": VIOLATED,
            "score-recomputes": UNDECIDED,
        },
    ),
    "scores.0.filter": (
        "flexible-extract",
        {
            "every-benchmark-present": UNDECIDED,
            "as-required": VIOLATED,
            "score-recomputes": UNDECIDED,
        },
    ),
    "scores.0.value": (0.42, {"score-recomputes": VIOLATED}),
    "scores.0.stderr": (None, {}),
    "scores.0.aggregation": (None, {}),
    "scores.0.documents": (
        99,
        {"score-recomputes": VIOLATED, "all-documents-scored": VIOLATED},
    ),
    "is_partial": (True, {"all-documents-scored": VIOLATED, "as-required": VIOLATED}),
    # What the files hold is the reader's to see; it tells of it as a broken file.
    "files.0.path": ("other.jsonl", {}),
    "files.0.role": ("log", {}),
    "files.0.task": ("arc", {}),
    "files.0.sha256": (digest("other"), {}),
    "files.0.size_bytes": (11, {}),
    "checkpoint_files.0.path": ("other.json", {}),
    "checkpoint_files.0.role": ("tokenizer", {}),
    "checkpoint_files.0.size_bytes": (3, {}),
    "checkpoint_files.0.sha256": (digest("other"), {}),
    "checkpoint_files.0.git_sha1": (None, {}),
    "loaded.loader": ("transformers 5.0.0", {}),
    "loaded.digest_before": (digest("other"), {"weights-unchanged-during-run": VIOLATED}),
    "loaded.digest_after": (digest("other"), {"weights-unchanged-during-run": VIOLATED}),
    "loaded.tensors": (5, {"loaded-is-on-disk": UNDECIDED}),
    "loaded.tied": ((), {"loaded-is-on-disk": UNDECIDED}),
    "loaded.not_saved": ((), {"loaded-is-on-disk": UNDECIDED}),
    "loaded.exactly_on_disk": (0, {"loaded-is-on-disk": UNDECIDED}),
    "loaded.on_disk_after_cast": (1, {}),
    "loaded.not_comparable": (("fused.weight",), {"loaded-is-on-disk": UNDECIDED}),
    "loaded.differ_from_disk": (("head.weight",), {"loaded-is-on-disk": VIOLATED}),
    "loaded.not_in_checkpoint": (("head.weight",), {"loaded-is-on-disk": VIOLATED}),
    "loaded.unused_on_disk": (("rotary.inv_freq",), {}),
    "loaded.changed_during_run": (("head.weight",), {"weights-unchanged-during-run": VIOLATED}),
    "loaded.files_changed_during_run": (
        ("model.safetensors: overwritten",),
        {"weights-unchanged-during-run": VIOLATED},
    ),
    # No ledger tells of a later reading.
    "loaded.files_state": (digest("state"), {"weights-unchanged-during-run": UNDECIDED}),
    # Told where the rule is met: what is loaded is hashed, and the last reading reads all.
    "loaded.files_remembered": ("2026-11-20T08:00:00Z", {}),
    # What a machine computed is compared within one kind of machine only.
    "loaded.computed.scope": ("another machine", {}),
    "loaded.computed.digest_before": (digest("other"), {}),
    "loaded.computed.digest_after": (digest("other"), {}),
    "loaded.computed.names": ((), {}),
    "loaded.computed.changed_during_run": (
        ("rotary.inv_freq",),
        {"weights-unchanged-during-run": UNDECIDED},
    ),
    # The facets say what was sent; here it stands for whoever looks closer.
    "sent.models": (("another",), {}),
    "sent.generation": (
        ({"do_sample": True, "temperature": 0.7},),
        {"as-required": VIOLATED},
    ),
    "sent.system_messages": ((), {}),
    "sent.template_arguments": ({"enable_thinking": True}, {}),
    "sent.template_dates": (("2026-11-20",), {}),
    "sent.requests": ({"generate_until": 101}, {"watched-throughout": UNDECIDED}),
    "sent.answers": ({"generate_until": 99}, {"watched-throughout": UNDECIDED}),
    # Told above every report.
    "sent.prompts_cut": (3, {}),
    # Judged where the file states them.
    "in_force.dtype_requested": ("float32", {}),
    "in_force.max_length": (8, {}),
    "in_force.max_length_requested": (8, {}),
    "in_force.add_bos_token": (True, {}),
    # Also where the file states nothing: what it does not allow may not be executed.
    "in_force.remote_code": (("own.py",), {"as-required": VIOLATED}),
    # How closely was watched is told; what was seen is judged.
    "watch.state": (WatchState.OFF, {"watched-throughout": UNDECIDED}),
    "watch.why": ("asked not to", {}),
    "watch.looks.passes": (0, {}),
    "watch.looks.from_files": (3, {}),
    "watch.looks.looks": (0, {}),
    "watch.looks.bytes_looked_at": (0, {}),
    "watch.looks.seconds": (1.0, {}),
    "watch.looks.model_seconds": (1.0, {}),
    "watch.looks.missed": ({"one": 1.0}, {}),
    "watch.changes": ((CHANGE,), {"watched-throughout": VIOLATED}),
    "watch.unplaced": ((FunctionEntry(name="f", file="own.py", sha256=digest("f")),), {}),
    "watch.functions_sha256": (digest("others"), {}),
    # With another weights digest than the record's own, and one answer too many.
    "taken": (
        (TAKEN,),
        {"weights-unchanged-during-run": VIOLATED, "watched-throughout": UNDECIDED},
    ),
    "run.run_id": ("run-2", {}),
    "run.job_id": ("", {"one-attempt": UNDECIDED, "records-intact": UNDECIDED}),
    "run.attempt_id": ("", {}),
    "run.started": ("", {}),
    "run.finished": ("", {}),
    "run.harness": ("lm-eval 0.4.9", {}),
    "run.engine": ("vllm 0.20", {}),
    "run.command": ("", {}),
    "run.host": ("", {}),
    "run.versions": ({}, {}),
    "run.settings": ({}, {}),
    "origin.producer": ("somebody", {}),
    "origin.file": ("elsewhere.json", {}),
    "origin.pointer": ("/0", {}),
}
REMOVALS: dict[str, tuple[object, dict[str, Outcome]]] = {
    "checkpoint_id": (None, CHECKPOINT_UNKNOWN),
    "asked.task_version": (None, {"as-required": UNDECIDED}),
    "asked.num_fewshot": (None, {"as-required": UNDECIDED}),
    "asked.documents_total": (None, {"all-documents-scored": UNDECIDED}),
    "asked.documents_scored": (None, {"all-documents-scored": UNDECIDED}),
    "asked.decoding": ({}, {"as-required": UNDECIDED}),
    "observations.0.identifiers": ((), WEIGHTS_WITHOUT_GRADE | WITHOUT_TENSORS_ON_DISK),
    "scores": (
        (),
        {
            "every-benchmark-present": UNDECIDED,
            "as-required": UNDECIDED,
            "score-recomputes": UNDECIDED,
        },
    ),
    "scores.0.value": (
        float("nan"),
        {"every-benchmark-present": UNDECIDED, "score-recomputes": VIOLATED},
    ),
    "scores.0.documents": (None, {}),
    "files": ((), {"records-intact": UNDECIDED}),
    "loaded": (
        None,
        {"weights-unchanged-during-run": UNDECIDED, "loaded-is-on-disk": UNDECIDED},
    ),
    "loaded.digest_before": ("", {"weights-unchanged-during-run": UNDECIDED}),
    "loaded.digest_after": ("", {"weights-unchanged-during-run": UNDECIDED}),
}
REQUIRED_BY_AS_REQUIRED = (Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT)
TOLD_BY_THE_MANIFEST = (
    Facet.WEIGHTS,
    Facet.CONFIG,
    Facet.GENERATION_CONFIG,
    Facet.REMOTE_CODE,
    Facet.ADAPTERS,
)


def leaves(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        annotation = field.annotation
        inner = next(
            (a for a in (annotation, *get_args(annotation)) if _is_model(a)),
            None,
        )
        is_tuple = "tuple" in str(annotation)
        if inner is None:
            yield path + name
        else:
            yield from leaves(inner, f"{path}{name}.{'0.' if is_tuple else ''}")


def _is_model(annotation: object) -> bool:
    return (
        isinstance(annotation, type)
        and not isinstance(annotation, GenericAlias)
        and issubclass(annotation, BaseModel)
    )


def test_golden_case_is_met():
    assert verdict(case()).outcome is Outcome.MET


def test_no_rule_fires_on_the_golden_case():
    assert problems(case()) == {}


def test_mutations_cover_every_field_of_a_record():
    # Facts have a golden case and a table of their own: test_fact_mutations.py.
    facts = {f"facts.0.{name}" for name in Fact.model_fields}
    assert set(MUTATIONS) | facts == {
        next((empty for empty in EMPTY_IN_THE_GOLDEN_RECORD if leaf.startswith(empty)), leaf)
        for leaf in leaves(Record)
    }


@pytest.mark.parametrize("path", MUTATIONS)
def test_mutating_a_field_fires_exactly_its_rules(path):
    value, expected = MUTATIONS[path]
    assert problems(gsm8k_with(path, value)) == expected


@pytest.mark.parametrize("path", REMOVALS)
def test_removing_a_field_fires_exactly_its_rules(path):
    value, expected = REMOVALS[path]
    assert problems(gsm8k_with(path, value)) == expected


@pytest.mark.parametrize("facet", Facet)
def test_another_value_of_a_facet_violates_its_own_rule_and_the_manifest_where_it_tells(facet):
    other = with_gsm8k(lambda r: with_identifiers(r, facet, content("another")))
    assert problems(
        other
        if facet is not Facet.WEIGHTS
        else gsm8k_with("observations.0.identifiers.0.value", "another")
    ) == {f"same-{facet.replace('_', '-')}": VIOLATED} | (
        {"as-required": UNDECIDED} if facet in REQUIRED_BY_AS_REQUIRED else {}
    ) | (AGAINST_ITS_MANIFEST if facet in TOLD_BY_THE_MANIFEST else {})


@pytest.mark.parametrize("facet", Facet)
def test_absence_of_a_facet_is_undecided_and_never_a_difference(facet):
    expected = {f"same-{facet.replace('_', '-')}": UNDECIDED, "evidence-at-least": UNDECIDED}
    if facet in REQUIRED_BY_AS_REQUIRED:
        expected["as-required"] = UNDECIDED
    if facet is Facet.WEIGHTS:
        expected |= WITHOUT_TENSORS_ON_DISK
    assert problems(with_gsm8k(lambda r: with_identifiers(r, facet))) == expected


@pytest.mark.parametrize("facet", Facet)
@pytest.mark.parametrize("grade", [Grade.PINNED, Grade.DECLARED, Grade.NAMED])
def test_facet_known_too_weakly_is_undecided(facet, grade):
    def weaker(record):
        (identifier,) = record.observation(facet).identifiers
        return with_identifiers(record, facet, identifier.model_copy(update={"grade": grade}))

    expected = {f"same-{facet.replace('_', '-')}": UNDECIDED, "evidence-at-least": UNDECIDED}
    assert problems(with_gsm8k(weaker)) == expected


def test_removing_a_record_is_undecided_and_fires_one_rule():
    golden = case()
    assert problems(case(*golden.records[1:])) == {"every-benchmark-present": UNDECIDED}
