"""Runs all jobs in this process: one model, loaded once, fingerprinted around each benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weighin.errors import RequirementsError, UsageError, WeighinError
from weighin.evidence.collected import FilesHashed, files_hashed_detail
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.events import RunListener
from weighin.executors.job import Reason, Unrecorded, Worker, score
from weighin.executors.plan import Plan, RunOptions, plan_run, wanted_benchmarks
from weighin.executors.recorded import other_harness, recorded_job
from weighin.files.canonical import sha256_hex
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import Manifest
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.requirements.model import Requirements
from weighin.sources.checkpoints.given import given_folder, named_by_id, require_named_weights

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.subject import Subject
    from weighin.harness.tasks.loading import LoadedBenchmark


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
    subject = _open_subject(requirements, options, store, listener)
    benchmarks = _load_benchmarks(requirements, wanted)
    plan = plan_run(
        requirements,
        options,
        subject=subject.description,
        manifest=subject.manifest,
        task_digests=_task_digests(benchmarks),
    )
    _require_template(requirements, plan, subject)
    document = plan.document()
    store.keep_plan(sha256_hex(document), document)
    if subject.manifest is not None:
        store.keep_manifest(subject.manifest)
    worker = Worker(subject=subject, benchmarks=benchmarks, listener=listener)
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


def _require_template(requirements: Requirements, plan: Plan, subject: "Subject") -> None:
    """Refuse a chat template that is asked for and not there, before anything is loaded."""
    if subject.manifest is None or subject.manifest.chat_template is not None:
        return
    labels = RequiredBenchmarks(requirements.benchmarks).labels
    for job in plan.jobs:
        if job.chat_template:
            places = (f"benchmarks.{labels.index(job.label)}.chat_template", "model.chat_template")
            where = next(filter(None, map(requirements.required_at, places)), requirements.source)
            raise RequirementsError(
                f"{where}: chat_template: expected a checkpoint with a chat template for "
                f"{job.label}, found none in it; leave the key out"
            )


def _open_subject(
    requirements: Requirements, options: RunOptions, store: Store, listener: RunListener
) -> "Subject":
    given = given_folder(requirements, options.checkpoint)
    try:
        if requirements.model.endpoint is not None:
            from weighin.harness.served.subject import EndpointSubject

            return EndpointSubject(requirements)
        from weighin.harness.local.disk.folder import checkpoint_folder
        from weighin.harness.local.subject import CheckpointSubject
    except ModuleNotFoundError as error:
        raise UsageError(
            f"running benchmarks needs {error.name}, which is not installed; install "
            "weighin[hf] (or weighin[api] for a served model)"
        ) from error
    folder, revision = (given, None) if given else checkpoint_folder(requirements)
    subject = CheckpointSubject(
        requirements, folder, revision, listener.fingerprinting, watch=options.watch
    )
    if (named := named_by_id(requirements)) is not None:
        require_named_weights(requirements, folder, subject.manifest, store.manifest(named))
    return subject


def _load_benchmarks(
    requirements: Requirements, wanted: Sequence[str]
) -> dict[str, "LoadedBenchmark"]:
    from weighin.harness.tasks.loading import load_benchmarks

    labels = RequiredBenchmarks(requirements.benchmarks).labels
    loaded = load_benchmarks(requirements, wanted)
    return {labels[benchmark.position]: benchmark for benchmark in loaded}


def _task_digests(benchmarks: Mapping[str, "LoadedBenchmark"]) -> dict[str, str]:
    return {label: benchmark.digest for label, benchmark in benchmarks.items()}


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
