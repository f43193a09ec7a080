"""Runs all jobs in this process: one model, loaded once, fingerprinted around each benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

from weighin.errors import WeighinError
from weighin.evidence.collected import FilesHashed, files_hashed_detail
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.claimed import loaded_once, scored_in_turn
from weighin.executors.events import RunListener
from weighin.executors.job import Reason, Unrecorded, Worker
from weighin.executors.plan import Plan, RunOptions, wanted_benchmarks
from weighin.executors.planning import Opening, make_plan
from weighin.executors.recorded import other_harness, recorded_job
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.fingerprint.remembered.digests import remembered_digests
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run leaves behind.

    Attributes:
        run_id: Stands in the records of this run.
        wanted: The labels of the benchmarks that were to be scored.
        manifest: The checkpoint that was scored; `None` for a served model.
        checkpoint_files: Digests of its files; empty if nothing asks for them.
        failures: Errors of benchmarks that could not be scored.
        notes: Sentences on what was reused although it was scored with another harness.
    """

    run_id: str
    wanted: tuple[str, ...]
    manifest: Manifest | None
    checkpoint_files: tuple[CheckpointFileDigest, ...]
    failures: tuple[WeighinError, ...]
    notes: tuple[str, ...]


def run_here(requirements: Requirements, options: RunOptions, listener: RunListener) -> RunResult:
    """Score every wanted benchmark that is not recorded yet.

    The files are fingerprinted, the tasks are loaded, then the model; for each benchmark follow a
    ledger line, the evaluation, a second look at memory and files, the record, a ledger line. At
    the end all files are read again, and the ledger tells what was found.

    Args:
        requirements: What must hold.
        options: What the command line adds.
        listener: Hears of progress.

    Returns:
        What was scored, and what failed.

    Raises:
        WeighinError: Nothing could be scored at all, or the results cannot be written.
    """
    wanted = wanted_benchmarks(requirements, options.only)
    store = Store(options.results)
    store.prepare()
    opening = Opening(
        on_hashing=listener.fingerprinting,
        # All is read now; what another process may spare is remembered.
        remembered=remembered_digests(recalls=False),
    )
    planned = make_plan(requirements, options, wanted, store=store, opening=opening)
    plan, subject = planned.plan, planned.subject
    planned.written.keep(store)
    if subject.manifest is not None:
        store.keep_manifest(subject.manifest)
    worker = Worker(subject=subject, benchmarks=planned.benchmarks, listener=listener)
    notes: list[str] = []
    failures = _score_all(plan, store, worker, notes)
    return RunResult(
        run_id=plan.run_id,
        wanted=wanted,
        manifest=subject.manifest,
        checkpoint_files=subject.checkpoint_files,
        failures=failures,
        notes=tuple(notes),
    )


def _score_all(
    plan: Plan, store: Store, worker: Worker, notes: list[str]
) -> tuple[WeighinError, ...]:
    """Score what is not recorded yet.

    Args:
        plan: What to score.
        store: The results.
        worker: What answers.
        notes: Sentences on what is reused are added to it.

    Returns:
        Why benchmarks could not be scored.

    Raises:
        WeighinError: The model cannot be loaded, or no further benchmark could be scored.
    """
    manifest, benchmarks = worker.subject.manifest, worker.benchmarks
    recorded = {
        job.job_id: found
        for job in plan.jobs
        if (found := recorded_job(plan, job, store, benchmarks[job.label], manifest)) is not None
    }
    reused = [job for job in plan.jobs if job.job_id in recorded]
    to_score = [job for job in plan.jobs if job.job_id not in recorded]
    worker.listener.planned(
        tuple(job.label for job in to_score), tuple(job.label for job in reused)
    )
    ledger = plan.ledger(store)
    ledger.append(
        "run-started",
        detail={"command": plan.command, **files_hashed_detail(worker.subject.files_hashed)},
    )
    for job in reused:
        found = recorded[job.job_id]
        ledger.append("benchmark-reused", benchmark=job.task, job_id=found.job_id)
        if other := other_harness(found.record):
            notes.append(
                f"{job.label} was scored with {other}; reused; --new-attempt scores it again"
            )
            worker.listener.noted(notes[-1])
    failures: list[WeighinError] = []
    records: list[Record] = []
    ready = loaded_once(plan, worker)
    try:
        for result in scored_in_turn(plan, to_score, store, worker, ready):
            if isinstance(result, Unrecorded):
                if result.reason is not Reason.FAILED:
                    raise result.error
                failures.append(result.error)
            elif not result.is_reused:
                records.append(result.record)
    except KeyboardInterrupt:
        ledger.append("run-interrupted", detail=files_hashed_detail(_last_look(worker, records)))
        raise
    hashed = _read_files(worker, records)
    if hashed is not None and hashed.changes:
        notes.append(_other_files(hashed))
        worker.listener.noted(notes[-1])
    ledger.append("run-finished", detail={"failed": len(failures), **files_hashed_detail(hashed)})
    return tuple(failures)


def _read_files(worker: Worker, records: Sequence[Record]) -> FilesHashed | None:
    """Read all files of the checkpoint again; `None` if no record hangs on it.

    Where all of them were read after each benchmark, or when the run began and nothing was scored
    since, that will do.
    """
    if any(r.loaded is not None and r.loaded.files_state for r in records):
        worker.listener.reading_again()
        return worker.subject.hash_files()
    return None


def _last_look(worker: Worker, records: Sequence[Record]) -> FilesHashed | None:
    """The same when somebody has no more time; `None`, too, if they interrupt once more."""
    try:
        if records:
            worker.listener.noted(
                "interrupted; the files of the checkpoint are read once more for what is finished; "
                "interrupt again to leave that to the next run"
            )
        return _read_files(worker, records)
    except KeyboardInterrupt:
        return None


def _other_files(hashed: FilesHashed) -> str:
    changes = "; ".join(hashed.changes)
    return f"files of the checkpoint are other than when the run began: {changes}"
