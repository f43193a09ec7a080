"""Evidence from files and folders: recognised, read, collected."""

import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.collected import Evidence, Recomputed
from weighin.evidence.foreign_files import MAX_RESULTS_BYTES, read_foreign_file
from weighin.evidence.records import Record
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME, attempt_folder, is_own_file
from weighin.sources.held_against_files import contradictions
from weighin.sources.lm_eval_log import is_lm_eval_log, read_lm_eval_log
from weighin.sources.recompute import Samples, recompute, samples_of
from weighin.sources.store_records import StoreContent, is_readable_inside, read_store
from weighin.sources.stored_record import StoredRecord, few


@dataclass(slots=True)
class _Found:
    """Files that lie where evidence was said to be.

    Attributes:
        records: `record.json` files.
        others: All other files, in order.
        named: Those of the others that were given themselves, not found in a folder.
        links: Links to folders, which are not followed.
        seen: Absolute paths of all, so that a file that was given twice is read once.
    """

    records: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    named: set[Path] = field(default_factory=set)
    links: list[Path] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, path: Path, *, is_named: bool = False) -> None:
        place = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118  # as text
        if place in self.seen:
            return
        self.seen.add(place)
        (self.records if path.name == RECORD_NAME else self.others).append(path)
        if is_named:
            self.named.add(path)


@dataclass(slots=True)
class _Sorted:
    """The files beside records, by what they are.

    Attributes:
        logs: Results files of lm-eval.
        unknown: Files of no known format.
        abandoned: Folders of attempts that left no record.
    """

    logs: list[Path] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    abandoned: set[str] = field(default_factory=set)


def read_evidence(paths: Sequence[Path]) -> Evidence:
    """Read every record in the given files and folders.

    Folders are searched for weighin's own `record.json` files and for lm-eval's results files.
    What belongs to a results folder is known; other files are passed over, counted and named. A
    file that is named itself must be readable.

    Raises:
        UsageError: A path does not exist.
        EvidenceError: A file is damaged or, if named itself, of no known format.
    """
    found = _Found()
    for given in paths:
        if _kind(given) == stat.S_IFREG:
            found.add(given, is_named=True)
            continue
        for path in _files(given, found.links):
            found.add(path)
    store = read_store(
        found.records,
        {path: str(path) for path in found.records},
        [path for path in found.others if path.name == COMMIT_NAME and is_own_file(path)],
    )
    kinds = _sorted(found, store)
    readings = [(stored.record, stored.folder) for stored in store.records]
    broken = list(store.broken)
    samples: dict[int, Samples] = {}
    damaged = {file.file for file in store.broken}
    for stored in store.records:
        if not any(_shown(stored, file.path) in damaged for file in stored.record.files):
            samples[id(stored.record)] = read = samples_of(stored.record, stored.folder)
            broken.extend(contradictions(stored, read.contents))
    of_logs: set[str] = set()
    for path in sorted(kinds.logs):
        log = read_lm_eval_log(path, str(path))
        readings.extend(log.records)
        broken.extend(log.broken)
        of_logs.update(map(str, log.samples))
    kinds.unknown = [name for name in kinds.unknown if name not in of_logs]
    return Evidence(
        records=tuple(record for record, _ in readings),
        recompute=partial(_recompute, {id(record): folder for record, folder in readings}, samples),
        manifests=store.manifests,
        comparisons=store.comparisons,
        broken_files=tuple(broken),
        interrupted_attempts={key: len(ids) for key, ids in store.ledgers.interrupted.items()},
        finished_attempts=tuple(store.ledgers.finished.values()),
        unvouched_attempts=store.ledgers.unvouched,
        notes=(*store.ledgers.notes, *_notes(kinds, found.links)),
    )


def _shown(stored: StoredRecord, path: str) -> str:
    """A file beside a record as it is named if it is broken."""
    return str(Path(stored.record.origin.file).parent / path)


def _kind(given: Path) -> int:
    """The type bits of what is given: a file or a folder."""
    try:
        kind = stat.S_IFMT(given.stat().st_mode)
    except FileNotFoundError as error:
        raise UsageError(f"{given}: expected evidence, found nothing there") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{given}: expected evidence, found {error}") from error
    if kind not in {stat.S_IFREG, stat.S_IFDIR}:
        # Reading a pipe or device could wait for ever.
        raise UsageError(f"{given}: expected a file or folder, found a pipe, socket or device")
    return kind


def _sorted(found: _Found, store: StoreContent) -> _Sorted:
    """What the files that are no records are. A record's own files are held against it instead."""
    own = {
        os.path.normpath(stored.folder / file.path)
        for stored in store.records
        for file in stored.record.files
    }
    kinds = _Sorted()
    for path in found.others:
        attempt = attempt_folder(path)
        if os.path.normpath(path) in own:
            continue
        if path in found.named:
            if not _is_log(path):
                raise EvidenceError(
                    f"{path}: expected a record of weighin or a results file of lm-eval, found "
                    "neither"
                )
            kinds.logs.append(path)
        elif is_own_file(path):
            continue
        elif attempt is not None and not (attempt / RECORD_NAME).exists():
            # What a writer that died left behind; its ledger counts the attempt.
            kinds.abandoned.add(str(attempt))
        elif _is_log(path):
            kinds.logs.append(path)
        else:
            kinds.unknown.append(str(path))
    return kinds


def _notes(kinds: _Sorted, links: Sequence[Path]) -> Iterator[str]:
    if links:
        yield f"{_were(len(links), 'linked folder')} not followed: {few(list(map(str, links)))}"
    if kinds.abandoned:
        names = sorted(kinds.abandoned)
        yield f"{_were(len(names), 'attempt')} passed over, without a record: {few(names)}"
    if kinds.unknown:
        names = kinds.unknown
        yield f"{_were(len(names), 'file')} passed over, of no known format: {few(names)}"


def _were(number: int, what: str) -> str:
    return f"1 {what} was" if number == 1 else f"{number} {what}s were"


def _recompute(folders: dict[int, Path], samples: dict[int, Samples], record: Record) -> Recomputed:
    folder = folders[id(record)]
    # A record is foreign: it must not make us read files outside its own folder, or a device.
    outside = [file.path for file in record.files if not is_readable_inside(folder, file.path)]
    if outside:
        why = f"{outside[0]!r} is not a plain file in the record's folder"
        keys = [(score.task, score.metric, score.filter) for score in record.scores]
        return Recomputed(values={}, documents={}, why_not=dict.fromkeys(keys, why))
    return recompute(record, folder, samples.get(id(record)))


def _files(folder: Path, links: list[Path]) -> Iterator[Path]:
    """All files below a folder, in a stable order, without following links out of it.

    Hidden files belong to whoever looks after the folder, except for those inside an attempt.

    Args:
        folder: The folder.
        links: Links to folders that were not followed are added to it.
    """

    def refuse(error: OSError) -> None:
        raise EvidenceError(f"{error.filename}: cannot be listed: {error.strerror}") from error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        links.extend(Path(parent) / name for name in folders if (Path(parent) / name).is_symlink())
        for name in sorted(files):
            path = Path(parent) / name
            if not name.startswith(".") or attempt_folder(path) is not None:
                yield path


def _is_log(path: Path) -> bool:
    """Whether a file is a results file of lm-eval.

    Raises:
        EvidenceError: It is named like one and cannot be read as one.
    """
    if path.suffix != ".json" or not path.is_file():
        return False
    is_named_like_one = path.name.startswith("results_")
    try:
        value = json.loads(read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES))
    except EvidenceError:
        if is_named_like_one:
            raise
        return False
    except (ValueError, RecursionError) as error:
        if is_named_like_one:
            raise EvidenceError(
                f"{path}: expected a results file of lm-eval, found "
                f"{' '.join(str(error).split())[:200] or type(error).__name__}"
            ) from error
        return False
    return is_lm_eval_log(value)
