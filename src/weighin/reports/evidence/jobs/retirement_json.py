"""A job that was retired, as one JSON document."""

from typing import Final, Literal

from weighin.evidence.collected import RetiredJob
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

RETIREMENT_FORMAT: Final = "weighin.retirement/1"


class RetirementDocument(StrictModel):
    """A job that decides nothing from now on. It is kept, and shown in every report.

    Attributes:
        format: Always `weighin.retirement/1`.
        job_id: The job.
        benchmark: The task; empty if unknown.
        model: Name under which its score is claimed; empty if unknown.
        reason: Why, in a person's words.
        time: When, RFC 3339; empty if unknown.
    """

    format: Literal["weighin.retirement/1"]
    job_id: str
    benchmark: str
    model: str
    reason: str
    time: str


def render(retired: RetiredJob) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        RetirementDocument(
            format=RETIREMENT_FORMAT,
            job_id=retired.job_id,
            benchmark=retired.benchmark,
            model=retired.model,
            reason=retired.reason,
            time=retired.time,
        )
    )
