"""What a thing is that is to be held against another: a checkpoint, a plan, a verdict, a run."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Final

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.records import READ_RECORD_FORMATS
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.json.foreign import as_mapping, as_text, parsed
from weighin.files.stores.opening import is_url
from weighin.identity.manifest import MANIFEST_FORMAT
from weighin.identity.published.revision import is_on_hub

_OF_WEIGHTS: Final = (".safetensors", ".safetensors.index.json", ".gguf", ".bin", ".pt", ".pth")
_GGUF: Final = ".gguf"
_SIGN: Final = b'"weighin.'
_YAML: Final = (".yaml", ".yml")
_REQUIREMENTS: Final = re.compile(rb"^weighin:", re.MULTILINE)


class Kind(StrEnum):
    """What can be held against another of its kind."""

    RECORDS = "records"
    """Records of weighin, and logs of any harness."""
    CHECKPOINTS = "checkpoints"
    PLANS = "plans"
    VERDICTS = "verdicts"


_BY_FORMAT: Final = (
    (f"{MANIFEST_FORMAT.partition('/')[0]}/", Kind.CHECKPOINTS),
    ("weighin.plan/", Kind.PLANS),
    ("weighin.verdict/", Kind.VERDICTS),
)


def kind_of(given: str) -> Kind:
    """What lies somewhere.

    Raises:
        UsageError: Nothing does, or it is a document of weighin that is none of these.
        EvidenceError: It cannot be read.
    """
    if is_on_hub(given):
        return Kind.CHECKPOINTS
    if is_url(given):
        return Kind.RECORDS
    path = Path(given)
    try:
        if path.is_dir():
            return Kind.CHECKPOINTS if _holds_weights(path) else Kind.RECORDS
    except OSError as error:
        raise UsageError(f"{given}: expected something to compare, found {error}") from error
    if path.suffix == _GGUF:
        return Kind.CHECKPOINTS
    if path.suffix in _YAML and path.is_file() and _asks(path):
        raise UsageError(
            f"{given}: expected a record, log, plan, verdict, manifest or checkpoint, found a "
            "requirements file, which says what is asked and holds no scores; hold two folders of "
            "results against each other, or two verdicts"
        )
    written = format_of(path) if path.suffix == ".json" and path.is_file() else ""
    for prefix, kind in _BY_FORMAT:
        if written.startswith(prefix):
            return kind
    if written.startswith("weighin.") and not is_record(written):
        raise UsageError(
            f"{given}: expected a record, log, plan, verdict, manifest or checkpoint, found a "
            f"document of format {written}"
        )
    return Kind.RECORDS


def is_record(written: str) -> bool:
    """Whether a format is that of a record, of any version."""
    return written in READ_RECORD_FORMATS or written.startswith("weighin.record/")


def format_of(path: Path) -> str:
    """The format that a document of weighin says it has; empty if it is none, or no JSON.

    Raises:
        EvidenceError: It cannot be read.
    """
    content = read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES)
    if _SIGN not in content:
        return ""
    try:
        return as_text(as_mapping(parsed(content)).get("format")) or ""
    except (ValueError, RecursionError):
        return ""


def _asks(path: Path) -> bool:
    """Whether a file is one of requirements."""
    content = read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES)
    return _REQUIREMENTS.search(content) is not None


def one_kind(first: str, second: str) -> Kind:
    """What both are.

    Raises:
        UsageError: They are of two kinds, or one is nothing.
        EvidenceError: One cannot be read.
    """
    ours, theirs = kind_of(first), kind_of(second)
    if ours is not theirs:
        raise UsageError(
            f"expected two of one kind, found {ours} at {first} and {theirs} at {second}; hold "
            "records and logs against each other, checkpoints and manifests, plans, or verdicts"
        )
    return ours


def _holds_weights(folder: Path) -> bool:
    try:
        return any(entry.name.endswith(_OF_WEIGHTS) for entry in folder.iterdir())
    except OSError as error:
        raise EvidenceError(f"{folder}: cannot be listed: {error.strerror}") from error
