"""What is known of a run before anything is scored."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class JobForecast:
    """What is known of a job before it runs.

    Attributes:
        label: What the benchmark is called in the requirements.
        benchmark: Name of the task.
        job_id: The job.
        documents: How many are asked.
        requests: How many requests that takes.
        is_reused: Whether it is recorded already.
        why: Why it is reused or not.
        seconds: Least and most time that it may take, from what was recorded of the benchmark;
            `None` if nothing was, or if it is reused.
    """

    label: str
    benchmark: str
    job_id: str
    documents: int
    requests: int
    is_reused: bool
    why: str
    seconds: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunForecast:
    """What a plan would do.

    Attributes:
        plan_id: SHA-256 of the plan's document.
        key: Where it lies in the results; `None` if it was not written.
        results: The results; `None` if none were named.
        model: Name under which the scores are claimed.
        checkpoint_id: What would answer; `None` for a served model.
        jobs: In the order of the requirements.
        task_files: How many files of the user's own the plan holds.
        elsewhere: Files that the tasks read, and that it does not hold.
        checkpoint_bytes: Size of the files of the checkpoint; each is read at the start and at the
            end of a run.
        remembered_bytes: How many of them were hashed before, and not read for the plan.
        notes: Sentences on what could have been read in the place of what the plan is made of.
        overrides: What was stated otherwise than in the requirements file, each as `KEY=VALUE`.
    """

    plan_id: str
    key: str | None
    results: str | None
    model: str
    checkpoint_id: str | None
    jobs: tuple[JobForecast, ...]
    task_files: int
    elsewhere: tuple[Path, ...]
    checkpoint_bytes: int
    remembered_bytes: int
    notes: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()

    @property
    def seconds(self) -> tuple[float, float] | None:
        """Least and most time that scoring may take; `None` if it is not known of every job."""
        known = [job.seconds for job in self.jobs if not job.is_reused]
        if any(seconds is None for seconds in known):
            return None
        return (
            sum(seconds[0] for seconds in known if seconds is not None),
            sum(seconds[1] for seconds in known if seconds is not None),
        )
