"""Scores the jobs of a run on the nodes of a Ray cluster. This process plans, and loads nothing."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from weighin.errors import WeighinError
from weighin.executors.begun import Begun, RunResult, begin
from weighin.executors.events import RunListener
from weighin.executors.job import Reason, Recorded, Unrecorded
from weighin.executors.plan import RunOptions
from weighin.executors.ray.address import RayOptions
from weighin.executors.ray.agreement import failure_of_machine, refusal
from weighin.executors.ray.cluster import connected, nodes_of
from weighin.executors.ray.crew import Answer, Crew
from weighin.executors.ray.dispatch import Dispatch, Lost
from weighin.executors.ray.display import Display
from weighin.executors.ray.places import Needs, needs_of, places_for
from weighin.executors.ray.worker import Shown
from weighin.files.stores.opening import is_url
from weighin.requirements.model import Requirements

# Reasons for which a job is tried again.
_LATER = frozenset({Reason.INTERRUPTED, Reason.CLAIMED})
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_LOOKS_ELSEWHERE = 2.0


def run_on_ray(
    requirements: Requirements, options: RunOptions, ray_options: RayOptions, listener: RunListener
) -> RunResult:
    """Score every wanted benchmark that is not recorded yet, on the nodes of a cluster.

    The jobs are planned here; each worker makes them again from the plan, loads the model once and
    shows what it loaded. If all of them hold the same, jobs are handed out, one at a time to each.

    Args:
        requirements: What must hold.
        options: What the command line adds.
        ray_options: Which cluster, and how much of it.
        listener: Hears of progress, of all workers.

    Returns:
        What was scored, and what failed.

    Raises:
        WeighinError: A worker holds something else than is planned, nothing could be scored at
            all, or workers were lost again and again.
    """
    begun = begin(requirements, options, listener)
    if not begun.to_score:
        return begun.finished(())
    try:
        with connected(ray_options.on) as ray:
            needs, workers = _room(ray, begun, ray_options)
            crew = Crew(
                ray,
                needs.resources(),
                (
                    begun.planned.written.content,
                    _everywhere(options.results),
                    tuple(job.label for job in begun.to_score),
                ),
            )
            failures = _Driver(begun, crew, workers).score()
    except KeyboardInterrupt:
        begun.interrupted(None)
        raise
    return begun.finished(failures)


def _everywhere(results: Path | str) -> str:
    """The results as a process names them that works in another folder."""
    if is_url(results):
        return str(results)
    return os.path.abspath(results)  # noqa: PTH100  # resolve() would follow links


def _room(ray: Any, begun: Begun, asked: RayOptions) -> tuple[Needs, tuple[str, ...]]:
    """What each worker takes, and the names of as many as there is room and work for."""
    nodes = nodes_of(ray)
    manifest = begun.planned.subject.manifest
    needs = needs_of(
        nodes,
        gpus_per_job=asked.gpus_per_job,
        cpus_per_job=asked.cpus_per_job,
        model_bytes=0 if manifest is None else sum(file.size_bytes for file in manifest.files),
    )
    number = max(1, min(places_for(nodes, needs), len(begun.to_score)))
    return needs, tuple(f"worker {k}" for k in range(1, number + 1))


class _Driver:
    """Hands out the jobs of a run."""

    def __init__(self, begun: Begun, crew: Crew, workers: tuple[str, ...]) -> None:
        self._begun = begun
        self._crew = crew
        self._labels = {job.job_id: job.label for job in begun.to_score}
        self._dispatch = Dispatch.of(self._labels, workers)
        self._display = Display(begun.listener)
        self._shown: dict[str, Shown] = {}

    def score(self) -> tuple[WeighinError, ...]:
        """Score all jobs; why some of them could not be."""
        dispatch = self._dispatch
        self._begun.listener.loading(self._begun.planned.plan.model)
        try:
            for worker in tuple(dispatch.opening):
                self._crew.hire(worker)
            looked = time.monotonic()
            while not dispatch.is_over:
                if time.monotonic() - looked >= _SECONDS_BETWEEN_LOOKS_ELSEWHERE:
                    looked = time.monotonic()
                    dispatch.look_again()
                for worker, job_id in dispatch.handed_out():
                    self._display.handed_out(worker, self._labels[job_id])
                    self._crew.ask(worker, "run", job_id)
                self._look()
            self._read_files()
        finally:
            self._crew.dismiss_all()
        if (error := dispatch.refusal or dispatch.unfinished()) is not None:
            raise error
        return tuple(dispatch.failures)

    def _look(self) -> None:
        answers = self._crew.answers(_SECONDS_BETWEEN_LOOKS)
        for told in self._crew.told():
            self._display.told(told)
        for answer in answers:
            self._heard(answer)

    def _heard(self, answer: Answer) -> None:
        worker, value = answer.worker, answer.value
        if isinstance(value, Shown):
            self._has_shown(value)
        elif isinstance(value, Unrecorded) and worker in self._dispatch.opening:
            self._dispatch.refused(value.error)
        elif isinstance(value, Recorded | Unrecorded):
            self._has_answered(worker, value)
        elif isinstance(value, Lost):
            self._is_lost(worker, value)
        else:
            raise TypeError(f"{worker} answered with {type(value).__name__}")

    def _has_shown(self, shown: Shown) -> None:
        if (failure := failure_of_machine(shown)) is not None:
            self._is_lost(shown.worker, Lost(why=str(failure)))
            return
        error = refusal(shown, tuple(self._shown.values()))
        if error is not None:
            self._dispatch.refused(error)
            return
        self._shown[shown.worker] = shown
        self._dispatch.opened(shown.worker)

    def _has_answered(self, worker: str, result: Recorded | Unrecorded) -> None:
        if isinstance(result, Unrecorded) and result.reason in _LATER:
            self._display.died(worker)
            self._display.noted(f"{self._called(worker)}: {result.error}")
        else:
            if isinstance(result, Unrecorded) and result.reason is Reason.REFUSED:
                error = type(result.error)(f"{self._called(worker)}: refused: {result.error}")
                result = replace(result, error=error)
            self._display.answered(worker, result)
        self._dispatch.answered(worker, result)

    def _is_lost(self, worker: str, lost: Lost) -> None:
        # It may only be out of reach, and shall not come back beside the one that follows it.
        self._crew.dismiss(worker)
        job_id = self._dispatch.died(worker, lost)
        self._display.died(worker)
        amid = "" if job_id is None else f" amid {self._labels[job_id]}"
        self._display.noted(f"{self._called(worker)} was lost{amid}: {lost.why}")
        if self._dispatch.is_replaced(worker):
            self._dispatch.hired(worker)
            self._crew.hire(worker)

    def _called(self, worker: str) -> str:
        return self._shown[worker].called if worker in self._shown else worker

    def _read_files(self) -> None:
        """Have one worker of each host read the files again that its records rest on."""
        for worker in self._one_of_each_place():
            self._crew.ask(worker, "finish")
        while self._crew.is_asked:
            for answer in self._crew.answers(_SECONDS_BETWEEN_LOOKS):
                if answer.value is not None:
                    why = answer.value.why if isinstance(answer.value, Lost) else answer.value
                    self._begun.note(
                        f"{self._called(answer.worker)}: the files of the checkpoint could not be "
                        f"read again: {why}"
                    )

    def _one_of_each_place(self) -> Iterator[str]:
        scored = {record.run.host for record in self._dispatch.records}
        for worker in self._dispatch.idle:
            host = self._shown[worker].host
            if host in scored:
                scored.discard(host)
                yield worker
