"""Writing evidence to disk so that a crash leaves a whole file or none."""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import InfrastructureError, UsageError
from weighin.files.stores.publishing import publish, sync_folder

# The disk, a quota or `ulimit -f` allows no more bytes.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FAILING = frozenset({errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENFILE, errno.EMFILE})

# The system does not even look there: the name is too long, a link leads to itself, or it may not.
_UNREACHED = frozenset({errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EACCES})

GIVE_ANOTHER_FOLDER = "give a folder that can be written with --results"


def is_failing_disk(error: OSError) -> bool:
    """Whether the machine failed and trying again may help: the disk is full or failing."""
    return error.errno in _FULL | _FAILING


def unreached_path(error: OSError) -> str | None:
    """The path at which the system does not even look; `None` if that is not what failed."""
    return str(error.filename) if error.filename and error.errno in _UNREACHED else None


@contextmanager
def translated_errors(
    path: Path, action: str, *, way_out: str = GIVE_ANOTHER_FOLDER
) -> Iterator[None]:
    """Turn a failure of the file system into one of weighin's own errors.

    Args:
        path: What was being written.
        action: What was being done with it, as it follows "cannot".
        way_out: What to do if it can never be written there.

    Raises:
        InfrastructureError: The disk is full or failing: trying again may help.
        UsageError: The place cannot be written at all: another place must be given.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if isinstance(error, FileExistsError | NotADirectoryError):
            reason = "expected folders above it, found a file"
        failed = f"{path}: cannot {action}: {reason}"
        if is_failing_disk(error):
            first = "free some space and " if error.errno in _FULL else ""
            raise InfrastructureError(
                f"{failed}; nothing recorded before is lost, {first}run the same command again"
            ) from error
        raise UsageError(f"{failed}; {way_out}") from error


def portable_path(path: Path) -> str:
    """A path for a record: relative where it lies below the current folder, else absolute."""
    absolute = path.resolve()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def create_file(path: Path, content: bytes, *, way_out: str = GIVE_ANOTHER_FOLDER) -> bool:
    """Create a file with this content if it does not exist, atomically and durably.

    Args:
        path: The file. Folders above it are made.
        content: All of it.
        way_out: As in `translated_errors`.

    Returns:
        Whether this call created it; False if it was there already, whoever wrote it.

    Raises:
        InfrastructureError: The disk is full or failing.
        UsageError: The folder cannot be written.
    """
    return create_file_of(path, (content,), way_out=way_out)


def create_file_of(
    path: Path, blocks: Iterable[bytes], *, way_out: str = GIVE_ANOTHER_FOLDER
) -> bool:
    """Create a file of some blocks, as `create_file` does. Whoever yields them may still refuse."""
    with translated_errors(path, "write", way_out=way_out):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.draft")
        try:
            with draft.open("xb") as stream:
                stream.writelines(blocks)
                stream.flush()
                os.fsync(stream.fileno())
            if not publish(draft, path):
                return False
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFiles:
    """What became of files that were to be written.

    Attributes:
        written: Files that were made.
        unchanged: Files that lay there already, with the same content.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]


def write_new_files(
    files: Sequence[tuple[Path, bytes]], *, what: str, way_out: str, replaces: bool = False
) -> NewFiles:
    """Write files where nothing lies.

    Args:
        files: Places with all of their content. Folders above them are made.
        what: What each of them is, in one word.
        way_out: What to do if one cannot be written there.
        replaces: Whether a file of another content is replaced, each whole or not at all.

    Raises:
        UsageError: A file of another content lies there, and nothing was written; or it cannot be
            written there.
        InfrastructureError: The disk is full or failing.
    """
    old = [place for place, _ in files if replaces and place.is_file()]
    unchanged = [
        place
        for place, content in files
        if place not in old and _is_there(place, content, what, way_out)
    ]
    written: list[Path] = []
    for place, content in files:
        if place in unchanged:
            continue
        if place in old:
            _replace(place, content, way_out)
            written.append(place)
        elif create_file(place, content, way_out=way_out):
            written.append(place)
        elif _is_there(place, content, what, way_out):
            unchanged.append(place)
    return NewFiles(written=tuple(written), unchanged=tuple(unchanged))


def _replace(place: Path, content: bytes, way_out: str) -> None:
    """Put another content in the place of a file, at once. A link stays a link."""
    with translated_errors(place, "write", way_out=way_out):
        target = Path(os.path.realpath(place))
        draft = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.draft")
        try:
            with draft.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(target.parent)


def _is_there(place: Path, content: bytes, what: str, way_out: str) -> bool:
    """Whether the file lies there already.

    Raises:
        UsageError: Something else does.
    """
    if not place.exists() and not place.is_symlink():
        return False
    # The command line writes files without ever reading one: --help stays light.
    from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file

    if place.is_file() and read_foreign_file(place, max_bytes=MAX_RESULTS_BYTES) == content:
        return True
    raise UsageError(
        f"{place}: expected nothing there or the same {what}, found another; nothing is "
        f"overwritten, {way_out} or remove it"
    )
