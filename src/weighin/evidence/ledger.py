"""The run ledger: one line before and one after every benchmark, each bound to the line before."""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.files.bounded import MAX_LEDGER_BYTES, read_foreign_file
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.strict_model import StrictModel
from weighin.files.written import translated_errors

LEDGER_NAME = "ledger.jsonl"
FIRST_LINE_FOLLOWS = "0" * 64
RUN_STARTED = "run-started"
JOB_RETIRED = "job-retired"

_NAME = re.compile(r"ledger(-[A-Za-z0-9._-]+)?\.jsonl")
# Events with which the first line of a ledger may begin.
_OPENING = frozenset({RUN_STARTED, JOB_RETIRED})


class LedgerLine(StrictModel):
    """One event.

    Attributes:
        time: RFC 3339, UTC.
        event: `run-started`, `benchmark-started`, `benchmark-finished`, `benchmark-failed`,
            `benchmark-reused`, `run-finished`, `run-interrupted` or `job-retired`.
        run_id: The `weighin run` or `weighin retire` that wrote it.
        model: Name under which the scores are claimed.
        benchmark: The task; empty for events of the run.
        job_id: What was asked of which checkpoint; empty for events of the run.
        attempt_id: The attempt; empty for events of the run.
        detail: Facts of the event, for example `record_sha256`.
        previous: SHA-256 of the line before, without its newline; zeros for the first.
    """

    time: str
    event: str
    run_id: str
    model: str
    benchmark: str
    job_id: str
    attempt_id: str
    detail: dict[str, JsonValue]
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerContent:
    """A ledger as read.

    Attributes:
        lines: The readable lines, in order.
        breaks: Lines that are not bound to the line before: something was altered or removed.
        torn: Lines that cannot be read, as a writer that died leaves them.
        joined: Lines with which another ledger begins that was put behind this one.
    """

    lines: tuple[LedgerLine, ...]
    breaks: tuple[str, ...]
    torn: tuple[str, ...]
    joined: tuple[str, ...] = ()


def now() -> str:
    """The time as the ledger writes it: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_run_id() -> str:
    """An id that no other run has, which begins with the time."""
    return f"{now().replace(':', '').replace('-', '')[:15]}Z-{secrets.token_hex(4)}"


def is_ledger_name(name: str) -> bool:
    """Whether a file of that name is a ledger: `ledger.jsonl`, or `ledger-….jsonl` beside it."""
    return _NAME.fullmatch(name) is not None


def ledger_paths(folder: Path) -> tuple[Path, ...]:
    """The ledgers of a results folder, each a chain of its own; the one that is written first."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if is_ledger_name(e.name) and e.is_file()]
    except OSError:
        # A folder that cannot be listed may still be read by name.
        names = [LEDGER_NAME] if os.path.isfile(folder / LEDGER_NAME) else []  # noqa: PTH113
    return tuple(folder / name for name in sorted(names, key=lambda n: (n != LEDGER_NAME, n)))


class Ledger:
    """Appends to the ledger of one results folder. Several processes may append at once."""

    def __init__(self, folder: Path, *, run_id: str, model: str) -> None:
        """A ledger in a results folder, written by one run."""
        self._path = folder / LEDGER_NAME
        self._run_id = run_id
        self._model = model

    def append(
        self,
        event: str,
        *,
        benchmark: str = "",
        job_id: str = "",
        attempt_id: str = "",
        detail: dict[str, JsonValue] | None = None,
    ) -> None:
        """Append one line, durably.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The ledger cannot be written.
        """
        with translated_errors(self._path, "append to the ledger"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                previous, tail_is_torn = _last_line(descriptor)
                line = LedgerLine(
                    time=now(),
                    event=event,
                    run_id=self._run_id,
                    model=self._model,
                    benchmark=benchmark,
                    job_id=job_id,
                    attempt_id=attempt_id,
                    detail=detail or {},
                    previous=previous,
                )
                encoded = canonical_json(line.model_dump(mode="json")) + b"\n"
                # A writer that died mid-line must not swallow the next line.
                _write_all(descriptor, (b"\n" if tail_is_torn else b"") + encoded)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    size_before = os.fstat(descriptor).st_size
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    except OSError:
        os.ftruncate(descriptor, size_before)
        raise


def _last_line(descriptor: int) -> tuple[str, bool]:
    """Digest of the last line, and whether it lacks its newline."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        return FIRST_LINE_FOLLOWS, False
    step, tail = 1 << 16, b""
    start = size
    # Empty lines are skipped, as the reader does, and a line may end as on Windows.
    while start > 0 and b"\n" not in tail.rstrip(b"\r\n"):
        start = max(0, start - step)
        tail = os.pread(descriptor, size - start, start)
    last = tail.rstrip(b"\r\n").rsplit(b"\n", 1)[-1]
    return sha256_hex(last) if last else FIRST_LINE_FOLLOWS, not tail.endswith(b"\n")


def read_ledger(path: Path) -> LedgerContent:
    """The lines of a ledger and what does not hold about them.

    A ledger that does not exist has no lines. A torn or altered line is no exception: the lines
    around it are still evidence. CRLF is read as LF, as tools that check files out may write it.
    Ledgers that were put one behind the other are one file with several chains.

    Raises:
        EvidenceError: The file exists and cannot be read.
    """
    try:
        content = read_foreign_file(path, max_bytes=MAX_LEDGER_BYTES)
    except EvidenceError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        content = b""
    lines: list[LedgerLine] = []
    breaks: list[str] = []
    torn: list[str] = []
    joined: list[str] = []
    runs: set[str] = set()
    previous = FIRST_LINE_FOLLOWS
    for number, raw in _lines(content):
        try:
            line = LedgerLine.model_validate_json(json.dumps(strict_json(raw)))
        except ValueError:
            torn.append(f"line {number} cannot be read")
        else:
            if line.previous != previous and _begins(line, runs):
                joined.append(f"line {number} begins another ledger, put behind this one")
            elif line.previous != previous:
                breaks.append(f"line {number} does not follow the line before it")
            lines.append(line)
            runs.add(line.run_id)
        previous = sha256_hex(raw)
    return LedgerContent(
        lines=tuple(lines), breaks=tuple(breaks), torn=tuple(torn), joined=tuple(joined)
    )


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers and without their ends."""
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if line := raw.removesuffix(b"\r"):
            yield number, line


def _begins(line: LedgerLine, runs: set[str]) -> bool:
    """Whether a ledger begins with a line, of a run of which nothing was told before."""
    is_first = line.previous == FIRST_LINE_FOLLOWS and line.event in _OPENING
    return is_first and line.run_id not in runs
