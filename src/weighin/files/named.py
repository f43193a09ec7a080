"""What lies at a path that somebody named."""

import os
from pathlib import Path


def is_folder(place: str | Path) -> bool:
    """Whether a folder lies there; not where the system does not look: too long a name is none."""
    return os.path.isdir(place)  # noqa: PTH112  # before Python 3.14 `Path.is_dir` raises then


def is_file(place: str | Path) -> bool:
    """Whether a file lies there; not where the system does not look: too long a name is none."""
    return os.path.isfile(place)  # noqa: PTH113  # before Python 3.14 `Path.is_file` raises then
