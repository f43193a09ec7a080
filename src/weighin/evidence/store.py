"""The results store: plain files that a person can browse, never rewritten.

    results/
      ledger.jsonl                             a line before and after every benchmark
      ledger-<name>.jsonl                      ledgers of other folders that were put together here
      checkpoints/<checkpoint id>.json         manifests; `sha256sum` of one gives its name
      comparisons/<id>-<id>.json               measured differences between two of them
      revisions/<commit>-<digest>.json         what a hub said of a revision, and when
      plans/<plan id>.json                     what was asked, with the requirements file
      imported/<key>/…                         logs of other harnesses, kept by `weighin import`
      <model>/<benchmark>/<job>/
        committed.json                         names the first attempt; never changed
        <attempt>/record.json                  what was observed, written last
        <attempt>/lm-eval/…                    lm-eval's own results and samples files

Every attempt is kept. A record is committed by create-if-absent, so a crash loses only the
benchmark that was running, and of two racing workers one wins and both are seen.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue, ValidationError

from weighin.errors import CheckpointError, EvidenceError
from weighin.evidence.imported import IMPORTED
from weighin.evidence.ledger import LEDGER_NAME, is_ledger_name, ledger_paths
from weighin.evidence.records import (
    READ_RECORD_FORMATS,
    FileDigest,
    Record,
)
from weighin.files.bounded import MAX_RECORD_BYTES, read_foreign_file
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.stores.folder import FolderStorage
from weighin.files.strict_model import StrictModel
from weighin.files.written import create_file, translated_errors
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.fingerprint.checkpoint import load_manifest
from weighin.identity.manifest import Manifest
from weighin.identity.published.kept import kept_content
from weighin.identity.published.revision import RemoteRevision

COMMIT_FORMAT = "weighin.commit/1"
COMMIT_NAME = "committed.json"
RECORD_NAME = "record.json"
CHECKPOINTS = "checkpoints"
COMPARISONS = "comparisons"
PLANS = "plans"
REVISIONS = "revisions"
README_NAME = "README.md"

# Names of the root that no model or benchmark may take.
_RESERVED = frozenset(
    {CHECKPOINTS, COMPARISONS, IMPORTED, PLANS, REVISIONS, LEDGER_NAME, README_NAME.lower()}
)
_JOB = re.compile(r"[0-9a-f]{12}")
_ATTEMPT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_DERIVED = {
    CHECKPOINTS: re.compile(r"[0-9a-f]{64}\.json"),
    COMPARISONS: re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}\.json"),
    PLANS: re.compile(r"(?:[0-9a-f]{12}|[0-9a-f]{64})\.json"),
    REVISIONS: re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}\.json"),
}

_README = b"""# Results recorded by weighin

Plain files, never rewritten. `weighin check REQUIREMENTS THIS_FOLDER` judges them.

- `ledger.jsonl`: a line before and after every benchmark, each with the SHA-256 of the line before.
- `checkpoints/<id>.json`: what each checkpoint was, tensor by tensor; the name is the SHA-256 of
  the file.
- `<model>/<benchmark>/<job>/<attempt>/`: `record.json` is what weighin observed; `lm-eval/` holds
  the harness's own files. `committed.json` names the first
  attempt, which a rerun reuses; every attempt is judged.
"""


class Commit(StrictModel):
    """Names the first recorded attempt of a job, which a rerun reuses.

    Attributes:
        format: Always `weighin.commit/1`.
        attempt_id: Name of the attempt's folder, beside this file.
        record_sha256: Digest of the attempt's `record.json`.
    """

    format: str = COMMIT_FORMAT
    attempt_id: str
    record_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A folder in which one attempt at one benchmark is being recorded."""

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


class Store:
    """The results folder."""

    def __init__(self, root: Path | str) -> None:
        """A store at `root`; nothing is created before something is written."""
        self.root = Path(root)
        self.storage = FolderStorage(self.root)

    @property
    def place(self) -> str:
        """Where it is, as a person writes it."""
        return self.storage.place

    def prepare(self) -> None:
        """Create the folder, so that an unwritable one fails before any model is loaded.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The folder cannot be written.
        """
        create_file(self.root / README_NAME, _README)

    def job_folder(self, model: str, benchmark: str, job_id: str) -> Path:
        """Where all attempts of a job lie."""
        return self.root / file_name(model) / file_name(benchmark) / job_id[:12]

    def new_attempt(self, model: str, benchmark: str, job_id: str) -> Attempt:
        """A new, empty folder for one attempt.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The folder cannot be written.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        attempt_id = f"{stamp}-{secrets.token_hex(4)}"
        folder = self.job_folder(model, benchmark, job_id) / attempt_id
        with translated_errors(folder, "create"):
            folder.mkdir(parents=True)
        return Attempt(folder=folder, attempt_id=attempt_id)

    def commit(self, attempt: Attempt, record: Record) -> Committed:
        """Write an attempt's record, and mark it as the job's first if there is none yet.

        A reader that came between the two files may have committed it already.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The folder cannot be written.
        """
        content = canonical_json(record.model_dump(mode="json"))
        create_file(attempt.folder / RECORD_NAME, content)
        digest = sha256_hex(content)
        return Committed(record_sha256=digest, is_first=self._commit(attempt.folder, digest))

    def _commit(self, attempt_folder: Path, record_sha256: str) -> bool:
        commit = Commit(attempt_id=attempt_folder.name, record_sha256=record_sha256)
        path = attempt_folder.parent / COMMIT_NAME
        is_first = create_file(path, canonical_json(commit.model_dump(mode="json")))
        return is_first or read_commit(path).attempt_id == attempt_folder.name

    def committed(self, model: str, benchmark: str, job_id: str) -> Record | None:
        """The first record of a job, which a rerun reuses; `None` if none was written.

        A writer that died between its record and the commit leaves a whole record: the first such
        one is committed, or the benchmark would be scored twice.

        Raises:
            EvidenceError: What was committed is damaged.
            InfrastructureError: The disk is full or failing.
            UsageError: The folder cannot be written.
        """
        folder = self.job_folder(model, benchmark, job_id)
        if not (folder / COMMIT_NAME).exists():
            uncommitted = sorted(folder.glob(f"*/{RECORD_NAME}"))
            if not uncommitted:
                return None
            content = read_foreign_file(uncommitted[0], max_bytes=MAX_RECORD_BYTES)
            self._commit(uncommitted[0].parent, sha256_hex(content))
        way_out = (
            f"`weighin retire {job_id[:12]} --reason TEXT --results {self.root}` keeps that in the "
            "open, and this benchmark is scored again"
        )
        try:
            commit = read_commit(folder / COMMIT_NAME)
        except EvidenceError as error:
            again = "delete it, and the first record there stands for the job again"
            raise EvidenceError(f"{error}; {again}") from error
        path = folder / commit.attempt_id / RECORD_NAME
        try:
            record, digest = read_record(path)
        except EvidenceError as error:
            raise EvidenceError(f"{error}; {way_out}") from error
        if digest != commit.record_sha256:
            raise EvidenceError(
                f"{path}: expected sha256 {commit.record_sha256} as {COMMIT_NAME} says, found "
                f"{digest}; {way_out}"
            )
        found = (record.model, record.asked.task, record.run.job_id)
        if found != (model, benchmark, job_id):
            raise EvidenceError(
                f"{path}: expected the record of {model!r} on {benchmark!r}, job {job_id}, found "
                f"{found[0]!r} on {found[1]!r}, job {found[2]}; {way_out}"
            )
        return record

    def records_of(self, model: str, benchmark: str, job_id: str) -> Iterator[Record]:
        """The records of all attempts at a job, by their start; those that are damaged left out."""
        for path in sorted(self.job_folder(model, benchmark, job_id).glob(f"*/{RECORD_NAME}")):
            try:
                record, _ = read_record(path)
            except EvidenceError:
                continue
            if (record.model, record.asked.task, record.run.job_id) == (model, benchmark, job_id):
                yield record

    def older_records(self, model: str, benchmark: str) -> Iterator[Record]:
        """The committed records of the first format, of any job of a benchmark.

        One that is damaged stands for nothing; a check tells of it.
        """
        for path in sorted(self.job_folder(model, benchmark, "").glob(f"*/{COMMIT_NAME}")):
            try:
                commit = read_commit(path)
                record, digest = read_record(path.parent / commit.attempt_id / RECORD_NAME)
            except EvidenceError:
                continue
            is_committed = digest == commit.record_sha256
            is_here = (record.model, record.asked.task) == (model, benchmark)
            if is_committed and is_here and record.is_older:
                yield record

    def records_of_benchmark(self, model: str, benchmark: str) -> Iterator[Record]:
        """The records of all attempts at all jobs of a benchmark; damaged ones are left out."""
        for path in sorted(self.job_folder(model, benchmark, "").glob(f"*/*/{RECORD_NAME}")):
            try:
                record, _ = read_record(path)
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
        for path in sorted((self.root / PLANS).glob("*.json")):
            try:
                plan = strict_json(read_foreign_file(path, max_bytes=MAX_RECORD_BYTES))
            except (EvidenceError, ValueError):
                continue
            jobs = plan.get("jobs") if isinstance(plan, dict) else None
            for job in jobs if isinstance(jobs, list) else ():
                if isinstance(plan, dict) and isinstance(job, dict) and job.get("job_id") == job_id:
                    yield plan, job

    def keep_manifest(self, manifest: Manifest) -> None:
        """Keep a checkpoint manifest under its id."""
        create_file(
            self.root / CHECKPOINTS / f"{manifest.checkpoint_id}.json", manifest.canonical()
        )

    def manifest(self, checkpoint_id: str) -> Manifest | None:
        """The manifest that is kept under an id; `None` if none is.

        Raises:
            CheckpointError: It is malformed, or of another id.
        """
        path = self.root / CHECKPOINTS / f"{checkpoint_id}.json"
        if not path.is_file():
            return None
        manifest = load_manifest(path)
        if manifest.checkpoint_id != checkpoint_id:
            raise CheckpointError(
                f"{path}: expected the manifest of that id, found {manifest.checkpoint_id}"
            )
        return manifest

    def keep_comparison(self, comparison: Comparison) -> None:
        """Keep a measured comparison under the two ids."""
        name = f"{comparison.first[:12]}-{comparison.second[:12]}.json"
        create_file(
            self.root / COMPARISONS / name, canonical_json(comparison.model_dump(mode="json"))
        )

    def keep_revision(self, revision: RemoteRevision) -> Path:
        """Keep what a hub said of a revision, beside what it said before.

        Returns:
            The file.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The folder cannot be written.
        """
        content = kept_content(revision)
        name = f"{revision.commit[:12]}-{sha256_hex(content)[:12]}.json"
        path = self.root / REVISIONS / name
        create_file(path, content, way_out="give another folder with --keep-revision")
        return path

    def keep_plan(self, plan_id: str, content: bytes) -> None:
        """Keep a plan under its id."""
        create_file(self.root / PLANS / f"{plan_id[:12]}.json", content)


def file_name(text: str) -> str:
    """A name for a file or folder that reads like `text` and leads nowhere else.

    Two texts never share one name: a text that is no plain name gets a digest, after a character
    that no plain name has.
    """
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:80]
    if safe and safe == text and safe.lower() not in _RESERVED:
        return safe
    return f"{safe or 'unnamed'}~{sha256_hex(text.encode())[:16]}"


def is_own_file(path: Path) -> bool:
    """Whether a file has the place of one that the store keeps around its records."""
    folder, name = path.parent, path.name
    if name == COMMIT_NAME:
        return _JOB.fullmatch(folder.name) is not None
    if name == README_NAME:
        return bool(ledger_paths(folder))
    derived = _DERIVED.get(folder.name)
    return is_ledger_name(name) or (derived is not None and derived.fullmatch(name) is not None)


def is_revision_file(path: Path) -> bool:
    """Whether a file has the place of one that keeps what a hub said."""
    return path.parent.name == REVISIONS and _DERIVED[REVISIONS].fullmatch(path.name) is not None


def attempt_folder(path: Path) -> Path | None:
    """The folder of the attempt that a file lies in; `None` if it lies in none."""
    for folder in path.parents:
        if _ATTEMPT.fullmatch(folder.name) and _JOB.fullmatch(folder.parent.name):
            return folder
    return None


def file_digest(path: Path, *, role: str, task: str = "", relative_to: Path) -> FileDigest:
    """The digest of a file beside a record.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = os.fstat(stream.fileno()).st_size
    return FileDigest(
        path=path.relative_to(relative_to).as_posix(),
        role=role,
        task=task,
        sha256=digest,
        size_bytes=size,
    )


def read_commit(path: Path) -> Commit:
    """The commit marker in a file.

    Raises:
        EvidenceError: The file is no commit marker, or names a folder elsewhere.
    """
    try:
        content = read_foreign_file(path, max_bytes=MAX_RECORD_BYTES)
        commit = Commit.model_validate_json(json.dumps(strict_json(content)))
    except ValueError as error:
        raise EvidenceError(f"{path}: expected a commit marker, found {_short(error)}") from error
    attempt = commit.attempt_id
    is_name = attempt not in {"", ".", ".."} and "/" not in attempt
    if commit.format != COMMIT_FORMAT or not is_name:
        raise EvidenceError(
            f"{path}: expected format {COMMIT_FORMAT} and the name of a folder, found "
            f"{commit.format!r} and {attempt!r}"
        )
    return commit


def read_record(path: Path) -> tuple[Record, str]:
    """The record in a file, and the SHA-256 of the file.

    Raises:
        EvidenceError: The file cannot be read or is no record of this format.
    """
    try:
        content = read_foreign_file(path, max_bytes=MAX_RECORD_BYTES)
        value = strict_json(content)
        found = value.get("format") if isinstance(value, dict) else type(value).__name__
        if found not in READ_RECORD_FORMATS:
            known = " or ".join(sorted(READ_RECORD_FORMATS))
            raise EvidenceError(f"{path}: expected format {known}, found {found!r}")
        record = Record.model_validate_json(json.dumps(value))
    except ValueError as error:
        raise EvidenceError(f"{path}: expected a record, found {_short(error)}") from error
    return record, sha256_hex(content)


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{first['msg'].lower()} at {place or 'its top'}"
    return " ".join(str(error).split())[:300]
