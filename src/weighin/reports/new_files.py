"""New files on disk: each whole or not at all, and none in the place of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import UsageError
from weighin.evidence.files import create_file
from weighin.evidence.foreign_files import MAX_RESULTS_BYTES, read_foreign_file


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFiles:
    """What became of files that were to be written.

    Attributes:
        written: Files that were made.
        unchanged: Files that lay there already, with the same content.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]


def write_new_files(files: Sequence[tuple[Path, bytes]], *, what: str, way_out: str) -> NewFiles:
    """Write files where nothing lies.

    Args:
        files: Places with all of their content. Folders above them are made.
        what: What each of them is, in one word.
        way_out: What to do if one cannot be written there.

    Raises:
        UsageError: A file of another content lies there, and nothing was written; or it cannot be
            written there.
        InfrastructureError: The disk is full or failing.
    """
    unchanged = [place for place, content in files if _is_there(place, content, what, way_out)]
    written: list[Path] = []
    for place, content in files:
        if place in unchanged:
            continue
        if create_file(place, content, way_out=way_out):
            written.append(place)
        elif _is_there(place, content, what, way_out):
            unchanged.append(place)
    return NewFiles(written=tuple(written), unchanged=tuple(unchanged))


def _is_there(place: Path, content: bytes, what: str, way_out: str) -> bool:
    """Whether the file lies there already.

    Raises:
        UsageError: Something else does.
    """
    if not place.exists() and not place.is_symlink():
        return False
    if place.is_file() and read_foreign_file(place, max_bytes=MAX_RESULTS_BYTES) == content:
        return True
    raise UsageError(
        f"{place}: expected nothing there or the same {what}, found another; nothing is "
        f"overwritten, {way_out} or remove it"
    )
