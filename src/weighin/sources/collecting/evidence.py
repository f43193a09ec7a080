"""Evidence from files and folders: recognised, read, collected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from weighin.evidence.collected import Evidence, Inspection, RecognisedFile, UnreadFile
from weighin.files.collector import without_collector
from weighin.sources.collecting.everything import (
    Sources,
    file_shown,
    read_sources,
    require_readable,
    were,
)
from weighin.sources.collecting.log_file import LogFile
from weighin.sources.collecting.log_files import IsWanted
from weighin.sources.collecting.paths import FoundFiles, find_files
from weighin.sources.formats.claims.declarations import without_contradictions

_OWN_FORMAT = "weighin record"
_MOST_READINGS = 3


def read_evidence(
    paths: Sequence[Path],
    *,
    skip_unreadable: bool = False,
    is_wanted: IsWanted | None = None,
    apart: Sequence[Path] = (),
) -> Evidence:
    """Read every record in the given files and folders.

    Folders are searched for weighin's own `record.json` files, for what it imported, and for logs
    of every format in the registry. What belongs to a results folder is known; files that can
    hold no results are passed over, counted and named.

    Args:
        paths: Files and folders. A file that is named itself must be readable.
        skip_unreadable: Name and count what cannot be read in the notes instead of raising.
        is_wanted: Whether the records of a model are judged. Of a log of another harness of which
            it says no, one record is read, for what it says of the model. `None` reads all.
        apart: Files that are no evidence although they may lie there, such as the requirements.

    Raises:
        EvidenceError: A path does not exist. Or files are damaged, or could hold results and are
            of no known format: the message has a line for each. Or a fact is declared in two ways.
    """
    with without_collector():
        sources = _read_at_rest(paths, apart, is_wanted)
    require_readable(sources, skip_unreadable=skip_unreadable)
    return _evidence(sources)


def read_record_file(path: Path) -> Evidence:
    """Read one record of weighin, whatever its file is called.

    Raises:
        EvidenceError: It is damaged, or no record.
    """
    sources = read_sources(FoundFiles(records=[path]), None)
    require_readable(sources, skip_unreadable=False)
    return _evidence(sources)


def _evidence(sources: Sources) -> Evidence:
    ledgers = sources.store.ledgers
    return Evidence(
        read_records=sources.records,
        manifests=sources.store.manifests,
        comparisons=sources.store.comparisons,
        revisions=tuple(sources.store.revisions),
        broken_files=(*sources.broken, *(b for log in sources.logs.logs for b in log.broken)),
        interrupted_attempts={key: len(ids) for key, ids in ledgers.interrupted.items() if ids},
        finished_attempts=tuple(ledgers.finished.values()),
        answered_attempts=tuple(ledgers.answered.values()),
        unvouched_attempts=ledgers.unvouched,
        retired=ledgers.retired,
        files_hashed=tuple(ledgers.files_hashed),
        notes=(*ledgers.notes, *sources.notes, *_unread_notes(sources.unread)),
        declarations=without_contradictions(
            [d for log in sources.logs.logs for d in log.reading.declarations]
        ),
    )


def _read_at_rest(
    paths: Sequence[Path], apart: Sequence[Path], is_wanted: IsWanted | None
) -> Sources:
    """Read again while others write there: a ledger may know of records that were just added."""
    sources = read_sources(find_files(paths, apart), is_wanted)
    folders = [path.resolve() for path in paths if path.is_dir()]
    for _ in range(_MOST_READINGS - 1):
        unread = {file.file for file in sources.unread}
        added = [path for path in sources.store.ledgers.not_given if str(path) not in unread]
        if not any(path.resolve().is_relative_to(f) for path in added for f in folders):
            break
        sources = read_sources(find_files(paths, apart), is_wanted)
    return sources


def inspect_evidence(paths: Sequence[Path]) -> Inspection:
    """What is recognised in the given files and folders, file by file.

    Raises:
        EvidenceError: A path does not exist, or a ledger or a commit marker of a results folder
            cannot be read.
    """
    with without_collector():
        sources = read_sources(find_files(paths), None)
    own = (
        RecognisedFile(
            file=stored.record.origin.file,
            format=_OWN_FORMAT,
            records=(stored.record,),
            companions=tuple(file_shown(stored, file.path) for file in stored.record.files),
            broken=tuple(
                broken
                for broken in sources.broken
                if broken.file == stored.record.origin.file
                or broken.file in {file_shown(stored, file.path) for file in stored.record.files}
            ),
        )
        for stored in sources.store.records
    )
    logs = (
        RecognisedFile(
            file=log.shown,
            format=log.reading.format,
            records=tuple(read.record for read in log.records),
            companions=tuple(map(str, log.reading.companions)),
            broken=log.broken,
            notes=log.reading.notes,
        )
        for log in sources.logs.logs
    )
    return Inspection(
        files=(*own, *logs),
        unread=sources.unread,
        notes=(*sources.store.ledgers.notes, *sources.notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLogs:
    """The logs of other harnesses in some files and folders.

    Attributes:
        logs: The logs, without those that were imported into a results folder before.
        unread: Files that could not be read as evidence.
        notes: Sentences on what was passed over.
    """

    logs: tuple[LogFile, ...]
    unread: tuple[UnreadFile, ...]
    notes: tuple[str, ...]


def logs_among(paths: Sequence[Path], *, skip_unreadable: bool) -> FoundLogs:
    """The logs of other harnesses in the given files and folders.

    Args:
        paths: Files and folders.
        skip_unreadable: Leave out what cannot be read instead of raising.

    Raises:
        EvidenceError: A path does not exist, or files cannot be read as evidence.
    """
    found = find_files(paths)
    found.imports.clear()
    sources = read_sources(found, None)
    require_readable(sources, skip_unreadable=skip_unreadable)
    own = len(sources.store.records)
    left = (f"{were(own, 'record')} left where it lies, written by weighin",) if own else ()
    return FoundLogs(
        logs=tuple(sources.logs.logs), unread=sources.unread, notes=(*left, *sources.notes)
    )


def _unread_notes(unread: Sequence[UnreadFile]) -> Iterator[str]:
    if unread:
        yield f"{were(len(unread), 'file')} skipped that cannot be read as evidence"
        yield from (f"skipped: {file.reason}" for file in unread)
