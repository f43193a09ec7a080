"""Samples files, compressed reproducibly."""

import gzip
import shutil
from pathlib import Path


def compressed(path: Path) -> Path:
    """Replace a file by its gzip, which holds no name and no time, so equal content is equal bytes.

    Returns:
        The new path: the old one with `.gz` appended.

    Raises:
        OSError: The file cannot be read, or the gzip cannot be written.
    """
    target = path.with_name(f"{path.name}.gz")
    with (
        path.open("rb") as source,
        target.open("xb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream,
    ):
        shutil.copyfileobj(source, stream)
    path.unlink()
    return target
