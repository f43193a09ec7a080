"""Jobs that were handed to a queue, or written down for one."""

from dataclasses import dataclass
from typing import Literal

from weighin.evidence.jobs.forecast import RunForecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Jobs that were handed to a queue, or written down for one.

    Attributes:
        queue: Where they run.
        forecast: What is to be scored.
        plan: The plan with its id, as `weighin job` takes it.
        results: Where it lies and all is recorded.
        script: What Slurm runs, one task a job; `None` where nothing is to be scored, or of
            Kubernetes.
        check_script: What Slurm runs behind it; `None` for nothing.
        manifest: What Kubernetes is asked for, as YAML; `None` where nothing is to be scored, or of
            Slurm.
        array: Number of the array in Slurm; `None` where nothing was submitted.
        check: Number of the check behind it, likewise.
    """

    queue: Literal["slurm", "kubernetes"]
    forecast: RunForecast
    plan: str
    results: str
    script: str | None = None
    check_script: str | None = None
    manifest: str | None = None
    array: str | None = None
    check: str | None = None


def as_text(submission: Submission, check: str) -> str:
    """What became of it, for people: a script or manifest alone where nothing was submitted.

    Args:
        submission: What was handed over.
        check: The command that checks the results.
    """
    jobs = submission.forecast.jobs
    count = sum(not job.is_reused for job in jobs)
    if not count:
        return f"nothing to submit: all {len(jobs)} jobs are recorded already; now {check}\n"
    if submission.array is None:
        return submission.script or submission.manifest or ""
    reused = f"; {len(jobs) - count} are recorded already" if count < len(jobs) else ""
    behind = (
        f"now or later: {check}"
        if submission.check is None
        else f"job {submission.check} checks them; its exit code is that of the verdict"
    )
    plan = submission.forecast.plan_id[:12]
    changed = "".join(f" --set {text}" for text in submission.forecast.overrides)
    told = f"the requirements were changed by{changed}\n" if changed else ""
    return (
        f"{count} jobs of plan {plan} are array {submission.array} of Slurm{reused}\n"
        f"{told}{behind}\n"
    )
