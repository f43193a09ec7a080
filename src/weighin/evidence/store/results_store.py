"""Writes the results store, and reads back what a run needs, on a folder or an object store."""

import secrets
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.records import Record
from weighin.evidence.store.commits import Commit, commit_of, record_of
from weighin.evidence.store.kept_documents import KeptDocuments
from weighin.evidence.store.names import (
    COMMIT_NAME,
    PLANS,
    README_NAME,
    RECORD_NAME,
    file_name,
    job_key,
)
from weighin.evidence.store.readme import README, README_OF_OBJECTS
from weighin.files.bounded import MAX_RECORD_BYTES
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.stores.interface import Storage, require_key
from weighin.files.stores.opening import storage_at
from weighin.files.written import translated_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A local folder in which one attempt at one benchmark is being recorded."""

    folder: Path
    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A record that was written.

    Attributes:
        record_sha256: Digest of the attempt's `record.json`.
        is_first: Whether it is the job's first. If not, another one was committed before; both are
            kept.
    """

    record_sha256: str
    is_first: bool


class Store(KeptDocuments):
    """A results store."""

    def __init__(self, place: Path | str | Storage) -> None:
        """A store at a folder or an URL; nothing is created before something is written.

        Raises:
            UsageError: The place is of a kind that is not known, or needs what is not installed.
        """
        super().__init__(storage_at(place) if isinstance(place, str | Path) else place)
        self._staging: Path | None = None

    @property
    def place(self) -> str:
        """Where it is, as a person writes it."""
        return self.storage.place

    @property
    def root(self) -> Path:
        """The folder.

        Raises:
            UsageError: It is no folder.
        """
        if self.folder is None:
            raise UsageError(f"{self.place}: expected a folder, found an object store")
        return self.folder

    def prepare(self) -> None:
        """Create the place, so that one that cannot be written fails before any model is loaded.

        Raises:
            InfrastructureError: The disk or the object store is full or failing.
            UsageError: It cannot be written, or does not keep to create-if-absent.
        """
        self.storage.prepare()
        self.storage.create(README_NAME, README if self.folder else README_OF_OBJECTS)

    @staticmethod
    def job_key(model: str, benchmark: str, job_id: str) -> str:
        """Key of the folder in which all attempts of a job lie."""
        return job_key(model, benchmark, job_id)

    def job_folder(self, model: str, benchmark: str, job_id: str) -> Path:
        """Where all attempts of a job lie, in a folder."""
        return self.root / job_key(model, benchmark, job_id)

    def new_attempt(self, model: str, benchmark: str, job_id: str) -> Attempt:
        """A new, empty local folder for one attempt: in a folder its own, else a temporary one.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The folder cannot be written.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        attempt_id = f"{stamp}-{secrets.token_hex(4)}"
        above = self.folder if self.folder is not None else self._staging_folder()
        folder = above / job_key(model, benchmark, job_id) / attempt_id
        with translated_errors(folder, "create"):
            folder.mkdir(parents=True)
        return Attempt(folder=folder, attempt_id=attempt_id)

    def _staging_folder(self) -> Path:
        if self._staging is None:
            self._staging = Path(tempfile.mkdtemp(prefix="weighin-attempts-"))
            # What is not committed in the end is freed with this object, or when the process ends.
            weakref.finalize(self, shutil.rmtree, self._staging, ignore_errors=True)
        return self._staging

    def commit(self, attempt: Attempt, record: Record) -> Committed:
        """Write an attempt's record, and mark it as the job's first if there is none yet.

        Its files are kept before the record, and the record before the mark. A reader that came
        between the two may have committed it already.

        Raises:
            InfrastructureError: The disk or the object store is full or failing.
            UsageError: It cannot be written.
        """
        job = job_key(record.model, record.asked.task, record.run.job_id)
        if self.folder is None:
            for file in record.files:
                self.storage.put_blob(attempt.folder / file.path, file.sha256)
        content = canonical_json(record.model_dump(mode="json"))
        self.storage.create(f"{job}/{attempt.attempt_id}/{RECORD_NAME}", content)
        digest = sha256_hex(content)
        is_first = self._commit(job, attempt.attempt_id, digest)
        if self.folder is None:
            shutil.rmtree(attempt.folder, ignore_errors=True)
        return Committed(record_sha256=digest, is_first=is_first)

    def _commit(self, job: str, attempt_id: str, record_sha256: str) -> bool:
        commit = Commit(attempt_id=attempt_id, record_sha256=record_sha256)
        key = f"{job}/{COMMIT_NAME}"
        is_first = self.storage.create(key, canonical_json(commit.model_dump(mode="json")))
        return is_first or self._read_commit(key).attempt_id == attempt_id

    def committed(self, model: str, benchmark: str, job_id: str) -> Record | None:
        """The first record of a job, which a rerun reuses; `None` if none was written.

        A writer that died between its record and the commit leaves a whole record: the first such
        one is committed, or the benchmark would be scored twice.

        Raises:
            EvidenceError: What was committed is damaged.
            InfrastructureError: The disk or the object store is full or failing.
            UsageError: It cannot be written.
        """
        job = job_key(model, benchmark, job_id)
        if not self.storage.exists(f"{job}/{COMMIT_NAME}"):
            uncommitted = next(self._records_below(job), None)
            if uncommitted is None:
                return None
            content = self._content(uncommitted)
            self._commit(job, uncommitted.split("/")[-2], sha256_hex(content))
        way_out = (
            f"`weighin retire {job_id[:12]} --reason TEXT --results {self.place}` keeps that in "
            "the open, and this benchmark is scored again"
        )
        try:
            commit = self._read_commit(f"{job}/{COMMIT_NAME}")
        except EvidenceError as error:
            again = (
                "delete it, and this benchmark is scored again: no record lies there"
                if next(self._records_below(job), None) is None
                else "delete it, and the first record there stands for the job again"
            )
            raise EvidenceError(f"{error}; {again}") from error
        key = f"{job}/{commit.attempt_id}/{RECORD_NAME}"
        try:
            record, digest = self._read_record(key)
        except EvidenceError as error:
            raise EvidenceError(f"{error}; {way_out}") from error
        if digest != commit.record_sha256:
            raise EvidenceError(
                f"{self._shown(key)}: expected sha256 {commit.record_sha256} as {COMMIT_NAME} "
                f"says, found {digest}; {way_out}"
            )
        found = (record.model, record.asked.task, record.run.job_id)
        if found != (model, benchmark, job_id):
            raise EvidenceError(
                f"{self._shown(key)}: expected the record of {model!r} on {benchmark!r}, job "
                f"{job_id}, found {found[0]!r} on {found[1]!r}, job {found[2]}; {way_out}"
            )
        return record

    def records_of(self, model: str, benchmark: str, job_id: str) -> Iterator[Record]:
        """The records of all attempts at a job, by their start; those that are damaged left out."""
        for key in self._records_below(job_key(model, benchmark, job_id)):
            try:
                record, _ = self._read_record(key)
            except EvidenceError:
                continue
            if (record.model, record.asked.task, record.run.job_id) == (model, benchmark, job_id):
                yield record

    def older_records(self, model: str, benchmark: str) -> Iterator[Record]:
        """The committed records of the first format, of any job of a benchmark.

        One that is damaged stands for nothing; a check tells of it.
        """
        above = f"{file_name(model)}/{file_name(benchmark)}"
        for key in self._below(above, levels=2, name=COMMIT_NAME):
            try:
                commit = self._read_commit(key)
                job = key.removesuffix(f"/{COMMIT_NAME}")
                record, digest = self._read_record(f"{job}/{commit.attempt_id}/{RECORD_NAME}")
            except EvidenceError:
                continue
            is_committed = digest == commit.record_sha256
            is_here = (record.model, record.asked.task) == (model, benchmark)
            if is_committed and is_here and record.is_older:
                yield record

    def records_of_benchmark(self, model: str, benchmark: str) -> Iterator[Record]:
        """The records of all attempts at all jobs of a benchmark; damaged ones are left out."""
        above = f"{file_name(model)}/{file_name(benchmark)}"
        for key in self._below(above, levels=3, name=RECORD_NAME):
            try:
                record, _ = self._read_record(key)
            except EvidenceError:
                continue
            if (record.model, record.asked.task) == (model, benchmark):
                yield record

    def planned_subject(self, job_id: str) -> JsonValue:
        """The subject of a job, as a plan describes it; `None` if no plan of it is kept."""
        return next((plan.get("subject") for plan, _ in self._planned(job_id)), None)

    def planned_job(self, job_id: str) -> dict[str, JsonValue] | None:
        """All that a job is made of, as a plan describes it; `None` if no plan of it is kept."""
        described = (job.get("description") for _, job in self._planned(job_id))
        return next((found for found in described if isinstance(found, dict)), None)

    def _planned(self, job_id: str) -> Iterator[tuple[dict[str, JsonValue], dict[str, JsonValue]]]:
        """The plans that name a job, each with what it says of it."""
        for key in self._below(PLANS, levels=1):
            try:
                plan = strict_json(self._content(key))
            except (EvidenceError, ValueError):
                continue
            jobs = plan.get("jobs") if isinstance(plan, dict) else None
            for job in jobs if isinstance(jobs, list) else ():
                if isinstance(plan, dict) and isinstance(job, dict) and job.get("job_id") == job_id:
                    yield plan, job

    def _records_below(self, job: str) -> Iterator[str]:
        return self._below(job, levels=2, name=RECORD_NAME)

    def _below(self, folder: str, *, levels: int, name: str = "") -> Iterator[str]:
        """The keys so many levels below a folder, in order; those of that name if one is given."""
        depth = folder.count("/") + levels
        for key in self.storage.list(f"{folder}/"):
            if key.count("/") == depth and name in {"", key.rpartition("/")[2]}:
                yield key

    def _read_commit(self, key: str) -> Commit:
        return commit_of(self._content(key), self._shown(key))

    def _read_record(self, key: str) -> tuple[Record, str]:
        content = self._content(key)
        return record_of(content, self._shown(key)), sha256_hex(content)

    def _content(self, key: str) -> bytes:
        """All bytes under a key, which a foreign file may have named."""
        try:
            require_key(key)
        except UsageError as error:
            raise EvidenceError(str(error)) from error
        content = self.storage.read(key, max_bytes=MAX_RECORD_BYTES)
        if content is None:
            raise EvidenceError(f"{self._shown(key)}: expected a file, found nothing there")
        return content
