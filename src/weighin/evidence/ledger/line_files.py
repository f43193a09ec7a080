"""Files to which several processes append lines, one after the other under a lock."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """A descriptor of a file, made if it is not there, that nobody else holds meanwhile."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def read_between(descriptor: int, start: int, end: int) -> bytes:
    """The bytes of a file from one place to another."""
    parts = []
    while start < end and (part := os.pread(descriptor, end - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def append_lines(descriptor: int, lines: Sequence[bytes]) -> None:
    """Append lines durably; all of them or, if the disk is full, none."""
    size = os.fstat(descriptor).st_size
    # A writer that died mid-line must not swallow the next line.
    is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    content = (b"\n" if is_torn else b"") + b"".join(line + b"\n" for line in lines)
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise
    os.fsync(descriptor)
