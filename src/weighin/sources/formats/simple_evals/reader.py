"""A metrics file of simple-evals or of gpt-oss's evals, which were made of it, read as a record.

The file holds numbers only. Model and benchmark stand in its name alone:
`<eval>_<model>_<time>.json`, and `<eval>_<model>-<effort>_temp<temperature>_<time>.json`.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Observation, Record, Score
from weighin.files.bounded import require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_mapping, as_number
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.facets import (
    Ways,
    every_facet,
    in_words,
    named,
    observed,
    set_alike,
)
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, told_elsewhere
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)

HARNESS = "simple-evals (version not recorded)"
OF_GPT_OSS = "gpt-oss evals (version not recorded)"

# The benchmarks of simple-evals, longer names first.
_KNOWN = (
    r"healthbench_hard|healthbench_consensus|healthbench_meta|healthbench|browsecomp"
    r"|humaneval|simpleqa|mmlu_[A-Z]{2}-[A-Z0-9]{2,3}|mmlu|math|gpqa|mgsm|drop"
)
_END = r"(?P<debug>_DEBUG)?\.json"
# HealthBench's own script leaves the seconds out.
_TIME = r"(?P<time>\d{8}_\d{4}(?:\d\d)?)"
_OF_GPT_OSS = re.compile(
    rf"(?P<task>{_KNOWN}|[a-z0-9]{{1,40}})_(?P<model>.+)-(?P<effort>[a-z]{{1,20}})"
    rf"_temp(?P<temperature>\d+(?:\.\d+)?)_{_TIME}{_END}"
)
_OF_SIMPLE_EVALS = re.compile(rf"(?P<task>{_KNOWN})_(?P<model>.+?)(?:_{_TIME})?{_END}")
_ALL_RESULTS = "_allresults.json"
_STATISTICS = frozenset({"std", "bootstrap_std", "n_samples", "min", "max"})
# The second is of HealthBench by its own script.
_SCORES = ("score", "overall_score")
_FORMAT = "simple-evals metrics"
_FORMAT_OF_GPT_OSS = "gpt-oss evals metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What the name of a file says.

    Attributes:
        harness: Which of the two wrote it.
        task: The benchmark.
        model: simple-evals' name of the model with its settings, for example `gpt-4o_chatgpt`;
            that of gpt-oss's evals without them.
        effort: Reasoning effort that was asked for; empty where it is not told apart.
        temperature: Temperature that was asked for; `None` if it is not told.
        time: Local time at the start, as written; empty in older files.
        is_debug: Whether only a few documents were asked.
    """

    harness: str
    task: str
    model: str
    effort: str
    temperature: float | None
    time: str
    is_debug: bool

    @property
    def format(self) -> str:
        """Name of the format."""
        return _FORMAT if self.harness == HARNESS else _FORMAT_OF_GPT_OSS


class SimpleEvalsReader:
    """Metrics files of simple-evals and gpt-oss, recognised by name and content together."""

    signs: ClassVar[Signs] = {"simple-evals metrics": ("score", "score:std")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is one, or the file with all answers of such a run."""
        told = _named(file.name)
        if told is None:
            return False
        if _is_of_all_answers(file):
            return _metrics_beside(file) is not None or bool(_metrics_of(file))
        # Such a name with a time is nobody else's, even where the content is broken.
        return bool(_metrics_of(file)) if file.is_json() else bool(told.time)

    def read(self, file: ForeignFile) -> Reading:
        """One record; none from a file with all answers beside one with the metrics alone."""
        told = _named(file.name)
        if told is not None and _is_of_all_answers(file) and (beside := _metrics_beside(file)):
            return told_elsewhere(told.format, file, f"{beside.name} beside it")
        # Broken JSON is told as such.
        file.json()
        metrics = _metrics_of(file)
        if told is None or not metrics:
            raise EvidenceError(
                f"{file.path}: expected metrics of simple-evals, found no JSON object of numbers"
            )
        require_scores([metrics], file.path)
        try:
            record = _record(file, told, metrics)
        except ValueError as error:
            raise EvidenceError(
                f"{file.path}: expected metrics of simple-evals, found {error}"
            ) from error
        stem = file.name.removesuffix(".json")
        named = {f"{stem}{_ALL_RESULTS}", f"{stem}{_ALL_RESULTS}.gz", f"{stem}.html"}
        return Reading(
            format=told.format,
            records=(LoggedRecord(record=record, folder=file.path.parent),),
            companions=tuple(
                file.path.with_name(name) for name in sorted(named & file.names_beside())
            ),
        )


def _named(file_name: str) -> _Named | None:
    if file_name.endswith(_ALL_RESULTS):
        file_name = file_name.removesuffix(_ALL_RESULTS) + ".json"
    if (found := _OF_GPT_OSS.fullmatch(file_name)) is not None:
        return _Named(
            harness=OF_GPT_OSS,
            task=found["task"],
            model=found["model"],
            effort=found["effort"],
            temperature=as_number(float(found["temperature"])),
            time=found["time"],
            is_debug=found["debug"] is not None,
        )
    if (found := _OF_SIMPLE_EVALS.fullmatch(file_name)) is not None:
        return _Named(
            harness=HARNESS,
            task=found["task"],
            model=found["model"],
            effort="",
            temperature=None,
            time=found["time"] or "",
            is_debug=found["debug"] is not None,
        )
    return None


def _is_of_all_answers(file: ForeignFile) -> bool:
    return file.name.endswith(_ALL_RESULTS)


def _metrics_beside(file: ForeignFile) -> Path | None:
    name = file.name.removesuffix(_ALL_RESULTS) + ".json"
    for beside in sorted({name, f"{name}.gz"} & file.names_beside()):
        path = file.path.with_name(beside)
        if _metrics_of(ForeignFile(path, beside)):
            return path
    return None


def _metrics_of(file: ForeignFile) -> Json:
    """The metrics: numbers alone, a score and a statistic named as theirs among them, else none."""
    if not file.is_json():
        return {}
    metrics = as_mapping(file.json())
    if _is_of_all_answers(file):
        metrics = {**as_mapping(metrics.get("metrics")), "score": metrics.get("score")}
    are_numbers = all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        for value in metrics.values()
    )
    has_score = any(name in metrics for name in _SCORES)
    has_statistic = any(_is_statistic(key) for key in metrics)
    return metrics if are_numbers and has_score and has_statistic else {}


def _is_statistic(key: str) -> bool:
    return ":" in key and key.rpartition(":")[2] in _STATISTICS


def _record(file: ForeignFile, told: _Named, metrics: Json) -> Record:
    scores, odd = _scores(told.task, metrics)
    documents = next((s.documents for s in scores if s.documents is not None), None)
    settings: dict[str, JsonValue] = {"time_in_name": told.time, "scores_not_finite": list(odd)}
    decoding: dict[str, JsonValue] = {}
    if told.temperature is not None:
        decoding["temperature"] = told.temperature
    if told.time:
        # All that one call of gpt-oss's evals scores has one time: efforts are runs of their own.
        settings["file_stamp"] = f"{told.time} {told.effort} {in_words(decoding)}".strip()
    return foreign_record(
        told.model,
        foreign_question(told.task, documents_scored=documents, decoding=decoding),
        foreign_run(told.harness, settings=settings),
        file=file.shown,
        observations=_observations(told, decoding),
        scores=scores,
        is_partial=told.is_debug,
        facts=(Fact(name=FactName.REQUESTED_MODEL, value=told.model, grade=Grade.NAMED),),
    )


def _observations(told: _Named, decoding: Json) -> tuple[Observation, ...]:
    how = Ways(producer=told.harness)
    effort: dict[str, JsonValue] = {"reasoning_effort": told.effort} if told.effort else {}
    return every_facet(
        (
            observed(
                Facet.WEIGHTS,
                how,
                named(told.model),
                summary=f"only the name of the file: {told.model}",
            ),
            observed(Facet.DECODING, how, set_alike(decoding), summary=in_words(decoding)),
            observed(Facet.TEST_TIME_COMPUTE, how, set_alike(effort), summary=in_words(effort)),
        ),
        how,
    )


def _scores(task: str, metrics: Json) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The metrics, the score first; `:std` is the spread of the answers, not of the score."""
    scores: list[Score] = []
    odd: list[str] = []
    for metric in sorted(metrics, key=lambda name: name not in _SCORES):
        if _is_statistic(metric):
            continue
        number = as_number(metrics[metric])
        if number is None:
            odd.append(f"{metric}: {metrics[metric]}"[:80])
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
