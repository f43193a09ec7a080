"""Files that somebody else wrote, read whole: plain files only, and none that fills the memory."""

import os
from collections.abc import Iterable, Sized
from pathlib import Path

from weighin.errors import CheckpointError, EvidenceError
from weighin.files.opened import opened, read_bytes, size_bytes

MAX_RECORD_BYTES = 64 << 20
MAX_RESULTS_BYTES = 512 << 20
MAX_LEDGER_BYTES = 512 << 20
MAX_ROWS = 20_000
"""The most scores or tasks that one log may hold: each becomes a record of some ten kilobytes."""

MAX_SCORES = 200_000
"""The most that one log may hold of all its tasks, with their standard errors."""


def read_foreign_file(path: Path, *, max_bytes: int) -> bytes:
    """All bytes of a file. A pipe is never waited for, and a device never read.

    Args:
        path: The file; a link is followed.
        max_bytes: The most that it may hold.

    Raises:
        EvidenceError: It is unreadable, not a regular file or too large. Its cause is an `OSError`
            if it could not be opened or read.
    """
    try:
        with opened(path) as descriptor:
            size = size_bytes(descriptor)
            if size > max_bytes:
                raise EvidenceError(f"{path}: expected at most {max_bytes} bytes, found {size}")
            return read_bytes(descriptor, path, 0, size)
    except CheckpointError as error:
        raise EvidenceError(str(error)) from (error.__cause__ or error)


def require_rows(count: int, what: str, path: Path) -> None:
    """Refuse a log of more rows than memory holds, before a record is made of any.

    Args:
        count: How many it holds.
        what: What they are, in the plural.
        path: Named in the error.

    Raises:
        EvidenceError: They are too many.
    """
    if count > MAX_ROWS:
        raise EvidenceError(
            f"{path}: expected at most {MAX_ROWS} {what} in one file, found {count}; split it"
        )


def require_scores(rows: Iterable[object], path: Path) -> None:
    """Refuse a log of more scores than memory holds, before a record is made of any.

    Args:
        rows: Of each task what stands of it: an object or list with a score at each place.
        path: Named in the error.

    Raises:
        EvidenceError: They are too many.
    """
    count = sum(len(row) for row in rows if isinstance(row, Sized))
    if count > MAX_SCORES:
        raise EvidenceError(
            f"{path}: expected at most {MAX_SCORES} scores in one file, found {count}; split it"
        )


def is_readable_inside(folder: Path, relative: str) -> bool:
    """Whether a path of a foreign record leads to nothing or to a plain file in its own folder."""
    if "\0" in relative:
        return False
    place = os.path.realpath(folder / relative)
    if not Path(place).is_relative_to(os.path.realpath(folder)):
        return False
    # Unlike pathlib, os.path raises nothing on names that are too long.
    return os.path.isfile(place) or not os.path.lexists(place)  # noqa: PTH113  # see above
