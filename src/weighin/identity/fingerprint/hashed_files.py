"""The files of a checkpoint since they were hashed: read again where the file system says so."""

import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.identity.digests.hashing import Progress
from weighin.identity.fingerprint.changes import changed_files
from weighin.identity.fingerprint.file_systems import CLOCK_STEP_NS, tell_of_writes
from weighin.identity.fingerprint.states import FileState, file_states
from weighin.identity.folder.listing import root_of
from weighin.identity.manifest import Manifest

# No path that is relative to the folder begins like this.
_ATTACHED = "/adapter/"


@dataclass(frozen=True, slots=True)
class FilesLook:
    """One look at the files of a checkpoint.

    Attributes:
        changes: As `changed_files` gives them.
        state: Digest of what the file system says of the files, if some of them were not read
            since it says of them what it said when they were; empty if all of them were read.
    """

    changes: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class FilesRead:
    """What a reading of all files of a checkpoint found.

    Attributes:
        changes: As `changed_files` gives them.
        unseen: Those that no look found, in files of which the file system says what it said then.
    """

    changes: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A state, and when it was asked for; the file was read later than that."""

    state: FileState
    asked_ns: int

    @property
    def shows_later_writes(self) -> bool:
        """Whether no write after it can have the same ctime."""
        return self.state.ctime_ns < self.asked_ns - CLOCK_STEP_NS


class HashedFiles:
    """The files of a checkpoint and of an adapter, and their states when they were read last."""

    def __init__(self, folder: Path, adapter: Path | None) -> None:
        """Ask the file system, before the files are read for their manifest.

        Args:
            folder: The folder, or the GGUF file.
            adapter: Folder of the adapter that is attached, if there is one.
        """
        self._folder, self._adapter = folder, adapter
        self._seen = self._ask()
        self._changes: tuple[str, ...] = ()

    def were_read(self) -> None:
        """All files were read since they were asked for: forget the states of what moved since.

        What is moved while it is read may be read as something else than what had that state.
        """
        now = self._ask()
        self._seen = {
            path: seen
            for path, seen in self._seen.items()
            if path in now and now[path].state == seen.state
        }

    def look(self, manifest: Manifest) -> FilesLook:
        """Read the files that moved, and only those.

        All of them are read where the file system does not tell of every write, and once any of
        them was found to be other than in the manifest.

        Args:
            manifest: What the files were when they were read first.
        """
        now = self._ask()
        of_checkpoint = self._of_checkpoint(manifest, now)
        unmoved = frozenset() if self._must_read_all(manifest) else self._unmoved(now)
        if unmoved >= of_checkpoint | now.keys() | self._seen.keys():
            return FilesLook((), self._digest(of_checkpoint, now))
        adapter = None if self._is_attached_unmoved(now, unmoved) else self._adapter
        changes = changed_files(manifest, self._folder, adapter=adapter, unmoved=unmoved)
        self._seen = {p: self._seen[p] if p in unmoved else seen for p, seen in now.items()}
        self._changes = changes
        is_read = of_checkpoint.isdisjoint(unmoved)
        return FilesLook(changes, "" if is_read else self._digest(of_checkpoint, now))

    def read(self, manifest: Manifest, *, on_progress: Progress | None = None) -> FilesRead:
        """Read all files again.

        Args:
            manifest: What the files were when they were read first.
            on_progress: As for `changed_files`.
        """
        now = self._ask()
        moved = self._moved(manifest, now)
        changes = changed_files(
            manifest, self._folder, adapter=self._adapter, on_progress=on_progress
        )
        found = FilesRead(
            changes,
            tuple(c for c in changes if c not in self._changes and not c.startswith(moved)),
        )
        self._seen, self._changes = now, changes
        self.were_read()
        return found

    def state(self, manifest: Manifest) -> str:
        """Digest of what the file system said right before the files were read last."""
        return self._digest(self._of_checkpoint(manifest, self._seen), self._seen)

    def _ask(self) -> dict[str, _Seen]:
        asked_ns = time.time_ns()
        states = {state.path: state for state in file_states(self._folder)}
        if self._adapter is not None:
            states |= {_ATTACHED + state.path: state for state in file_states(self._adapter)}
        return {path: _Seen(state, asked_ns) for path, state in states.items()}

    def _must_read_all(self, manifest: Manifest) -> bool:
        if self._changes:
            return True
        folder = root_of(self._folder)
        places = [folder / entry.path for entry in manifest.files]
        if self._adapter is not None:
            places += [self._adapter / state.path for state in file_states(self._adapter)]
        return not tell_of_writes(places)

    def _unmoved(self, now: Mapping[str, _Seen]) -> frozenset[str]:
        return frozenset(
            path
            for path, seen in self._seen.items()
            if seen.shows_later_writes and path in now and now[path].state == seen.state
        )

    def _moved(self, manifest: Manifest, now: Mapping[str, _Seen]) -> tuple[str, ...]:
        """How sentences begin on files of which the file system says something else by now."""
        paths = {
            path
            for path in now.keys() | self._seen.keys()
            if path not in now
            or path not in self._seen
            or now[path].state != self._seen[path].state
        }
        begins = {f"{path}:" for path in paths} | {f"{Path(path).name}:" for path in paths}
        if any(entry.role == "weights" and entry.path in paths for entry in manifest.files):
            begins.add("weights:")
        if any(path.startswith(_ATTACHED) for path in paths):
            begins.add("adapter:")
        return tuple(begins)

    def _is_attached_unmoved(self, now: Mapping[str, _Seen], unmoved: AbstractSet[str]) -> bool:
        """Whether all files of the attached adapter are as they were: it is read as a whole."""
        paths = {path for path in now.keys() | self._seen.keys() if path.startswith(_ATTACHED)}
        return paths <= unmoved and bool(paths)

    @staticmethod
    def _of_checkpoint(manifest: Manifest, seen: Mapping[str, _Seen]) -> frozenset[str]:
        """Paths of the files that count, of all that lie there: also where one has no state."""
        attached = (path for path in seen if path.startswith(_ATTACHED))
        return frozenset((*(entry.path for entry in manifest.files), *attached))

    @staticmethod
    def _digest(paths: AbstractSet[str], seen: Mapping[str, _Seen]) -> str:
        """Of the states of some files. The number of a device is one of this machine alone."""
        states = {path: seen[path].state for path in paths if path in seen}
        return sha256_hex(
            canonical_json(
                {
                    path: [str(n) for n in (s.inode, s.size_bytes, s.mtime_ns, s.ctime_ns)]
                    for path, s in states.items()
                }
            )
        )
