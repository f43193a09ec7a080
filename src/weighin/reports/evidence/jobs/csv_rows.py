"""The jobs of a results store as a table for spreadsheets: a row a job."""

from collections.abc import Iterator

from weighin.evidence.jobs.kept import KeptJob, KeptJobs
from weighin.reports.shared.spreadsheet import table

_COLUMNS = (
    "store",
    "model",
    "benchmark",
    "job",
    "state",
    "why",
    "time",
    "attempts",
    "metric",
    "score",
    "stderr",
    "weights",
    "record",
    "settings",
)


def render(found: KeptJobs) -> str:
    """Every job, and of its scores the first."""
    return table(_COLUMNS, map(_row, found.jobs))


def _row(job: KeptJob) -> tuple[str, ...]:
    return (
        job.store,
        job.model,
        job.benchmark,
        job.job_id,
        job.state.value,
        job.why,
        job.time,
        str(job.attempts),
        *_score(job),
        job.weights or "",
        job.record,
        "; ".join(f"{what}: {words}" for what, words in job.settings.items()),
    )


def _score(job: KeptJob) -> Iterator[str]:
    score = job.score
    if score is None:
        yield from ("", "", "")
        return
    yield f"{score.metric},{score.filter}"
    yield repr(score.value)
    yield "" if score.stderr is None else repr(score.stderr)
