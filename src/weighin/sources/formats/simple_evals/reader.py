"""A metrics file of simple-evals, `<eval>_<model>_<time>.json`, read as a record.

The file holds numbers only. Model and benchmark stand in its name alone.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Record, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.foreign_json import Json, as_count, as_mapping, as_number
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.facets import Ways, every_facet, named, observed
from weighin.sources.formats.reader import LoggedRecord, Reading
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)

HARNESS = "simple-evals (version not recorded)"

# The benchmarks of simple-evals, longer names first.
_NAME = re.compile(
    r"(?P<task>healthbench_hard|healthbench_consensus|healthbench_meta|healthbench|browsecomp"
    r"|humaneval|simpleqa|mmlu_[A-Z]{2}-[A-Z0-9]{2,3}|mmlu|math|gpqa|mgsm|drop)"
    r"_(?P<model>.+?)(?:_(?P<time>\d{8}_\d{6}))?(?P<debug>_DEBUG)?\.json"
)
_ALL_RESULTS = "_allresults.json"
_STATISTICS = frozenset({"std", "bootstrap_std", "n_samples", "min", "max"})
_FORMAT = "simple-evals metrics"
_HOW = Ways(producer=HARNESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What the name of a file says.

    Attributes:
        task: The benchmark.
        model: simple-evals' name of the model with its settings, for example `gpt-4o_chatgpt`.
        time: Local time at the start, as written; empty in older files.
        is_debug: Whether only a few documents were asked.
    """

    task: str
    model: str
    time: str
    is_debug: bool


class SimpleEvalsReader:
    """Metrics files of simple-evals, recognised by name and content together."""

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is one, or the file with all answers beside one."""
        if file.name.endswith(_ALL_RESULTS):
            return _metrics_beside(file) is not None
        told = _named(file.name)
        if told is None:
            return False
        # Such a name with a time is nobody else's, even where the content is broken.
        return _is_metrics(file) if file.is_json() else bool(told.time)

    def read(self, file: ForeignFile) -> Reading:
        """One record; none from a file with all answers, which is not read."""
        if file.name.endswith(_ALL_RESULTS):
            return Reading(format=_FORMAT, records=())
        told = _named(file.name)
        metrics = as_mapping(file.json())
        if told is None or not metrics:
            raise EvidenceError(
                f"{file.path}: expected metrics of simple-evals, found no JSON object of numbers"
            )
        try:
            record = _record(file, told, metrics)
        except ValueError as error:
            raise EvidenceError(
                f"{file.path}: expected metrics of simple-evals, found {error}"
            ) from error
        beside = (
            file.path.with_name(file.path.stem + _ALL_RESULTS),
            file.path.with_suffix(".html"),
        )
        return Reading(
            format=_FORMAT,
            records=(LoggedRecord(record=record, folder=file.path.parent),),
            companions=tuple(path for path in beside if path.is_file()),
        )


def _named(file_name: str) -> _Named | None:
    found = _NAME.fullmatch(file_name)
    if found is None:
        return None
    return _Named(
        task=found["task"],
        model=found["model"],
        time=found["time"] or "",
        is_debug=found["debug"] is not None,
    )


def _metrics_beside(file: ForeignFile) -> Path | None:
    path = file.path.with_name(file.name.removesuffix(_ALL_RESULTS) + ".json")
    is_one = _named(path.name) is not None and path.is_file()
    return path if is_one and _is_metrics(ForeignFile(path, path.name)) else None


def _is_metrics(file: ForeignFile) -> bool:
    """Whether it holds numbers only, a score among them, and a statistic named as simple-evals'."""
    if not file.is_json():
        return False
    metrics = as_mapping(file.json())
    are_numbers = all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        for value in metrics.values()
    )
    has_statistic = any(key.rpartition(":")[2] in _STATISTICS for key in metrics if ":" in key)
    return are_numbers and "score" in metrics and has_statistic


def _record(file: ForeignFile, told: _Named, metrics: Json) -> Record:
    scores, odd = _scores(told.task, metrics)
    documents = next((s.documents for s in scores if s.documents is not None), None)
    settings: dict[str, JsonValue] = {"time_in_name": told.time, "scores_not_finite": list(odd)}
    weights = observed(
        Facet.WEIGHTS,
        _HOW,
        named(told.model),
        summary=f"only the name of the file: {told.model}",
    )
    return foreign_record(
        told.model,
        foreign_question(told.task, documents_scored=documents),
        foreign_run(HARNESS, settings=settings),
        file=file.shown,
        observations=every_facet([weights], _HOW),
        scores=scores,
        is_partial=told.is_debug,
        facts=(Fact(name=FactName.REQUESTED_MODEL, value=told.model, grade=Grade.NAMED),),
    )


def _scores(task: str, metrics: Json) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The metrics; `:std` is the spread of the answers, `:bootstrap_std` the standard error."""
    scores: list[Score] = []
    odd: list[str] = []
    for metric, value in metrics.items():
        if metric.rpartition(":")[2] in _STATISTICS and ":" in metric:
            continue
        number = as_number(value)
        if number is None:
            odd.append(f"{metric}: {value}"[:80])
            continue
        samples = as_number(metrics.get(f"{metric}:n_samples"))
        scores.append(
            foreign_score(
                task,
                metric,
                number,
                stderr=as_number(metrics.get(f"{metric}:bootstrap_std")),
                aggregation="mean",
                documents=None if samples is None else as_count(int(samples)),
            )
        )
    return tuple(scores), tuple(odd)
