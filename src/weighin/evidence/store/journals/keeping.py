"""Keeps the answers of one attempt as they come, and gives those of earlier ones."""

import fcntl
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from weighin.evidence.ledger import now
from weighin.evidence.records import TakenAnswers
from weighin.evidence.store.journals.lines import (
    JOURNAL_FORMAT,
    NOTHING_BEFORE,
    JournalLine,
    JournalStart,
    Request,
    encoded,
)
from weighin.evidence.store.journals.reading import Journal
from weighin.evidence.store.names import JOURNAL_NAME
from weighin.evidence.watched import Looks

_LONGEST_UNTOLD_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a process holds that is about to answer.

    Attributes:
        parts: What must be alike for answers to be those of one model, as text, by what it is
            called.
        weights: Digest of the tensors in memory; empty for a served model.
        settings: What may round numbers otherwise.
        is_served: Whether it answers elsewhere, so that the same request may get another answer.
    """

    parts: Mapping[str, str]
    weights: str
    settings: Mapping[str, JsonValue]
    is_served: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A request, and what an earlier attempt answered.

    Attributes:
        request: The request.
        answer: The answer; `None` if it is to be asked for.
    """

    request: Request
    answer: JsonValue


class Earlier(Protocol):
    """Gives what may be taken from earlier attempts at the job."""

    def __call__(self, held: Held) -> Sequence[Journal]:
        """The journals of those that held the same, in their order."""


@dataclass(slots=True)
class AnswersKept:
    """The answers of one attempt.

    Attributes:
        job_id: The job.
        attempt_id: The attempt.
        run_id: The run.
        folder: Of the attempt; `None` to keep nothing.
        earlier: Gives the journals that may be taken from.
        on_begun: Called with the digest of the journal's first line, empty if none is kept, with
            what the process holds, and with what is taken.
        on_kept: Called with the number of answers that are kept and the digest of the last line,
            every time that a quarter more are there, if they might be others when asked again.
        on_failed: Called with the reason why no more answers are kept.
        answers: Number of answers that are kept.
        is_whole: Whether all that were given here are.
    """

    job_id: str = ""
    attempt_id: str = ""
    run_id: str = ""
    folder: Path | None = None
    earlier: Earlier = lambda _held: ()
    on_begun: Callable[[str, Held, Sequence[Journal]], None] = lambda _sha256, _held, _taken: None
    on_kept: Callable[[int, str], None] = lambda _answers, _sha256: None
    on_failed: Callable[[str], None] = lambda _reason: None
    answers: int = 0
    is_whole: bool = False
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    _taken_from: Sequence[Journal] = ()
    _taken: dict[str, Counter[str]] = field(default_factory=dict)
    _random: Mapping[str, str] = field(default_factory=dict)
    _descriptor: int | None = None
    _digest: str = NOTHING_BEFORE
    _may_differ: bool = False
    _told: int = 0
    _told_at: float = 0.0

    def begin(self, held: Held) -> None:
        """Open the journal, once it is known what is going to answer."""
        self._taken_from = self.earlier(held)
        self._may_differ = held.is_served
        if self.folder is not None:
            self._open(held)
        self.on_begun("" if self._descriptor is None else self._digest, held, self._taken_from)

    def find(
        self, request_type: str, digests: Iterable[str], *, answers_each: int = 1
    ) -> list[Found]:
        """What is known of some requests, in the order in which they are asked.

        Args:
            request_type: Of lm-eval.
            digests: Of each request.
            answers_each: How many answers one request has, as the harness counts them.
        """
        return [self._find(request_type, digest, answers_each) for digest in digests]

    def keep(
        self,
        requests: Sequence[Request],
        answers: Sequence[JsonValue],
        *,
        random: Mapping[str, str] | None = None,
        looks: Looks | None = None,
    ) -> None:
        """Append what was answered together; all requests are of one type."""
        if self._descriptor is None or not requests:
            self.is_whole = self.is_whole and not requests
            return
        self._append(
            JournalLine(
                time=now(),
                type=requests[0].type,
                requests=tuple(request.sha256 for request in requests),
                numbers=tuple(request.number for request in requests),
                answers=tuple(answers),
                random=dict(random or {}),
                looks=looks,
                previous=self._digest,
            )
        )
        if self._descriptor is None:
            return
        self.answers += len(requests)
        self._may_differ = self._may_differ or bool(random)
        # Without chance the same answers come again, and nothing is won by cutting them off.
        if self._may_differ and self._is_to_be_told():
            self._told, self._told_at = self.answers, time.monotonic()
            # What the ledger tells of must be there after a loss of power, too.
            os.fsync(self._descriptor)
            self.on_kept(self.answers, self._digest)

    def _is_to_be_told(self) -> bool:
        """Whether the ledger knows of too few: a quarter more came, or some seconds went by."""
        is_quarter = self.answers > self._told + self._told // 4
        return is_quarter or time.monotonic() - self._told_at >= _LONGEST_UNTOLD_SECONDS

    def random_after(self) -> Mapping[str, str]:
        """States of random number generators after the last answer that was taken; once."""
        random, self._random = self._random, {}
        return random

    def stop(self) -> None:
        """Keep nothing more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def attempts(self) -> tuple[str, ...]:
        """Ids of the attempts whose journals are no longer needed once this one is recorded."""
        return (*(journal.start.attempt_id for journal in self._taken_from), self.attempt_id)

    def taken(self) -> tuple[TakenAnswers, ...]:
        """What was taken, by the attempt that had answered."""
        return tuple(
            TakenAnswers(
                attempt_id=journal.start.attempt_id,
                run_id=journal.start.run_id,
                host=journal.start.host,
                began=journal.start.time,
                until=journal.until,
                weights=journal.start.held.get("weights", ""),
                settings=journal.start.settings,
                journal_sha256=journal.sha256,
                answers=dict(sorted(self._taken[journal.start.attempt_id].items())),
                looks=journal.looks,
            )
            for journal in self._taken_from
            if self._taken.get(journal.start.attempt_id)
        )

    def _find(self, request_type: str, digest: str, answers_each: int) -> Found:
        number = self._asked[request_type, digest]
        self._asked[request_type, digest] += 1
        request = Request(request_type, digest, number)
        for journal in self._taken_from:
            if request in journal.answers:
                answer, line = journal.answers[request]
                of_attempt = self._taken.setdefault(journal.start.attempt_id, Counter())
                of_attempt[request_type] += answers_each
                # What is asked last was drawn last.
                self._random = journal.random.get(line, self._random)
                return Found(request, answer)
        return Found(request, None)

    def _open(self, held: Held) -> None:
        start = JournalStart(
            format=JOURNAL_FORMAT,
            job_id=self.job_id,
            attempt_id=self.attempt_id,
            run_id=self.run_id,
            host=socket.gethostname(),
            time=now(),
            held=dict(held.parts),
            settings=dict(held.settings),
            previous=NOTHING_BEFORE,
        )
        path = (self.folder or Path()) / JOURNAL_NAME
        try:
            self._descriptor = os.open(
                path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644
            )
            # Held while this process lives: nobody takes what is still being answered.
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if self._descriptor is None:
                self._failed(error)
                return
        self._append(start)
        self.is_whole = self._descriptor is not None

    def _append(self, line: JournalStart | JournalLine) -> None:
        """Append a line, whole or not at all; a disk that is full ends no benchmark."""
        if self._descriptor is None:
            return
        try:
            content, digest = encoded(line)
        except ValueError as error:
            self._failed(error)
            return
        size = os.fstat(self._descriptor).st_size
        content += b"\n"
        try:
            while content:
                content = content[os.write(self._descriptor, content) :]
        except OSError as error:
            with suppress(OSError):  # A torn last line is dropped by whoever reads it.
                os.ftruncate(self._descriptor, size)
            self._failed(error)
            return
        self._digest = digest

    def _failed(self, error: OSError | ValueError) -> None:
        self.stop()
        self.is_whole = False
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self.on_failed(reason.lower())
