"""Logs of Inspect: `.eval` archives and JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import NOT_NAMED, RunInfo
from weighin.files.bounded import require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_list,
    as_mapping,
    as_text,
    in_brief,
    pointer_part,
)
from weighin.sources.formats.inspect.archive import InspectArchive, open_archive
from weighin.sources.formats.inspect.documents import inspect_documents
from weighin.sources.formats.inspect.facets import InspectRun, declared_facets, decoding_of
from weighin.sources.formats.inspect.facts import facts_of
from weighin.sources.formats.inspect.metrics import intervals_of
from weighin.sources.formats.inspect.samples import SampleTally
from weighin.sources.formats.inspect.scores import (
    InspectScore,
    clustered_errors,
    documents_of,
    is_partial,
    recompute,
    scores_of,
)
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs
from weighin.sources.formats.record import foreign_question, foreign_record, foreign_run, start_of
from weighin.sources.formats.told_twice import told_twice

_HEADER, _START = "header.json", "_journal/start.json"
_VERSIONS = (1, 2)
_SETTINGS = (
    "limit", "sample_id", "epochs", "fail_on_error", "continue_on_fail", "message_limit",
    "token_limit", "time_limit", "working_limit", "max_samples",
)  # fmt: skip
_FEWSHOT_NAMES = ("fewshot", "num_fewshot", "few_shot", "shots")


class InspectReader:
    """Logs of Inspect, versions 1 and 2: `.eval` (also compressed with zstd) and JSON."""

    signs: ClassVar[Signs] = {"Inspect log": ("version", "status", "eval", "results", "stats")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is named `.eval`, or is JSON with what Inspect writes of an evaluation."""
        if file.path.suffix == ".eval":
            return True
        return file.is_json() and _is_log(as_mapping(file.json()))

    def read(self, file: ForeignFile) -> Reading:
        """One record: Inspect writes one log a task."""
        try:
            if file.path.suffix == ".eval":
                return _read_archive(file)
            return _read_json(file)
        except (ValueError, RecursionError) as error:
            raise EvidenceError(
                f"{file.path}: expected a log of Inspect, found {in_brief(error)}"
            ) from error


def _is_log(log: Json) -> bool:
    return {"task", "model", "created"} <= as_mapping(log.get("eval")).keys()


def _require_known(log: Json, place: str) -> None:
    if not _is_log(log):
        raise EvidenceError(
            f"{place}: expected a log of Inspect, found no eval with task, model and created"
        )
    version = log.get("version", 1)
    if version not in _VERSIONS:
        raise EvidenceError(
            f"{place}: expected version 1 or 2 of Inspect's log, found {str(version)[:40]!r}"
        )


def _read_json(file: ForeignFile) -> Reading:
    log = as_mapping(file.json())
    _require_known(log, str(file.path))
    tally = _tally(log)
    for number, sample in enumerate(as_list(log.get("samples"))):
        tally.add(as_mapping(sample), f"/samples/{number}")
    return _reading(file, InspectRun(log=log, tally=tally, at=""), "Inspect JSON log")


def _read_archive(file: ForeignFile) -> Reading:
    with open_archive(file.path) as archive:
        name = _HEADER if _HEADER in archive.entries else _START
        log = as_mapping(archive.json(name))
        _require_known(log, f"{file.path}: {name}")
        tally = _tally(log)
        for member, sample in _samples(archive):
            tally.add(sample, f"/{pointer_part(member)}")
        run = InspectRun(log=log, tally=tally, at=f"/{pointer_part(name)}")
        twice, keys = archive.twice, archive.keys_twice
    reading = _reading(file, run, "Inspect .eval log")
    notes = list(reading.notes)
    if twice:
        notes.append(f"{file.shown}: {twice} members have the name of a later one, which counts")
    (logged,) = reading.records
    record = logged.record
    broken = [
        broken
        for member, key in keys
        for broken in told_twice(
            [key],
            file.shown,
            model=record.model,
            benchmark=record.asked.task,
            at=f"/{pointer_part(member)}",
        )
    ]
    return replace(reading, notes=tuple(notes), broken=tuple(broken))


def _tally(log: Json) -> SampleTally:
    return SampleTally(model=as_text(as_mapping(log.get("eval")).get("model")) or NOT_NAMED)


def _samples(archive: InspectArchive) -> Iterator[tuple[str, Json]]:
    """Member and sample, one after the other, so that only one is in memory."""
    for name in archive.entries:
        if name.startswith("samples/") and name.endswith(".json"):
            yield name, as_mapping(archive.json(name))


def _reading(file: ForeignFile, run: InspectRun, format_name: str) -> Reading:
    task = as_text(run.evaluation.get("task")) or "unknown"
    total, scored = documents_of(run.log, run.tally)
    entries = as_list(as_mapping(run.log.get("results")).get("scores"))
    require_scores((as_mapping(as_mapping(e).get("metrics")) for e in entries), file.path)
    scores, odd = scores_of(run.log, task, scored)
    fewer = is_partial(run.log)
    record = foreign_record(
        run.model,
        foreign_question(
            task,
            task_version=_version(run.evaluation.get("task_version")),
            dataset_path=_dataset(run.evaluation),
            num_fewshot=_fewshot(run.evaluation),
            documents_total=total,
            documents_scored=scored,
            decoding=decoding_of(run),
        ),
        _run(run, scores, odd),
        file=file.shown,
        pointer=f"{run.at}/eval",
        observations=declared_facets(run),
        scores=(item.score for item in scores),
        is_partial=fewer,
        facts=facts_of(run, scores, is_partial=fewer),
    )
    expected = as_count(as_mapping(run.log.get("results")).get("total_samples"))
    again = partial(recompute, scores, run.tally, expected)
    return Reading(
        format=format_name,
        records=(
            LoggedRecord(
                record=record,
                folder=file.path.parent,
                recompute=again,
                documents=partial(inspect_documents, file.path, task, scores),
            ),
        ),
        notes=tuple(_notes(file, run)),
    )


def _notes(file: ForeignFile, run: InspectRun) -> Iterator[str]:
    yield from (f"{file.shown}: {told}" for told in intervals_of(run.log))
    status = as_text(run.log.get("status"))
    if status != "success":
        yield (
            f"{file.shown}: the run did not end with success but with {status or 'no header'}: "
            f"{run.tally.samples} samples are logged"
        )


def _version(value: JsonValue) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _dataset(evaluation: Json) -> str | None:
    dataset = as_mapping(evaluation.get("dataset"))
    return as_text(dataset.get("location")) or as_text(dataset.get("name"))


def _fewshot(evaluation: Json) -> int | None:
    """Shots, if the task has an argument of that name; Inspect has no field for it."""
    arguments = as_mapping(evaluation.get("task_args"))
    found = (as_count(arguments.get(name)) for name in _FEWSHOT_NAMES)
    return next((shots for shots in found if shots is not None), None)


def _run(run: InspectRun, scores: Sequence[InspectScore], odd: tuple[str, ...]) -> RunInfo:
    config, stats = as_mapping(run.evaluation.get("config")), as_mapping(run.log.get("stats"))
    packages = as_mapping(run.evaluation.get("packages"))
    settings: dict[str, JsonValue] = {
        key: config[key] for key in _SETTINGS if config.get(key) is not None
    }
    # Two evaluations of a set may start in one second.
    settings |= {
        key: told for key in ("eval_id", "run_id") if (told := as_text(run.evaluation.get(key)))
    }
    settings["status"] = as_text(run.log.get("status")) or "not recorded"
    settings["scores_not_finite"] = list(odd)
    if clustered := list(clustered_errors(scores)):
        settings["clustered_errors"] = [*clustered]
    created = run.evaluation.get("created")
    return foreign_run(
        run.harness,
        started=_moment(stats.get("started_at")) or _moment(created),
        finished=_moment(stats.get("completed_at")),
        engine=run.provider,
        versions={key: value for key, value in packages.items() if isinstance(value, str)},
        settings=settings,
    )


def _moment(value: JsonValue) -> str:
    """A moment in UTC; empty if it is none or has no time zone."""
    try:
        moment = datetime.fromisoformat(as_text(value) or "")
        in_utc = moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return ""
    return "" if in_utc is None else start_of(in_utc)
