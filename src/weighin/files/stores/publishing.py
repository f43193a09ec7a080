"""Giving a finished file its name on a file system, unless the name is taken."""

import ctypes
import errno
import os
from pathlib import Path

from weighin.errors import UsageError

# What a file system answers that does not know a call, or not between these two names.
_NOT_OFFERED = frozenset(
    {
        errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EXDEV,
        errno.EINVAL,
    }
)  # fmt: skip
_RENAME_NOREPLACE = 1
_AT_FDCWD = -100


def publish(draft: Path, path: Path) -> bool:
    """Give a draft, in the same folder and on disk, its name; whether this call did.

    Of racing calls one does. Unlike a rename, a link and a rename that replaces nothing fail if
    the name is taken. Creating the name and then filling it is no way: others would read half of
    it, and where both calls are missing several machines may each create it.

    Raises:
        OSError: The file system fails.
        UsageError: It has neither call.
    """
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
    else:
        return True
    try:
        _rename_unless_there(draft, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
        folder = path.parent
        raise UsageError(
            f"{folder}: the file system there ({_kind(folder)}) has neither hard links nor a "
            "rename that replaces nothing, so that one worker could overwrite the evidence of "
            "another; give a folder of another file system with --results, or, if this is a "
            "mounted bucket, the bucket itself: --results s3://BUCKET/PREFIX"
        ) from error
    return True


def require_publishing(folder: Path) -> None:
    """Refuse a folder in which of two racing workers both could win. Nothing is left there.

    Raises:
        OSError: The folder cannot be written.
        UsageError: As in `publish`.
    """
    first, second = (folder / f".{os.getpid()}-{os.urandom(4).hex()}.draft" for _ in range(2))
    try:
        first.touch(exist_ok=False)
        publish(first, second)
    finally:
        first.unlink(missing_ok=True)
        second.unlink(missing_ok=True)


def _rename_unless_there(draft: Path, path: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    rename = getattr(libc, "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    names = os.fsencode(draft), os.fsencode(path)
    if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _kind(folder: Path) -> str:
    """The type of the file system that a folder lies on, as the kernel names it."""
    place = os.path.realpath(folder)
    best, kind = "", "of a kind that is not told"
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return kind
    for line in lines:
        _, mounted, found, *_ = line.split(" ")
        # The kernel writes a space as \040.
        point = mounted.replace("\\040", " ")
        if len(point) >= len(best) and (place == point or Path(place).is_relative_to(point)):
            best, kind = point, found
    return kind


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where its file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems write names at once and have no call for it.
        if error.errno not in {errno.EINVAL, errno.EBADF, errno.ENOSYS, errno.EOPNOTSUPP}:
            raise
    finally:
        os.close(descriptor)
