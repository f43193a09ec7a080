"""What ledgers say of the records below them, and of attempts that are not in the evidence."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from weighin.evidence.collected import (
    FILES_HASHED,
    BrokenFile,
    FilesHashed,
)
from weighin.evidence.ledger import (
    ANSWERED,
    KEPT,
    LEDGER_NAME,
    Entry,
    LedgerLine,
    Ledgers,
    has_ledger,
    ledgers_at,
)
from weighin.evidence.store import (
    CHECKPOINTS,
    COMMIT_NAME,
    RECORD_NAME,
    read_commit,
)
from weighin.sources.store.ledger_knowledge import (
    LedgerKnowledge,
    add_finished,
    add_unrecorded,
    has_record,
    record_path,
    tell_answered_apart,
)
from weighin.sources.store.retired import retired_jobs
from weighin.sources.store.stored_record import StoredRecord, few
from weighin.sources.store.taken import carried_over, taken_otherwise

# A record lies at most this deep below its results folder: model/benchmark/job/attempt/record.json.
_DEPTH = 5
_BEGUN = frozenset({"benchmark-started", KEPT, ANSWERED})


@dataclass(frozen=True, slots=True)
class _Told:
    """What the ledgers of one results folder tell.

    Attributes:
        ledgers: As read.
        attempts: Ids of the attempts that they mention.
        reused: Jobs of which a run reused what was recorded: model, benchmark, job id.
    """

    ledgers: Ledgers
    attempts: frozenset[str]
    reused: frozenset[tuple[str, str, str]]

    @property
    def lines(self) -> Iterator[LedgerLine]:
        """All events, in the order of the store."""
        return self.ledgers.lines


def _told_at(folder: Path) -> _Told:
    ledgers = ledgers_at(folder)
    return _Told(
        ledgers=ledgers,
        attempts=frozenset(line.attempt_id for line in ledgers.lines if line.attempt_id),
        reused=frozenset(_job(line) for line in ledgers.lines if line.event == "benchmark-reused"),
    )


def read_ledgers(records: Sequence[StoredRecord]) -> LedgerKnowledge:
    """Hold records against every ledger above them that mentions their attempts.

    A ledger that mentions none of an attempt's lines says nothing of it, wherever it lies, so that
    none that is nearer by can hide another. Where none mentions an attempt, the nearest folder with
    a ledger or checkpoints is taken for the results folder, for its manifests.

    Raises:
        EvidenceError: A ledger or a commit marker cannot be read.
    """
    known = LedgerKnowledge()
    ledgers: dict[str, _Told] = {}
    roots: dict[Path, bool] = {}
    mentioned: defaultdict[str, list[StoredRecord]] = defaultdict(list)
    bare: list[str] = []
    for stored in records:
        above = list(_folders_above(stored.folder / RECORD_NAME, roots))
        for key, folder in above:
            if key not in ledgers:
                ledgers[key] = _told_at(folder)
        attempt_id = stored.record.run.attempt_id
        told = [(key, folder) for key, folder in above if attempt_id in ledgers[key].attempts]
        for key, folder in told or above[:1]:
            known.roots.setdefault(key, folder)
        for key, _ in told:
            mentioned[key].append(stored)
        if not told:
            bare.append(stored.record.origin.file)
    vouched: set[str] = set()
    for key, root in sorted(known.roots.items()):
        vouched |= _hold_against(root, ledgers[key], mentioned[key], known)
    tell_answered_apart(records, known)
    known.unvouched = frozenset(
        stored.record.run.attempt_id for stored in records if stored.sha256 not in vouched
    )
    if bare:
        known.notes.append(
            f"no ledger above {few(bare)} knows of it: attempts that were deleted or interrupted "
            "cannot be seen there"
        )
    return known


def _folders_above(record_path: Path, roots: dict[Path, bool]) -> Iterator[tuple[str, Path]]:
    """Folders above a record with a ledger or checkpoints, nearest first, by absolute path.

    Each as it was named by the user, if that path is long enough.

    Args:
        record_path: The record.
        roots: Which folders have them, as far as it was looked at.
    """
    absolute = Path(os.path.abspath(record_path))  # noqa: PTH100  # resolve() would follow links
    named = list(record_path.parents)
    for level, folder in enumerate(list(absolute.parents)[:_DEPTH]):
        if folder not in roots:
            roots[folder] = has_ledger(folder) or (folder / CHECKPOINTS).is_dir()
        if roots[folder]:
            yield os.path.realpath(folder), named[level] if level < len(named) else folder


def _hold_against(
    root: Path, ledger: _Told, stored: Sequence[StoredRecord], known: LedgerKnowledge
) -> set[str]:
    """Add what the ledgers of one folder know; the digests of the records they vouch for."""
    path = root / LEDGER_NAME
    _tell_of_ledgers(root, ledger, known)
    known.broken.extend(
        problem for item in stored for problem in taken_otherwise(ledger.lines, item)
    )
    finish_entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in ledger.ledgers.entries:
        if _stated_digest(entry.line) is not None:
            finish_entries[entry.line.attempt_id].append(entry)
    finish_lines = {key: [e.line for e in entries] for key, entries in finish_entries.items()}
    given = {item.record.run.attempt_id: item for item in stored}
    known.not_given.extend(
        record_path(root, lines[0])
        for attempt_id, lines in finish_lines.items()
        if attempt_id not in given and has_record(root, lines[0])
    )
    benchmarks = {item.record.asked.task for item in stored}
    for entries in finish_entries.values():
        _tell_of_attempt(root, path, entries, ledger, known)
        for line in (entry.line for entry in entries):
            if line.benchmark in benchmarks:
                add_finished(line, given.get(line.attempt_id), known)
    _tell_of_begun(root, ledger, finish_lines, given, known)
    return set(_vouched(ledger, finish_lines, stored, known))


def _tell_of_begun(
    root: Path,
    ledger: _Told,
    finish_lines: Mapping[str, Sequence[LedgerLine]],
    given: Mapping[str, StoredRecord],
    known: LedgerKnowledge,
) -> None:
    """Add what is known of attempts that no line says to have finished."""
    benchmarks = {item.record.asked.task for item in given.values()}
    carried = _carried_over(root, ledger, finish_lines)
    begun = (line for line in ledger.lines if line.event in _BEGUN)
    for line in (line for line in begun if line.attempt_id not in finish_lines):
        item = given.get(line.attempt_id)
        # A writer that died between the record and its line left a record all the same.
        if item is None and not has_record(root, line):
            if line.attempt_id not in carried:
                add_unrecorded(root, line, known)
            continue
        if item is None:
            # Written after the records were looked for, or left out by whoever gave them.
            known.not_given.append(record_path(root, line))
        if line.benchmark in benchmarks:
            add_finished(line, item, known)


def _tell_of_ledgers(root: Path, ledger: _Told, known: LedgerKnowledge) -> None:
    known.broken.extend(
        BrokenFile(
            file=str(root / problem.file),
            benchmark="",
            expected=problem.expected,
            found=problem.found,
        )
        for problem in ledger.ledgers.problems
    )
    known.notes.extend(f"{root / file}: {told}" for file, told in ledger.ledgers.notes)
    known.retired |= retired_jobs(ledger.ledgers)
    known.files_hashed.extend(filter(None, map(_files_hashed, ledger.lines)))


def _tell_of_attempt(
    root: Path, path: Path, entries: Sequence[Entry], ledger: _Told, known: LedgerKnowledge
) -> None:
    """Add what does not hold about a finished attempt; one that is lost may be retired."""
    last = entries[-1]
    retirement = ledger.ledgers.retirements.get(last.line.job_id)
    if (
        retirement is not None
        and last.sha256 in retirement.before
        and not has_record(root, last.line)
    ):
        reason = known.retired[last.line.job_id].reason
        told = f"{record_path(root, last.line)}: missing; its job is retired: {reason}"
        known.notes.append(told)
    else:
        known.broken.extend(_problems(root, path, [entry.line for entry in entries]))


def _files_hashed(line: LedgerLine) -> FilesHashed | None:
    """The reading of which a line tells; `None` if of none, or of none that is understood."""
    told = line.detail.get(FILES_HASHED)
    try:
        found = None if told is None else FilesHashed.model_validate_json(json.dumps(told))
    except ValidationError:
        # It confirms nothing, so that what hangs on it stays undecided.
        return None
    return None if found is None else found.model_copy(update={"run_id": line.run_id})


def _stated_digest(line: LedgerLine) -> str | None:
    digest = line.detail.get("record_sha256")
    return digest if line.event == "benchmark-finished" and isinstance(digest, str) else None


def _problems(root: Path, path: Path, lines: Sequence[LedgerLine]) -> Iterator[BrokenFile]:
    """What does not hold about the lines that say that one attempt finished."""
    digests = sorted({digest for line in lines if (digest := _stated_digest(line)) is not None})
    last = lines[-1]
    if len(digests) > 1:
        yield BrokenFile(
            file=str(path),
            benchmark=last.benchmark,
            expected=f"one digest of the record of attempt {last.attempt_id}",
            found=f"{len(digests)}: {', '.join(digests)}",
            model=last.model,
        )
    if not has_record(root, last):
        yield BrokenFile(
            file=str(record_path(root, last)),
            benchmark=last.benchmark,
            expected=f"{digests[-1]}, as the ledger says",
            found="missing",
            model=last.model,
        )


def _vouched(
    ledger: _Told,
    finish_lines: Mapping[str, Sequence[LedgerLine]],
    stored: Sequence[StoredRecord],
    known: LedgerKnowledge,
) -> Iterator[str]:
    """Digests of the records that a ledger vouches for; those that it contradicts are broken."""
    for item in stored:
        record = item.record
        lines = finish_lines.get(record.run.attempt_id, ())
        if not lines and _was_found_whole(ledger, item):
            yield item.sha256
        for line in lines:
            if _stated_digest(line) != item.sha256:
                known.broken.append(
                    item.broken(
                        expected=f"{_stated_digest(line)}, as the ledger says", found=item.sha256
                    )
                )
            elif _job(line) == (record.model, record.asked.task, record.run.job_id):
                yield item.sha256


def _was_found_whole(ledger: _Told, item: StoredRecord) -> bool:
    """Whether a writer died before its line, and a later run committed and reused the record."""
    record = item.record
    job = (record.model, record.asked.task, record.run.job_id)
    path = item.folder.parent / COMMIT_NAME
    if job not in ledger.reused or not path.is_file():
        return False
    commit = read_commit(path)
    return (commit.attempt_id, commit.record_sha256) == (item.folder.name, item.sha256)


def _carried_over(
    root: Path, ledger: _Told, finish_lines: Mapping[str, Sequence[LedgerLine]]
) -> frozenset[str]:
    """The attempts whose answers are those of another one, which has a record."""
    return carried_over(
        ledger.lines,
        lambda line: line.attempt_id in finish_lines or has_record(root, line),
    )


def _job(line: LedgerLine) -> tuple[str, str, str]:
    return (line.model, line.benchmark, line.job_id)
