"""What the file system says of the files of a checkpoint, asked without reading them."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from weighin.identity.folder.listing import root_of


@dataclass(frozen=True, slots=True)
class FileState:
    """What the file system says of a file; cheap to ask, and it changes with every write.

    Attributes:
        path: Relative to the folder, POSIX separators.
        device: Number of the device of the file that a link leads to.
        inode: Number of that file.
        size_bytes: Its size.
        mtime_ns: When its bytes last changed.
        ctime_ns: When its bytes or its entry last changed; cannot be set back.
    """

    path: str
    device: int
    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


def file_states(folder: Path) -> tuple[FileState, ...]:
    """The state of every file below a folder, hidden ones aside, in order of their paths.

    Of a GGUF file, that of every file beside it and below.

    Equal states mean that nothing was written in between; different ones are a reason to look
    with `changed_files`, not a finding. A file or folder that cannot be seen has no state.
    """
    folder = root_of(folder)
    states: list[FileState] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in (*names, *linked):
            place = Path(parent) / name
            try:
                status = _status(place)
            except OSError:
                continue
            states.append(
                FileState(
                    path=place.relative_to(folder).as_posix(),
                    device=status.st_dev,
                    inode=status.st_ino,
                    size_bytes=status.st_size,
                    mtime_ns=status.st_mtime_ns,
                    ctime_ns=status.st_ctime_ns,
                )
            )
    return tuple(sorted(states, key=lambda state: state.path))


def _status(place: Path) -> os.stat_result:
    """What is known of a file as of now: a network file system asks its server when one opens."""
    status = place.stat()
    if not stat.S_ISREG(status.st_mode):
        return status
    try:
        # Without O_NONBLOCK, a named pipe that took its place would wait for a writer for ever.
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return status
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)
