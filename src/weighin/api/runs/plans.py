"""Plans, and jobs of them that run anywhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import InfrastructureError, RunError, UsageError, WeighinError
from weighin.evidence.jobs.forecast import RunForecast
from weighin.evidence.store import Store
from weighin.executors.events import RunListener, SilentListener
from weighin.executors.job import Recorded, Unrecorded
from weighin.executors.plan import RunOptions, wanted_benchmarks
from weighin.executors.planned.document import PlanDocument, PlannedJob
from weighin.executors.planned.forecast import forecast
from weighin.executors.planned.given import given_plan
from weighin.executors.planned.making import Opening, make_plan, require_at_hand
from weighin.executors.planned.worker import PlannedWorker
from weighin.identity.fingerprint.remembered.digests import remembered_digests
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes

PathLike = str | Path

_LEAST_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """A job of a plan that is recorded.

    Attributes:
        label: What the benchmark is called in the requirements.
        recorded: The record.
        plan_id: SHA-256 of the plan's document.
    """

    label: str
    recorded: Recorded
    plan_id: str


def plan(
    requirements: PathLike,
    *,
    results: PathLike | None = None,
    keep: bool = True,
    only: Sequence[str] = (),
    max_samples: int | None = None,
    new_attempt: bool = False,
    compress_samples: bool = False,
    checkpoint: PathLike | None = None,
    command: str = "weighin.plan(...)",
    cache: bool = True,
    on_hashing: Callable[[int, int], None] | None = None,
    overrides: Sequence[str] = (),
) -> RunForecast:
    """What a run would score, and with `results` its plan, from which any machine can score a job.

    Args:
        requirements: The requirements file.
        results: Where to keep the plan, and what is recorded already; `None` writes nothing.
        keep: Whether the plan is kept there; else nothing is written there either.
        only: Tasks to score.
        max_samples: Only the first documents of every benchmark.
        new_attempt: Score again what is recorded already.
        compress_samples: Write samples files as `.jsonl.gz`.
        checkpoint: Folder of the checkpoint, where the requirements name it by its id.
        command: What the records say was called.
        cache: Whether files that were hashed before, and that have not been written since, need
            not be read.
        on_hashing: Called with bytes hashed and bytes in all.
        overrides: What is stated otherwise than in the file, each as `model.dtype=float32`; the
            plan holds the file as changed by that.

    Raises:
        WeighinError: Something that the requirements name is missing, malformed or refused.
    """
    loaded = load_requirements(Path(requirements), rule_shapes(), overrides)
    options = RunOptions(
        results=results or "",
        only=tuple(only),
        max_samples=max_samples,
        new_attempt=new_attempt,
        compress_samples=compress_samples,
        command=command,
        checkpoint=None if checkpoint is None else Path(checkpoint),
    )
    wanted = wanted_benchmarks(loaded, options.only)
    store = None if results is None else Store(results)
    require_at_hand(loaded, options)
    if store is not None and keep:
        store.prepare()
    remembered = remembered_digests(recalls=cache)
    opening = Opening(on_hashing=on_hashing or (lambda _done, _all: None), remembered=remembered)
    made = make_plan(loaded, options, wanted, store=store, opening=opening)
    manifest = made.subject.manifest
    key = None
    if store is not None and keep:
        key = made.written.keep(store)
        if manifest is not None:
            store.keep_manifest(manifest)
    return RunForecast(
        plan_id=made.written.plan_id,
        key=key,
        results=None if store is None else store.place,
        model=made.plan.model,
        checkpoint_id=None if manifest is None else manifest.checkpoint_id,
        jobs=forecast(made.plan, store, made.benchmarks, manifest),
        task_files=made.written.files,
        elsewhere=made.elsewhere,
        checkpoint_bytes=0 if manifest is None else sum(f.size_bytes for f in manifest.files),
        remembered_bytes=remembered.bytes_recalled,
        notes=made.notes,
        overrides=loaded.overrides,
    )


def job(
    plan: str,
    *,
    results: PathLike,
    job_id: str | None = None,
    index: int | None = None,
    checkpoint: PathLike | None = None,
    cache: bool = True,
    listener: RunListener | None = None,
) -> JobResult:
    """Score one job of a plan on this machine, unless it is recorded already.

    Args:
        plan: `PLAN@<sha256>`, where PLAN is a file or an URL; an id alone, of a plan in the
            results; or a file in a folder of one's own.
        results: The results.
        job_id: The job, or how its id begins, at least 6 digits.
        index: Or its place in the plan, from 0.
        checkpoint: Folder of the checkpoint here; `None` for where the plan says.
        cache: Whether files that another process of this machine read, and that have not been
            written since, need not be read at the start; at the end all are.
        listener: Hears of progress.

    Raises:
        InfrastructureError: The machine failed, or another worker scores it now: try again.
        WeighinError: This process can never score it: it has other weights or versions, or the
            plan is wrong.
    """
    with _never_a_usage_error():
        store = Store(results)
        given = given_plan(plan, store.storage)
        worker = PlannedWorker(
            given,
            store.place,
            listener=listener or SilentListener(),
            checkpoint=None if checkpoint is None else str(checkpoint),
            recalls=cache,
        )
    planned = chosen_job(worker.document, job_id=job_id, index=index, where=given.where)
    with _never_a_usage_error(), worker:
        result = _done(worker, planned)
    return JobResult(label=planned.label, recorded=result, plan_id=worker.plan_id)


def _done(worker: PlannedWorker, planned: PlannedJob) -> Recorded:
    """The record of a job, with all that hangs on it told.

    Raises:
        WeighinError: There is none, or something that hangs on it could not be told.
    """
    found = worker.recorded(planned)
    if found is not None and not worker.owes_reading:
        return found
    opened = worker.open([planned.label])
    if isinstance(opened, Unrecorded):
        raise opened.error if found is None else _unread(planned, opened.error)
    if found is None:
        result = worker.run(planned.job_id)
        if isinstance(result, Unrecorded):
            raise result.error
        found = result
    try:
        worker.finish()
    except WeighinError as error:
        raise _unread(planned, error) from error
    return found


def _unread(planned: PlannedJob, error: WeighinError) -> InfrastructureError:
    """Why a job that is recorded is not done; whoever tries again only reads."""
    return InfrastructureError(
        f"{planned.label}: recorded, and the files of its checkpoint are still to be read again, "
        f"which failed: {error}; run the same command again"
    )


def chosen_job(
    plan: PlanDocument, *, job_id: str | None, index: int | None, where: str
) -> PlannedJob:
    """One job of a plan, by its id or its place.

    Raises:
        UsageError: Both or neither is given, or there is no such job.
    """
    if (job_id is None) == (index is None):
        raise UsageError("expected --id or --index, found both or neither")
    told = ", ".join(f"{n} {j.job_id[:12]} ({j.label})" for n, j in enumerate(plan.jobs))
    if index is not None:
        if 0 <= index < len(plan.jobs):
            return plan.jobs[index]
        raise UsageError(f"--index {index}: {where} has {len(plan.jobs)} jobs: {told}")
    found = [job for job in plan.jobs if job.job_id.startswith(job_id or "")]
    if len(found) == 1 and len(job_id or "") >= _LEAST_DIGITS:
        return found[0]
    raise UsageError(f"--id {job_id}: expected one job of {where}, found {len(found)}: {told}")


@contextmanager
def _never_a_usage_error() -> Iterator[None]:
    """Whatever goes wrong with a plan or a store is no mistake of the command line: never 2."""
    try:
        yield
    except UsageError as error:
        raise RunError(str(error)) from error
