"""Records as aggregates of Every Eval Ever, schema 0.3.0.

The schema has no field for a checkpoint, its dtype, tokenizer or template: what weighin knows of
them stands under `weighin.` in the details that every part may have.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Asked, Record, Score
from weighin.files.canonical import canonical_json
from weighin.reports.export.exported import (
    Export,
    ExportedFile,
    folder_name,
    hub_name,
    once,
    unit_of,
    without_scores,
)
from weighin.sources.formats.every_eval_ever.facets import IDENTIFIERS_DETAIL, LABEL_DETAIL
from weighin.sources.formats.every_eval_ever.reader import (
    BENCHMARK_DETAIL,
    FILTER_DETAIL,
    PARTIAL_DETAIL,
)

SCHEMA_VERSION = "0.3.0"

_UNKNOWN = "unknown"
_VERSION = re.compile(r"v?\d\S*")
# Of others the schema asks for a direction that no log gives.
_LOWER_IS_BETTER = frozenset(
    {
        "perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte", "brier_score", "ter",
        "wer", "cer", "mae", "mse", "rmse", "loss",
    }
)  # fmt: skip
_HIGHER_IS_BETTER = frozenset(
    {
        "acc", "acc_norm", "accuracy", "exact_match", "em", "f1", "mcc", "bleu", "chrf", "rouge",
        "rouge1", "rouge2", "rougel", "pass@1", "mean", "arena_score", "rating", "mc1", "mc2",
    }
)  # fmt: skip
_ARGUMENTS = {"temperature": "temperature", "top_p": "top_p", "top_k": "top_k"}
_MAX_TOKENS = ("max_tokens", "max_gen_toks", "max_new_tokens")


def export_every_eval_ever(records: Sequence[Record]) -> Export:
    """One aggregate a record: facets may differ from record to record, the model has one block."""
    files: dict[str, ExportedFile] = {}
    for record in records:
        if record.scores:
            document = _document(record)
            digest = hashlib.sha256(canonical_json(document)).hexdigest()
            folder = "/".join(folder_name(part) for part in _model_parts(record.model))
            path = f"data/weighin/{folder}/{_uuid(digest)}.json"
            content = canonical_json({**document, "evaluation_id": _id(record, digest)})
            files[path] = ExportedFile(path=path, content=content + b"\n")
    alike = sum(bool(record.scores) for record in records) - len(files)
    return Export(
        files=tuple(files[path] for path in sorted(files)),
        notes=(*without_scores(records), *once(alike)),
    )


def _uuid(digest: str) -> str:
    """A name in the form of a random UUID, as the schema wants one, made from the content."""
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def _id(record: Record, digest: str) -> str:
    """The schema's own recipe ends with a clock, so that the same run gets another id each time."""
    return f"weighin/{record.model.replace('/', '_')}/{digest[:16]}"


def _model_parts(model: str) -> tuple[str, str]:
    developer, _, name = model.rpartition("/")
    return developer or _UNKNOWN, name or _UNKNOWN


def _document(record: Record) -> dict[str, JsonValue]:
    run = record.run
    moment = _epoch(run.finished or run.started)
    is_run = record.loaded is not None or bool(run.started)
    document: dict[str, JsonValue] = {
        "schema_version": SCHEMA_VERSION,
        "retrieved_timestamp": moment,
        "source_metadata": {
            "source_name": "weighin",
            "source_type": "evaluation_run" if is_run else "documentation",
            "source_organization_name": _UNKNOWN,
            "evaluator_relationship": "other",
        },
        "eval_library": _name_and_version(run.harness),
        "model_info": _model(record),
        "evaluation_results": [_result(record, score) for score in record.scores],
    }
    if run.started:
        document["evaluation_timestamp"] = _epoch(run.started)
    return document


def _epoch(moment: str) -> str:
    """Seconds since 1970; `unknown` where the record does not say."""
    try:
        return str(int(datetime.fromisoformat(moment).timestamp()))
    except (ValueError, OverflowError):
        return _UNKNOWN


def _name_and_version(program: str) -> dict[str, JsonValue]:
    name, _, version = program.rpartition(" ")
    if name and _VERSION.fullmatch(version):
        return {"name": name, "version": version}
    return {"name": program or _UNKNOWN, "version": _UNKNOWN}


def _model(record: Record) -> dict[str, JsonValue]:
    developer, name = _model_parts(record.model)
    identifiers: dict[str, JsonValue] = {
        observation.facet.value: [item.model_dump(mode="json") for item in observation.identifiers]
        for observation in record.observations
        if observation.identifiers
    }
    details: dict[str, JsonValue] = {
        "deployment_type": _UNKNOWN if record.loaded is None else "self_deployed",
        "model_availability": _UNKNOWN,
        IDENTIFIERS_DETAIL: canonical_json(identifiers).decode(),
    }
    if record.checkpoint_id is not None:
        details["weighin.checkpoint_id"] = record.checkpoint_id
    label = record.fact(FactName.ARTIFACT_LABEL)
    if label is not None and isinstance(label.value, str):
        details[LABEL_DETAIL] = label.value
    model: dict[str, JsonValue] = {
        "name": name,
        "id": record.model,
        "developer": developer,
        "additional_details": details,
    }
    if record.run.engine:
        model["inference_engine"] = _name_and_version(record.run.engine)
    return model


def _result(record: Record, score: Score) -> dict[str, JsonValue]:
    details: dict[str, JsonValue] = {"score": score.value}
    if record.is_partial:
        details["details"] = {PARTIAL_DETAIL: "true"}
    uncertainty: dict[str, JsonValue] = {}
    if score.stderr is not None:
        uncertainty["standard_error"] = {"value": score.stderr}
    if score.documents is not None:
        uncertainty["num_samples"] = score.documents
    if uncertainty:
        details["uncertainty"] = uncertainty
    result: dict[str, JsonValue] = {
        "evaluation_result_id": f"{score.task}/{score.key}",
        "evaluation_name": score.task,
        "source_data": _source(record.asked),
        "metric_config": _metric(record, score),
        "score_details": details,
    }
    if generation := _generation(record.asked):
        result["generation_config"] = generation
    return result


def _metric(record: Record, score: Score) -> dict[str, JsonValue]:
    name = score.metric.casefold()
    details: dict[str, JsonValue] = {
        BENCHMARK_DETAIL: record.asked.task,
        FILTER_DETAIL: score.filter,
    }
    if score.aggregation is not None:
        details["weighin.aggregation"] = score.aggregation
    if name not in _LOWER_IS_BETTER | _HIGHER_IS_BETTER:
        details["weighin.lower_is_better"] = "not recorded; the field must be set"
    config: dict[str, JsonValue] = {
        "metric_id": score.metric,
        "metric_name": score.metric,
        "lower_is_better": name in _LOWER_IS_BETTER,
        "additional_details": details,
    }
    if unit_of(record, score.metric) == "%":
        config["metric_unit"] = "percent"
    return config


def _source(asked: Asked) -> dict[str, JsonValue]:
    repository = hub_name(asked.dataset_path)
    details: dict[str, JsonValue] = {}
    if asked.dataset_revision is not None:
        details["revision"] = asked.dataset_revision
    if asked.task_version is not None:
        details["weighin.task_version"] = asked.task_version
    if asked.documents_digest is not None:
        details["weighin.documents_digest"] = asked.documents_digest
    data: dict[str, JsonValue] = {
        "dataset_name": asked.dataset_path or asked.task,
        "source_type": "other" if repository is None else "hf_dataset",
    }
    if repository is not None:
        data["hf_repo"] = repository
        if asked.documents_total is not None:
            data["samples_number"] = asked.documents_total
    if details:
        data["additional_details"] = details
    return data


def _generation(asked: Asked) -> dict[str, JsonValue]:
    arguments = _arguments(asked.decoding)
    details: dict[str, JsonValue] = {
        f"weighin.{key}": canonical_json(value).decode() for key, value in asked.decoding.items()
    }
    if asked.num_fewshot is not None:
        details["num_fewshot"] = str(asked.num_fewshot)
    generation: dict[str, JsonValue] = {}
    if arguments:
        generation["generation_args"] = arguments
    if details:
        generation["additional_details"] = details
    return generation


def _arguments(decoding: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Those settings for which the schema has a field of their type."""
    found: dict[str, JsonValue] = {}
    for key, field in _ARGUMENTS.items():
        value = decoding.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[field] = value
    for key in _MAX_TOKENS:
        value = decoding.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            found["max_tokens"] = value
    return found
