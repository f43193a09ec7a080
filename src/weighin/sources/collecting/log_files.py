"""Logs of other harnesses among the evidence: recognised and read, or refused with a reason."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile, UnreadFile
from weighin.evidence.store.imported import ImportedLog, read_import
from weighin.files.bounded import is_readable_inside
from weighin.files.foreign_file import ForeignFile
from weighin.sources.collecting.log_file import LogFile, with_reasons, without_prints
from weighin.sources.collecting.paths import may_hold_results
from weighin.sources.collecting.unknown import what_else
from weighin.sources.formats.reader import LoggedRecord, Reading
from weighin.sources.formats.registry import reader_of
from weighin.sources.formats.told_twice import repeated, told_twice_in_log
from weighin.sources.store.records import digest_or_state

IsWanted = Callable[[str], bool]
"""Whether the records of a model are judged, by its name."""

# Files that a results file names are read with it, so they come after all results files.
_OF_SAMPLES = (".jsonl", ".jsonl.gz", ".parquet")
_EXPECTED = "expected results of a known format"


@dataclass(slots=True)
class LogFiles:
    """Some files, by what they are.

    Attributes:
        logs: The logs of other harnesses.
        unread: Files that are broken, or could hold results and are of no known format.
        passed_over: Files of no known format that can hold no results.
        own: Documents of weighin that are no evidence.
    """

    logs: list[LogFile] = field(default_factory=list)
    unread: list[UnreadFile] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def read_logs(
    paths: Iterable[Path], named: Iterable[Path] = (), is_wanted: IsWanted | None = None
) -> LogFiles:
    """Read all logs among some files.

    Args:
        paths: The files.
        named: Those that must be logs, whatever their names.
        is_wanted: Of a log of which it says no, one record is read, which says what the log says
            of the model; the samples behind the others stay unread. `None` reads all.
    """
    found = LogFiles()
    must = set(named)
    companions: set[Path] = set()
    waiting: list[Path] = []
    folders: dict[Path, frozenset[str]] = {}
    for path in sorted(paths, key=lambda path: (path.name.endswith(_OF_SAMPLES), path)):
        if path in companions:
            continue
        try:
            log = _log(path, is_wanted, folders)
        except EvidenceError as error:
            found.unread.append(UnreadFile(file=str(path), reason=str(error)))
            continue
        if log is None:
            waiting.append(path)
        else:
            found.logs.append(log)
            companions.update(log.reading.companions)
    # A companion may have come before the log that it belongs to.
    shown = {str(path) for path in companions}
    found.logs = [log for log in found.logs if log.shown not in shown]
    found.unread = [file for file in found.unread if file.file not in shown]
    found.logs = with_reasons(without_prints(found.logs))
    for path in waiting:
        if path not in companions:
            _add_unknown(path, found, must_be_log=path in must)
    return found


def read_imports(paths: Iterable[Path], is_wanted: IsWanted | None = None) -> LogFiles:
    """Read what was imported into a results store, from the copies there.

    Args:
        paths: The `import.json` files.
        is_wanted: As in `read_logs`.
    """
    found = LogFiles()
    for path in sorted(paths):
        try:
            found.logs.append(_imported(path, is_wanted))
        except EvidenceError as error:
            found.unread.append(UnreadFile(file=str(path), reason=str(error)))
    found.logs = without_prints(found.logs)
    return found


def _imported(path: Path, is_wanted: IsWanted | None) -> LogFile:
    imported = read_import(path)
    place = path.parent / imported.log
    log = _log(place, is_wanted, {}) if is_readable_inside(path.parent, imported.log) else None
    if log is None:
        raise EvidenceError(f"{place}: expected {imported.log_format}, found no known format")
    return replace(log, broken=(*_without_their_digests(path, imported), *log.broken))


def _without_their_digests(path: Path, imported: ImportedLog) -> Iterator[BrokenFile]:
    model = imported.records[0].model if imported.records else ""
    for file in imported.files:
        state = digest_or_state(path.parent, file)
        if state != file.sha256:
            yield BrokenFile(
                file=str(path.parent / file.path),
                benchmark="",
                expected=file.sha256,
                found=state,
                model=model,
            )


def _log(
    path: Path, is_wanted: IsWanted | None, folders: dict[Path, frozenset[str]]
) -> LogFile | None:
    """A file as a log; `None` if it is of no known format, or a pipe or device.

    Args:
        path: The file.
        is_wanted: As in `read_logs`.
        folders: Names of the files in the folders that were listed before.
    """
    if not path.is_file():
        return None
    file = ForeignFile(path, str(path), beside=folders.get(path.parent))
    folders[path.parent] = file.names_beside()
    reader = reader_of(file)
    if reader is None:
        return None
    reading = reader.read(file)
    records = tuple(_asked_for(reading, is_wanted))
    notes = (*reading.notes, *(note for record in records for note in record.notes))
    twice = file.keys_twice() if records else ()
    notes = (*notes, *repeated(twice, file.shown))
    told = [logged.record for logged in records]
    return LogFile(
        shown=file.shown,
        reader=type(reader).__name__,
        # What the file held is not kept for records that nobody asked for.
        reading=replace(reading, records=(), notes=notes),
        records=records,
        broken=(
            *reading.broken,
            *(broken for record in records for broken in record.broken),
            *told_twice_in_log(twice, file.shown, told),
        ),
    )


def _asked_for(reading: Reading, is_wanted: IsWanted | None) -> Sequence[LoggedRecord]:
    if is_wanted is None or reading.representative is None:
        return reading.records
    one = reading.representative()
    return reading.records if is_wanted(one.record.model) else (one,)


def _add_unknown(path: Path, found: LogFiles, *, must_be_log: bool) -> None:
    file = ForeignFile(path, str(path))
    if not (must_be_log or (may_hold_results(path) and path.is_file())):
        found.passed_over.append(str(path))
        return
    try:
        what = what_else(file)
    except EvidenceError as error:
        found.unread.append(UnreadFile(file=str(path), reason=str(error)))
        return
    if not what and not must_be_log:
        found.own.append(str(path))
        return
    reason = f"{path}: {_EXPECTED}, found {what or 'a document of weighin that is no evidence'}"
    found.unread.append(UnreadFile(file=str(path), reason=reason))
