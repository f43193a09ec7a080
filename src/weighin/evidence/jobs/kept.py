"""The jobs of a results store as they lie there, before anybody judges them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from weighin.evidence.records import Record, Score

NOT_RECORDED: Final = "not recorded"


class JobState(StrEnum):
    """What became of a job.

    Attributes:
        RECORDED: A record stands for it.
        PARTIAL: A record of fewer documents than the benchmark has stands for it.
        RETIRED: Somebody retired all that is recorded of it.
        BEING_SCORED: A worker is at it.
        ABANDONED: It was begun, nobody is at it, and it left no record.
        DAMAGED: What stands for it cannot be read, or is not what was recorded.
    """

    RECORDED = "recorded"
    PARTIAL = "partial"
    RETIRED = "retired"
    BEING_SCORED = "being scored"
    ABANDONED = "abandoned"
    DAMAGED = "damaged"


JobKey = tuple[str, str, str, str]
"""Store, model, benchmark and job id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptJob:
    """A job of a store.

    Attributes:
        store: The store, as a person writes it.
        model: Name under which the scores are claimed.
        benchmark: Name of the task.
        job_id: The job; only its first 12 digits where nothing that can be read says more.
        state: What became of it.
        why: Who is at it, why it was retired or left no record, or what is damaged; empty if there
            is nothing to say.
        time: When its record was finished, it was begun or retired: RFC 3339, or whatever stands
            there; empty if unknown.
        attempts: How many records of it there are.
        record: Path or URL of the record that stands for it; empty if there is none.
        score: Its first score of the benchmark itself; `None` if there is none.
        more_scores: How many more scores of the benchmark itself the record holds.
        checkpoint_id: Of the record; `None` for a served model and without a record.
        weights: SHA-256 over the tensors on disk, or in memory where that is all that is known, 64
            hex digits; `None` if nothing was hashed.
        settings: What was asked of what, in words, by what each is.
    """

    store: str
    model: str
    benchmark: str
    job_id: str
    state: JobState
    why: str = ""
    time: str = ""
    attempts: int = 0
    record: str = ""
    score: Score | None = None
    more_scores: int = 0
    checkpoint_id: str | None = None
    weights: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> JobKey:
        """What tells it from others."""
        return (self.store, self.model, self.benchmark, self.job_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRow:
    """A row of a log of another harness, which is no job.

    Attributes:
        file: The log.
        format: As it was recognised, for example `LightEval results`.
        model: Name under which the score is claimed.
        benchmark: Name of the task.
        time: When it was finished: RFC 3339, or whatever stands there; empty if unknown.
        score: Its first score of the benchmark itself; `None` if there is none.
        more_scores: How many more scores of the benchmark itself it holds.
    """

    file: str
    format: str
    model: str
    benchmark: str
    time: str
    score: Score | None
    more_scores: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptJobs:
    """All jobs below a place.

    Attributes:
        place: As it was given.
        stores: The results stores there, as a person writes them.
        jobs: By model, benchmark and time.
        rows: Of logs of other harnesses that lie there, by model and benchmark.
        notes: Sentences on what does not hold about ledgers, and on what cannot be read.
    """

    place: str
    stores: tuple[str, ...]
    jobs: tuple[KeptJob, ...]
    rows: tuple[LoggedRow, ...] = ()
    notes: tuple[str, ...] = ()


def scores_of_itself(record: Record) -> tuple[Score | None, int]:
    """The first score of the benchmark of a record itself, and how many more there are."""
    scores = [score for score in record.scores if score.task == record.asked.task]
    return (scores[0] if scores else None), max(0, len(scores) - 1)


def differing(jobs: Iterable[KeptJob]) -> dict[JobKey, dict[str, str]]:
    """The settings in which jobs of one benchmark of one model differ, by job.

    A job of which nothing is recorded has no settings, and differs from none.
    """
    alike: defaultdict[tuple[str, str], list[KeptJob]] = defaultdict(list)
    for job in jobs:
        if job.settings:
            alike[job.model, job.benchmark].append(job)
    found = {}
    for of_one in alike.values():
        names = dict.fromkeys(name for job in of_one for name in job.settings)
        differ = [name for name in names if len({job.settings.get(name) for job in of_one}) > 1]
        for job in of_one:
            found[job.key] = {name: job.settings.get(name, NOT_RECORDED) for name in differ}
    return found
