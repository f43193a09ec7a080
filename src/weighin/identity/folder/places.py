"""Where the files of a checkpoint folder lie, after all links."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from weighin.errors import CheckpointError
from weighin.identity.folder.mistaken_places import meant_by

_MAX_NAMES = 5


def names_in(folder: Path) -> frozenset[str]:
    """The names in a folder.

    Raises:
        CheckpointError: It cannot be listed.
    """
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208  # texts, as in `file_paths`
    except FileNotFoundError as error:
        raise CheckpointError(
            f"{folder}: expected a checkpoint folder, found nothing there{meant_by(folder)}"
        ) from error
    except OSError as error:
        raise CheckpointError(
            f"{folder}: expected a checkpoint folder: {error.strerror}"
        ) from error


def file_paths(folder: Path) -> Iterator[str]:
    """Every file below a folder, hidden folders aside, as a path relative to it.

    A link to a folder is refused, not followed: what lies behind it may be anything.

    Raises:
        CheckpointError: A folder cannot be listed, or is a link.
    """

    def refuse(error: OSError) -> NoReturn:
        raise CheckpointError(f"{error.filename}: cannot be listed: {error.strerror}") from error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (Path(parent) / name).is_symlink():
                raise CheckpointError(
                    f"{Path(parent) / name}: expected a folder, found a link to one; "
                    "replace it with the folder itself, or remove it"
                )
        # Texts, not paths: there may be many thousands of files.
        below = os.path.relpath(parent, folder)
        for name in sorted(files):
            yield name if below == os.curdir else f"{below}/{name}"


def located(folder: Path, path: str, root: Path | None = None) -> Path:
    """Where a file of a checkpoint folder lies, after all links.

    Links may lead anywhere inside the folder and, from a snapshot of a hub cache, to the blobs of
    its repository or to those that all repositories of the cache share.

    Args:
        folder: The folder, as the user knows it.
        path: Relative to it.
        root: Where the folder itself lies, if that is known already.

    Raises:
        CheckpointError: The file is missing, its name is not text, or it lies elsewhere.
    """
    if root is None:
        root = real_root(folder)
    if "\0" in path:
        raise CheckpointError(f"{folder}: expected file names, found {path!r}")
    try:
        path.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CheckpointError(f"{folder}: expected file names in UTF-8, found {path!r}") from error
    try:
        if os.path.basename(path) == path and _is_file_itself(f"{root}/{path}"):  # noqa: PTH119  # the same
            return root / path
        target = Path(os.path.realpath(folder / path, strict=True))
    except OSError as error:
        raise CheckpointError(f"{folder / path}: cannot be found: {error.strerror}") from error
    if not any(target.is_relative_to(tree) for tree in _allowed_trees(root)):
        raise CheckpointError(
            f"{folder / path}: points out of the checkpoint folder; replace the link with the file "
            "itself"
        )
    return target


def real_root(folder: Path) -> Path:
    """Where a folder itself lies, after all links.

    Raises:
        CheckpointError: Nothing lies there.
    """
    try:
        return Path(os.path.realpath(folder, strict=True))
    except OSError as error:
        raise CheckpointError(f"{folder}: cannot be found: {error.strerror}") from error


def _is_file_itself(path: str) -> bool:
    """Whether a regular file lies at a path, and no link to one."""
    return stat.S_ISREG(os.lstat(path).st_mode)


def _allowed_trees(root: Path) -> tuple[Path, ...]:
    snapshots, repository = root.parent, root.parent.parent
    if snapshots.name == "snapshots" and repository.name.startswith("models--"):
        return root, repository, repository.parent / "blobs"
    return (root,)


def quoted(names: Sequence[str]) -> str:
    """Some names for a message; at most five, and how many more there are."""
    shown = ", ".join(repr(name) for name in names[:_MAX_NAMES])
    more = len(names) - _MAX_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
