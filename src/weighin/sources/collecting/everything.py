"""Everything that lies at some paths, read: weighin's own records, and logs of other harnesses."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile, ReadRecord, Recomputed, UnreadFile
from weighin.evidence.records import Record
from weighin.evidence.store import (
    CHECKPOINTS,
    COMMIT_NAME,
    COMPARISONS,
    PLANS,
    RECORD_NAME,
    REVISIONS,
    attempt_folder,
    is_own_file,
    is_revision_file,
)
from weighin.files.stores.interface import BLOBS
from weighin.sources.collecting.held.against_files import contradictions
from weighin.sources.collecting.held.against_log import held_against_log
from weighin.sources.collecting.log_files import IsWanted, LogFiles, read_imports, read_logs
from weighin.sources.collecting.paths import FoundFiles
from weighin.sources.formats.lm_eval.documents.logged import logged_documents, logged_texts
from weighin.sources.formats.lm_eval.recompute import Samples, recompute, samples_of
from weighin.sources.formats.lm_eval.samples import document_hashes_of, document_scores_of
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.store.records import StoreContent, read_store
from weighin.sources.store.stored_record import StoredRecord, few

_SHOWN_UNREAD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that was read, by where it comes from.

    Attributes:
        records: The records, with what lies behind them: weighin's own, then those of the logs.
        store: weighin's own records, and what lies around them.
        broken: What is not as a digest says, in the store.
        logs: Logs of other harnesses.
        notes: Sentences on what was passed over.
    """

    records: tuple[ReadRecord, ...]
    store: StoreContent
    broken: tuple[BrokenFile, ...]
    logs: LogFiles
    notes: tuple[str, ...]

    @property
    def unread(self) -> tuple[UnreadFile, ...]:
        """Files that could not be read as evidence."""
        return (*self.store.unread, *self.logs.unread)


def read_sources(found: FoundFiles, is_wanted: IsWanted | None) -> Sources:
    """Read everything that was found.

    Args:
        found: The files.
        is_wanted: As in `read_logs`.

    Raises:
        EvidenceError: A ledger or a commit marker of a results folder cannot be read.
    """
    store = read_store(
        found.records,
        {path: str(path) for path in found.records},
        [path for path in found.others if path.name == COMMIT_NAME and is_own_file(path)],
        [path for path in found.others if is_revision_file(path)],
    )
    broken = list(store.broken)
    records: list[ReadRecord] = []
    damaged = {file.file for file in store.broken}
    for stored in store.records:
        samples = None
        is_whole = not any(file_shown(stored, file.path) in damaged for file in stored.record.files)
        if is_whole and stored.record.is_witnessed:
            held = held_against_log(stored)
            broken.extend(held.broken)
            records.append(_read_of_log(stored.record, held.logged))
            continue
        if is_whole:
            samples = samples_of(stored.record, stored.folder)
            broken.extend(contradictions(stored, samples.contents))
        records.append(_read(stored.record, stored.folder, samples=samples))
    may_be_logs: list[Path] = []
    in_the_store: list[str] = []
    abandoned: set[str] = set()
    for path in _not_own(found, store):
        attempt = None if path in found.named else attempt_folder(path)
        if attempt is None and _is_in_place_of_own(path, store) and path not in found.named:
            in_the_store.append(str(path))
        elif attempt is None:
            may_be_logs.append(path)
        elif (attempt / RECORD_NAME).exists():
            in_the_store.append(str(path))
        else:
            # What a writer that died left behind; its ledger counts the attempt.
            abandoned.add(str(attempt))
    logs = read_logs(may_be_logs, found.named, is_wanted)
    imported = read_imports(found.imports, is_wanted)
    logs.logs.extend(imported.logs)
    logs.unread.extend(imported.unread)
    logs.passed_over = sorted([*logs.passed_over, *in_the_store])
    for log in logs.logs:
        records.extend(map(_logged, log.records))
    return Sources(
        records=tuple(records),
        store=store,
        broken=tuple(broken),
        logs=logs,
        notes=(
            *(note for log in logs.logs for note in log.reading.notes),
            *_notes(logs, found.links, abandoned),
        ),
    )


def _logged(one: LoggedRecord) -> ReadRecord:
    read = _read(one.record, one.folder, one.recompute)
    return replace(read, documents=one.documents or read.documents, texts=one.texts or read.texts)


def _read(
    record: Record,
    folder: Path,
    again: Callable[[], Recomputed] | None = None,
    samples: Samples | None = None,
) -> ReadRecord:
    return ReadRecord(
        record=record,
        recompute=again or partial(recompute, record, folder, samples),
        document_scores=partial(document_scores_of, record, folder),
        document_hashes=partial(document_hashes_of, record, folder),
        documents=partial(logged_documents, record, folder),
        texts=partial(logged_texts, record, folder),
    )


def _read_of_log(record: Record, logged: LoggedRecord | None) -> ReadRecord:
    """A witnessed record, with what lies behind its scores in the log beside it."""
    if logged is None:
        return ReadRecord(record=record, recompute=partial(_nothing_behind, record))
    behind = _read(logged.record, logged.folder, logged.recompute)
    return replace(behind, record=record)


def _nothing_behind(record: Record) -> Recomputed:
    why = "the log beside the record does not hold it"
    keys = [(score.task, score.metric, score.filter) for score in record.scores]
    return Recomputed(values={}, documents={}, why_not=dict.fromkeys(keys, why))


def _not_own(found: FoundFiles, store: StoreContent) -> Iterator[Path]:
    """Files that are neither a record's own, held against it instead, nor the store's."""
    own = {
        os.path.normpath(stored.folder / file.path)
        for stored in store.records
        for file in stored.record.files
    }
    for path in found.others:
        if own and os.path.normpath(path) in own:
            continue
        if path in found.named or not is_own_file(path):
            yield path


def _is_in_place_of_own(path: Path, store: StoreContent) -> bool:
    """Whether a file lies where the results folder of a record keeps manifests and the like."""
    return (
        path.parent.name in {BLOBS, CHECKPOINTS, COMPARISONS, PLANS, REVISIONS}
        and os.path.realpath(path.parent.parent) in store.ledgers.roots
    )


def file_shown(stored: StoredRecord, path: str) -> str:
    """A file beside a record as it is named if it is broken."""
    return str(Path(stored.record.origin.file).parent / path)


def _refusal(unread: Sequence[UnreadFile]) -> Iterator[str]:
    if len(unread) == 1:
        yield f"{unread[0].reason}; --skip-unreadable leaves it out, in the open"
        return
    yield (
        f"{len(unread)} files cannot be read as evidence; --skip-unreadable leaves them out, in "
        "the open"
    )
    yield from (file.reason for file in unread[:_SHOWN_UNREAD])
    if len(unread) > _SHOWN_UNREAD:
        yield f"and {len(unread) - _SHOWN_UNREAD} more, which `weighin inspect --json` names"


def require_readable(sources: Sources, *, skip_unreadable: bool) -> None:
    """Raise unless everything could be read, or what could not is left out, in the open.

    Raises:
        EvidenceError: Files cannot be read as evidence; the message has a line for each.
    """
    if sources.unread and not skip_unreadable:
        raise EvidenceError("\n".join(_refusal(sources.unread)))


def _notes(logs: LogFiles, links: Sequence[Path], abandoned: Iterable[str]) -> Iterator[str]:
    if links:
        yield f"{were(len(links), 'linked folder')} not followed: {few(list(map(str, links)))}"
    if names := sorted(abandoned):
        yield f"{were(len(names), 'attempt')} passed over, without a record: {few(names)}"
    if names := logs.passed_over:
        yield f"{were(len(names), 'file')} passed over, of no known format: {few(names)}"
    if names := logs.own:
        yield f"{were(len(names), 'document')} passed over, written by weighin: {few(names)}"


def were(number: int, what: str) -> str:
    """`1 file was` or `2 files were`."""
    return f"1 {what} was" if number == 1 else f"{number} {what}s were"
