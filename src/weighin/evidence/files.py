"""Writing evidence to disk so that a crash leaves a whole file or none."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weighin.errors import InfrastructureError, UsageError

_RETRYABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.ENFILE})


@contextmanager
def translated_errors(path: Path, action: str) -> Iterator[None]:
    """Turn a failure of the file system into one of weighin's own errors.

    Raises:
        InfrastructureError: The disk is full or failing: trying again may help.
        UsageError: The place cannot be written at all: another place must be given.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _RETRYABLE:
            raise InfrastructureError(
                f"{path}: cannot {action}: {reason.lower()}; nothing recorded before is lost, "
                "free some space and run the same command again"
            ) from error
        raise UsageError(
            f"{path}: cannot {action}: {reason.lower()}; give a folder that can be written "
            "with --results"
        ) from error


def create_file(path: Path, content: bytes) -> bool:
    """Create a file with this content if it does not exist, atomically and durably.

    Returns:
        Whether this call created it; False if it was there already, whoever wrote it.

    Raises:
        InfrastructureError: The disk is full or failing.
        UsageError: The folder cannot be written.
    """
    with translated_errors(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.draft")
        try:
            with draft.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            try:
                # Unlike a rename, a link fails if the name is taken: one winner among racing
                # workers.
                os.link(draft, path)
            except FileExistsError:
                return False
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
