"""Records of foreign logs, put together in one place: what such a log cannot know is filled in."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.facts import Fact
from weighin.evidence.records import (
    Asked,
    FileDigest,
    Observation,
    Origin,
    Record,
    RunInfo,
    Score,
)
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import in_brief


@contextmanager
def refusing(file: ForeignFile, expected: str) -> Iterator[None]:
    """Refuse a file in which something is no value that a record can hold.

    Args:
        file: The file.
        expected: What it should be, for example `results of EvalPlus`.

    Raises:
        EvidenceError: A record could not be made of it.
    """
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{file.path}: expected {expected}, found {in_brief(error)}") from error


def start_of(moment: datetime) -> str:
    """A moment in UTC to the last digit: the runs of a job array start within one second."""
    in_utc = moment.astimezone(UTC)
    fraction = f"{in_utc.microsecond:06d}".rstrip("0")
    return f"{in_utc:%Y-%m-%dT%H:%M:%S}{'.' if fraction else ''}{fraction}Z"


def foreign_question(  # noqa: PLR0913  # the fields of `Asked`
    task: str,
    *,
    task_version: str | None = None,
    config_digest: str | None = None,
    dataset_path: str | None = None,
    dataset_revision: str | None = None,
    documents_digest: str | None = None,
    prompts_digest: str | None = None,
    num_fewshot: int | None = None,
    documents_total: int | None = None,
    documents_scored: int | None = None,
    decoding: Mapping[str, JsonValue] | None = None,
) -> Asked:
    """What a log says was asked, as in `Asked`; what is not given is unknown."""
    return Asked(
        task=task,
        task_version=task_version,
        config_digest=config_digest,
        dataset_path=dataset_path,
        dataset_revision=dataset_revision,
        documents_digest=documents_digest,
        prompts_digest=prompts_digest,
        num_fewshot=num_fewshot,
        documents_total=documents_total,
        documents_scored=documents_scored,
        decoding=dict(decoding or {}),
    )


def foreign_score(  # noqa: PLR0913  # the fields of `Score`
    task: str,
    metric: str,
    value: float,
    *,
    filter_name: str = "none",
    stderr: float | None = None,
    aggregation: str | None = None,
    documents: int | None = None,
) -> Score:
    """A number of a log, as in `Score`; what is not given is unknown."""
    return Score(
        task=task,
        metric=metric,
        filter=filter_name,
        value=value,
        stderr=stderr,
        aggregation=aggregation,
        documents=documents,
    )


def foreign_run(  # noqa: PLR0913  # the fields of `RunInfo`
    harness: str,
    *,
    settings: Mapping[str, JsonValue],
    started: str = "",
    finished: str = "",
    engine: str = "",
    versions: Mapping[str, str] | None = None,
) -> RunInfo:
    """How a log says that it ran, as in `RunInfo`; what is not given is unknown."""
    return RunInfo(
        run_id="",
        job_id="",
        attempt_id="",
        started=started,
        finished=finished,
        harness=harness,
        engine=engine,
        command="",
        host="",
        versions=dict(versions or {}),
        settings=dict(settings),
    )


def foreign_record(  # noqa: PLR0913  # the fields of `Record`
    model: str,
    asked: Asked,
    run: RunInfo,
    *,
    file: str,
    pointer: str = "",
    observations: Iterable[Observation],
    scores: Iterable[Score] = (),
    is_partial: bool = False,
    files: Iterable[FileDigest] = (),
    facts: Iterable[Fact] = (),
    producer: str = "",
) -> Record:
    """The record of one benchmark of a log: of no checkpoint at hand, and nothing seen in memory.

    Args:
        model: Name under which the score is claimed.
        asked: What was asked.
        run: How it ran.
        file: The log as shown.
        pointer: Where the benchmark stands in it.
        observations: What is known of each facet.
        scores: Every score of the benchmark.
        is_partial: As in `Record`.
        files: The files of samples beside the log.
        facts: What the log says beyond the facets.
        producer: Who wrote the file; by default the harness of the run.

    Raises:
        ValueError: Something is no value that a record can hold.
    """
    return Record(
        model=model,
        checkpoint_id=None,
        location=None,
        asked=asked,
        observations=tuple(observations),
        scores=tuple(scores),
        is_partial=is_partial,
        files=tuple(files),
        loaded=None,
        run=run,
        origin=Origin(producer=producer or run.harness, file=file, pointer=pointer),
        facts=tuple(facts),
    )
