"""A job of a plan that is recorded, as one JSON document."""

from typing import Final, Literal

from weighin.evidence.records import Record, Score
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

JOB_FORMAT: Final = "weighin.job-report/1"


class JobReportDocument(StrictModel):
    """A job that is recorded. That it is says nothing of its verdict: `weighin check` judges.

    Attributes:
        format: Always `weighin.job-report/1`.
        plan_id: SHA-256 of the plan's document.
        job_id: The job.
        label: What the benchmark is called in the requirements.
        benchmark: Name of the task.
        model: Name under which the scores are claimed.
        checkpoint_id: What answered; `null` for a served model.
        run_id: The run whose record it is.
        attempt_id: The attempt.
        is_reused: Whether it was recorded before, so that nothing was scored now.
        is_first: Whether no other attempt was committed before.
        scores: What came out.
    """

    format: Literal["weighin.job-report/1"]
    plan_id: str
    job_id: str
    label: str
    benchmark: str
    model: str
    checkpoint_id: str | None
    run_id: str
    attempt_id: str
    is_reused: bool
    is_first: bool
    scores: tuple[Score, ...]


def render(record: Record, *, label: str, plan_id: str, is_reused: bool, is_first: bool) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        JobReportDocument(
            format=JOB_FORMAT,
            plan_id=plan_id,
            job_id=record.run.job_id,
            label=label,
            benchmark=record.asked.task,
            model=record.model,
            checkpoint_id=record.checkpoint_id,
            run_id=record.run.run_id,
            attempt_id=record.run.attempt_id,
            is_reused=is_reused,
            is_first=is_first,
            scores=record.scores,
        )
    )
