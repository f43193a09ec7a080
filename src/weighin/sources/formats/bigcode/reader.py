"""Metrics of the BigCode evaluation harness (`evaluation_results.json`), read as records."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import NOT_NAMED, Observation, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_mapping,
    as_number,
    as_text,
    pointer_part,
)
from weighin.identity.facets import Facet, cached_commit
from weighin.sources.formats.facets import (
    Ways,
    answers_per_document,
    chosen,
    commit,
    declared,
    every_facet,
    in_words,
    named,
    observed,
    set_alike,
    stated,
)
from weighin.sources.formats.passes import k_of
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, require_few
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    refusing,
)

HARNESS = "bigcode-evaluation-harness (version not recorded)"

_OF_CONFIG = frozenset({"modeltype", "n_samples", "tasks", "model"})
_CONFIG = "config"
_DTYPES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
_DECODING = (
    "do_sample",
    "temperature",
    "top_k",
    "top_p",
    "max_length_generation",
    "prefix",
    "eos",
)
_PACKED = ("load_in_8bit", "load_in_4bit")
# What is evaluated where nobody names a model.
_DEFAULT_MODEL = "codeparrot/codeparrot-small"
_COMMIT = re.compile(r"[0-9a-f]{40}")
# Forks that ask a server have its address among the arguments.
_ADDRESS = re.compile(r"(?:.*_)?(?:url|endpoint)")
_HOW = Ways(producer=HARNESS)
_SERVED = Ways(producer=HARNESS, is_served=True)


class BigCodeReader:
    """Metrics files of the BigCode evaluation harness."""

    signs: ClassVar[Signs] = {"BigCode metrics": ("config",)}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is JSON with this harness's arguments beside the metrics of its tasks."""
        if not file.is_json():
            return False
        config = as_mapping(as_mapping(file.json()).get(_CONFIG))
        return config.keys() >= _OF_CONFIG

    def read(self, file: ForeignFile) -> Reading:
        """A record a task; none where the reference solutions were scored, and no model."""
        document = as_mapping(file.json())
        config = as_mapping(document.get(_CONFIG))
        tasks = [task for task in document if task != _CONFIG]
        notes = []
        if config.get("check_references") is True:
            notes.append(f"{file.shown}: passed over, for it scores the references, and no model")
            tasks = []
        elif not tasks:
            notes.append(f"{file.shown}: it holds the metrics of no task")
        require_few(file, sum(max(1, len(as_mapping(document[task]))) for task in tasks))
        with refusing(file, "metrics of the BigCode evaluation harness"):
            records = tuple(_record(file, config, task, document[task]) for task in tasks)
        return Reading(
            format="BigCode metrics",
            records=records,
            companions=tuple(_beside(file, config, tasks)),
            representative=(lambda: records[0]) if records else None,
            notes=tuple(notes),
        )


def _beside(file: ForeignFile, config: Json, tasks: Iterable[str]) -> Iterator[Path]:
    """Answers and references of the tasks, where they were saved beside it; none is opened."""
    saved = as_text(config.get("save_generations_path")) or "generations.json"
    loaded = as_text(config.get("load_generations_path")) or saved
    names = {PurePath(saved).name, PurePath(loaded).name}
    for task in tasks:
        names |= {f"references_{task}.json"}
        names |= {f"{PurePath(saved).stem}_{task}{part}.json" for part in ("", "_intermediate")}
    yield from (file.path.with_name(name) for name in sorted(names & file.names_beside()))


def _record(file: ForeignFile, config: Json, task: str, metrics: JsonValue) -> LoggedRecord:
    scores, odd = _scores(task, metrics)
    generated = {} if _is_loaded(config) else chosen(config, _DECODING)
    settings: dict[str, JsonValue] = {"scores_not_finite": list(odd)}
    limit, offset = as_count(config.get("limit")), as_count(config.get("limit_start"))
    if limit:
        settings["limit"] = limit
    return LoggedRecord(
        record=foreign_record(
            _name(config) or NOT_NAMED,
            foreign_question(task, decoding=generated),
            foreign_run(
                HARNESS,
                settings=settings,
                engine="" if _is_loaded(config) or _address(config) else "transformers",
            ),
            file=file.shown,
            pointer=f"/{pointer_part(task)}",
            observations=_observations(config, generated),
            scores=scores,
            is_partial=bool(limit) or bool(offset),
            facts=_facts(config, limit, offset),
        ),
        folder=file.path.parent,
    )


def _is_loaded(config: Json) -> bool:
    """Whether the answers were made before, so that these arguments do not say how."""
    return as_text(config.get("load_generations_path")) is not None


def _address(config: Json) -> tuple[str, str] | None:
    """Name and value of the argument that holds a server's address; `None` if none was asked."""
    found = ((key, as_text(value)) for key, value in config.items() if _ADDRESS.fullmatch(key))
    return next(((key, value) for key, value in found if value is not None), None)


def _name(config: Json) -> str | None:
    """The model as typed; nobody names the default one beside answers of another run."""
    name = as_text(config.get("model"))
    return None if _is_loaded(config) and name == _DEFAULT_MODEL else name


def _facts(config: Json, limit: int | None, offset: int | None) -> Iterator[Fact]:
    found = [stated(FactName.REQUESTED_MODEL, _name(config), "/config/model")]
    if not _is_loaded(config):
        revision, seed = as_text(config.get("revision")), as_count(config.get("seed"))
        found.append(stated(FactName.REVISION, revision, "/config/revision"))
        seeds: JsonValue = None if seed is None else {"generation": seed}
        found.append(stated(FactName.SEEDS, seeds, "/config/seed"))
    if limit and not offset:
        found.append(stated(FactName.REACHED_LIMIT, limit, "/config/limit"))
    yield from (fact for fact in found if fact is not None)


def _observations(config: Json, generated: Json) -> tuple[Observation, ...]:
    if _is_loaded(config):
        name = _name(config)
        told = f"{name or NOT_NAMED}; the answers were made before, and loaded"
        return every_facet([observed(Facet.WEIGHTS, _HOW, named(name), summary=told)], _HOW)
    answers = as_count(config.get("n_samples"))
    per_document = answers_per_document(answers or None, _HOW, "/config/n_samples")
    if (address := _address(config)) is not None:
        return _observations_of_server(config, generated, address, per_document)
    packed = chosen(config, [name for name in _PACKED if config.get(name) is True])
    adapter = as_text(config.get("peft_model"))
    return every_facet(
        (
            _weights(config, adapter),
            _dtype(config, packed),
            observed(
                Facet.QUANTIZATION,
                _HOW,
                declared(packed) if packed else None,
                pointer="/config",
                summary=in_words(packed),
            ),
            observed(Facet.ADAPTERS, _HOW, declared(adapter), pointer="/config/peft_model"),
            _decoding(generated, _HOW),
            per_document,
            observed(Facet.ENGINE, _HOW, named("transformers")),
            _remote_code(config),
        ),
        _HOW,
    )


def _decoding(generated: Json, how: Ways) -> Observation:
    told = in_words(generated)
    return observed(Facet.DECODING, how, set_alike(generated), pointer="/config", summary=told)


def _observations_of_server(
    config: Json, generated: Json, address: tuple[str, str], per_document: Observation
) -> tuple[Observation, ...]:
    """What is known of a model that a server runs: how it was loaded the arguments do not say."""
    key, url = address
    name = _name(config)
    told = f"only a name: {name or NOT_NAMED}"
    return every_facet(
        (
            observed(Facet.WEIGHTS, _SERVED, named(name), pointer="/config/model", summary=told),
            observed(
                Facet.ENDPOINT, _SERVED, declared(url), pointer=f"/config/{pointer_part(key)}"
            ),
            _decoding(generated, _SERVED),
            per_document,
        ),
        _SERVED,
    )


def _weights(config: Json, adapter: str | None) -> Observation:
    name, revision = as_text(config.get("model")), as_text(config.get("revision")) or ""
    if name is None:
        return observed(Facet.WEIGHTS, _HOW)
    # With an adapter it is the base's, and compared only with its like.
    scope = f"with {adapter}" if adapter else ""
    # In a hub's cache the path names the commit; of another folder a revision means nothing.
    is_folder = name.startswith((".", "/", "~"))
    if cached := cached_commit(name):
        revision = cached
    is_commit = _COMMIT.fullmatch(revision) is not None and (bool(cached) or not is_folder)
    return observed(
        Facet.WEIGHTS,
        _HOW,
        commit(name, revision, scope) if is_commit else None,
        named(f"{name}@{revision}" if revision else name, scope),
        pointer="/config/revision" if is_commit and not cached else "/config/model",
        summary=f"commit {revision[:12]}, not the weights" if is_commit else f"only a name: {name}",
    )


def _dtype(config: Json, packed: Json) -> Observation:
    """The precision, which the harness passes over where the weights are packed."""
    precision = as_text(config.get("precision")) or ""
    return observed(
        Facet.DTYPE,
        _HOW,
        None if packed or not precision else declared(_DTYPES.get(precision, precision)),
        pointer="/config/precision",
    )


def _remote_code(config: Json) -> Observation:
    """That none was executed; where it was allowed, the file does not say which code it was."""
    key = "trust_remote_code"
    return observed(
        Facet.REMOTE_CODE,
        _HOW,
        declared({key: False}, "the harness's switch") if config.get(key) is False else None,
        pointer=f"/config/{key}",
        summary="not allowed",
    )


def _scores(task: str, metrics: JsonValue) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The numbers among the metrics of a task, also those one level below."""
    scores: list[Score] = []
    odd: list[str] = []
    given = metrics if isinstance(metrics, dict) else {"score": metrics}
    for name, value in given.items():
        for metric, number in _named_numbers(name, value):
            if number is None:
                odd.append(f"{metric}: {value}"[:80])
                continue
            aggregation = metric if k_of(metric) is not None else None
            scores.append(foreign_score(task, metric, number, aggregation=aggregation))
    return tuple(scores), tuple(odd)


def _named_numbers(name: str, value: JsonValue) -> Iterator[tuple[str, float | None]]:
    if not isinstance(value, dict):
        yield name, as_number(value)
        return
    for key, inner in value.items():
        yield f"{name}/{key}", as_number(inner)
