"""What a plan would do: jobs, documents, requests, what is reused and why the rest is not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from weighin.errors import WeighinError
from weighin.evidence.jobs.forecast import JobForecast
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.plan import Job, Plan
from weighin.executors.planned.differences import differences
from weighin.executors.planned.recorded import RecordedJob, other_harness, recorded_job
from weighin.identity.manifest import Manifest

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.tasks.loading import LoadedBenchmark

_MOST_DIFFERENCES = 3


def forecast(
    plan: Plan,
    store: Store | None,
    benchmarks: Mapping[str, "LoadedBenchmark"],
    manifest: Manifest | None,
) -> tuple[JobForecast, ...]:
    """What is known of each job of a plan.

    Raises:
        WeighinError: The results cannot be read.
    """
    from weighin.harness.tasks.sizes import sizes

    found: list[JobForecast] = []
    for job in plan.jobs:
        benchmark = benchmarks[job.label]
        documents, requests = sizes(benchmark, job.max_samples)
        before = () if store is None else tuple(store.records_of_benchmark(plan.model, job.task))
        recorded, problem = _recorded(plan, job, store, benchmark, manifest)
        if recorded is None:
            why = problem or _why_not(plan, job, store, before)
        else:
            run, other = recorded.record.run, other_harness(recorded.record)
            why = f"recorded {run.finished} by run {run.run_id}" + (other and f", with {other}")
        found.append(
            JobForecast(
                label=job.label,
                benchmark=job.task,
                job_id=job.job_id,
                documents=documents,
                requests=requests,
                is_reused=recorded is not None,
                why=why,
                seconds=None if recorded is not None else _seconds(before, documents),
            )
        )
    return tuple(found)


def _recorded(
    plan: Plan,
    job: Job,
    store: Store | None,
    benchmark: "LoadedBenchmark",
    manifest: Manifest | None,
) -> tuple[RecordedJob | None, str]:
    """What stands for a job already, or why that cannot be told."""
    if store is None:
        return None, "no results are given"
    try:
        return recorded_job(plan, job, store, benchmark, manifest), ""
    except WeighinError as error:
        return None, f"what is recorded is damaged: {error}"


def _why_not(plan: Plan, job: Job, store: Store | None, before: Sequence[Record]) -> str:
    if plan.new_attempt:
        return "a new attempt is asked for"
    if store is None or not before:
        return "nothing of it is recorded"
    if any(record.run.job_id == job.job_id for record in before):
        return "its job is retired"
    told: list[tuple[str, ...]] = []
    for record in before:
        description = store.planned_job(record.run.job_id)
        if description is not None:
            told.append(tuple(differences(description, job.description)))
    if not told:
        return "what is recorded is of other jobs, of which no plan says what they asked"
    nearest = min(told, key=len)
    more = len(nearest) - _MOST_DIFFERENCES
    return f"recorded was another job: {'; '.join(nearest[:_MOST_DIFFERENCES])}" + (
        f"; and {more} more" if more > 0 else ""
    )


def _seconds(before: Sequence[Record], documents: int) -> tuple[float, float] | None:
    rates = sorted(_rates(before))
    return (rates[0] * documents, rates[-1] * documents) if rates else None


def _rates(before: Sequence[Record]) -> Iterator[float]:
    """Seconds a document, of what was recorded."""
    for record in before:
        scored = record.asked.documents_scored
        try:
            began, ended = map(datetime.fromisoformat, (record.run.started, record.run.finished))
        except ValueError:
            continue
        if scored:
            yield max((ended - began).total_seconds(), 0.0) / scored
