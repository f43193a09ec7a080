"""Which worker scores which job, and what becomes of both: a state that is told what happened.

It knows no clock, no process and no Ray, so that every order of events can be tried.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from weighin.errors import InfrastructureError, WeighinError
from weighin.evidence.records import Record
from weighin.executors.job import Reason, Recorded, Unrecorded

MOST_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A worker that is gone.

    Attributes:
        why: What Ray says about it.
    """

    why: str


@dataclass(slots=True)
class Dispatch:
    """The jobs of one run and the workers that score them.

    Nothing is handed out before every worker showed what it holds. A job of a worker that died is
    handed to another one, up to `MOST_TRIES` times in all; a worker that dies as often before it
    showed what it holds is not replaced any more. After a refusal nothing more is handed out: what
    is under way is finished, and the run is refused.

    Attributes:
        labels: What the benchmark of each job is called, by the id of the job.
        waiting: Jobs that nobody scores yet.
        opening: Workers that have not shown what they hold.
        idle: Workers that may be given a job.
        busy: The job of each worker that has one.
        elsewhere: Jobs that a worker of somebody else is at.
        records: What was scored in this run.
        failures: Why benchmarks could not be scored.
        exhausted: Why jobs are not tried again.
        refusal: Why this run must end; `None` while it need not.
    """

    labels: Mapping[str, str]
    waiting: deque[str] = field(default_factory=deque)
    opening: set[str] = field(default_factory=set)
    idle: list[str] = field(default_factory=list)
    busy: dict[str, str] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    failures: list[WeighinError] = field(default_factory=list)
    exhausted: list[InfrastructureError] = field(default_factory=list)
    refusal: WeighinError | None = None
    _has_opened: bool = False
    _last_lost: str = ""
    _tries: Counter[str] = field(default_factory=Counter)
    _losses: Counter[str] = field(default_factory=Counter)
    _failed_on: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, labels: Mapping[str, str], workers: Iterable[str]) -> "Dispatch":
        """A run that begins.

        Args:
            labels: What the benchmark of each job is called, in the order of the plan.
            workers: The names of the workers, none of which has shown yet what it holds.
        """
        return cls(labels=labels, waiting=deque(labels), opening=set(workers))

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way, and nothing more will be."""
        if self.busy:
            return False
        if self.refusal is not None or not (self.waiting or self.elsewhere):
            return True
        return not self.opening and not self.idle

    def opened(self, worker: str) -> None:
        """A worker showed what it holds, and that is what the others hold."""
        self.opening.discard(worker)
        self.idle.append(worker)
        self._losses[worker] = 0

    def handed_out(self) -> list[tuple[str, str]]:
        """Workers with the jobs that they are given now."""
        if self.refusal is not None or (self.opening and not self._has_opened):
            return []
        self._has_opened = True
        given = []
        for worker in tuple(self.idle):
            job = next((job for job in self.waiting if self._suits(job, worker)), None)
            if job is not None:
                self.idle.remove(worker)
                self.waiting.remove(job)
                self.busy[worker] = job
                self._tries[job] += 1
                given.append((worker, job))
        return given

    def _suits(self, job: str, worker: str) -> bool:
        """Whether a worker may have a job: where it failed before, another one goes first."""
        failed = self._failed_on.get(job, set())
        return worker not in failed or {*self.idle, *self.busy} <= failed

    def answered(self, worker: str, result: Recorded | Unrecorded) -> None:
        """A worker is done with its job."""
        job = self.busy.pop(worker)
        self.idle.append(worker)
        if isinstance(result, Recorded):
            if not result.is_reused:
                self.records.append(result.record)
        elif result.reason is Reason.REFUSED:
            self.refused(result.error)
        elif result.reason is Reason.FAILED:
            self.failures.append(result.error)
        elif result.reason is Reason.CLAIMED:
            self._tries[job] -= 1
            self.elsewhere.append(job)
        else:
            self._failed_on.setdefault(job, set()).add(worker)
            self._again(job, str(result.error))

    def look_again(self) -> None:
        """Have somebody look whether jobs are recorded, or left, that others were at."""
        self.waiting.extend(self.elsewhere)
        self.elsewhere.clear()

    def refused(self, error: WeighinError) -> None:
        """A worker is not what the plan means. The first one that is named decides."""
        if self.refusal is None:
            self.refusal = error

    def died(self, worker: str, lost: Lost) -> str | None:
        """A worker is gone.

        Returns:
            The job that it leaves, if it had one.
        """
        job = self.busy.pop(worker, None)
        self.opening.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        self._losses[worker] += 1
        self._last_lost = lost.why
        if job is not None:
            self._again(job, lost.why)
        return job

    def is_replaced(self, worker: str) -> bool:
        """Whether another process shall take the place of a worker that died, and its name."""
        is_work_left = bool(self.waiting or self.elsewhere)
        return self.refusal is None and is_work_left and self._losses[worker] < MOST_TRIES

    def hired(self, worker: str) -> None:
        """Another process took the place of a worker, and has not shown yet what it holds."""
        self.opening.add(worker)

    def _again(self, job: str, why: str) -> None:
        if self._tries[job] < MOST_TRIES:
            self.waiting.append(job)
        else:
            self.exhausted.append(
                InfrastructureError(
                    f"{self.labels[job]}: tried {MOST_TRIES} times, the last time: {why}"
                )
            )

    def unfinished(self) -> InfrastructureError | None:
        """Why jobs were left, although nothing speaks against what they are scored on."""
        reasons = [str(error) for error in self.exhausted]
        left = (*self.waiting, *self.elsewhere)
        if left and self.refusal is None:
            names = ", ".join(self.labels[job] for job in left)
            reasons.append(f"no worker is left for {names}: {self._last_lost}")
        if not reasons:
            return None
        return InfrastructureError(
            f"{'; '.join(reasons)}; what is finished is recorded, run again for the rest"
        )
