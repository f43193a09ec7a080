"""What says that an attempt is whole: its record, and the mark of a job's first one."""

import hashlib
import json
import os
from pathlib import Path

from pydantic import ValidationError

from weighin.errors import EvidenceError
from weighin.evidence.records import READ_RECORD_FORMATS, FileDigest, Record
from weighin.files.bounded import MAX_RECORD_BYTES, read_foreign_file
from weighin.files.canonical import sha256_hex, strict_json
from weighin.files.strict_model import StrictModel

COMMIT_FORMAT = "weighin.commit/1"


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
    except ValueError as error:
        raise EvidenceError(f"{path}: expected a commit marker, found {_short(error)}") from error
    return commit_of(content, str(path))


def commit_of(content: bytes, place: str) -> Commit:
    """The commit marker that lies at a place.

    Raises:
        EvidenceError: It is none, or names a folder elsewhere.
    """
    try:
        commit = Commit.model_validate_json(json.dumps(strict_json(content)))
    except ValueError as error:
        raise EvidenceError(f"{place}: expected a commit marker, found {_short(error)}") from error
    attempt = commit.attempt_id
    is_name = attempt not in {"", ".", ".."} and "/" not in attempt
    if commit.format != COMMIT_FORMAT or not is_name:
        raise EvidenceError(
            f"{place}: expected format {COMMIT_FORMAT} and the name of a folder, found "
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
    except ValueError as error:
        raise EvidenceError(f"{path}: expected a record, found {_short(error)}") from error
    return record_of(content, str(path)), sha256_hex(content)


def record_of(content: bytes, place: str) -> Record:
    """The record that lies at a place.

    Raises:
        EvidenceError: It is none of this format.
    """
    try:
        value = strict_json(content)
        found = value.get("format") if isinstance(value, dict) else type(value).__name__
        if not isinstance(found, str) or found not in READ_RECORD_FORMATS:
            known = " or ".join(sorted(READ_RECORD_FORMATS))
            raise EvidenceError(f"{place}: expected format {known}, found {found!r}")
        return Record.model_validate_json(json.dumps(value))
    except ValueError as error:
        raise EvidenceError(f"{place}: expected a record, found {_short(error)}") from error


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{first['msg'].lower()} at {place or 'its top'}"
    return " ".join(str(error).split())[:300]
