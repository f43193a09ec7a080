"""What stands for a job already, under its own id or under that of an older formula."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from weighin.evidence.jobs.settings import (
    JobSettings,
    harness_files,
    is_of_harness,
    is_same_job,
    subject_settings,
)
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.plan import Job, Plan
from weighin.identity.manifest import Manifest
from weighin.sources.store.retired import retired_in

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.tasks.loading import LoadedBenchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedJob:
    """A record that stands for a job.

    Attributes:
        job_id: The job under which it is recorded.
        record: The record.
    """

    job_id: str
    record: Record


class OfRun(Protocol):
    """What says which records stand for a job: a plan, or its document."""

    @property
    def run_id(self) -> str:
        """Stands in the records of this run."""

    @property
    def model(self) -> str:
        """Name under which the scores are claimed."""

    @property
    def new_attempt(self) -> bool:
        """Whether what other runs recorded stands for nothing."""


def recorded_as(
    run: OfRun, task: str, job_id: str, store: Store
) -> tuple[RecordedJob | None, bool]:
    """What stands for a job under its own id, and whether that is the whole answer.

    Raises:
        WeighinError: What is recorded is damaged, or cannot be read.
    """
    if run.new_attempt:
        # A worker that begins again goes on with what was recorded under this very plan.
        records = store.records_of(run.model, task, job_id)
        return _first((r for r in records if r.run.run_id == run.run_id), job_id), True
    if (of_job := retired_in(store.storage).get(job_id)) is not None:
        # What was recorded since it was retired stands for it, and nothing else does.
        records = store.records_of(run.model, task, job_id)
        return _first((r for r in records if not of_job.holds_for(r)), job_id), True
    record = store.committed(run.model, task, job_id)
    return _first(filter(None, [record]), job_id), record is not None


def _first(records: Iterator[Record], job_id: str) -> RecordedJob | None:
    return next((RecordedJob(job_id=job_id, record=record) for record in records), None)


def recorded_job(
    plan: Plan,
    job: Job,
    store: Store,
    benchmark: "LoadedBenchmark",
    manifest: Manifest | None,
) -> RecordedJob | None:
    """What stands for a job already; `None` if it is to be scored.

    A job of the older formula whose settings are the same is that job: nothing is scored again
    because weighin was upgraded.

    Args:
        plan: What the job is part of.
        job: One of its jobs.
        store: The results.
        benchmark: Its loaded task.
        manifest: The checkpoint that answers; `None` for a served model.

    Raises:
        WeighinError: What is recorded is damaged, or the folder cannot be read.
    """
    found, is_settled = recorded_as(plan, job.task, job.job_id, store)
    if is_settled:
        return found
    retired = retired_in(store.storage)
    wanted: JobSettings | None = None
    for older in store.older_records(plan.model, job.task):
        wanted = wanted or _settings(plan, job, benchmark, manifest)
        if older.run.job_id in retired:
            continue
        of = older.checkpoint_id
        kept = None if of is None else store.manifest(of)
        if is_same_job(older, kept, store.planned_subject(older.run.job_id), wanted):
            return RecordedJob(job_id=older.run.job_id, record=older)
    return None


def _settings(
    plan: Plan, job: Job, benchmark: "LoadedBenchmark", manifest: Manifest | None
) -> JobSettings:
    return JobSettings(
        subject=subject_settings(plan.subject, manifest, chat_template=job.chat_template),
        config_digest=benchmark.config_digest,
        documents_digest=benchmark.documents_digest(job.max_samples),
        code=benchmark.definition.code,
        chat_template=job.chat_template,
        system_prompt=job.system_prompt,
        seeds=benchmark.seeds.settings(),
    )


def other_harness(record: Record) -> str:
    """What differs between the installed harness and that of a record; empty if nothing does."""
    return "; ".join(_differences(record))


def _differences(record: Record) -> Iterator[str]:
    from weighin.harness.observed.harness_state import harness_state
    from weighin.harness.observed.versions import installed_versions

    installed = installed_versions()
    for name, version in sorted(record.run.versions.items()):
        if name in installed and installed[name] != version:
            yield f"{name} {version} instead of {installed[name]}"
    files = {n: value for n, value in harness_files(record).items() if is_of_harness(n)}
    if not files:
        yield "files of lm-eval that are not recorded"
    elif files != dict(harness_state().files):
        yield "other files of lm-eval"
