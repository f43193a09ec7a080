"""Evidence in object stores, copied to a local folder for as long as it is read."""

import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from weighin.errors import EvidenceError, UsageError, WeighinError
from weighin.evidence.jobs.claims import CLAIMS
from weighin.evidence.ledger import LEDGER_FOLDER, LEDGER_NAME
from weighin.evidence.store import (
    CHECKPOINTS,
    COMPARISONS,
    README_NAME,
    RECORD_NAME,
    REVISIONS,
    read_record,
)
from weighin.files.stores.interface import BLOBS
from weighin.files.stores.opening import is_url
from weighin.files.written import translated_errors
from weighin.sources.collecting.renamed import renamed

if TYPE_CHECKING:
    # Only who reads from an object store needs its client.
    from weighin.files.stores.objects import ObjectStorage

T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}")

_DOWNLOADS = 16
# Of the free space of the temporary folder; the rest is left to others.
_SHARE = 0.9
_WAY_OUT = "name a folder with more space in TMPDIR"
# Folders beside those of models, which say what lies in them.
_AROUND = (CHECKPOINTS, COMPARISONS, REVISIONS)
# An attempt lies this deep in a store: model/benchmark/job/attempt/record.json.
_DEPTH = 5
_README_BYTES = 1 << 16
_LARGEST_BYTES = 1 << 44  # More than any store takes; the room that is left is the bound.
_README_BEGINS = b"# Results recorded by weighin"


@dataclass(frozen=True, slots=True)
class Staged:
    """Evidence as local paths.

    Attributes:
        paths: Where it lies, in the order in which it was given.
        names: What stands for each local folder in all that is told.
    """

    paths: tuple[Path, ...]
    names: dict[str, str] = field(default_factory=dict)

    def named(self, told: T) -> T:
        """What was read, with every file named as it was given."""
        return renamed(told, self.names) if self.names else told


@contextmanager
def staged(places: Iterable[str | Path]) -> Iterator[Staged]:
    """Evidence as local paths while the body runs: folders as they are, and copies of the rest.

    A copy holds what was recorded when it was begun, and maybe some of what came since. Errors of
    the body name files as they were given, too.

    Args:
        places: Files, folders and URLs.

    Raises:
        EvidenceError: What lies at an URL cannot be kept in files.
        InfrastructureError: A store cannot be reached, or the disk is full or failing.
        EvidenceError: Nothing lies at an URL.
        UsageError: There is no room for what does.
    """
    given = list(places)
    if not any(map(is_url, given)):
        yield Staged(tuple(map(Path, given)))
        return
    above = Path(tempfile.mkdtemp(prefix="weighin-staged-")).resolve()
    names: dict[str, str] = {}
    try:
        room = _Room(int(shutil.disk_usage(above).free * _SHARE))
        paths = []
        for number, place in enumerate(given):
            if is_url(place):
                paths.append(_copied(str(place), above / str(number), room, names))
            else:
                paths.append(Path(place))
        yield Staged(tuple(paths), names)
    except WeighinError as error:
        raise type(error)(renamed(str(error), names)) from error
    finally:
        shutil.rmtree(above, ignore_errors=True)


def _copied(url: str, folder: Path, room: "_Room", names: dict[str, str]) -> Path:
    """Copy what lies at an URL into a new folder; the path that stands for the URL."""
    storage, part = _store_and_part(url)
    names[str(folder)] = storage.place
    copy = _Copy(storage, folder, room)
    # Events are listed before the records that they tell of, and blobs are asked for after those
    # that name them: what is written meanwhile is never half there.
    copy.add_listed(f"{LEDGER_FOLDER}/")
    if part:
        # Of a folder that was uploaded as it was.
        copy.add([LEDGER_NAME])
        for name in _AROUND:
            copy.add_listed(f"{name}/")
        copy.add_listed(f"{part}/")
        copy.add([part] if storage.exists(part) else [])
    else:
        copy.add_listed("")
    path = folder / part
    if not path.exists():
        raise EvidenceError(f"{url}: expected evidence, found nothing there")
    copy.add(sorted(_blobs_of(folder)))
    return path


def _store_and_part(url: str) -> tuple["ObjectStorage", str]:
    """The results store that an URL lies in, and where in it; itself if it lies in none."""
    from weighin.files.stores.objects import ObjectStorage

    here = ObjectStorage(url)
    scheme, _, rest = here.place.partition("://")
    bucket, *names = rest.split("/")
    for level in range(min(_DEPTH, len(names)) + 1):
        cut = len(names) - level
        store = ObjectStorage(f"{scheme}://{'/'.join((bucket, *names[:cut]))}")
        try:
            readme = store.read(README_NAME, max_bytes=_README_BYTES)
        except (EvidenceError, UsageError):
            if level == 0:
                raise
            # Credentials may be good for what was named alone.
            break
        if readme is not None and readme.startswith(_README_BEGINS):
            return store, "/".join(names[cut:])
    if not names or next(here.list(""), None) is not None:
        return here, ""
    return ObjectStorage(f"{scheme}://{'/'.join((bucket, *names[:-1]))}"), names[-1]


class _Room:
    """How many bytes may still be written, by several threads."""

    def __init__(self, left_bytes: int) -> None:
        self._lock = threading.Lock()
        self._left_bytes = left_bytes

    def take(self, size_bytes: int, url: str) -> None:
        with self._lock:
            self._left_bytes -= size_bytes
            if self._left_bytes < 0:
                raise UsageError(
                    f"{url}: no room for a copy in {tempfile.gettempdir()}; {_WAY_OUT}"
                )


class _Copy:
    """The copy of some objects in a folder; each is copied once."""

    def __init__(self, storage: "ObjectStorage", folder: Path, room: _Room) -> None:
        self._storage = storage
        self._folder = folder
        self._room = room
        self._seen: set[str] = set()
        self._is_over = threading.Event()

    def add_listed(self, prefix: str) -> None:
        """Copy the objects below a prefix, but for blobs and claims."""
        self.add([key for key in self._storage.list(prefix) if not _is_apart(key)])

    def add(self, keys: Iterable[str]) -> None:
        """Copy the objects under some keys, where they are there."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._seen]
        self._seen.update(wanted)
        pool = ThreadPoolExecutor(_DOWNLOADS)
        try:
            for _ in pool.map(self._save, wanted):
                pass
        finally:
            # Whoever interrupts does not wait for what is still on the way.
            self._is_over.set()
            pool.shutdown(cancel_futures=True)
            self._is_over.clear()

    def _save(self, key: str) -> None:
        url = f"{self._storage.place}/{key}"
        blocks = self._storage.blocks(key, max_bytes=_LARGEST_BYTES)
        if blocks is None:
            return
        target = self._folder / key
        with translated_errors(target, "write", way_out=_WAY_OUT):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                for block in blocks:
                    if self._is_over.is_set():
                        return
                    self._room.take(len(block), url)
                    stream.write(block)


def _is_apart(key: str) -> bool:
    names = key.split("/")
    return names[0] == BLOBS or CLAIMS in names[-2:-1]


def _blobs_of(folder: Path) -> Iterator[str]:
    """The keys of the blobs that the records below a folder name."""
    for path in folder.rglob(RECORD_NAME):
        try:
            record, _ = read_record(path)
        except EvidenceError:
            # Whoever reads it tells of it.
            continue
        yield from (f"{BLOBS}/{f.sha256}" for f in record.files if _SHA256.fullmatch(f.sha256))
