"""What stands for a job already, under its own id or under that of an older formula."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weighin.evidence.job_settings import (
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
    if plan.new_attempt:
        return None
    retired = retired_in(store.root)
    if (of_job := retired.get(job.job_id)) is not None:
        # What was recorded since it was retired stands for it, and nothing else does.
        records = store.records_of(plan.model, job.task, job.job_id)
        since = next((r for r in records if not of_job.holds_for(r)), None)
        return None if since is None else RecordedJob(job_id=job.job_id, record=since)
    if (record := store.committed(plan.model, job.task, job.job_id)) is not None:
        return RecordedJob(job_id=job.job_id, record=record)
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
    from weighin.harness.observed.harness_state import harness_state, installed_versions

    installed = installed_versions()
    for name, version in sorted(record.run.versions.items()):
        if name in installed and installed[name] != version:
            yield f"{name} {version} instead of {installed[name]}"
    files = {n: value for n, value in harness_files(record).items() if is_of_harness(n)}
    if not files:
        yield "files of lm-eval that are not recorded"
    elif files != dict(harness_state().files):
        yield "other files of lm-eval"
