"""The files of a folder that a signature over it does not list."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn

from weighin.errors import CheckpointError
from weighin.sources.signatures.bundle import Serialization

# model-signing leaves these out by default, of what it signs and of what it verifies.
_GIT_PATHS = (".git", ".gitattributes", ".github", ".gitignore")


@dataclass(frozen=True, slots=True)
class UnsignedFiles:
    """Files that are there and were not signed, in order of their paths.

    Attributes:
        appeared: Those that the signer did not leave out.
        left_out: Those that the signer left out, or that signing passes over; folders with a slash.
    """

    appeared: tuple[str, ...]
    left_out: tuple[str, ...]


def unsigned_files(
    folder: Path, signed: frozenset[str], how: Serialization, bundle: Path
) -> UnsignedFiles:
    """The files that are there and are not in a signed statement.

    Args:
        folder: The folder.
        signed: The paths that are in it.
        how: How the signer cut the folder, and what was left out.
        bundle: The signature itself, which is none of the files.

    Raises:
        CheckpointError: A folder cannot be listed.
    """
    tops = tuple(PurePosixPath(path) for path in (*how.ignore_paths, *_GIT_PATHS))
    above = {str(parent) for path in signed for parent in PurePosixPath(path).parents}
    # Not where a link leads: a file that is a link to the signature is not the signature.
    own_place = (os.path.realpath(bundle.parent), bundle.name)
    appeared: list[str] = []
    left_out: list[str] = []

    def refuse(error: OSError) -> NoReturn:
        raise CheckpointError(f"{error.filename}: cannot be listed: {error.strerror}") from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        for name in sorted(folders):
            place = Path(parent) / name
            path = place.relative_to(folder).as_posix()
            is_left_out, is_link = _is_below(path, tops), place.is_symlink()
            if path in above or not (is_left_out or is_link):
                continue
            folders.remove(name)
            if is_left_out or how.allow_symlinks:
                # What lies behind a link to a folder is not signed, though the link be allowed.
                left_out.append(f"{path}/")
            else:
                appeared.append(path)
        for name in sorted(names):
            place = Path(parent) / name
            path = place.relative_to(folder).as_posix()
            if path in signed or (os.path.realpath(parent), name) == own_place:
                continue
            if _is_below(path, tops) or (how.method == "shards" and _is_empty(place)):
                left_out.append(path)
            else:
                appeared.append(path)
    return UnsignedFiles(*(tuple(sorted(map(as_text, paths))) for paths in (appeared, left_out)))


def _is_below(path: str, tops: Sequence[PurePosixPath]) -> bool:
    return any(PurePosixPath(path).is_relative_to(top) for top in tops)


def _is_empty(place: Path) -> bool:
    """Whether a file holds no byte; a statement over shards has no resource for it."""
    return place.is_file() and place.stat().st_size == 0


def as_text(path: str) -> str:
    """A path or message in which bytes that are no UTF-8 are spelled out."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
