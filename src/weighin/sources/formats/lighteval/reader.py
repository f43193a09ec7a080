"""A results file of LightEval, of either era, read as records."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import NOT_NAMED, Observation, Record, RunInfo
from weighin.files.bounded import require_rows, require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_mapping,
    as_number,
    as_text,
    in_brief,
    pointer_part,
)
from weighin.identity.facets import Grade
from weighin.sources.formats.lighteval.details import details_of_task, recomputed, rows_of
from weighin.sources.formats.lighteval.facets import facets_of_model, facets_of_task
from weighin.sources.formats.lighteval.label import STAMP, artifact_label
from weighin.sources.formats.lighteval.model import COMMIT, LightEvalModel, model_of
from weighin.sources.formats.lighteval.results import asked_of, scores_of, task_config_of
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs
from weighin.sources.formats.record import foreign_record, foreign_run

_OVER_ALL_TASKS = "all"
_MOST_DETAILS = 10_000
_AGGREGATION = re.compile(r"((?:pass|cons|maj|avg)@\d+(?::\d+)?)(?:_samples)?$")
# Nothing else is copied: a model config may hold an API key.
_SETTINGS = (
    "num_fewshot_seeds", "override_batch_size", "max_samples", "total_evaluation_time_secondes",
)  # fmt: skip
_MODEL_SETTINGS = (
    "batch_size", "max_model_length", "max_length", "tensor_parallel_size", "data_parallel_size",
    "pipeline_parallel_size", "device", "seed",
)  # fmt: skip


def is_lighteval_log(value: JsonValue) -> bool:
    """Whether a JSON document is a results file of LightEval."""
    document = as_mapping(value)
    return all(isinstance(document.get(key), dict) for key in ("config_general", "results"))


class LightEvalReader:
    """Results files of LightEval: those with the model's config, and those before it."""

    signs: ClassVar[Signs] = {"LightEval results": ("config_general", "results", "versions")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is one."""
        return file.is_json() and is_lighteval_log(file.json())

    def read(self, file: ForeignFile) -> Reading:
        """A record for every task and every average of sub-tasks."""
        results = as_mapping(file.json())
        tasks = [task for task in as_mapping(results.get("results")) if task != _OVER_ALL_TASKS]
        require_rows(len(tasks), "tasks", file.path)
        require_scores(as_mapping(results.get("results")).values(), file.path)
        if not tasks:
            raise EvidenceError(
                f"{file.path}: expected scores of at least one task under results, found none"
            )
        details = _details(file.place)
        try:
            of_model = tuple(facets_of_model(model_of(results)))
            of_tasks = [_details_of(file.place, details, task) for task in tasks]
            records = [
                _record(file, results, task, of_model, None if own is None else rows_of(own))
                for task, own in zip(tasks, of_tasks, strict=True)
            ]
        except (ValueError, RecursionError) as error:
            raise EvidenceError(
                f"{file.path}: expected a results file of LightEval, found {in_brief(error)}"
            ) from error
        return Reading(
            format="LightEval results",
            records=tuple(
                LoggedRecord(
                    record=record,
                    folder=file.path.parent,
                    recompute=partial(recomputed, record, own, has_others=bool(details)),
                )
                for record, own in zip(records, of_tasks, strict=True)
            ),
            companions=details,
        )


def _details(path: Path) -> tuple[Path, ...]:
    """Files with the documents of a results file, as LightEval lays them."""
    stamp = STAMP.search(path.name)
    if stamp is None:
        return ()
    for above in path.parents[:4]:
        if above.name == "results":
            below = path.parent.relative_to(above)
            folder = above.parent / "details" / below / stamp.group(1)
            break
    else:
        return ()
    found: list[Path] = []
    try:
        for entry in folder.iterdir():
            if entry.name.startswith("details_") and entry.suffix == ".parquet":
                found.append(entry)
            if len(found) >= _MOST_DETAILS:
                break
    except OSError:
        return ()
    return tuple(sorted(found))


def _details_of(path: Path, details: tuple[Path, ...], task: str) -> Path | None:
    stamp = STAMP.search(path.name)
    return None if stamp is None else details_of_task(details, task, stamp.group(1))


def _record(
    file: ForeignFile,
    results: Json,
    task: str,
    of_model: tuple[Observation, ...],
    rows: int | None,
) -> Record:
    model = model_of(results)
    config = task_config_of(results, task)
    # Without a limit all documents were asked, and each has a row.
    whole = rows if model.general.get("max_samples", 0) is None else None
    scores, odd = scores_of(results, task, config, rows)
    metrics = tuple(score.metric for score in scores)
    asked = asked_of(results, task, config, (whole, rows))
    total, scored = asked.documents_total, asked.documents_scored
    return foreign_record(
        model.name or NOT_NAMED,
        asked,
        _run(file, results, task, odd),
        file=file.shown,
        pointer=f"/results/{pointer_part(task)}",
        observations=(*of_model, *facets_of_task(model, config, metrics)),
        scores=scores,
        is_partial=scored < total
        if scored is not None and total is not None
        else model.general.get("max_samples") is not None,
        facts=(*_facts(file, model, metrics), *_limits(model, total, scored)),
    )


def _limits(model: LightEvalModel, total: int | None, scored: int | None) -> Iterator[Fact]:
    """The limit that was set, where the file does not say how many documents the task has."""
    limit = as_count(model.general.get("max_samples"))
    if limit is not None and (total is None or scored is None):
        yield Fact(
            name=FactName.REACHED_LIMIT,
            value=limit,
            grade=Grade.DECLARED,
            pointer="/config_general/max_samples",
        )


def _harness(model: LightEvalModel) -> str:
    sha = as_text(model.general.get("lighteval_sha"))
    return f"LightEval {sha}" if sha not in {None, "?"} else "LightEval (version not recorded)"


def _run(file: ForeignFile, results: Json, task: str, odd: tuple[str, ...]) -> RunInfo:
    model = model_of(results)
    settings: dict[str, JsonValue] = {
        key: model.general[key] for key in _SETTINGS if key in model.general
    }
    settings |= {key: model.config[key] for key in _MODEL_SETTINGS if key in model.config}
    # xxhash over the documents in their order: comparable with those of LightEval alone.
    hashes = as_mapping(
        as_mapping(as_mapping(results.get("summary_tasks")).get(task)).get("hashes")
    )
    settings["lighteval_hashes"] = {
        key: value for key, value in hashes.items() if isinstance(value, str)
    }
    if stamp := STAMP.search(file.name):
        # Local time of an unknown zone; the times in the file are those of a monotonic clock.
        settings["saved"] = stamp.group(1)
    settings["scores_not_finite"] = list(odd)
    return foreign_run(_harness(model), engine=model.backend, settings=_finite(settings))


def _finite(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The settings without numbers that no record can hold."""
    return {
        key: value
        for key, value in settings.items()
        if not isinstance(value, float) or as_number(value) is not None
    }


def _facts(file: ForeignFile, model: LightEvalModel, metrics: tuple[str, ...]) -> Iterator[Fact]:
    if model.name is not None:
        yield Fact(
            name=FactName.REQUESTED_MODEL,
            value=model.name,
            grade=Grade.NAMED,
            pointer=model.name_pointer,
        )
    if model.revision is not None:
        yield Fact(
            name=FactName.REVISION,
            value=model.revision,
            grade=Grade.DECLARED,
            pointer="/config_general/model_config/revision",
        )
    if model.revision in {None, "main"}:
        label = artifact_label(file.shown, model.name or "")
        if label:
            yield Fact(name=FactName.ARTIFACT_LABEL, value=label, grade=Grade.NAMED)
    sha = as_text(model.general.get("lighteval_sha")) or ""
    if COMMIT.fullmatch(sha):
        yield Fact(
            name=FactName.HARNESS_COMMIT,
            value=sha,
            grade=Grade.DECLARED,
            pointer="/config_general/lighteval_sha",
        )
    seeds = {
        what: seed
        for what, seed in (
            ("model", model.config.get("seed")),
            ("generation", model.generation[0].get("seed")),
        )
        if as_count(seed) is not None
    }
    if seeds:
        yield Fact(
            name=FactName.SEEDS,
            value=seeds,
            grade=Grade.DECLARED,
            pointer="/config_general/model_config",
        )
    found = {match.group(1) for metric in metrics if (match := _AGGREGATION.search(metric))}
    if len(found) == 1:
        yield Fact(
            name=FactName.AGGREGATION, value=found.pop(), grade=Grade.DECLARED, pointer="/results"
        )
