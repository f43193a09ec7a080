"""What a plan would do, as one JSON document."""

from typing import Final, Literal

from weighin.evidence.jobs.forecast import RunForecast
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

PLAN_REPORT_FORMAT: Final = "weighin.plan-report/2"


class SecondsEntry(StrictModel):
    """Least and most time, in seconds, from what was recorded of the same benchmarks."""

    least: float
    most: float


class JobEntry(StrictModel):
    """A job of the plan.

    Attributes:
        index: Its place in the plan, from 0.
        job_id: The job.
        label: What the benchmark is called in the requirements.
        benchmark: Name of the task.
        documents: How many are asked.
        requests: How many requests that takes.
        is_reused: Whether it is recorded already.
        why: Why it is reused or not.
        seconds: Time that it may take; `null` if it is reused or nothing tells.
    """

    index: int
    job_id: str
    label: str
    benchmark: str
    documents: int
    requests: int
    is_reused: bool
    why: str
    seconds: SecondsEntry | None


class PlanReportDocument(StrictModel):
    """What a plan would do.

    Attributes:
        format: Always `weighin.plan-report/2`.
        plan_id: SHA-256 of the plan's document.
        key: Where it lies in the results; `null` if it was not written.
        results: The results; `null` if none were named.
        model: Name under which the scores are claimed.
        checkpoint_id: What would answer; `null` for a served model.
        jobs: In the order of the requirements.
        task_files: How many task files of the user's own the plan holds.
        elsewhere: Files that the tasks read and that it does not hold.
        checkpoint_bytes: Size of the checkpoint's files, which a run reads twice.
        remembered_bytes: How many of them were hashed before, and not read for the plan.
        seconds: Time that all jobs may take, one after the other; `null` if nothing tells.
        notes: Sentences on what could have been read in the place of what the plan is made of.
        overrides: What was stated otherwise than in the requirements file, each as `KEY=VALUE`.
    """

    format: Literal["weighin.plan-report/2"]
    plan_id: str
    key: str | None
    results: str | None
    model: str
    checkpoint_id: str | None
    jobs: tuple[JobEntry, ...]
    task_files: int
    elsewhere: tuple[str, ...]
    checkpoint_bytes: int
    remembered_bytes: int
    seconds: SecondsEntry | None
    notes: tuple[str, ...]
    overrides: tuple[str, ...]


def render(found: RunForecast) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        PlanReportDocument(
            format=PLAN_REPORT_FORMAT,
            plan_id=found.plan_id,
            key=found.key,
            results=found.results,
            model=found.model,
            checkpoint_id=found.checkpoint_id,
            jobs=tuple(
                JobEntry(
                    index=index,
                    job_id=job.job_id,
                    label=job.label,
                    benchmark=job.benchmark,
                    documents=job.documents,
                    requests=job.requests,
                    is_reused=job.is_reused,
                    why=job.why,
                    seconds=_seconds(job.seconds),
                )
                for index, job in enumerate(found.jobs)
            ),
            task_files=found.task_files,
            elsewhere=tuple(map(str, found.elsewhere)),
            checkpoint_bytes=found.checkpoint_bytes,
            remembered_bytes=found.remembered_bytes,
            seconds=_seconds(found.seconds),
            notes=found.notes,
            overrides=found.overrides,
        )
    )


def _seconds(found: tuple[float, float] | None) -> SecondsEntry | None:
    return None if found is None else SecondsEntry(least=found[0], most=found[1])
