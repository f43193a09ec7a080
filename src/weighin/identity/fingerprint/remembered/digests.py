"""Digests that were taken before, for files of which the file system says what it said then.

What is remembered spares reading and proves nothing: what is loaded is hashed in memory and held
against it, and the last reading of a run reads every byte.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from weighin.files.canonical import sha256_hex
from weighin.identity.digests.hashing import FileDigests, FileParts
from weighin.identity.fingerprint.file_systems import CLOCK_STEP_NS, tell_of_writes
from weighin.identity.fingerprint.remembered.entry import (
    HashedBefore,
    boot_id,
    entry_of,
    location_digest,
    read_entry,
    write_entry,
)
from weighin.identity.fingerprint.remembered.folder import cache_folder, why_not_private
from weighin.identity.fingerprint.remembered.turns import turn

DAYS_KEPT = 30


class RememberedDigests:
    """What one opening of a checkpoint read, and what it found to be read before.

    Attributes:
        why_not: Why nothing is remembered; empty if something can be.
        bytes_read: Bytes of files of tensors that were read.
        bytes_recalled: Bytes of such files that were not read, as their digests were remembered.
        recalled: These files, as the user knows them.
        began_ns: When the first of them was read; `None` if all files were read now.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        recalls: bool = True,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        """Look at the folder; it is made where there is none.

        Args:
            folder: Where digests are remembered; `None` for nowhere.
            recalls: Whether what is remembered is used; else files are read, and remembered.
            on_wait: Called when another process reads the same files, before it is waited for.
        """
        self.why_not = (
            "there is no folder of this user's own"
            if folder is None
            else why_not_private(folder)
            or ("" if boot_id() else "it cannot be known when this machine was started")
        )
        self._folder = None if self.why_not else folder
        self._recalls, self._on_wait = recalls, on_wait
        self.bytes_read = 0
        self.bytes_recalled = 0
        self.recalled: tuple[Path, ...] = ()
        self.began_ns: int | None = None

    def recall(self, file: FileParts) -> HashedBefore | None:
        """What is remembered of a file as it is now; `None` if it must be read."""
        if self._folder is None or not self._recalls:
            return None
        name = location_digest(file.location)
        entry = read_entry(self._folder / name)
        if (
            entry is None
            or (entry.boot, entry.location) != (boot_id(), name)
            or entry.state != tuple(file.state)
            # A clock that was set back may give a file the time of an earlier write.
            or entry.asked_ns > time.time_ns()
            or not _has_rested(file, entry.asked_ns)
            or entry.digests_of(file) is None
            or not tell_of_writes([file.location])
        ):
            return None
        return entry

    def note_recalled(self, file: FileParts, entry: HashedBefore) -> None:
        """Note that a file was not read."""
        self.bytes_recalled += file.size_bytes
        self.recalled = (*self.recalled, file.place)
        earlier = entry.asked_ns if self.began_ns is None else self.began_ns
        self.began_ns = min(earlier, entry.asked_ns)

    def note_read(self, file: FileParts) -> None:
        """Note that a file was read."""
        self.bytes_read += file.size_bytes

    def keep(self, file: FileParts, digests: FileDigests, asked_ns: int) -> None:
        """Remember a file that was read, unless a later write could leave its state as it is.

        Args:
            file: The file, with its state before it was read.
            digests: What was read.
            asked_ns: When its state was asked for.
        """
        if (
            self._folder is None
            or not _has_rested(file, asked_ns)
            or not tell_of_writes([file.location])
        ):
            return
        entry = entry_of(file, digests, asked_ns)
        write_entry(self._folder / entry.location, entry)

    def forget(self, places: Iterable[Path]) -> None:
        """Remember nothing of some files any more: they were found to be other than they seemed."""
        if self._folder is not None:
            for place in places:
                with contextlib.suppress(OSError):
                    (self._folder / location_digest(place)).unlink()

    def turn(self, files: Sequence[FileParts]) -> AbstractContextManager[Callable[[], None]]:
        """Wait until no other process reads these files; what it read is remembered then."""
        if self._folder is None or not self._recalls:
            return _at_once()
        self._forget_old(self._folder)
        names = "".join(sorted(location_digest(file.location) for file in files))
        return turn(self._folder / f"{sha256_hex(names.encode())}.lock", self._on_wait)

    @staticmethod
    def _forget_old(folder: Path) -> None:
        oldest = time.time() - DAYS_KEPT * 86_400
        with contextlib.suppress(OSError):
            for place in folder.iterdir():
                if place.suffix != ".lock" and place.lstat().st_mtime < oldest:
                    place.unlink()


def remembered_digests(
    *, recalls: bool = True, on_wait: Callable[[], None] = lambda: None
) -> RememberedDigests:
    """What is remembered in the user's own cache folder.

    Args:
        recalls: As for `RememberedDigests`.
        on_wait: As for `RememberedDigests`.
    """
    return RememberedDigests(cache_folder(), recalls=recalls, on_wait=on_wait)


@contextmanager
def _at_once() -> Iterator[Callable[[], None]]:
    yield lambda: None


def _has_rested(file: FileParts, asked_ns: int) -> bool:
    """Whether no write after the reading can have the times of one before it."""
    newest = max(file.state.ctime_ns, file.state.mtime_ns)
    return newest < asked_ns - CLOCK_STEP_NS
