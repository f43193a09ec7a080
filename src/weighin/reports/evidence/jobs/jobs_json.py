"""The jobs of a results store, as one JSON document."""

from typing import Final, Literal

from weighin.evidence.jobs.kept import JobState, KeptJobs, differing
from weighin.evidence.records import Score
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

JOBS_FORMAT: Final = "weighin.jobs/1"


class KeptJobEntry(StrictModel):
    """A job.

    Attributes:
        store: The results store that it lies in.
        model: Name under which the scores are claimed.
        benchmark: Name of the task.
        job_id: The job; only its first 12 digits where nothing that can be read says more.
        state: What became of it.
        why: Who is at it, why it was retired or left no record, or what is damaged; empty if there
            is nothing to say.
        time: When its record was finished, or, without one, of the last event: RFC 3339; empty if
            unknown.
        attempts: How many records of it there are.
        record: Path or URL of the record that stands for it; `null` if there is none.
        score: Its first score of the benchmark itself; `null` if there is none.
        more_scores: How many more scores of the benchmark itself the record holds.
        checkpoint_id: Of the record; `null` for a served model and without a record.
        weights: SHA-256 over the tensors that answered; `null` if nothing was hashed.
        settings: What was asked of what, in words, by what each is.
        differs: Names of those settings in which jobs of this benchmark of this model differ.
    """

    store: str
    model: str
    benchmark: str
    job_id: str
    state: JobState
    why: str
    time: str
    attempts: int
    record: str | None
    score: Score | None
    more_scores: int
    checkpoint_id: str | None
    weights: str | None
    settings: dict[str, str]
    differs: tuple[str, ...]


class LoggedRowEntry(StrictModel):
    """A row of a log of another harness, which is no job.

    Attributes:
        file: The log.
        log_format: As it was recognised.
        model: Name under which the score is claimed.
        benchmark: Name of the task.
        time: When it was finished: RFC 3339, or whatever stands there; empty if unknown.
        score: Its first score of the benchmark itself; `null` if there is none.
        more_scores: How many more scores of the benchmark itself it holds.
    """

    file: str
    log_format: str
    model: str
    benchmark: str
    time: str
    score: Score | None
    more_scores: int


class JobsDocument(StrictModel):
    """The jobs below a place. Nothing of them is judged.

    Attributes:
        format: Always `weighin.jobs/1`.
        place: As it was given.
        stores: The results stores there.
        jobs: By model, benchmark and time.
        rows: Of logs of other harnesses that lie there, by model and benchmark.
        notes: Sentences on what does not hold about ledgers, and on what cannot be read.
    """

    format: Literal["weighin.jobs/1"]
    place: str
    stores: tuple[str, ...]
    jobs: tuple[KeptJobEntry, ...]
    rows: tuple[LoggedRowEntry, ...]
    notes: tuple[str, ...]


def render(found: KeptJobs) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    differences = differing(found.jobs)
    return json_text(
        JobsDocument(
            format=JOBS_FORMAT,
            place=found.place,
            stores=found.stores,
            jobs=tuple(
                KeptJobEntry(
                    store=job.store,
                    model=job.model,
                    benchmark=job.benchmark,
                    job_id=job.job_id,
                    state=job.state,
                    why=job.why,
                    time=job.time,
                    attempts=job.attempts,
                    record=job.record or None,
                    score=job.score,
                    more_scores=job.more_scores,
                    checkpoint_id=job.checkpoint_id,
                    weights=job.weights,
                    settings=dict(job.settings),
                    differs=tuple(differences.get(job.key, ())),
                )
                for job in found.jobs
            ),
            rows=tuple(
                LoggedRowEntry(
                    file=row.file,
                    log_format=row.format,
                    model=row.model,
                    benchmark=row.benchmark,
                    time=row.time,
                    score=row.score,
                    more_scores=row.more_scores,
                )
                for row in found.rows
            ),
            notes=found.notes,
        )
    )
