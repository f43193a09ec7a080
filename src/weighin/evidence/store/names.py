"""Names in the results store: which file lies where, and whose it is."""

import re
from pathlib import Path

from weighin.evidence.jobs.claims import CLAIMS, is_claim_name
from weighin.evidence.ledger import LEDGER_FOLDER, LEDGER_NAME, has_ledger, is_ledger_file
from weighin.evidence.store.imported import IMPORTED
from weighin.files.canonical import sha256_hex
from weighin.files.stores.interface import BLOBS

COMMIT_NAME = "committed.json"
RECORD_NAME = "record.json"
# Answers of an attempt that is under way, or was ended.
JOURNAL_NAME = "answers.jsonl"
# Where an attempt has what the harness itself wrote.
HARNESS_FOLDER = "lm-eval"
CHECKPOINTS = "checkpoints"
COMPARISONS = "comparisons"
PLANS = "plans"
REVISIONS = "revisions"
README_NAME = "README.md"

# Names of the root that no model or benchmark may take.
_RESERVED = frozenset(
    {
        BLOBS, CHECKPOINTS, COMPARISONS, IMPORTED, LEDGER_FOLDER, LEDGER_NAME, PLANS, REVISIONS,
        README_NAME.lower(),
    }
)  # fmt: skip
_JOB = re.compile(r"[0-9a-f]{12}")
_ATTEMPT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_BLOB = re.compile(r"[0-9a-f]{64}")
_DERIVED = {
    CHECKPOINTS: re.compile(r"[0-9a-f]{64}\.json"),
    COMPARISONS: re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}\.json"),
    # Plans of the first format are named after the first digits.
    PLANS: re.compile(r"(?:[0-9a-f]{12}|[0-9a-f]{64})\.json"),
    REVISIONS: re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}\.json"),
    BLOBS: _BLOB,
}


def file_name(text: str) -> str:
    """A name for a file or folder that reads like `text` and leads nowhere else.

    Two texts never share one name: a text that is no plain name gets a digest, after a character
    that no plain name has.
    """
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:80]
    if safe and safe == text and safe.lower() not in _RESERVED:
        return safe
    return f"{safe or 'unnamed'}~{sha256_hex(text.encode())[:16]}"


def job_key(model: str, benchmark: str, job_id: str) -> str:
    """Key of the folder in which all attempts of a job lie."""
    return f"{file_name(model)}/{file_name(benchmark)}/{job_id[:12]}"


def is_job_name(name: str) -> bool:
    """Whether the folder of a job can be called so."""
    return _JOB.fullmatch(name) is not None


def is_attempt_name(name: str) -> bool:
    """Whether the folder of an attempt can be called so."""
    return _ATTEMPT.fullmatch(name) is not None


def is_own_file(path: Path) -> bool:
    """Whether a file has the place of one that the store keeps around its records."""
    folder, name = path.parent, path.name
    if name == COMMIT_NAME:
        return _JOB.fullmatch(folder.name) is not None
    if name == JOURNAL_NAME:
        return attempt_folder(path) == folder
    if folder.name == CLAIMS:
        return _JOB.fullmatch(folder.parent.name) is not None and is_claim_name(name)
    if name == README_NAME:
        return has_ledger(folder)
    derived = _DERIVED.get(folder.name)
    return is_ledger_file(path) or (derived is not None and derived.fullmatch(name) is not None)


def is_revision_file(path: Path) -> bool:
    """Whether a file has the place of one that keeps what a hub said."""
    return path.parent.name == REVISIONS and _DERIVED[REVISIONS].fullmatch(path.name) is not None


def attempt_folder(path: Path) -> Path | None:
    """The folder of the attempt that a file lies in; `None` if it lies in none."""
    for folder in path.parents:
        if _ATTEMPT.fullmatch(folder.name) and _JOB.fullmatch(folder.parent.name):
            return folder
    return None
