"""What the ledgers above some records tell of attempts, as far as it is read."""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from weighin.evidence.collected import BrokenFile, FilesHashed, FinishedAttempt, RetiredJob
from weighin.evidence.ledger import ANSWERED, KEPT, LedgerLine
from weighin.evidence.store import HARNESS_FOLDER, RECORD_NAME, Store
from weighin.sources.store.stored_record import StoredRecord
from weighin.sources.store.taken import answers_in


@dataclass(slots=True)
class LedgerKnowledge:
    """What the ledgers above some records say.

    Attributes:
        roots: The results folders of the records, by absolute path.
        broken: Ledgers that contradict themselves or the records, and records that are missing.
        interrupted: By (model, benchmark): ids of attempts that did not answer.
        finished: By job and attempt id: attempts that left a record, at the benchmarks of the
            records that the ledger mentions.
        answered: By job and attempt id: attempts that answered, or left scores, and no record.
        retired: By job id: jobs that somebody retired.
        files_hashed: Readings of all files of a checkpoint that the ledgers tell of.
        unvouched: Ids of attempts of records that no ledger vouches for.
        not_given: Records that the ledgers know of and that are there, but not among those read.
        notes: What cannot be seen.
    """

    roots: dict[str, Path] = field(default_factory=dict)
    broken: list[BrokenFile] = field(default_factory=list)
    interrupted: defaultdict[tuple[str, str], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    finished: dict[tuple[str, str], FinishedAttempt] = field(default_factory=dict)
    answered: dict[tuple[str, str], FinishedAttempt] = field(default_factory=dict)
    retired: dict[str, RetiredJob] = field(default_factory=dict)
    files_hashed: list[FilesHashed] = field(default_factory=list)
    unvouched: frozenset[str] = frozenset()
    not_given: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def add_finished(line: LedgerLine, given: StoredRecord | None, known: LedgerKnowledge) -> None:
    """Add an attempt that left a record: partial where everything that tells of it says so."""
    said = [line.detail[key] is True for key in ("is_partial",) if key in line.detail]
    if given is not None:
        said.append(given.record.is_partial)
    key = (line.job_id, line.attempt_id)
    if (before := known.finished.get(key)) is not None:
        said.append(before.is_partial)
    known.finished[key] = FinishedAttempt(
        model=line.model,
        benchmark=line.benchmark,
        job_id=line.job_id,
        attempt_id=line.attempt_id,
        is_partial=bool(said) and all(said),
    )


def add_unrecorded(root: Path, line: LedgerLine, known: LedgerKnowledge) -> None:
    """Add an attempt without a record; once it answered, somebody may know its score."""
    key = (line.job_id, line.attempt_id)
    if line.event == KEPT:
        known.answered[key] = FinishedAttempt(
            model=line.model,
            benchmark=line.benchmark,
            job_id=line.job_id,
            attempt_id=line.attempt_id,
            is_partial=False,
            answers=answers_in(line),
        )
    elif line.event != ANSWERED and not _has_scores(root, line):
        known.interrupted[line.model, line.benchmark].add(line.attempt_id)
    elif line.event == ANSWERED or key not in known.answered:
        known.answered[key] = FinishedAttempt(
            model=line.model,
            benchmark=line.benchmark,
            job_id=line.job_id,
            attempt_id=line.attempt_id,
            is_partial=line.event == ANSWERED and line.detail.get("is_partial") is True,
        )


def tell_answered_apart(records: Sequence[StoredRecord], known: LedgerKnowledge) -> None:
    """What answered is not interrupted too, and what has a record elsewhere is recorded."""
    for attempt in known.answered.values():
        known.interrupted[attempt.model, attempt.benchmark].discard(attempt.attempt_id)
    given = {(item.record.run.job_id, item.record.run.attempt_id) for item in records}
    for key in given | known.finished.keys():
        known.answered.pop(key, None)


def record_path(root: Path, line: LedgerLine) -> Path:
    """Where the store writes the record of the attempt of a line."""
    folder = Store(root).job_folder(line.model, line.benchmark, line.job_id)
    return folder / line.attempt_id / RECORD_NAME


def _has_scores(root: Path, line: LedgerLine) -> bool:
    """Whether the files lie there that lm-eval writes once it has scored."""
    folder = record_path(root, line).with_name(HARNESS_FOLDER)
    try:
        return any(path.name.startswith(("results_", "samples_")) for path in folder.iterdir())
    except (OSError, ValueError):
        return False


def has_record(root: Path, line: LedgerLine) -> bool:
    """Whether that file is there; never an error."""
    # Unlike pathlib, os.path raises nothing on names that are too long.
    return os.path.isfile(record_path(root, line))  # noqa: PTH113  # see above
