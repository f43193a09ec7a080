"""Copying a results store into another place, in whichever way files lie there."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.jobs.claims import CLAIMS
from weighin.evidence.ledger import LEDGER_FOLDER, copy_ledgers, is_ledger_name
from weighin.evidence.records import FileDigest
from weighin.evidence.store.commits import record_of
from weighin.evidence.store.names import (
    COMMIT_NAME,
    JOURNAL_NAME,
    README_NAME,
    RECORD_NAME,
    attempt_folder,
)
from weighin.evidence.store.results_store import Store
from weighin.files.bounded import MAX_RECORD_BYTES, MAX_RESULTS_BYTES
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import BLOBS, Storage, require_key
from weighin.files.stores.objects import ObjectStorage
from weighin.files.stores.opening import shown
from weighin.files.written import create_file_of, translated_errors

_LARGEST_BYTES = 1 << 44  # More than any store takes in one object.


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedStore:
    """What became of a store that was copied.

    Attributes:
        files: How many files were written.
        there: How many the other store held already.
        events: How many events of ledgers were written.
    """

    files: int
    there: int
    events: int


def copy_store(source: Store, target: Store) -> CopiedStore:
    """Copy all that is recorded, byte for byte, so that a check of either says the same.

    Files of attempts lie beside their record in a folder, and as blobs in an object store. A copy
    that was interrupted is gone on with; what was copied before is not copied again.

    Args:
        source: The store.
        target: Where to. What is there stays.

    Raises:
        EvidenceError: There is no store in the source, it cannot be read, or something else lies in
            the place of a file.
        InfrastructureError: A disk or an object store is full or failing.
        UsageError: The target cannot be written.
    """
    keys = list(source.storage.list(""))
    if not keys:
        raise EvidenceError(f"{source.place}: expected a results store, found nothing there")
    target.prepare()
    copy = _Copy(source.storage, target.storage)
    copy.add(keys)
    events = copy_ledgers(source.storage, target.storage)
    # What was recorded meanwhile, of which the ledgers may tell already.
    copy.add(list(source.storage.list("")))
    return CopiedStore(files=copy.written, there=copy.there, events=events.copied)


class _Copy:
    """Files of one storage in another one."""

    def __init__(self, source: Storage, target: Storage) -> None:
        self._source = source
        self._target = target
        self._seen: set[str] = set()
        self.written = 0
        self.there = 0

    def add(self, keys: Sequence[str]) -> None:
        """Copy the files under some keys of the source, records and commits last."""
        new = [key for key in keys if key not in self._seen and not _is_left_out(key)]
        self._seen.update(new)
        records = [key for key in new if key.endswith(f"/{RECORD_NAME}") and _is_of_attempt(key)]
        moved: set[str] = set()
        for record in records:
            moved |= set(self._attempt_files(record, frozenset(keys)))
        commits = [key for key in new if key.endswith(f"/{COMMIT_NAME}")]
        last = {*moved, *records, *commits}
        for key in (*(key for key in new if key not in last), *records, *commits):
            self._plain(key, key)

    def _attempt_files(self, record_key: str, keys: frozenset[str]) -> Iterator[str]:
        """Copy the files that a record names; the keys under which they were found."""
        content = self._source.read(record_key, max_bytes=MAX_RECORD_BYTES)
        try:
            record = record_of(content or b"", shown(self._source, record_key))
        except EvidenceError:
            # It is copied as it is, and what lies around it likewise.
            return
        above = record_key.removesuffix(RECORD_NAME)
        for file in record.files:
            beside, blob = f"{above}{file.path}", f"{BLOBS}/{file.sha256}"
            found = next((key for key in (beside, blob) if key in keys), None)
            if found is not None and _is_key(beside):
                self._attempt_file(found, beside, file)
                yield found

    def _attempt_file(self, found: str, beside: str, file: FileDigest) -> None:
        if isinstance(self._target, FolderStorage):
            self._plain(found, beside)
            return
        with self._local(found) as path:
            if _sha256_of(path) != file.sha256:
                # What is not as the record says shall not become so by a blob of another attempt.
                self._plain(found, beside)
            elif self._target.exists(f"{BLOBS}/{file.sha256}"):
                self.there += 1
            else:
                self._target.put_blob(path, file.sha256)
                self.written += 1

    def _plain(self, key: str, target_key: str) -> None:
        """Copy a file to a key, whatever it holds."""
        if isinstance(self._target, FolderStorage):
            with self._local(key) as path:
                if create_file_of(self._target.root / require_key(target_key), _blocks(path)):
                    self.written += 1
                    return
        else:
            content = self._source.read(key, max_bytes=MAX_RESULTS_BYTES)
            if content is None or self._target.create(target_key, content):
                self.written += content is not None
                return
        self._require_same(key, target_key)
        self.there += 1

    def _require_same(self, key: str, target_key: str) -> None:
        ours = self._source.read(key, max_bytes=MAX_RESULTS_BYTES)
        theirs = self._target.read(target_key, max_bytes=MAX_RESULTS_BYTES)
        if ours != theirs:
            raise EvidenceError(
                f"{shown(self._target, target_key)}: expected nothing, or what is copied there, "
                "found something else; nothing is overwritten, copy into a place of its own"
            )

    @contextmanager
    def _local(self, key: str) -> Iterator[Path]:
        """A file of the source as a local one, while the body runs."""
        if isinstance(self._source, FolderStorage):
            yield self._source.root / require_key(key)
            return
        if isinstance(self._source, ObjectStorage):
            blocks = self._source.blocks(key, max_bytes=_LARGEST_BYTES)
        else:
            content = self._source.read(key, max_bytes=MAX_RESULTS_BYTES)
            blocks = None if content is None else iter((content,))
        with tempfile.NamedTemporaryFile(prefix="weighin-copy-") as stream:
            path = Path(stream.name)
            with translated_errors(path, "write", way_out="name a folder in TMPDIR"):
                stream.writelines(blocks or ())
                stream.flush()
            yield path


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(4 << 20):
            yield block


def _sha256_of(path: Path) -> str:
    with translated_errors(path, "read"), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_left_out(key: str) -> bool:
    """Whether something is no evidence, or is copied with the ledgers."""
    names = key.split("/")
    is_ledger = names[0] == LEDGER_FOLDER if len(names) > 1 else is_ledger_name(key)
    is_passing = names[-2:-1] == [CLAIMS] or names[-1] == JOURNAL_NAME
    return key == README_NAME or is_ledger or is_passing


def _is_of_attempt(key: str) -> bool:
    return attempt_folder(Path(key)) == Path(key).parent


def _is_key(text: str) -> bool:
    try:
        require_key(text)
    except UsageError:
        return False
    return True
