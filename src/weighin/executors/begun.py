"""How every run begins, wherever its jobs are scored: planned, kept, and told to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from weighin.errors import WeighinError
from weighin.evidence.collected import FilesHashed, files_hashed_detail
from weighin.evidence.ledger import Ledger
from weighin.evidence.store import Store
from weighin.evidence.store.journals import discard_recorded
from weighin.executors.events import RunListener
from weighin.executors.plan import Job, RunOptions, wanted_benchmarks
from weighin.executors.planned.anew import ScoredAnew, scored_anew
from weighin.executors.planned.making import Opening, Planned, make_plan, require_at_hand
from weighin.executors.planned.recorded import other_harness, recorded_job
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
        anew: Benchmarks that were recorded before, and what each is held against.
    """

    run_id: str
    wanted: tuple[str, ...]
    manifest: Manifest | None
    checkpoint_files: tuple[CheckpointFileDigest, ...]
    failures: tuple[WeighinError, ...]
    notes: tuple[str, ...]
    anew: tuple[ScoredAnew, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run of which nothing is scored yet.

    Attributes:
        planned: The plan, and what it was made of.
        store: The results.
        ledger: Their ledger, written in the name of this run.
        listener: Hears of progress.
        wanted: The labels of the benchmarks that are wanted.
        to_score: The jobs that are not recorded.
        anew: Those of them whose benchmark is recorded, by another job or attempt.
        notes: Sentences for whoever reads the verdict.
    """

    planned: Planned
    store: Store
    ledger: Ledger
    listener: RunListener
    wanted: tuple[str, ...]
    to_score: tuple[Job, ...]
    anew: tuple[ScoredAnew, ...] = ()
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Tell a person, now and with the verdict."""
        self.notes.append(sentence)
        self.listener.noted(sentence)

    def interrupted(self, hashed: FilesHashed | None) -> None:
        """Tell the ledger that somebody ends the run."""
        self.ledger.append("run-interrupted", detail=files_hashed_detail(hashed))

    def finished(
        self, failures: Sequence[WeighinError], hashed: FilesHashed | None = None
    ) -> RunResult:
        """Tell the ledger that nothing more will be scored.

        Args:
            failures: Why benchmarks could not be scored.
            hashed: What was found when all files were read again; `None` if this process did not.
        """
        if hashed is not None and hashed.changes:
            changes = "; ".join(hashed.changes)
            self.note(f"files of the checkpoint are other than when the run began: {changes}")
        self.ledger.append(
            "run-finished", detail={"failed": len(failures), **files_hashed_detail(hashed)}
        )
        subject = self.planned.subject
        return RunResult(
            run_id=self.planned.plan.run_id,
            wanted=self.wanted,
            manifest=subject.manifest,
            checkpoint_files=subject.checkpoint_files,
            failures=tuple(failures),
            notes=tuple(self.notes),
            anew=self.anew,
        )


def begin(requirements: Requirements, options: RunOptions, listener: RunListener) -> Begun:
    """Plan a run, keep its plan, and tell the ledger what is reused. Nothing is loaded.

    Args:
        requirements: What must hold.
        options: What the command line adds.
        listener: Hears of progress.

    Raises:
        WeighinError: Something that is required is missing or refused, or nothing can be written.
    """
    wanted = wanted_benchmarks(requirements, options.only)
    require_at_hand(requirements, options)
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
    recorded = {
        job.job_id: found
        for job in plan.jobs
        if (
            found := recorded_job(plan, job, store, planned.benchmarks[job.label], subject.manifest)
        )
        is not None
    }
    reused = [job for job in plan.jobs if job.job_id in recorded]
    to_score = tuple(job for job in plan.jobs if job.job_id not in recorded)
    anew = tuple(
        one
        for job in to_score
        if (
            one := scored_anew(
                plan, job, store, planned.benchmarks[job.label], requirements.benchmarks
            )
        )
    )
    begun = Begun(
        planned=planned,
        store=store,
        ledger=plan.ledger(store),
        listener=listener,
        wanted=wanted,
        to_score=to_score,
        anew=anew,
    )
    listener.planned(tuple(job.label for job in begun.to_score), tuple(job.label for job in reused))
    for one in anew:
        listener.noted(one.sentence)
    begun.ledger.append(
        "run-started",
        detail={"command": plan.command, **files_hashed_detail(subject.files_hashed)},
    )
    for note in planned.notes:
        begun.note(note)
    for job in reused:
        found = recorded[job.job_id]
        begun.ledger.append("benchmark-reused", benchmark=job.task, job_id=found.job_id)
        if store.folder is not None:
            discard_recorded(store.job_folder(plan.model, job.task, found.job_id))
        if other := other_harness(found.record):
            begun.note(
                f"{job.label} was scored with {other}; reused; --new-attempt scores it again"
            )
    return begun
