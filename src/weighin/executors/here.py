"""Runs all jobs in this process: one model, loaded once, fingerprinted around each benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weighin.errors import UsageError, WeighinError
from weighin.evidence.store import Store
from weighin.executors.events import RunListener
from weighin.executors.job import Reason, Unrecorded, Worker, score
from weighin.executors.plan import Job, Plan, RunOptions, plan_jobs, plan_run, wanted_tasks
from weighin.files.canonical import sha256_hex
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Requirements

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.subject import Subject
    from weighin.harness.tasks.loading import LoadedBenchmark

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run leaves behind.

    Attributes:
        evidence: Folders with the records of the wanted benchmarks.
        manifest: The checkpoint that was scored; `None` for a served model.
        checkpoint_files: Digests of its files; empty if nothing asks for them.
        failures: Errors of benchmarks that could not be scored.
        notes: Sentences on what lies in the results folder and is not part of `evidence`.
    """

    evidence: tuple[Path, ...]
    manifest: Manifest | None
    checkpoint_files: tuple[CheckpointFileDigest, ...]
    failures: tuple[WeighinError, ...]
    notes: tuple[str, ...]


def run_here(requirements: Requirements, options: RunOptions, listener: RunListener) -> RunResult:
    """Score every wanted benchmark that is not recorded yet.

    The files are fingerprinted, the tasks are loaded, then the model; for each benchmark follow a
    ledger line, the evaluation, a second look at memory and files, the record, a ledger line.

    Args:
        requirements: What must hold.
        options: What the command line adds.
        listener: Hears of progress.

    Returns:
        Where the records of the wanted benchmarks lie, whoever scored them, and what failed.

    Raises:
        WeighinError: Nothing could be scored at all, or the results cannot be written.
    """
    wanted = wanted_tasks(requirements, options.only)
    store = Store(options.results)
    store.prepare()
    subject = _open_subject(requirements, listener)
    benchmarks = _load_benchmarks(requirements, wanted)
    plan = plan_run(
        requirements,
        options,
        subject=subject.description,
        task_digests=_task_digests(benchmarks),
    )
    document = plan.document()
    store.keep_plan(sha256_hex(document), document)
    if subject.manifest is not None:
        store.keep_manifest(subject.manifest)
    worker = Worker(subject=subject, benchmarks=benchmarks, listener=listener)
    failures = _score_all(plan, store, worker)
    others, problems = _recorded_others(requirements, store, subject, wanted)
    folders = [store.job_folder(plan.model, job.task, job.job_id) for job in (*plan.jobs, *others)]
    return RunResult(
        evidence=tuple(folder for folder in folders if folder.is_dir()),
        manifest=subject.manifest,
        checkpoint_files=subject.checkpoint_files,
        failures=failures,
        notes=(*problems, *_not_judged(requirements, folders)),
    )


def _recorded_others(
    requirements: Requirements, store: Store, subject: "Subject", wanted: Sequence[str]
) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """Jobs of required benchmarks that were not wanted now and may be recorded already.

    Returns:
        The jobs, and why a benchmark with records could not be planned.
    """
    digests: dict[str, str] = {}
    problems: list[str] = []
    for benchmark in requirements.benchmarks:
        task = benchmark.task
        has_records = store.job_folder(requirements.model.name, task, "").is_dir()
        if task in wanted or not has_records:
            continue
        try:
            digests |= _task_digests(_load_benchmarks(requirements, [task]))
        except WeighinError as error:
            problems.append(f"what is recorded of {task} was not judged: {error}")
    jobs = plan_jobs(
        requirements, subject=subject.description, task_digests=digests, max_samples=None
    )
    return jobs, tuple(problems)


def _not_judged(requirements: Requirements, judged: Sequence[Path]) -> tuple[str, ...]:
    """A sentence on what is recorded of the benchmarks beside the jobs of this plan."""
    names: list[str] = []
    for benchmark_folder in dict.fromkeys(folder.parent for folder in judged):
        if benchmark_folder.is_dir():
            names.extend(
                str(folder)
                for folder in sorted(benchmark_folder.iterdir())
                if folder.is_dir() and folder not in judged
            )
    if not names:
        return ()
    sentence = (
        f"{len(names)} folders with records of these benchmarks under other settings or of other "
        f"checkpoints were not judged: {', '.join(names[:_SHOWN])}"
        f"{' …' if len(names) > _SHOWN else ''}; "
        f"weighin check {requirements.source} judges what it is given"
    )
    return (sentence,)


def _open_subject(requirements: Requirements, listener: RunListener) -> "Subject":
    try:
        if requirements.model.endpoint is not None:
            from weighin.harness.served.subject import EndpointSubject

            return EndpointSubject(requirements)
        from weighin.harness.local.subject import (
            CheckpointSubject,
            checkpoint_folder,
        )
    except ModuleNotFoundError as error:
        raise UsageError(
            f"running benchmarks needs {error.name}, which is not installed; install "
            "weighin[hf] (or weighin[api] for a served model)"
        ) from error
    folder, revision = checkpoint_folder(requirements)
    return CheckpointSubject(requirements, folder, revision, listener.fingerprinting)


def _load_benchmarks(
    requirements: Requirements, wanted: Sequence[str]
) -> dict[str, "LoadedBenchmark"]:
    from weighin.harness.tasks.loading import load_benchmarks

    loaded = load_benchmarks(requirements, wanted)
    return {benchmark.requirement.task: benchmark for benchmark in loaded}


def _task_digests(benchmarks: Mapping[str, "LoadedBenchmark"]) -> dict[str, str]:
    return {task: benchmark.digest for task, benchmark in benchmarks.items()}


def _score_all(plan: Plan, store: Store, worker: Worker) -> tuple[WeighinError, ...]:
    """Score what is not recorded yet.

    Returns:
        Why benchmarks could not be scored.

    Raises:
        WeighinError: The model cannot be loaded, or no further benchmark could be scored.
    """
    recorded = {job.job_id for job in plan.jobs if plan.recorded(job, store) is not None}
    reused = [job for job in plan.jobs if job.job_id in recorded]
    to_score = [job for job in plan.jobs if job.job_id not in recorded]
    worker.listener.planned(tuple(job.task for job in to_score), tuple(job.task for job in reused))
    ledger = plan.ledger(store)
    ledger.append("run-started", detail={"command": plan.command})
    for job in reused:
        ledger.append("benchmark-reused", benchmark=job.task, job_id=job.job_id)
    failures: list[WeighinError] = []
    try:
        if to_score:
            worker.listener.loading(plan.model)
            worker.subject.load()
        for job in to_score:
            result = score(plan, job, store, worker)
            if isinstance(result, Unrecorded):
                if result.reason is not Reason.FAILED:
                    raise result.error
                failures.append(result.error)
    except KeyboardInterrupt:
        ledger.append("run-interrupted")
        raise
    ledger.append("run-finished", detail={"failed": len(failures)})
    return tuple(failures)
