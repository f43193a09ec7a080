"""A journal of answers read back: a foreign file, of which only whole lines in order count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue, ValidationError

from weighin.errors import CheckpointError, EvidenceError
from weighin.evidence.store.journals.lines import (
    NOTHING_BEFORE,
    JournalLine,
    JournalStart,
    Request,
    decoded,
)
from weighin.evidence.watched import Looks
from weighin.files.opened import blocks, opened, size_bytes

_MAX_LINE_BYTES = 64 << 20
_MAX_BYTES = 16 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What an attempt had answered.

    Attributes:
        start: Who answered.
        answers: By request: the answer, and the number of its line.
        random: States of random number generators after a line, by its number.
        looks: How closely the process was watched until its last line; `None` if it was not.
        until: When the last line was written.
        lines: Number of lines, the first one included.
        first_sha256: Digest of the first line.
        digests: Digests of all lines.
        sha256: Digest of the last line, which holds those of all before it.
        problem: Why not all that is there counts; empty if all does.
    """

    start: JournalStart
    answers: Mapping[Request, tuple[JsonValue, int]]
    random: Mapping[int, Mapping[str, str]]
    looks: Looks | None
    until: str
    lines: int
    first_sha256: str
    digests: frozenset[str]
    sha256: str
    problem: str


def read_journal(path: Path) -> Journal:
    """The whole lines at the beginning of a journal.

    A last line without an end was torn when its writer was killed, and is dropped. From a line on
    that does not hold nothing counts.

    Raises:
        EvidenceError: It cannot be read, or its first line does not say who answered.
    """
    answers: dict[Request, tuple[JsonValue, int]] = {}
    random: dict[int, Mapping[str, str]] = {}
    start: JournalStart | None = None
    last: JournalLine | None = None
    digest, number, problem = NOTHING_BEFORE, 0, ""
    digests: list[str] = []
    try:
        for raw in _lines(path):
            line, found = decoded(raw, previous=digest)
            if isinstance(line, JournalStart):
                start = line
            else:
                _add(line, number + 1, answers)
                if line.random:
                    random[number + 1] = line.random
                last = line
            digest, number = found, number + 1
            digests.append(found)
    except CheckpointError as error:
        problem = str(error)
    except ValidationError as error:
        problem = f"line {number + 1}: {error.errors(include_url=False)[0]['msg'].lower()}"
    except ValueError as error:
        problem = f"line {number + 1}: {' '.join(str(error).split())[:200]}"
    if start is None:
        raise EvidenceError(
            f"{path}: expected a journal of answers, found {problem or 'no whole line'}"
        )
    return Journal(
        start=start,
        answers=answers,
        random=random,
        looks=None if last is None else last.looks,
        until=start.time if last is None else last.time,
        lines=number,
        first_sha256=digests[0],
        digests=frozenset(digests),
        sha256=digest,
        problem=problem,
    )


def _add(line: JournalLine, number: int, answers: dict[Request, tuple[JsonValue, int]]) -> None:
    requests = [
        Request(line.type, sha256, repeat)
        for sha256, repeat in zip(line.requests, line.numbers, strict=True)
    ]
    if len(set(requests)) < len(requests) or any(request in answers for request in requests):
        raise ValueError("it answers a request a second time")
    for request, answer in zip(requests, line.answers, strict=True):
        answers[request] = answer, number


def _lines(path: Path) -> Iterator[bytes]:
    """The lines that have an end."""
    with opened(path) as descriptor:
        size = size_bytes(descriptor)
        if size > _MAX_BYTES:
            raise ValueError(f"expected at most {_MAX_BYTES} bytes, found {size}")
        pending = bytearray()
        for block in blocks(descriptor, path, 0, size) if size else ():
            pending += block
            *whole, rest = bytes(pending).split(b"\n")
            yield from whole
            if len(rest) > _MAX_LINE_BYTES:
                raise ValueError(f"expected at most {_MAX_LINE_BYTES} bytes")
            pending = bytearray(rest)
