"""Git-LFS pointers in the place of files of a checkpoint: somebody cloned without Git LFS."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from weighin.errors import CheckpointError
from weighin.files.opened import MAX_LFS_POINTER_BYTES, is_lfs_pointer, opened, read_bytes
from weighin.identity.folder.places import quoted

_BYTES_THAT_TELL: Final = 64


class _File(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def place(self) -> Path: ...
    @property
    def location(self) -> Path: ...


def require_fetched(folder: Path, files: Iterable[_File]) -> None:
    """Refuse a checkpoint of which git holds the files and this folder only pointers to them.

    Args:
        folder: The folder, as the user knows it.
        files: What a loader reads.

    Raises:
        CheckpointError: One is a pointer, whatever it would be taken for.
    """
    pointers = [file.path for file in files if _is_pointer(file)]
    if pointers:
        found = "a Git-LFS pointer" if len(pointers) == 1 else "Git-LFS pointers"
        raise CheckpointError(
            f"{folder}: expected the files of a checkpoint, found {found}, not contents, in the "
            f"place of {quoted(pointers)}; fetch them with git lfs pull in that folder"
        )


def _is_pointer(file: _File) -> bool:
    # Most files are larger, and are not opened for this.
    size = file.location.stat().st_size
    if not _BYTES_THAT_TELL <= size <= MAX_LFS_POINTER_BYTES:
        return False
    with opened(file.place, file.location) as descriptor:
        return is_lfs_pointer(read_bytes(descriptor, file.place, 0, _BYTES_THAT_TELL))
