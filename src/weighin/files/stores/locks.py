"""Whether a folder has locks, so that several processes may append to one file in it."""

import errno
import fcntl
import os
from pathlib import Path

from weighin.files.written import translated_errors

_NOT_OFFERED = frozenset(
    {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL, errno.EPERM}
)


def has_locks(folder: Path) -> bool:
    """Whether files in a folder can be locked; seen by locking one, which is removed.

    Raises:
        InfrastructureError: The disk is full or failing.
        UsageError: The folder cannot be written.
    """
    with translated_errors(folder, "write"):
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".lock.{os.getpid()}-{os.urandom(4).hex()}.draft"
        try:
            descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in _NOT_OFFERED:
                    return False
                raise
            finally:
                os.close(descriptor)
        finally:
            draft.unlink(missing_ok=True)
    return True
