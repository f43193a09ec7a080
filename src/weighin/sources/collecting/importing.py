"""Takes logs of other harnesses into a results folder, byte for byte."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.collected import UnreadFile
from weighin.evidence.records import FileDigest
from weighin.evidence.store import Store
from weighin.evidence.store.imported import COPIES, IMPORT_NAME, IMPORTED, ImportedLog, import_key
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.canonical import sha256_hex
from weighin.files.written import create_file
from weighin.sources.collecting.evidence import logs_among
from weighin.sources.collecting.log_file import LogFile
from weighin.version import __version__

# Readers take names of models from folders above a log; more than these none looks at.
_KEPT_FOLDERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """What an import did.

    Attributes:
        imported: The logs that were taken in: path as given, and where its copy lies.
        known: The logs that were there already, likewise.
        records: Number of records in the logs that were taken in.
        unread: Files that could not be read and were left out.
        notes: Sentences on what was passed over.
    """

    imported: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str], ...]
    records: int
    unread: tuple[UnreadFile, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file that is copied.

    Attributes:
        source: From where.
        digest: What of it is recorded.
    """

    source: Path
    digest: FileDigest


def import_logs(paths: Sequence[Path], results: Path, *, skip_unreadable: bool) -> Imports:
    """Keep the logs among some files in a results folder. What is there is never changed.

    Args:
        paths: Files and folders; records of weighin among them are left where they are.
        results: The results folder.
        skip_unreadable: Leave out what cannot be read instead of raising.

    Raises:
        UsageError: The folder cannot be written.
        EvidenceError: Files cannot be read, or there is no log; nothing was imported.
        InfrastructureError: The disk is full or failing.
    """
    found = logs_among(paths, skip_unreadable=skip_unreadable)
    if not found.logs:
        raise EvidenceError(
            f"{', '.join(map(str, paths[:3]))}: expected logs of other harnesses to import, found "
            "none; `weighin inspect` says what is there"
        )
    Store(results).prepare()
    imported: list[tuple[str, str]] = []
    known: list[tuple[str, str]] = []
    records = 0
    for log in found.logs:
        place, is_new = _import(log, results)
        (imported if is_new else known).append((log.shown, str(place)))
        records += len(log.records) if is_new else 0
    return Imports(
        imported=tuple(imported),
        known=tuple(known),
        records=records,
        unread=found.unread,
        notes=found.notes,
    )


def _import(log: LogFile, results: Path) -> tuple[Path, bool]:
    """Where a log's copy lies, and whether it was not there before."""
    copies = tuple(copies_of(log, log.reading.companions))
    digests = tuple(copy.digest for copy in copies)
    folder = results / IMPORTED / import_key(digests)
    # The last file that is written says that all others are there.
    if (folder / IMPORT_NAME).exists():
        return folder / digests[0].path, False
    for copy in copies:
        create_file(folder / copy.digest.path, content_of(copy.source))
    kept = ImportedLog(
        producer=f"weighin {__version__}",
        origin=log.shown,
        log=digests[0].path,
        log_format=log.reading.format,
        files=digests,
        records=tuple(read.record for read in log.records),
    )
    return folder / digests[0].path, create_file(folder / IMPORT_NAME, kept.canonical())


def copies_of(log: LogFile, companions: Iterable[Path]) -> Sequence[Copy]:
    """The log, then files that were read with it, each with its place below the common folder.

    Raises:
        EvidenceError: One of them lies elsewhere, or cannot be read.
    """
    path = Path(log.shown)
    sources = (path, *sorted(set(companions) - {path}))
    absolute = [source.resolve() for source in sources]
    above = absolute[0].parents
    root = above[min(_KEPT_FOLDERS, len(above) - 1)]
    copies: list[Copy] = []
    for source, place in zip(sources, absolute, strict=True):
        if not place.is_relative_to(root) or not place.is_file():
            raise EvidenceError(
                f"{source}: expected a file near {path}, which it belongs to, found {place}"
            )
        content = content_of(source)
        copies.append(
            Copy(
                source=source,
                digest=FileDigest(
                    path=f"{COPIES}/{place.relative_to(root).as_posix()}",
                    role="log",
                    task="",
                    sha256=sha256_hex(content),
                    size_bytes=len(content),
                ),
            )
        )
    return copies


def content_of(path: Path) -> bytes:
    """All bytes of a file of a log.

    Raises:
        EvidenceError: It is too large, or no plain file.
    """
    return read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES)
