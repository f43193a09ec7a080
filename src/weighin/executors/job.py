"""One job: scored on what this process has loaded, and recorded.

What comes of it is a value, which may travel between processes: whoever hands out jobs must know
whether another try may help, and must never try wrong weights again.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING

from pydantic import JsonValue

from weighin.errors import (
    InfrastructureError,
    KeyRefusedError,
    RunError,
    UsageError,
    WeighinError,
)
from weighin.evidence.ledger import ANSWERED, now
from weighin.evidence.records import Origin, Record, RunInfo
from weighin.evidence.store import RECORD_NAME, Attempt, Store
from weighin.evidence.store.journals import AnswersKept, answers_kept, discard_journals
from weighin.executors.events import RunListener
from weighin.executors.plan import Job, Plan
from weighin.executors.planned.recorded import recorded_job
from weighin.executors.queues.worker_name import worker_name
from weighin.files.canonical import canonical_json
from weighin.version import __version__

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.subject import Scored, Subject
    from weighin.harness.tasks.loading import LoadedBenchmark

PRODUCER = f"weighin {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """What one process holds for all of its jobs.

    Attributes:
        subject: What answers, loaded once.
        benchmarks: The loaded tasks, by the label of the benchmark.
        listener: Hears of progress.
        name: What it is called where it claims jobs.
    """

    subject: "Subject"
    benchmarks: Mapping[str, "LoadedBenchmark"]
    listener: RunListener
    name: str = field(default_factory=worker_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A job that has a record.

    Attributes:
        record: The record of this attempt; of the first one if it was there already.
        is_first: Whether no other attempt was committed before.
        is_reused: Whether it was there already, so that nothing was scored.
    """

    record: Record
    is_first: bool
    is_reused: bool


class Reason(StrEnum):
    """Why a job has no record, by what may be done about it.

    Attributes:
        FAILED: The benchmark cannot be scored on this subject; others may be.
        REFUSED: This process is not what the plan means, or may not write there: it can never
            score the job.
        INTERRUPTED: The machine failed, maybe amid an attempt, which is kept: trying again may
            help.
        CLAIMED: Another worker is at it, which will record it, or be gone after a while.
    """

    FAILED = "failed"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """A job that has no record.

    Attributes:
        reason: What may be done about it.
        error: What happened.
    """

    reason: Reason
    error: WeighinError


def score(plan: Plan, job: Job, store: Store, worker: Worker) -> Recorded | Unrecorded:
    """Score a job in an attempt of its own and record it, unless it is recorded already.

    A ledger line, the answers, a ledger line, their scores, a second look at memory and files, the
    record, a ledger line.
    Workers that race for a job may all score it; every attempt is kept.

    Args:
        plan: What the job is part of.
        job: One of its jobs.
        store: The results.
        worker: What answers, with the task of the job.

    Returns:
        The record, or why there is none. What is expected to go wrong is no exception, so that
        one job never ends the others.
    """
    found = worker.subject.description, worker.benchmarks[job.label].digest
    if found != (plan.subject, job.task_digest):
        return Unrecorded(reason=Reason.REFUSED, error=_other_than_planned(plan, job, found))
    try:
        return _recorded(plan, job, store, worker)
    except InfrastructureError as error:
        return Unrecorded(reason=Reason.INTERRUPTED, error=error)
    except UsageError as error:
        return Unrecorded(reason=Reason.REFUSED, error=error)


def _other_than_planned(plan: Plan, job: Job, found: tuple[JsonValue, str]) -> RunError:
    planned, here = (
        f"{canonical_json(subject).decode()} on task {digest[:12]}"
        for subject, digest in ((plan.subject, job.task_digest), found)
    )
    return RunError(
        f"{job.label}: expected what is planned, {planned}, found {here}; nothing was scored, run "
        "weighin again to plan for what is here"
    )


def _recorded(plan: Plan, job: Job, store: Store, worker: Worker) -> Recorded | Unrecorded:
    ledger = plan.ledger(store)
    try:
        benchmark = worker.benchmarks[job.label]
        found = recorded_job(plan, job, store, benchmark, worker.subject.manifest)
        if found is None:
            return _scored(plan, job, store, worker)
    except (InfrastructureError, UsageError):
        raise
    except WeighinError as error:
        ledger.append(
            "benchmark-failed",
            benchmark=job.task,
            job_id=job.job_id,
            detail={"error": str(error)},
        )
        # Of all benchmarks alike, and told when the run ends for it.
        if not isinstance(error, KeyRefusedError):
            worker.listener.benchmark_failed(job.label, error)
        return Unrecorded(reason=Reason.FAILED, error=error)
    ledger.append("benchmark-reused", benchmark=job.task, job_id=found.job_id)
    worker.listener.benchmark_reused(job.label)
    return Recorded(record=found.record, is_first=True, is_reused=True)


def _scored(plan: Plan, job: Job, store: Store, worker: Worker) -> Recorded:
    from weighin.harness.subject import Question

    attempt = store.new_attempt(plan.model, job.task, job.job_id)
    append = partial(
        plan.ledger(store).append,
        benchmark=job.task,
        job_id=job.job_id,
        attempt_id=attempt.attempt_id,
    )
    append("benchmark-started")
    worker.listener.benchmark_started(job.label)
    started = now()

    benchmark = worker.benchmarks[job.label]
    kept = answers_kept(
        store,
        attempt,
        job_id=job.job_id,
        run_id=plan.run_id,
        append=append,
        on_note=lambda sentence: worker.listener.noted(f"{job.label}: {sentence}"),
    )

    @cache
    def answered() -> None:
        # From now on somebody may know the score, and end this process before it is recorded.
        append(ANSWERED, detail=_asked(job, benchmark) | _kept(kept))

    scored = worker.subject.score(
        Question(
            benchmark=benchmark,
            max_samples=job.max_samples,
            chat_template=job.chat_template,
            system_prompt=job.system_prompt,
            compress_samples=plan.compress_samples,
            folder=attempt.folder,
            on_requests=partial(worker.listener.requests, job.label),
            on_answered=answered,
            kept=kept,
        )
    )
    record = _record(
        plan, job, worker.subject, scored, _run_info(plan, job, attempt, scored, started)
    )
    committed = store.commit(attempt, record)
    append(
        "benchmark-finished",
        detail={
            "record_sha256": committed.record_sha256,
            "is_first": committed.is_first,
            "is_partial": record.is_partial,
        },
    )
    discard_journals(attempt.folder.parent, kept.attempts)
    worker.listener.benchmark_finished(job.label, record, is_first=committed.is_first)
    return Recorded(record=record, is_first=committed.is_first, is_reused=False)


def _asked(job: Job, benchmark: "LoadedBenchmark") -> dict[str, JsonValue]:
    """Of how many documents a job asks, and whether there are more."""
    there = [len(hashes) for hashes in benchmark.document_hashes.values()]
    asked = there if job.max_samples is None else [min(n, job.max_samples) for n in there]
    return {"documents": sum(asked), "is_partial": sum(asked) < sum(there)}


def _kept(kept: AnswersKept) -> dict[str, JsonValue]:
    """How many answers the next attempt finds in the journal, if it finds all."""
    return {"kept": kept.answers} if kept.is_whole else {}


def _run_info(plan: Plan, job: Job, attempt: Attempt, scored: "Scored", started: str) -> RunInfo:
    return RunInfo(
        run_id=plan.run_id,
        job_id=job.job_id,
        attempt_id=attempt.attempt_id,
        started=started,
        finished=now(),
        harness=f"lm-eval {scored.versions.get('lm_eval', 'unknown')}",
        engine=scored.engine,
        command=plan.command,
        host=socket.gethostname(),
        versions=dict(scored.versions),
        settings=dict(scored.settings),
    )


def _record(plan: Plan, job: Job, subject: "Subject", scored: "Scored", run: RunInfo) -> Record:
    asked, manifest = scored.answered.asked, subject.manifest
    total, scored_documents = asked.documents_total, asked.documents_scored
    return Record(
        model=plan.model,
        checkpoint_id=None if manifest is None else manifest.checkpoint_id,
        location=subject.location,
        asked=asked,
        observations=scored.observations,
        scores=scored.answered.scores,
        is_partial=job.max_samples is not None
        and (total is None or scored_documents is None or scored_documents < total),
        files=scored.answered.files,
        loaded=scored.loaded,
        run=run,
        origin=Origin(producer=PRODUCER, file=RECORD_NAME),
        checkpoint_files=subject.checkpoint_files,
        facts=scored.facts,
        sent=scored.sent,
        in_force=scored.in_force,
        watch=scored.watch,
        taken=scored.taken,
    )
