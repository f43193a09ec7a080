"""Aggregates of Every Eval Ever, schema 0.2.x and 0.3.0, and the samples beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import NOT_NAMED, Record, RunInfo, Score
from weighin.files.bounded import require_rows
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_number, as_text
from weighin.files.json.foreign import in_brief as brief
from weighin.sources.formats.every_eval_ever.documents import instance_documents
from weighin.sources.formats.every_eval_ever.facets import (
    PRODUCER,
    declared_facets,
    decoding_of,
    facts_of,
)
from weighin.sources.formats.every_eval_ever.samples import InstanceFile, instances_of
from weighin.sources.formats.reader import LoggedRecord, MadeRecords, Reading, Signs
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    start_of,
)
from weighin.sources.formats.told_twice import told_twice

BENCHMARK_DETAIL, FILTER_DETAIL = "weighin.benchmark", "weighin.filter"
"""Keys in the details of a metric under which `weighin export` keeps what the schema lacks."""

PARTIAL_DETAIL = "weighin.is_partial"
"""Key in the details of a score under which it says that not all documents were asked for."""

_KNOWN = re.compile(r"0\.2\.\d+|0\.3\.0")
_PERCENT = ("percent", "percentage", "%")


class EveryEvalEverReader:
    """Aggregate files of Every Eval Ever."""

    signs: ClassVar[Signs] = {
        "Every Eval Ever": ("schema_version", "model_info", "evaluation_results")
    }

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is JSON with a schema version and a model, as only this format has them."""
        if not file.is_json():
            return False
        document = as_mapping(file.json())
        return "schema_version" in document and (
            "model_info" in document or "evaluation_results" in document
        )

    def read(self, file: ForeignFile) -> Reading:
        """A record for every benchmark in the file."""
        document = as_mapping(file.json())
        version = document.get("schema_version")
        if not isinstance(version, str) or _KNOWN.fullmatch(version) is None:
            raise EvidenceError(
                f"{file.path}: expected schema_version 0.2.x or 0.3.0 of Every Eval Ever, found "
                f"{str(version)[:40]!r}; convert it with every_eval_ever of that version"
            )
        try:
            instances = instances_of(file.path, document)
            aggregate = _Aggregate(file=file, document=document, instances=instances)
            benchmarks = tuple(aggregate.benchmarks().items())
        except (ValueError, RecursionError, OverflowError) as error:
            raise EvidenceError(
                f"{file.path}: expected an aggregate of Every Eval Ever, found {brief(error)}"
            ) from error
        records = MadeRecords(len(benchmarks), lambda index: aggregate.read(*benchmarks[index]))
        return Reading(
            format=f"Every Eval Ever {version}",
            records=records,
            representative=(lambda: records[0]) if aggregate.is_of_one_setting() else None,
            companions=() if instances is None else (instances.path,),
            broken=_broken(file, instances),
            notes=tuple(aggregate.notes()),
        )


def _broken(file: ForeignFile, instances: InstanceFile | None) -> tuple[BrokenFile, ...]:
    if instances is None:
        return ()
    shown = str(file.path.parent / instances.path.name)
    twice = [b for line, key in instances.twice for b in told_twice([key], shown, at=f"/{line}")]
    if not instances.contradiction:
        return tuple(twice)
    expected, found = instances.contradiction
    return (BrokenFile(file=shown, benchmark="", expected=expected, found=found), *twice)


@dataclass(frozen=True, kw_only=True)
class _Aggregate:
    file: ForeignFile
    document: Json
    instances: InstanceFile | None

    @property
    def model(self) -> str:
        information = as_mapping(self.document.get("model_info"))
        return as_text(information.get("id")) or as_text(information.get("name")) or NOT_NAMED

    @cached_property
    def results(self) -> list[Json]:
        items = as_list(self.document.get("evaluation_results"))
        require_rows(len(items), "results", self.file.path)
        return [as_mapping(item) for item in items]

    def notes(self) -> Iterator[str]:
        for index, result in enumerate(self.results):
            if as_number(as_mapping(result.get("score_details")).get("score")) is None:
                yield (
                    f"{self.file.shown}: /evaluation_results/{index}: passed over, for its score "
                    "is no finite number"
                )

    def benchmarks(self) -> dict[str, list[int]]:
        """Indexes of the results by benchmark."""
        found: dict[str, list[int]] = {}
        for index, result in enumerate(self.results):
            found.setdefault(_benchmark(result), []).append(index)
        return found

    def is_of_one_setting(self) -> bool:
        """Whether there are results, and the model was asked in one way in all of them."""
        settings = [result.get("generation_config") for result in self.results]
        return bool(settings) and all(setting == settings[0] for setting in settings)

    def read(self, benchmark: str, places: Sequence[int]) -> LoggedRecord:
        """The record of a benchmark, whose results have these indexes.

        Raises:
            EvidenceError: The file is damaged there.
        """
        try:
            record = self._record(benchmark, places)
            instances = self.instances
            again = None if instances is None else partial(instances.recompute, record.scores)
        except (ValueError, RecursionError, OverflowError) as error:
            raise EvidenceError(
                f"{self.file.path}: expected an aggregate of Every Eval Ever, found {brief(error)}"
            ) from error
        documents = None
        if self.instances is not None:
            documents = partial(instance_documents, self.instances.path, record.scores)
        return LoggedRecord(
            record=record, folder=self.file.path.parent, recompute=again, documents=documents
        )

    def _record(self, benchmark: str, places: Sequence[int]) -> Record:
        results = [self.results[place] for place in places]
        at = f"/evaluation_results/{places[0]}"
        data = as_mapping(results[0].get("source_data"))
        odd: list[JsonValue] = [
            f"{_metric(result)}: {score!s}"[:80]
            for result in results
            if as_number(score := as_mapping(result.get("score_details")).get("score")) is None
        ]
        total, scored = _documents(data, results[0])
        return foreign_record(
            self.model,
            foreign_question(
                benchmark,
                dataset_path=as_text(data.get("hf_repo")) or as_text(data.get("dataset_name")),
                num_fewshot=_fewshot(results[0]),
                documents_total=total,
                documents_scored=scored,
                decoding=decoding_of(results[0]),
            ),
            self._run(results, odd),
            producer=PRODUCER,
            file=self.file.shown,
            pointer=at,
            observations=declared_facets(self.document, results[0], at),
            scores=_scores(results),
            is_partial=_is_partial(results[0], total, scored),
            facts=facts_of(self.document, results[0], at),
        )

    def _producer(self) -> str:
        library = as_mapping(self.document.get("eval_library"))
        name, version = as_text(library.get("name")), as_text(library.get("version"))
        if name in {None, "unknown"}:
            return "Every Eval Ever, harness not recorded"
        return str(name) if version in {None, "unknown"} else f"{name} {version}"

    def _run(self, results: Sequence[Json], odd: list[JsonValue]) -> RunInfo:
        source = as_mapping(self.document.get("source_metadata"))
        units: dict[str, JsonValue] = {
            _metric(result): "%"
            for result in results
            if as_mapping(result.get("metric_config")).get("metric_unit") in _PERCENT
        }
        engine = as_mapping(as_mapping(self.document.get("model_info")).get("inference_engine"))
        return foreign_run(
            self._producer(),
            started=_moment(self.document.get("evaluation_timestamp")),
            engine=as_text(engine.get("name")) or "",
            settings={
                "units": units,
                "schema_version": as_text(self.document.get("schema_version")) or "",
                "source": as_text(source.get("source_name")) or "not stated",
                "evaluator": as_text(source.get("evaluator_relationship")) or "not stated",
                "scores_not_finite": odd,
            },
        )


def _benchmark(result: Json) -> str:
    details = _metric_details(result)
    return (
        as_text(details.get(BENCHMARK_DETAIL))
        or as_text(result.get("evaluation_name"))
        or as_text(as_mapping(result.get("source_data")).get("dataset_name"))
        or "unknown"
    )


def _metric_details(result: Json) -> Json:
    return as_mapping(as_mapping(result.get("metric_config")).get("additional_details"))


def _metric(result: Json) -> str:
    config = as_mapping(result.get("metric_config"))
    names = (as_text(config.get(key)) for key in ("metric_id", "metric_name", "metric_kind"))
    described = as_text(config.get("evaluation_description"))
    return next((name for name in names if name is not None), described or "score")


def _scores(results: Sequence[Json]) -> Iterator[Score]:
    keys = [(_name(result), _metric(result)) for result in results]
    for result, key in zip(results, keys, strict=True):
        details = as_mapping(result.get("score_details"))
        value = as_number(details.get("score"))
        if value is None:
            continue
        uncertainty = as_mapping(details.get("uncertainty"))
        own = as_text(_metric_details(result).get(FILTER_DETAIL))
        # Without an id of its own, two results of one name stay two values for one score.
        told_apart = as_text(result.get("evaluation_result_id")) if keys.count(key) > 1 else None
        yield foreign_score(
            *key,
            value,
            filter_name=own or told_apart or "none",
            stderr=as_number(as_mapping(uncertainty.get("standard_error")).get("value")),
            documents=as_count(uncertainty.get("num_samples")),
        )


def _name(result: Json) -> str:
    return as_text(result.get("evaluation_name")) or _benchmark(result)


def _documents(data: Json, result: Json) -> tuple[int | None, int | None]:
    """Documents of the dataset, and those behind the score."""
    uncertainty = as_mapping(as_mapping(result.get("score_details")).get("uncertainty"))
    scored = as_count(uncertainty.get("num_samples"))
    ids = as_list(data.get("sample_ids"))
    return as_count(data.get("samples_number")), scored if scored is not None else len(ids) or None


def _is_partial(result: Json, total: int | None, scored: int | None) -> bool:
    details = as_mapping(as_mapping(result.get("score_details")).get("details"))
    is_short = total is not None and scored is not None and scored < total
    return is_short or details.get(PARTIAL_DETAIL) == "true"


def _fewshot(result: Json) -> int | None:
    details = as_mapping(as_mapping(result.get("generation_config")).get("additional_details"))
    of_score = as_mapping(as_mapping(result.get("score_details")).get("details"))
    for value in (details.get("num_fewshot"), of_score.get("num_fewshot")):
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if text.isascii() and text.isdigit() and len(text) < 6:  # noqa: PLR2004  # no such count
            return int(text)
    return None


def _moment(value: JsonValue) -> str:
    """Seconds since 1970, or an ISO time with its zone, in UTC; empty if it is neither."""
    text = str(value) if isinstance(value, str | int | float) else ""
    try:
        moment = datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return ""
    if moment.tzinfo is None:
        return ""
    return start_of(moment)
