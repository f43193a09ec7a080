"""Files opened once, by descriptor, and read in blocks; never mapped into memory.

A mapped file that is truncated while it is read kills the process; a read does not.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.canonical import strict_json

BLOCK_BYTES = 4 * 1024 * 1024
MAX_SMALL_FILE_BYTES = 256 * 1024 * 1024
# Parsed JSON may take 40 times its length in memory.
MAX_JSON_BYTES = 100_000_000
MAX_LFS_POINTER_BYTES = 1024
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@contextmanager
def opened(path: Path, location: Path | None = None) -> Iterator[int]:
    """Descriptor of a regular file, closed at the end.

    Args:
        path: The file, as the user knows it.
        location: Where its bytes lie, if `path` is a link that was already followed.

    Raises:
        CheckpointError: The file is missing, unreadable or not a regular file.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
        descriptor = os.open(location or path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be opened: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CheckpointError(f"{path}: expected a regular file, found something else")
        yield descriptor
    finally:
        os.close(descriptor)


def size_bytes(descriptor: int) -> int:
    """Size of an open file."""
    return os.fstat(descriptor).st_size


class State(NamedTuple):
    """What the file system says of a file; a write to it, or another file in its place, shows.

    Attributes:
        device: Number of the device that it lies on.
        inode: Its number there.
        size_bytes: Its size.
        mtime_ns: When its bytes last changed.
        ctime_ns: When its bytes or its entry last changed; cannot be set back.
    """

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


def state(descriptor: int) -> State:
    """The state of an open file."""
    return _state(os.fstat(descriptor))


def state_of_path(path: Path) -> State | None:
    """The state of the file that lies at a path now; `None` if none can be seen there."""
    try:
        return _state(os.stat(path))  # noqa: PTH116  # for thousands of files, half the time
    except OSError:
        return None


def _state(status: os.stat_result) -> State:
    return State(
        status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )


def read_at(descriptor: int, path: Path, buffer: memoryview, offset: int) -> int:
    """Read into a buffer, as many bytes as one call gives.

    Args:
        descriptor: Of the file.
        path: Named in errors only.
        buffer: Where the bytes go; not empty.
        offset: Of the first byte, from the start of the file.

    Returns:
        The number of bytes, at least one.

    Raises:
        CheckpointError: The file ends before `offset`, or the read fails.
    """
    try:
        count = os.preadv(descriptor, [buffer], offset)
    except OSError as error:
        raise CheckpointError(
            f"{path}: cannot be read at byte {offset}: {error.strerror}"
        ) from error
    if count == 0:
        raise CheckpointError(
            f"{path}: expected at least {offset + len(buffer)} bytes, found {offset}: "
            "it is truncated"
        )
    return count


def blocks(descriptor: int, path: Path, begin: int, end: int) -> Iterator[memoryview]:
    """The bytes from `begin` to before `end`, in blocks of at most 4 MiB.

    Every block is a view of one buffer: it holds its bytes until the next one is asked for.

    Raises:
        CheckpointError: The file ends before `end`, or the read fails.
    """
    buffer = memoryview(bytearray(min(BLOCK_BYTES, end - begin)))
    offset = begin
    while offset < end:
        count = read_at(descriptor, path, buffer[: end - offset], offset)
        yield buffer[:count]
        offset += count


def read_bytes(descriptor: int, path: Path, begin: int, end: int) -> bytes:
    """The bytes from `begin` to before `end`, all at once.

    Raises:
        CheckpointError: The file ends before `end`, or the read fails.
    """
    if begin == end:
        return b""
    whole = _at_once(descriptor, begin, end)
    if len(whole) == end - begin:
        return whole
    content = bytearray(end - begin)
    view = memoryview(content)
    offset = begin
    while offset < end:
        offset += read_at(descriptor, path, view[offset - begin :], offset)
    return bytes(content)


def _at_once(descriptor: int, begin: int, end: int) -> bytes:
    """What one call gives of a part of a file, which nearly always is all of it."""
    try:
        return os.pread(descriptor, end - begin, begin)
    except OSError:
        return b""  # whoever reads it in parts says why


def sha256_of_bytes(descriptor: int, path: Path, begin: int, end: int) -> str:
    """Hex SHA-256 of a part of an open file.

    Raises:
        CheckpointError: The file ends before `end`, or the read fails.
    """
    digest = hashlib.sha256()
    for block in blocks(descriptor, path, begin, end):
        digest.update(block)
    return digest.hexdigest()


def read_small_file(path: Path, location: Path | None = None) -> bytes:
    """All bytes of a file of at most 256 MiB.

    Args:
        path: The file, as the user knows it.
        location: Where its bytes lie, if `path` is a link that was already followed.

    Raises:
        CheckpointError: The file is unreadable, not a regular file or too large.
    """
    with opened(path, location) as descriptor:
        size = size_bytes(descriptor)
        if size > MAX_SMALL_FILE_BYTES:
            raise CheckpointError(
                f"{path}: expected at most {MAX_SMALL_FILE_BYTES} bytes, found {size}"
            )
        return read_bytes(descriptor, path, 0, size)


def is_lfs_pointer(content: bytes) -> bool:
    """Whether a file holds what git keeps of one that Git LFS has not fetched.

    Source:
        The Git LFS specification: less than 1024 bytes, of which the first line is the version.
    """
    return len(content) <= MAX_LFS_POINTER_BYTES and content.startswith(_LFS_POINTER)


def parse_json_object(content: bytes, path: Path | str) -> dict[str, JsonValue]:
    """The JSON object that a file holds, read strictly.

    Args:
        content: The bytes of the file.
        path: Named in errors only.

    Raises:
        CheckpointError: The bytes are more than 100 MB, not strict JSON, or not an object.
    """
    if len(content) > MAX_JSON_BYTES:
        raise CheckpointError(
            f"{path}: expected at most {MAX_JSON_BYTES} bytes of JSON, found {len(content)}"
        )
    if is_lfs_pointer(content):
        raise CheckpointError(
            f"{path}: expected JSON, found a Git-LFS pointer to it; fetch it with git lfs pull"
        )
    try:
        value = strict_json(content)
    except ValueError as error:
        raise CheckpointError(f"{path}: expected strict JSON, found: {error}") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path}: expected a JSON object, found {type(value).__name__}")
    return value


def is_folder(place: str | Path) -> bool:
    """Whether a folder lies there; not where the system does not look: too long a name is none."""
    return os.path.isdir(place)  # noqa: PTH112  # before Python 3.14 `Path.is_dir` raises then


def is_file(place: str | Path) -> bool:
    """Whether a file lies there; not where the system does not look: too long a name is none."""
    return os.path.isfile(place)  # noqa: PTH113  # before Python 3.14 `Path.is_file` raises then
