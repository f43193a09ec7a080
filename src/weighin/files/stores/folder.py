"""A folder as a place for results: plain files that a person can browse."""

import os
from collections.abc import Iterator
from pathlib import Path

from weighin.errors import CheckpointError, EvidenceError
from weighin.files.bounded import read_foreign_file
from weighin.files.opened import blocks, opened, size_bytes
from weighin.files.stores.blobs import checked_blocks, require_blob
from weighin.files.stores.interface import BLOBS, require_key, require_prefix
from weighin.files.stores.publishing import require_publishing
from weighin.files.written import create_file, create_file_of, translated_errors


class FolderStorage:
    """A folder; nothing is created before something is written."""

    def __init__(self, root: Path) -> None:
        """Keys are paths below `root`."""
        self.root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root)

    def prepare(self) -> None:
        """Make the folder, and refuse it if of two racing workers both could win there."""
        with translated_errors(self.root, "write"):
            self.root.mkdir(parents=True, exist_ok=True)
            require_publishing(self.root)

    def create(self, key: str, content: bytes) -> bool:
        """Create a file, durably, unless one is there; whether this call made it."""
        return create_file(self._path(key), content)

    def read(self, key: str, *, max_bytes: int) -> bytes | None:
        """All bytes of a file; `None` if none is there."""
        try:
            return read_foreign_file(self._path(key), max_bytes=max_bytes)
        except EvidenceError as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                return None
            raise

    def list(self, prefix: str) -> Iterator[str]:
        """The files below a folder, in order; drafts are left out."""
        yield from sorted(self._below(require_prefix(prefix)))

    def _below(self, prefix: str) -> Iterator[str]:
        with translated_errors(self.root / prefix, "list"):
            for folder, _, names in os.walk(self.root / prefix, onerror=_raise_unless_missing):
                for name in names:
                    if not (name.startswith(".") and name.endswith(".draft")):
                        yield (Path(folder) / name).relative_to(self.root).as_posix()

    def put_blob(self, source: Path, sha256: str) -> None:
        """Keep a local file under its digest."""
        path = self._path(f"{BLOBS}/{sha256}")
        if os.path.lexists(path) or not create_file_of(path, checked_blocks(source, sha256)):
            require_blob(_blocks(path), sha256, str(path))

    def exists(self, key: str) -> bool:
        """Whether a file is there."""
        # Unlike pathlib, os.path raises nothing on names that are too long.
        return os.path.isfile(self._path(key))  # noqa: PTH113  # see above

    def _path(self, key: str) -> Path:
        return self.root / require_key(key)


def _blocks(path: Path) -> Iterator[memoryview]:
    try:
        with opened(path) as descriptor:
            yield from blocks(descriptor, path, 0, size_bytes(descriptor))
    except CheckpointError as error:
        raise EvidenceError(str(error)) from error


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error
