"""Results of LiveCodeBench, read as a record.

They lie in `output/<model>/<scenario>_<answers>_<temperature>_eval.json`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.records import NOT_NAMED, Observation, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_list, as_mapping, as_number, as_text
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import (
    Ways,
    answers_per_document,
    every_facet,
    in_words,
    named,
    observed,
    set_alike,
)
from weighin.sources.formats.passes import Passes, k_of
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    refusing,
)

HARNESS = "LiveCodeBench (version not recorded)"

_FORMAT = "LiveCodeBench results"
_SCENARIOS = r"codegeneration|selfrepair|testoutputprediction|codeexecution"
_NAME = re.compile(
    rf"(?:Scenario\.)?(?P<scenario>{_SCENARIOS})_(?P<answers>\d+)_(?P<temperature>\d+(?:\.\d+)?)"
    r"(?P<thought>_cot)?_eval(?P<all>_all)?\.json"
)
# Of answers that somebody brought along.
_CUSTOM = re.compile(rf"(?P<model>.+)_(?P<scenario>{_SCENARIOS})_output_eval(?P<all>_all)?\.json")
_EVAL, _EVAL_ALL = "_eval.json", "_eval_all.json"
_DETAIL = "detail"
_PERCENT = 100.0
# In this scenario the harness multiplies by 100, and in no other.
_IN_PERCENT = frozenset({"codeexecution"})
_MOST_KS = (1, 5, 10, 20, 40, 50, 75, 100, 125, 150, 200, 500, 1000)
_HOW = Ways(producer=HARNESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What the names of file and folder say.

    Attributes:
        model: Empty if they do not name it.
        scenario: For example `codegeneration`; empty if they do not name it.
        temperature: `None` if they do not say.
        is_thought: Whether the model was asked to think aloud.
    """

    model: str = ""
    scenario: str = ""
    temperature: float | None = None
    is_thought: bool = False


class LiveCodeBenchReader:
    """Metrics of LiveCodeBench, and its answers with their grades where no metrics are given."""

    signs: ClassVar[Signs] = {"LiveCodeBench results": ("pass@1", "graded_list", "output_list")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is JSON with metrics and their details, or graded answers, as it writes."""
        if not file.is_json():
            return False
        parts = as_list(file.json())
        return _is_metrics(parts) or _is_graded(parts)

    def read(self, file: ForeignFile) -> Reading:
        """One record; graded answers give it where their metrics are not read as well."""
        parts = as_list(file.json())
        # Metrics are read before graded answers, for so their names are ordered.
        beside = tuple(path for path in _beside(file) if not path.name.endswith(_EVAL))
        told = _named(file)
        with refusing(file, "results of LiveCodeBench"):
            record = _record(file, told, parts)
        return Reading(format=_FORMAT, records=(record,), companions=beside)


def _is_metrics(parts: list[JsonValue]) -> bool:
    """Whether it is metrics, what tests said of every answer, and often further facts of them."""
    if len(parts) not in {2, 3} or not isinstance(parts[1], dict):
        return False
    metrics = as_mapping(parts[0])
    has_pass = any(k_of(metric) is not None for metric in metrics)
    return has_pass and all(isinstance(answers, list) for answers in parts[1].values())


def _is_graded(parts: list[JsonValue]) -> bool:
    first = as_mapping(parts[0]) if parts else {}
    return {"graded_list", "pass@1", "output_list"} <= first.keys()


def _beside(file: ForeignFile) -> Iterable[Path]:
    """The other files of the run, by their names."""
    stem = file.name.removesuffix(_EVAL).removesuffix(_EVAL_ALL)
    names = {f"{stem}{ending}" for ending in (".json", _EVAL, _EVAL_ALL)} - {file.name}
    yield from (file.path.with_name(name) for name in sorted(names & file.names_beside()))


def _named(file: ForeignFile) -> _Named:
    if (found := _NAME.fullmatch(file.name)) is not None:
        return _Named(
            model=file.path.absolute().parent.name,
            scenario=found["scenario"],
            temperature=as_number(float(found["temperature"])),
            is_thought=found["thought"] is not None,
        )
    found = _CUSTOM.fullmatch(file.name)
    return _Named(model=found["model"], scenario=found["scenario"]) if found else _Named()


def _record(file: ForeignFile, told: _Named, parts: list[JsonValue]) -> LoggedRecord:
    task = f"livecodebench/{told.scenario}" if told.scenario else "livecodebench"
    is_metrics = _is_metrics(parts)
    passes = _tested(as_mapping(parts[1])) if is_metrics else _graded(parts)
    scale = _PERCENT if told.scenario in _IN_PERCENT else 1.0
    metrics = as_mapping(parts[0]) if is_metrics else _computed(passes, scale)
    scores = tuple(_scores(task, metrics, passes))
    odd = [f"{m}: {v}"[:80] for m, v in metrics.items() if m != _DETAIL and as_number(v) is None]
    decoding: dict[str, JsonValue] = {}
    if told.temperature is not None:
        decoding["temperature"] = told.temperature
    if told.is_thought:
        decoding["cot"] = True
    settings: dict[str, JsonValue] = {"scores_not_finite": [*odd]}
    if scale == _PERCENT:
        settings["units"] = {score.metric: "%" for score in scores}
    record = foreign_record(
        told.model or NOT_NAMED,
        foreign_question(task, documents_scored=len(passes.by_document) or None, decoding=decoding),
        foreign_run(HARNESS, settings=settings),
        file=file.shown,
        pointer="/0" if is_metrics else "",
        observations=_observations(told, passes, decoding),
        scores=scores,
    )
    return LoggedRecord(
        record=record,
        folder=file.path.parent,
        recompute=partial(passes.recompute, scores, scale),
    )


def _tested(results: Json) -> Passes:
    """An answer is right if every test that ran on it says so with a number above 0."""
    found: dict[str, tuple[int, int]] = {}
    for document, answers in results.items():
        tests = [as_list(answer) for answer in as_list(answers)]
        right = sum(
            all((isinstance(test, bool) and test) or (as_number(test) or 0.0) > 0 for test in one)
            for one in tests
        )
        found[document] = (len(tests), right)
    return Passes(by_document=found)


def _graded(answers: list[JsonValue]) -> Passes:
    found: dict[str, tuple[int, int]] = {}
    for place, answer in enumerate(answers):
        entry = as_mapping(answer)
        grades = as_list(entry.get("graded_list"))
        # One question may have several tests whose output is to be predicted.
        name = as_text(entry.get("question_id")) or as_text(entry.get("id")) or str(place)
        key = name if name not in found else f"{name}/{place}"
        found[key] = (len(grades), sum(grade is True for grade in grades))
    return Passes(by_document=found)


def _computed(passes: Passes, scale: float) -> Mapping[str, JsonValue]:
    values = ((k, passes.value(k)) for k in _MOST_KS)
    return {f"pass@{k}": value * scale for k, value in values if value is not None}


def _scores(task: str, metrics: Json, passes: Passes) -> Iterable[Score]:
    for metric, value in metrics.items():
        number = as_number(value)
        if metric == _DETAIL or number is None:
            continue
        yield foreign_score(
            task,
            metric,
            number,
            aggregation=metric if k_of(metric) is not None else None,
            documents=len(passes.by_document) or None,
        )


def _observations(told: _Named, passes: Passes, decoding: Json) -> tuple[Observation, ...]:
    summary = f"only the name of a folder or file: {told.model}" if told.model else NOT_NAMED
    return every_facet(
        (
            observed(Facet.WEIGHTS, _HOW, named(told.model), summary=summary),
            observed(Facet.DECODING, _HOW, set_alike(decoding), summary=in_words(decoding)),
            answers_per_document(passes.answers, _HOW, "/1"),
        ),
        _HOW,
    )
