"""Jobs that several workers may be at: each is scored by one of them."""

import time
from collections.abc import Callable, Iterator, Sequence

from weighin.errors import InfrastructureError
from weighin.evidence.jobs.claims import ClaimedByOther, claim, held
from weighin.evidence.store import Store
from weighin.executors.job import Reason, Recorded, Unrecorded, Worker, score
from weighin.executors.plan import Job, Plan
from weighin.executors.planned.recorded import recorded_job

_LOOK_AGAIN_S = 2.0


def score_claimed(
    plan: Plan,
    job: Job,
    store: Store,
    worker: Worker,
    ready: Callable[[], Unrecorded | None],
) -> Recorded | Unrecorded | ClaimedByOther:
    """Score a job, unless it is recorded already or another worker is at it.

    Args:
        plan: What the job is part of.
        job: One of its jobs.
        store: The results.
        worker: What answers, with the task of the job.
        ready: Makes the worker ready to answer, once the job is its own; why it cannot be.

    Raises:
        WeighinError: The results cannot be read or written.
    """
    benchmark, manifest = worker.benchmarks[job.label], worker.subject.manifest
    if recorded_job(plan, job, store, benchmark, manifest) is not None:
        return score(plan, job, store, worker)
    claimed = claim(
        store.storage,
        store.job_key(plan.model, job.task, job.job_id),
        worker=worker.name,
        run_id=plan.run_id,
    )
    if isinstance(claimed, ClaimedByOther):
        return claimed
    with held(claimed):
        return ready() or score(plan, job, store, worker)


def loaded_once(plan: Plan, worker: Worker) -> Callable[[], None]:
    """Loads what answers when it is called first, and does nothing afterwards."""
    loaded: list[bool] = []

    def load() -> None:
        if not loaded:
            worker.listener.loading(plan.model)
            worker.subject.load()
            loaded.append(True)

    return load


def by_other(job: Job, other: ClaimedByOther) -> Unrecorded:
    """A job that another worker is at, for who does not wait for it."""
    error = InfrastructureError(
        f"{job.label}: worker {other.worker} on {other.host} is at job {job.job_id[:12]}, at "
        f"least until {other.until}; try again then"
    )
    return Unrecorded(reason=Reason.CLAIMED, error=error)


def scored_in_turn(
    plan: Plan,
    jobs: Sequence[Job],
    store: Store,
    worker: Worker,
    ready: Callable[[], Unrecorded | None],
) -> Iterator[Recorded | Unrecorded]:
    """Score jobs one after the other; those that other workers are at come last.

    A job that another worker records meanwhile is reused; one that it leaves is scored here.

    Raises:
        WeighinError: The results cannot be read or written.
    """
    waiting, told = list(jobs), set[tuple[str, str]]()
    while waiting:
        later: list[Job] = []
        for job in waiting:
            result = score_claimed(plan, job, store, worker, ready)
            if not isinstance(result, ClaimedByOther):
                yield result
                continue
            later.append(job)
            if (job.job_id, result.worker) not in told:
                told.add((job.job_id, result.worker))
                worker.listener.noted(
                    f"{job.label}: worker {result.worker} on {result.host} is at it; it is "
                    "reused from there, or scored here if that worker ends"
                )
        waiting = later
        if waiting:
            time.sleep(_LOOK_AGAIN_S)
