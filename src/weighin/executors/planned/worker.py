"""A process that scores jobs of a plan that was made elsewhere."""

import os
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import JsonValue

from weighin.errors import EvidenceError, InfrastructureError, RunError, UsageError, WeighinError
from weighin.evidence.collected import files_hashed_detail
from weighin.evidence.jobs.claims import ClaimedByOther
from weighin.evidence.ledger import Ledger
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.claimed import by_other, score_claimed
from weighin.executors.events import RunListener
from weighin.executors.job import Reason, Recorded, Unrecorded, Worker
from weighin.executors.plan import Job, Plan, RunOptions, plan_run
from weighin.executors.planned.differences import differences
from weighin.executors.planned.document import PlanDocument, PlannedJob, read_plan
from weighin.executors.planned.folder import laid_out
from weighin.executors.planned.given import GivenPlan
from weighin.executors.planned.making import Opening, load_wanted, open_subject, require_template
from weighin.executors.planned.owed import owed_to, settles
from weighin.executors.planned.recorded import recorded_as
from weighin.executors.planned.versions import other_versions
from weighin.executors.queues.worker_name import worker_name
from weighin.files.canonical import sha256_hex
from weighin.files.stores.opening import is_url
from weighin.identity.fingerprint.remembered.digests import remembered_digests
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.rules.catalogue import rule_shapes

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a worker found where it is, before it scores anything.

    Attributes:
        worker: Its name.
        host: Name of the machine.
        checkpoint_id: Of the files that it would load; `None` for a served model.
        location: Where they lie; `None` for a served model.
        jobs: Ids of the jobs as it makes them, by label.
    """

    worker: str
    host: str
    checkpoint_id: str | None
    location: str | None
    jobs: Mapping[str, str]


class PlannedWorker:
    """Scores jobs of one plan in this process. What answers is opened and loaded once.

    To be used in a `with` statement: while it is open, the current folder is one that is laid out
    as the plan says.
    """

    def __init__(  # noqa: PLR0913  # what is scored, where things lie, how it is told
        self,
        given: GivenPlan,
        results: str,
        *,
        listener: RunListener,
        checkpoint: str | None = None,
        name: str | None = None,
        recalls: bool = True,
    ) -> None:
        """A worker; nothing is done before it is opened.

        Args:
            given: The plan.
            results: The results folder, or an URL of an object store.
            listener: Hears of progress.
            checkpoint: Folder of the checkpoint here; `None` for where the plan says.
            name: Of the worker; `None` for what the queue or the process says.
            recalls: Whether files that another process of this machine read, and that have not
                been written since, need not be read when it is opened.

        Raises:
            EvidenceError: It is no plan.
        """
        self.plan_id = sha256_hex(given.content)
        self.document: PlanDocument = read_plan(given.content, given.where)
        self.name = name or worker_name()
        self._where = given.where
        self._store = Store(results if is_url(results) else _absolute(results))
        self._listener = listener
        self._checkpoint = None if checkpoint is None else _absolute(checkpoint)
        self._remembered = remembered_digests(recalls=recalls)
        self._entered = ExitStack()
        self._opened: tuple[Plan, Worker] | None = None
        self._is_loaded = False
        self._unread: Record | None = None

    def __enter__(self) -> Self:
        """The worker itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the folder of the plan, and remove it."""
        self._entered.close()

    def open(self, labels: Iterable[str] = ()) -> Identity | Unrecorded:
        """Lay out the plan's files, fingerprint what answers, load tasks. No weights are loaded.

        Args:
            labels: Benchmarks to make ready; empty for all of the plan's.

        Returns:
            What is here, or why this process can score nothing of the plan.
        """
        try:
            return self._open(tuple(labels) or tuple(job.label for job in self.document.jobs))
        except InfrastructureError as error:
            return Unrecorded(reason=Reason.INTERRUPTED, error=error)
        except WeighinError as error:
            return Unrecorded(reason=Reason.REFUSED, error=error)

    def recorded(self, job: PlannedJob) -> Recorded | None:
        """What is recorded of a job under its own id, before anything is opened.

        Raises:
            WeighinError: It is damaged, or the results cannot be read.
        """
        found, _ = recorded_as(self.document, job.benchmark, job.job_id, self._store)
        if found is None:
            return None
        owed = owed_to(found.record, self._store.storage)
        ledger = Ledger(self._store.storage, run_id=self.document.run_id, model=self.document.model)
        try:
            ledger.append("benchmark-reused", benchmark=job.benchmark, job_id=job.job_id)
        except (InfrastructureError, UsageError) as error:
            # Who may only read finds out all the same that there is nothing to be done.
            if owed.telling:
                raise InfrastructureError(
                    f"{job.label}: recorded, and that it is could not be told: {error}"
                ) from error
        self._listener.benchmark_reused(job.label)
        self._unread = found.record if owed.reading else None
        return Recorded(record=found.record, is_first=True, is_reused=True)

    def load(self) -> Unrecorded | None:
        """Load the weights, once; why that cannot be done, or `None`."""
        if self._is_loaded:
            return None
        plan, worker = self._of_plan()
        try:
            plan.ledger(self._store).append(
                "worker-started",
                detail=self._detail(files_hashed_detail(worker.subject.files_hashed)),
            )
            self._listener.loading(plan.model)
            worker.subject.load()
        except InfrastructureError as error:
            return Unrecorded(reason=Reason.INTERRUPTED, error=error)
        except WeighinError as error:
            return Unrecorded(reason=Reason.REFUSED, error=error)
        self._is_loaded = True
        return None

    def loaded_weights(self) -> str | None:
        """Digest of the tensors in memory; `None` for a served model, or if nothing is loaded."""
        _, worker = self._of_plan()
        return worker.subject.loaded_weights() if self._is_loaded else None

    def run(self, job_id: str) -> Recorded | Unrecorded:
        """Score one job, unless it is recorded already.

        Returns:
            The record, or why there is none: nothing that is to be expected is an exception.
        """
        try:
            return self._run(job_id)
        except InfrastructureError as error:
            return Unrecorded(reason=Reason.INTERRUPTED, error=error)
        except WeighinError as error:
            return Unrecorded(reason=Reason.REFUSED, error=error)

    @property
    def owes_reading(self) -> bool:
        """Whether what was found recorded hangs on a reading of the files that was never told."""
        return self._unread is not None

    def finish(self) -> None:
        """Read the files of what answered once more, and tell the ledger what was found.

        Raises:
            WeighinError: They cannot be read, or the ledger cannot be written.
        """
        if not (self._is_loaded or self.owes_reading):
            return
        plan, worker = self._of_plan()
        self._listener.reading_again()
        hashed = worker.subject.hash_files()
        if hashed is not None and (hashed.changes or hashed.unseen):
            changes = "; ".join(dict.fromkeys((*hashed.changes, *hashed.unseen)))
            self._listener.noted(
                f"files of the checkpoint are other than when this worker began: {changes}"
            )
        if self._unread is not None and not settles(hashed, self._unread):
            self._listener.noted(
                f"job {self._unread.run.job_id[:12]}: the files of its checkpoint are not those "
                "that answered, as far as can be seen now; a new attempt scores it again"
            )
        plan.ledger(self._store).append(
            "worker-finished", detail=self._detail(files_hashed_detail(hashed))
        )

    def _of_plan(self) -> tuple[Plan, Worker]:
        if self._opened is None:
            raise RuntimeError("the worker was not opened, or could not be")
        return self._opened

    def _open(self, labels: tuple[str, ...]) -> Identity:
        document = self.document
        planned = [job.label for job in document.jobs]
        if unknown := [label for label in labels if label not in planned]:
            raise UsageError(f"{self._where}: expected one of {planned}, found {unknown}")
        self._store.prepare()
        files = self._entered.enter_context(laid_out(document, self._store.storage, self._where))
        loaded = load_requirements(files.requirements, rule_shapes())
        if len(loaded.tasks) != len(files.task_folders):
            raise EvidenceError(
                f"{self._where}: task_folders: expected {len(loaded.tasks)}, as the requirements "
                f"list, found {len(files.task_folders)}"
            )
        requirements = self._here(loaded.model_copy(update={"tasks": files.task_folders}))
        options = RunOptions(
            results=self._store.place,
            only=document.options.only,
            max_samples=document.options.max_samples,
            new_attempt=document.options.new_attempt,
            compress_samples=document.options.compress_samples,
            command=document.command,
            watch=document.options.watch,
            run_id=document.run_id,
        )
        subject = open_subject(requirements, options, self._store, self._opening(requirements))
        self._require_versions()
        benchmarks = load_wanted(requirements, labels)
        plan = plan_run(
            requirements,
            options,
            subject=subject.description,
            manifest=subject.manifest,
            task_digests={label: benchmark.digest for label, benchmark in benchmarks.items()},
        )
        require_template(requirements, plan, subject)
        self._require_jobs(plan, subject)
        if subject.manifest is not None:
            self._store.keep_manifest(subject.manifest)
        worker = Worker(
            subject=subject, benchmarks=benchmarks, listener=self._listener, name=self.name
        )
        self._opened = plan, worker
        self._listener.planned(labels, ())
        manifest = subject.manifest
        return Identity(
            worker=self.name,
            host=socket.gethostname(),
            checkpoint_id=None if manifest is None else manifest.checkpoint_id,
            location=subject.location,
            jobs={job.label: job.job_id for job in plan.jobs},
        )

    def _here(self, requirements: Requirements) -> Requirements:
        """The requirements with the places of this machine."""
        model, places = requirements.model, self.document.places
        changed: dict[str, object] = {}
        if places.adapter is not None:
            changed["adapter"] = places.adapter
        if model.endpoint is not None and places.tokenizer is not None:
            update = {"tokenizer": places.tokenizer}
            changed["endpoint"] = model.endpoint.model_copy(update=update)
        return requirements.model_copy(update={"model": model.model_copy(update=changed)})

    def _opening(self, requirements: Requirements) -> Opening:
        folder = self._checkpoint
        if folder is None and self.document.places.checkpoint is not None:
            folder = Path(self.document.places.checkpoint)
        return Opening(
            on_hashing=self._listener.fingerprinting,
            remembered=self._remembered,
            checkpoint=None if requirements.model.endpoint is not None else folder,
        )

    def _require_versions(self) -> None:
        from weighin.harness.observed.versions import installed_versions

        if other := other_versions(self.document.versions, installed_versions()):
            raise RunError(
                f"{self._where}: expected the versions that were planned, found "
                f"{', '.join(other)} on {socket.gethostname()}; install those, or plan again here"
            )

    def _require_jobs(self, plan: Plan, subject: "Subject") -> None:
        """Refuse what would be another job than the one that was planned."""
        made = {job.label: job for job in plan.jobs}
        for planned in self.document.jobs:
            job = made.get(planned.label)
            if job is not None and job.job_id != planned.job_id:
                self._require_files_as_remembered(subject)
                raise RunError(self._another_job(planned, job, subject.location))

    def _require_files_as_remembered(self, subject: "Subject") -> None:
        """Read the files before they are refused for good on the word of a digest of before."""
        if self._remembered.recalled and (hashed := subject.hash_files()) and hashed.changes:
            raise InfrastructureError(
                f"{subject.location}: other files than were remembered of it: "
                f"{'; '.join(hashed.changes)}; that is forgotten, run the same command again"
            )

    def _another_job(self, planned: PlannedJob, job: Job, location: str | None) -> str:
        told = "; ".join(differences(planned.description, job.description))
        at = "" if location is None else f" with {location}"
        return (
            f"{self._where}: {planned.label}: expected job {planned.job_id[:12]}, worker "
            f"{self.name} on {socket.gethostname()}{at} would score job {job.job_id[:12]}: {told}; "
            "nothing was scored"
        )

    def _run(self, job_id: str) -> Recorded | Unrecorded:
        plan, worker = self._of_plan()
        job = next((job for job in plan.jobs if job.job_id == job_id), None)
        if job is None:
            raise UsageError(f"{self._where}: no job {job_id} was made ready")
        result = score_claimed(plan, job, self._store, worker, self.load)
        if isinstance(result, Recorded) and result.is_reused and not self._is_loaded:
            # Who recorded it meanwhile may have ended before the files were read again.
            owed = owed_to(result.record, self._store.storage)
            self._unread = result.record if owed.reading else None
        return by_other(job, result) if isinstance(result, ClaimedByOther) else result

    def _detail(self, found: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        return {
            "plan": self.plan_id,
            "worker": self.name,
            "host": socket.gethostname(),
            "process": os.getpid(),
            **found,
        }


def _absolute(path: str) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
