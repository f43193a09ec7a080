"""Where the files of an attempt lie that its record names."""

import os
import re
from pathlib import Path

from weighin.evidence.records import FileDigest
from weighin.files.bounded import is_readable_inside
from weighin.files.stores.interface import BLOBS

_SHA256 = re.compile(r"[0-9a-f]{64}")
# A record lies this deep below its results folder: model/benchmark/job/attempt.
_LEVELS = 4


def attempt_file(folder: Path, file: FileDigest) -> Path | None:
    """Where the bytes of a file lie that a record names.

    Args:
        folder: Of the record.
        file: As the record names it. A record is foreign: it must not make us read files outside
            its own folder, or a device.

    Returns:
        Its path in the folder, or that of the blob of its digest above it if only that is there, as
        in a copy of a bucket; `None` if the path leads to no plain file in the folder.
    """
    if not is_readable_inside(folder, file.path):
        return None
    path = folder / file.path
    # Unlike pathlib, os.path raises nothing on names that are too long.
    if os.path.lexists(path) or _SHA256.fullmatch(file.sha256) is None:
        return path
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100  # resolve() would follow links
    for above in list(absolute.parents)[:_LEVELS]:
        blobs = above / BLOBS
        if os.path.lexists(blobs / file.sha256) and is_readable_inside(blobs, file.sha256):
            return blobs / file.sha256
    return path
