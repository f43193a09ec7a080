"""Jobs that were handed to a queue, or written down for one, as one JSON document."""

from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.reports.evidence.submission import Submission
from weighin.reports.shared.json_text import json_text

SUBMISSION_FORMAT: Final = "weighin.submission/1"


class SubmittedJob(StrictModel):
    """A job of the plan: its place in it, and whether it is recorded already and not run."""

    index: int
    job_id: str
    benchmark: str
    is_reused: bool


class SubmissionDocument(StrictModel):
    """Jobs that were handed to a queue, or written down for one.

    Attributes:
        format: Always `weighin.submission/1`.
        queue: Where the jobs run.
        plan_id: SHA-256 of the plan.
        plan: The plan with its id, as `weighin job` takes it.
        results: Where all is recorded.
        jobs: The jobs of the plan.
        is_submitted: Whether the queue has them now.
        array: Number of Slurm's array; `null` where nothing was submitted.
        check: Number of the check behind it, likewise.
        script: What Slurm runs, one task a job; `null` of Kubernetes, or with nothing to score.
        check_script: What Slurm runs behind it; `null` for no check.
        manifest: What Kubernetes is asked for, as YAML; `null` of Slurm, or with nothing to score.
    """

    format: Literal["weighin.submission/1"]
    queue: Literal["slurm", "kubernetes"]
    plan_id: str
    plan: str
    results: str
    jobs: tuple[SubmittedJob, ...]
    is_submitted: bool
    array: str | None
    check: str | None
    script: str | None
    check_script: str | None
    manifest: str | None


def render(submission: Submission) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    forecast = submission.forecast
    return json_text(
        SubmissionDocument(
            format=SUBMISSION_FORMAT,
            queue=submission.queue,
            plan_id=forecast.plan_id,
            plan=submission.plan,
            results=submission.results,
            jobs=tuple(
                SubmittedJob(
                    index=index,
                    job_id=job.job_id,
                    benchmark=job.label,
                    is_reused=job.is_reused,
                )
                for index, job in enumerate(forecast.jobs)
            ),
            is_submitted=submission.array is not None,
            array=submission.array,
            check=submission.check,
            script=submission.script,
            check_script=submission.check_script,
            manifest=submission.manifest,
        )
    )
