"""Which journals of earlier attempts may be taken from: the ledger says, and what they held."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.ledger import ANSWERING, KEPT, Ledgers, ledgers_at
from weighin.evidence.store.journals.keeping import AnswersKept, Held
from weighin.evidence.store.journals.reading import Journal, read_journal
from weighin.evidence.store.names import JOURNAL_NAME, RECORD_NAME
from weighin.evidence.store.results_store import Attempt, Store

JOURNAL, WEIGHTS, TAKEN, LEFT = "journal", "weights", "taken", "left"


class Append(Protocol):
    """Appends an event of one attempt to the ledger."""

    def __call__(self, event: str, *, detail: dict[str, JsonValue]) -> None:
        """Append it."""


@dataclass(slots=True)
class _Earlier:
    """Attempts at a job that ended without a record.

    Attributes:
        store: The results.
        job: Folder of the job.
        job_id: The job.
        attempt_id: The attempt that asks.
        left: Journals that were not taken from, with why.
    """

    store: Store
    job: Path
    job_id: str
    attempt_id: str
    left: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, held: Held) -> Sequence[Journal]:
        found: list[Journal] = []
        ledgers: Ledgers | None = None
        for path in self._paths():
            ledgers = ledgers or ledgers_at(self.store.storage)
            attempt_id = path.parent.name
            try:
                journal = self._journal(path, attempt_id, ledgers, held)
            except EvidenceError as error:
                if not _is_without_answers(path):
                    self.left.append((attempt_id, str(error)))
                continue
            if journal.problem:
                self.left.append((attempt_id, f"{path}: {journal.problem}; nothing from there on"))
            found.append(journal)
        # Two attempts may have begun in one second.
        return sorted(found, key=lambda journal: journal.start.time)

    def _paths(self) -> Iterator[Path]:
        for path in sorted(self.job.glob(f"*/{JOURNAL_NAME}")):
            is_recorded = os.path.lexists(path.with_name(RECORD_NAME))
            if path.parent.name != self.attempt_id and not is_recorded:
                yield path

    def _journal(self, path: Path, attempt_id: str, ledgers: Ledgers, held: Held) -> Journal:
        """A journal, if it may be taken from.

        Raises:
            EvidenceError: It may not; the message says why.
        """
        if path.is_symlink() or path.parent.is_symlink():
            raise EvidenceError(f"{path}: expected a file, found a link")
        if _is_being_written(path):
            raise EvidenceError(f"{path}: its process is still answering")
        _require_told(path, attempt_id, self.job_id, ledgers)
        journal = read_journal(path)
        start = journal.start
        if (start.job_id, start.attempt_id) != (self.job_id, attempt_id):
            raise EvidenceError(
                f"{path}: expected the answers of attempt {attempt_id}, found those of "
                f"{start.attempt_id[:80]!r}"
            )
        if other := [n for n in {*held.parts, *start.held} if _differs(n, start.held, held.parts)]:
            raise EvidenceError(
                f"{path}: expected answers of what this process holds, found those of another: "
                f"{', '.join(sorted(other))[:200]}"
            )
        told = _told(ledgers, attempt_id, self.job_id)
        if told.get(JOURNAL) != journal.first_sha256 or told.get(WEIGHTS) != held.weights:
            raise EvidenceError(f"{path}: it is not the journal of which the ledger tells")
        if missing := _told_of(ledgers, attempt_id, self.job_id) - journal.digests:
            raise EvidenceError(
                f"{path}: expected the line {min(missing)[:12]}, of which the ledger tells, found "
                "others; it was cut or written anew"
            )
        return journal


def _differs(name: str, left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    return left.get(name) != right.get(name)


def _require_told(path: Path, attempt_id: str, job_id: str, ledgers: Ledgers) -> None:
    """Refuse a journal of which no ledger tells, or that was given up or carried over."""
    retirement = ledgers.retirements.get(job_id)
    is_told = False
    for entry in ledgers.entries:
        line = entry.line
        if line.job_id != job_id:
            continue
        if line.attempt_id == attempt_id:
            is_told = is_told or line.event == ANSWERING
            if retirement is not None and entry.sha256 in retirement.before:
                raise EvidenceError(f"{path}: its job was retired")
    if not is_told:
        raise EvidenceError(f"{path}: no ledger tells of it")
    for taker in takers(ledgers, attempt_id, job_id):
        if any(
            line.event == "benchmark-finished" and line.attempt_id == taker
            for line in ledgers.lines
        ):
            raise EvidenceError(f"{path}: attempt {taker} has recorded these answers")


def takers(ledgers: Ledgers, attempt_id: str, job_id: str) -> Iterator[str]:
    """The attempts that took answers of another one."""
    for line in ledgers.lines:
        if line.event == ANSWERING and line.job_id == job_id:
            taken = line.detail.get(TAKEN)
            for one in taken if isinstance(taken, list) else ():
                if isinstance(one, dict) and one.get("attempt_id") == attempt_id:
                    yield line.attempt_id


def _told(ledgers: Ledgers, attempt_id: str, job_id: str) -> Mapping[str, JsonValue]:
    for line in ledgers.lines:
        if (line.event, line.attempt_id, line.job_id) == (ANSWERING, attempt_id, job_id):
            return line.detail
    return {}


def _told_of(ledgers: Ledgers, attempt_id: str, job_id: str) -> set[str]:
    """Digests of the lines that were there when the ledger was told of them."""
    return {
        str(line.detail.get(JOURNAL))
        for line in ledgers.lines
        if (line.event, line.attempt_id, line.job_id) == (KEPT, attempt_id, job_id)
    }


def _is_without_answers(path: Path) -> bool:
    """Whether a process ended before its first answer, so that nothing is lost."""
    try:
        return path.is_file() and (not path.stat().st_size or not read_journal(path).answers)
    except EvidenceError:
        return False


def _is_being_written(path: Path) -> bool:
    """Whether the process that writes it lives, as far as locks reach."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Held by another; or nobody can say, and a living attempt is not to be robbed.
        return True
    finally:
        os.close(descriptor)
    return False


def answers_kept(  # noqa: PLR0913  # what is answered, and who is told of it
    store: Store,
    attempt: Attempt,
    *,
    job_id: str,
    run_id: str,
    append: Append,
    on_note: Callable[[str], None],
) -> AnswersKept:
    """Keeps the answers of an attempt in its folder, and takes those of earlier ones.

    In an object store nothing is kept: there an attempt has no folder before it is recorded.

    Args:
        store: The results.
        attempt: The attempt.
        job_id: The job.
        run_id: The run.
        append: Tells the ledger of this attempt.
        on_note: Tells a person.
    """
    if store.folder is None:
        return AnswersKept()
    earlier = _Earlier(store, attempt.folder.parent, job_id, attempt.attempt_id)

    def begun(sha256: str, held: Held, taken: Sequence[Journal]) -> None:
        for attempt_id, why in earlier.left:
            on_note(f"answers of attempt {attempt_id} are not all used: {why}")
        if sha256 or taken:
            append(
                ANSWERING,
                detail={
                    JOURNAL: sha256,
                    WEIGHTS: held.weights,
                    TAKEN: [
                        {
                            "attempt_id": journal.start.attempt_id,
                            JOURNAL: journal.sha256,
                            "answers": len(journal.answers),
                        }
                        for journal in taken
                    ],
                    LEFT: [
                        {"attempt_id": attempt_id, "why": why} for attempt_id, why in earlier.left
                    ],
                },
            )
        if answers := sum(len(journal.answers) for journal in taken):
            on_note(f"{answers} answers of an interrupted attempt are taken, and not asked again")

    def kept(answers: int, sha256: str) -> None:
        append(KEPT, detail={"answers": answers, JOURNAL: sha256})

    return AnswersKept(
        job_id=job_id,
        attempt_id=attempt.attempt_id,
        run_id=run_id,
        folder=attempt.folder,
        earlier=earlier,
        on_begun=begun,
        on_kept=kept,
        on_failed=lambda reason: on_note(
            f"answers are no longer kept for the case of an interruption: {reason}"
        ),
    )


def discard_recorded(folder: Path) -> None:
    """Remove the journals of attempts that have a record, as a kill right after it leaves them.

    Args:
        folder: Of their job.
    """
    for path in folder.glob(f"*/{JOURNAL_NAME}"):
        if os.path.lexists(path.with_name(RECORD_NAME)):
            discard_journals(folder, [path.parent.name])


def discard_journals(folder: Path, attempts: Iterable[str]) -> None:
    """Remove the journals of some attempts, whose answers are recorded now.

    Args:
        folder: Of their job.
        attempts: Their ids.
    """
    for attempt_id in attempts:
        with suppress(OSError):  # It is taken from no more, whether or not it is there.
            (folder / attempt_id / JOURNAL_NAME).unlink(missing_ok=True)
