"""Runs all jobs in this process: one model, loaded once, fingerprinted around each benchmark."""

import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from weighin.errors import InfrastructureError, UsageError, WeighinError
from weighin.evidence.ledger import Ledger, now
from weighin.evidence.records import Origin, Record, RunInfo
from weighin.evidence.store import RECORD_NAME, Attempt, Store
from weighin.executors.events import RunListener
from weighin.executors.plan import Job, RunOptions, plan_document, plan_job, wanted_tasks
from weighin.files.canonical import sha256_hex
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Requirements
from weighin.version import __version__

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.subject import Scored, Subject
    from weighin.harness.tasks.loading import LoadedBenchmark

PRODUCER = f"weighin {__version__}"
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
    jobs = _jobs(requirements, benchmarks, subject, options.max_samples)
    plan = plan_document(requirements, jobs, subject.description)
    store.keep_plan(sha256_hex(plan), plan)
    if subject.manifest is not None:
        store.keep_manifest(subject.manifest)
    run = _Run(requirements, options, listener, store, subject)
    failures = run.score(tuple(zip(jobs, benchmarks, strict=True)))
    others, problems = _recorded_others(requirements, store, subject, wanted)
    folders = [
        store.job_folder(requirements.model.name, job.requirement.task, job.job_id)
        for job in (*jobs, *others)
    ]
    return RunResult(
        evidence=tuple(folder for folder in folders if folder.is_dir()),
        manifest=subject.manifest,
        checkpoint_files=subject.checkpoint_files,
        failures=failures,
        notes=(*problems, *_not_judged(requirements, folders)),
    )


def _jobs(
    requirements: Requirements,
    benchmarks: Sequence["LoadedBenchmark"],
    subject: "Subject",
    max_samples: int | None,
) -> tuple[Job, ...]:
    return tuple(
        plan_job(
            requirements,
            benchmark.requirement,
            subject=subject.description,
            task_digest=benchmark.digest,
            max_samples=max_samples,
        )
        for benchmark in benchmarks
    )


def _recorded_others(
    requirements: Requirements, store: Store, subject: "Subject", wanted: Sequence[str]
) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """Jobs of required benchmarks that were not wanted now and may be recorded already.

    Returns:
        The jobs, and why a benchmark with records could not be planned.
    """
    jobs: list[Job] = []
    problems: list[str] = []
    for benchmark in requirements.benchmarks:
        task = benchmark.task
        has_records = store.job_folder(requirements.model.name, task, "").is_dir()
        if task in wanted or not has_records:
            continue
        try:
            jobs.extend(_jobs(requirements, _load_benchmarks(requirements, [task]), subject, None))
        except WeighinError as error:
            problems.append(f"what is recorded of {task} was not judged: {error}")
    return tuple(jobs), tuple(problems)


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
) -> tuple["LoadedBenchmark", ...]:
    from weighin.harness.tasks.loading import load_benchmarks

    return load_benchmarks(requirements, wanted)


class _Run:
    """One call of `run_here`, from the plan on."""

    def __init__(
        self,
        requirements: Requirements,
        options: RunOptions,
        listener: RunListener,
        store: Store,
        subject: "Subject",
    ) -> None:
        self._model = requirements.model.name
        self._options = options
        self._listener = listener
        self._store = store
        self._subject = subject
        self._run_id = f"{now().replace(':', '').replace('-', '')[:15]}Z-{secrets.token_hex(4)}"
        self._ledger = Ledger(store.root, run_id=self._run_id, model=self._model)

    def score(self, planned: Sequence[tuple[Job, "LoadedBenchmark"]]) -> tuple[WeighinError, ...]:
        recorded = {job.job_id for job, _ in planned if self._is_recorded(job)}
        self._listener.planned(
            tuple(job.requirement.task for job, _ in planned if job.job_id not in recorded),
            tuple(job.requirement.task for job, _ in planned if job.job_id in recorded),
        )
        self._ledger.append("run-started", detail={"command": self._options.command})
        for job, _ in planned:
            if job.job_id in recorded:
                self._append("benchmark-reused", job)
        to_score = [(job, b) for job, b in planned if job.job_id not in recorded]
        failures: list[WeighinError] = []
        try:
            if to_score:
                self._listener.loading(self._model)
                self._subject.load()
            for job, benchmark in to_score:
                try:
                    self._score_one(job, benchmark)
                except (InfrastructureError, UsageError):
                    raise
                except WeighinError as error:
                    self._append("benchmark-failed", job, detail={"error": str(error)})
                    self._listener.benchmark_failed(job.requirement.task, error)
                    failures.append(error)
        except KeyboardInterrupt:
            self._ledger.append("run-interrupted")
            raise
        self._ledger.append("run-finished", detail={"failed": len(failures)})
        return tuple(failures)

    def _is_recorded(self, job: Job) -> bool:
        if self._options.new_attempt:
            return False
        return self._store.committed(self._model, job.requirement.task, job.job_id) is not None

    def _score_one(self, job: Job, benchmark: "LoadedBenchmark") -> None:
        from weighin.harness.subject import Question

        task = job.requirement.task
        attempt = self._store.new_attempt(self._model, task, job.job_id)
        self._append("benchmark-started", job, attempt)
        self._listener.benchmark_started(task)
        started = now()
        scored = self._subject.score(
            Question(
                benchmark=benchmark,
                max_samples=job.max_samples,
                chat_template=job.chat_template,
                system_prompt=job.system_prompt,
                compress_samples=self._options.compress_samples,
                folder=attempt.folder,
                on_requests=self._listener.requests,
            )
        )
        record = self._record(job, attempt, scored, started)
        committed = self._store.commit(attempt, record)
        self._append(
            "benchmark-finished",
            job,
            attempt,
            detail={
                "record_sha256": committed.record_sha256,
                "is_first": committed.is_first,
                "is_partial": record.is_partial,
            },
        )
        self._listener.benchmark_finished(record, is_first=committed.is_first)

    def _record(self, job: Job, attempt: Attempt, scored: "Scored", started: str) -> Record:
        asked, manifest = scored.answered.asked, self._subject.manifest
        total, scored_documents = asked.documents_total, asked.documents_scored
        return Record(
            model=self._model,
            checkpoint_id=None if manifest is None else manifest.checkpoint_id,
            location=self._subject.location,
            asked=asked,
            observations=scored.observations,
            scores=scored.answered.scores,
            is_partial=job.max_samples is not None
            and (total is None or scored_documents is None or scored_documents < total),
            files=scored.answered.files,
            loaded=scored.loaded,
            run=RunInfo(
                run_id=self._run_id,
                job_id=job.job_id,
                attempt_id=attempt.attempt_id,
                started=started,
                finished=now(),
                harness=f"lm-eval {scored.versions.get('lm_eval', 'unknown')}",
                engine=scored.engine,
                command=self._options.command,
                host=socket.gethostname(),
                versions=dict(scored.versions),
                settings=dict(scored.settings),
            ),
            origin=Origin(producer=PRODUCER, file=RECORD_NAME),
            checkpoint_files=self._subject.checkpoint_files,
            facts=scored.facts,
        )

    def _append(
        self,
        event: str,
        job: Job,
        attempt: Attempt | None = None,
        *,
        detail: dict[str, JsonValue] | None = None,
    ) -> None:
        self._ledger.append(
            event,
            benchmark=job.requirement.task,
            job_id=job.job_id,
            attempt_id="" if attempt is None else attempt.attempt_id,
            detail=detail,
        )
