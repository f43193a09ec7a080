"""Where the events of a store lie: as lines of files, and as an object each."""

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from weighin.errors import EvidenceError
from weighin.evidence.ledger.events import MAX_EVENT_BYTES, is_ledger_name, is_run_id
from weighin.files.bounded import MAX_LEDGER_BYTES, read_foreign_file
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage
from weighin.files.stores.opening import storage_at

LEDGER_NAME = "ledger.jsonl"
LEDGER_FOLDER = "ledger"

_OBJECT = re.compile(r"(\d{8})\.json")
# Each is a request of its own, and most of the time of one is waiting.
WORKERS = 16


class Lying(NamedTuple):
    """Some bytes where an event is expected.

    Attributes:
        file: Path or key, from the root of the store.
        chain: The chain that its place says: the name of the file, or of the folder.
        number: Of the line, from 1, or of the object, from 0.
        is_object: Whether it has a place of its own.
        raw: The bytes, without an end of a line.
    """

    file: str
    chain: str
    number: int
    is_object: bool
    raw: bytes


def event_key(chain: str, seq: int) -> str:
    """Where the event of a chain lies in an object store."""
    return f"{LEDGER_FOLDER}/{chain}/{seq:08d}.json"


def is_ledger_file(path: Path) -> bool:
    """Whether a file has the place of one that holds events of a ledger."""
    if is_ledger_name(path.name):
        return True
    is_event = _OBJECT.fullmatch(path.name) is not None
    return is_event and path.parent.parent.name == LEDGER_FOLDER and _is_chain(path.parent.name)


def _is_chain(name: str) -> bool:
    return is_run_id(name) or is_ledger_name(name)


def ledger_paths(folder: Path) -> tuple[Path, ...]:
    """The ledgers of a results folder that are files of lines; the one that is written first."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if is_ledger_name(e.name) and e.is_file()]
    except OSError:
        # A folder that cannot be listed may still be read by name.
        names = [LEDGER_NAME] if os.path.isfile(folder / LEDGER_NAME) else []  # noqa: PTH113  # no error where a Path's would be
    return tuple(folder / name for name in sorted(names, key=lambda n: (n != LEDGER_NAME, n)))


def has_ledger(folder: Path) -> bool:
    """Whether events lie in a results folder, in whichever way."""
    return bool(ledger_paths(folder)) or next(_keys_in(folder), None) is not None


def as_storage(place: Path | str | Storage) -> Storage:
    """The storage of a results store, however it is named."""
    return storage_at(place) if isinstance(place, Path | str) else place


def event_keys(storage: Storage, chain: str = "") -> list[tuple[str, int, str]]:
    """Chain, number and key of each event that has a place of its own, in order.

    Args:
        storage: The store.
        chain: The only chain to look at; empty for all.
    """
    if isinstance(storage, FolderStorage):
        keys: Iterable[str] = _keys_in(storage.root, chain)
    else:
        keys = storage.list(f"{LEDGER_FOLDER}/{chain}/" if chain else f"{LEDGER_FOLDER}/")
    return sorted(filter(None, map(_place_of, keys)))


def _place_of(key: str) -> tuple[str, int, str] | None:
    # A model of the name `ledger` has its folder there, too.
    folder, _, rest = key.partition("/")
    chain, _, name = rest.partition("/")
    number = _OBJECT.fullmatch(name)
    if folder != LEDGER_FOLDER or number is None or not _is_chain(chain):
        return None
    return chain, int(number[1]), key


def _keys_in(folder: Path, only: str = "") -> Iterator[str]:
    """Keys of the files two levels below a folder of ledgers; none if there is no such folder."""
    above = folder / LEDGER_FOLDER
    for chain in [only] if only else (e.name for e in _entries(above) if e.is_dir()):
        for entry in _entries(above / chain):
            key = f"{LEDGER_FOLDER}/{chain}/{entry.name}"
            if _place_of(key) is not None:
                yield key


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise EvidenceError(f"{folder}: cannot be listed: {reason}") from error


def all_lying(storage: Storage) -> Iterator[Lying]:
    """Everything that lies where events of a store are expected, file by file, in order.

    Raises:
        EvidenceError: Something there cannot be read, or it is more than a reader can hold.
    """
    yield from lines_lying(storage)
    yield from objects_lying(storage, event_keys(storage))


def lines_lying(storage: Storage) -> Iterator[Lying]:
    """What lies in files of lines."""
    if isinstance(storage, FolderStorage):
        for path in ledger_paths(storage.root):
            yield from in_lines(path.name, read_foreign_file(path, max_bytes=MAX_LEDGER_BYTES))
    elif (content := storage.read(LEDGER_NAME, max_bytes=MAX_LEDGER_BYTES)) is not None:
        # A folder that was uploaded as it was.
        yield from in_lines(LEDGER_NAME, content)


def in_lines(file: str, content: bytes) -> Iterator[Lying]:
    """The lines that are not empty, with their numbers and without their ends."""
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if line := raw.removesuffix(b"\r"):
            yield Lying(file, file, number, is_object=False, raw=line)


def objects_lying(storage: Storage, keys: Iterable[tuple[str, int, str]]) -> Iterator[Lying]:
    """What lies in places of its own; all of a store is no more than one file may hold."""
    found = list(keys)
    left = MAX_LEDGER_BYTES
    for (chain, number, key), raw in zip(found, _contents(storage, found), strict=True):
        # Gone since it was listed: told as what is missing is.
        if raw is None:
            continue
        left -= len(raw)
        if left < 0:
            raise EvidenceError(
                f"{storage.place}/{LEDGER_FOLDER}: expected at most {MAX_LEDGER_BYTES} bytes"
            )
        yield Lying(key, chain, number, is_object=True, raw=raw)


def _contents(storage: Storage, keys: list[tuple[str, int, str]]) -> Iterator[bytes | None]:
    def content(place: tuple[str, int, str]) -> bytes | None:
        return storage.read(place[2], max_bytes=MAX_EVENT_BYTES)

    if isinstance(storage, FolderStorage) or len(keys) == 1:
        yield from map(content, keys)
        return
    with ThreadPoolExecutor(max_workers=WORKERS) as readers:
        for start in range(0, len(keys), 1024):
            yield from readers.map(content, keys[start : start + 1024])
