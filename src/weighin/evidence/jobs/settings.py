"""What makes two jobs one: what answers, by its content, and everything that it is asked.

A checkpoint is its tensors and facets, however its files are cut, named and described.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.files.canonical import sha256_hex
from weighin.identity.comparison.manifests import facet_values
from weighin.identity.facets import Facet, Kind
from weighin.identity.manifest import Manifest

CHECKPOINT_ID = "checkpoint_id"
# How a checkpoint was loaded where no plan of its job is kept any more.
_LOADED_PLAINLY: Mapping[str, JsonValue] = {
    "max_length": None,
    "add_bos_token": None,
    "remote_code": [],
}
_SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """What a job asks of what, as far as a record of it must say the same.

    Attributes:
        subject: As `subject_settings` gives it.
        config_digest: Of the task's configuration with what the requirements put into it.
        documents_digest: Of the documents that are asked.
        code: SHA-256 by name of the Python files that the task calls.
        chat_template: Whether prompts go through the chat template.
        system_prompt: System prompt; `None` for none.
        seeds: By their names in the settings of a record.
    """

    subject: JsonValue
    config_digest: str | None
    documents_digest: str | None
    code: Mapping[str, str]
    chat_template: bool
    system_prompt: str | None
    seeds: Mapping[str, JsonValue]


def subject_settings(
    description: JsonValue, manifest: Manifest | None, *, chat_template: bool
) -> JsonValue:
    """What answers, without what changes no answer: how files are cut, code that is not run.

    Args:
        description: As a subject describes itself.
        manifest: Its checkpoint; `None` for a served model, which is all that it says of itself.
        chat_template: Whether prompts go through the chat template.
    """
    if manifest is None or not isinstance(description, dict):
        return description
    left_out = {Facet.DTYPE}  # of the tensors, whose root holds it
    if not chat_template:
        left_out.add(Facet.CHAT_TEMPLATE)
    if not description.get("remote_code"):
        left_out.add(Facet.REMOTE_CODE)
    loading = {key: value for key, value in description.items() if key != CHECKPOINT_ID}
    facets: dict[str, JsonValue] = {
        facet.value: value
        for facet, value in facet_values(manifest).items()
        if facet not in left_out
    }
    return {**loading, "checkpoint": facets}


def is_same_job(
    record: Record, manifest: Manifest | None, planned: JsonValue, wanted: JobSettings
) -> bool:
    """Whether a record of the first format is of a job whose settings are the wanted ones.

    Args:
        record: The record.
        manifest: Of its checkpoint; `None` if it has none or it is not kept.
        planned: The subject as the plan of its job describes it; `None` if no plan is kept.
        wanted: The job.
    """
    if (manifest is None) != (record.checkpoint_id is None):
        return False
    asked = record.asked
    return (
        _subject(record, manifest, planned, wanted) == wanted.subject
        and asked.config_digest is not None
        and (asked.config_digest, asked.documents_digest)
        == (wanted.config_digest, wanted.documents_digest)
        and _is_prompted_alike(record, wanted)
        and all(record.run.settings.get(name) == wanted.seeds[name] for name in _SEEDS)
        and _has_same_code(record, wanted)
    )


def _subject(
    record: Record, manifest: Manifest | None, planned: JsonValue, wanted: JobSettings
) -> JsonValue:
    if manifest is None:
        return planned
    loading = dict(planned) if isinstance(planned, dict) else dict(_LOADED_PLAINLY)
    loading["dtype"] = record.run.settings.get("dtype_requested")
    return subject_settings(loading, manifest, chat_template=wanted.chat_template)


def _is_prompted_alike(record: Record, wanted: JobSettings) -> bool:
    """Whether the template and the system prompt were as wanted; both where they apply."""
    template = _content(record, Facet.CHAT_TEMPLATE)
    prompt = _content(record, Facet.SYSTEM_PROMPT)
    stated = wanted.system_prompt
    digest = None if stated is None else sha256_hex(stated.encode("utf-8"))
    return (template is None or template.get("applied") is wanted.chat_template) and (
        prompt is None or prompt.get("sha256") == digest
    )


def _content(record: Record, facet: Facet) -> dict[str, JsonValue] | None:
    for identifier in record.observation(facet).identifiers:
        if identifier.kind is Kind.CONTENT and isinstance(identifier.value, dict):
            return identifier.value
    return None


def _has_same_code(record: Record, wanted: JobSettings) -> bool:
    files = harness_files(record)
    if not files:
        return True
    code = {name: value for name, value in files.items() if not is_of_harness(name)}
    return code == dict(wanted.code)


def harness_files(record: Record) -> Mapping[str, JsonValue]:
    """Digests of the files that asked and scored, by name; empty if they are not recorded."""
    fact = record.fact(FactName.HARNESS_FILES)
    return fact.value if fact is not None and isinstance(fact.value, dict) else {}


def is_of_harness(name: str) -> bool:
    """Whether a name stands for the files of lm-eval itself, not for code of a task."""
    return name.startswith("lm_eval (")
