"""Appending to the ledger of a store, as a line under a lock or as an object of its own."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.ledger.events import (
    EVENT_FORMAT,
    FIRST_LINE_FOLLOWS,
    LAST_SEQ,
    MAX_EVENT_BYTES,
    Event,
    now,
    parsed,
    require_run_id,
)
from weighin.evidence.ledger.heads import heads_at
from weighin.evidence.ledger.line_files import append_lines, locked, read_between
from weighin.evidence.ledger.places import (
    LEDGER_FOLDER,
    LEDGER_NAME,
    as_storage,
    event_key,
    event_keys,
    ledger_paths,
)
from weighin.files.bounded import MAX_LEDGER_BYTES, read_foreign_file
from weighin.files.canonical import sha256_hex
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage
from weighin.files.stores.locks import has_locks
from weighin.files.written import translated_errors


@dataclass(frozen=True, slots=True)
class _Last:
    """The last event of a run.

    Attributes:
        seq: Its number; -1 if there is none.
        sha256: Of its bytes; zeros if there is none.
    """

    seq: int = -1
    sha256: str = FIRST_LINE_FOLLOWS


class Ledger:
    """Appends to the ledger of one store. Several processes may append at once, also of one run."""

    def __init__(self, place: Path | str | Storage, *, run_id: str, model: str) -> None:
        """A ledger in a store, written by one run.

        Raises:
            UsageError: No run can have that id.
        """
        require_run_id(run_id)
        self._storage = as_storage(place)
        self._run_id = run_id
        self._model = model
        self._last: _Last | None = None
        self._has_locks: bool | None = None
        # Of the file, and how far it was read.
        self._read: tuple[int, int] = (0, 0)

    def append(
        self,
        event: str,
        *,
        benchmark: str = "",
        job_id: str = "",
        attempt_id: str = "",
        detail: dict[str, JsonValue] | None = None,
    ) -> None:
        """Append one event, durably.

        Raises:
            EvidenceError: What the store holds already cannot be read.
            InfrastructureError: The disk is full or failing, or the store cannot be reached.
            UsageError: The ledger cannot be written.
        """
        draft = Event(
            format=EVENT_FORMAT,
            time=now(),
            event=event,
            run_id=self._run_id,
            model=self._model,
            benchmark=benchmark,
            job_id=job_id,
            attempt_id=attempt_id,
            detail=detail or {},
            previous=FIRST_LINE_FOLLOWS,
            seq=0,
        )
        folder = self._storage.root if isinstance(self._storage, FolderStorage) else None
        if folder is None or not self._append_line(folder, draft):
            self._create(draft)

    def _following(self, draft: Event, last: _Last) -> bytes:
        """The event as it follows the last one of its run."""
        if last.seq >= LAST_SEQ:
            raise EvidenceError(f"run {self._run_id}: expected at most {LAST_SEQ} events")
        heads = heads_at(self._storage, apart=self._run_id) if last.seq < 0 else None
        bound = {"seq": last.seq + 1, "previous": last.sha256, "heads": heads}
        content = draft.model_copy(update=bound).encoded()
        if len(content) > MAX_EVENT_BYTES:
            raise UsageError(
                f"{self._storage.place}: {draft.event}: expected an event of at most "
                f"{MAX_EVENT_BYTES} bytes, found {len(content)}"
            )
        return content

    def _create(self, draft: Event) -> None:
        """Create it under the next number that no other worker of the run has taken."""
        last = self._last or self._last_object()
        while True:
            content = self._following(draft, last)
            key = event_key(self._run_id, last.seq + 1)
            is_made = self._storage.create(key, content)
            there = content if is_made else self._storage.read(key, max_bytes=MAX_EVENT_BYTES)
            if there is None:
                raise EvidenceError(f"{self._storage.place}: {key} is there and cannot be read")
            last = self._last = _Last(last.seq + 1, sha256_hex(there))
            # A client that asked again after a lost answer finds its own event.
            if there == content:
                return

    def _last_object(self) -> _Last:
        keys = event_keys(self._storage, self._run_id)
        if not keys:
            return _Last()
        _, seq, key = keys[-1]
        there = self._storage.read(key, max_bytes=MAX_EVENT_BYTES)
        if there is None:
            raise EvidenceError(f"{self._storage.place}: {key} is there and cannot be read")
        return _Last(seq, sha256_hex(there))

    def _append_line(self, folder: Path, draft: Event) -> bool:
        """Append it as a line; whether the folder has locks for that, as all who write there."""
        path = folder / LEDGER_NAME
        with translated_errors(path, "append to the ledger"):
            folder.mkdir(parents=True, exist_ok=True)
            if self._has_locks is None:
                self._has_locks = has_locks(folder)
            if not self._has_locks:
                self._last = self._last or self._last_in_folder(folder)
                return False
            with locked(path) as descriptor:
                last = self._last_line(descriptor, folder)
                if (folder / LEDGER_FOLDER / self._run_id).is_dir():
                    # Another worker of the run has no locks where it is.
                    self._last = max(last, self._last_object(), key=lambda each: each.seq)
                    return False
                content = self._following(draft, last)
                append_lines(descriptor, [content])
        return True

    def _last_line(self, descriptor: int, folder: Path) -> _Last:
        """The last event of the run among the lines, reading what was added since the last time."""
        status = os.fstat(descriptor)
        inode, start = self._read
        if self._last is None or inode != status.st_ino or start > status.st_size:
            # What was put together here may hold the beginning of the run.
            self._last, start = self._last_beside(folder), 0
        content = read_between(descriptor, start, status.st_size)
        self._last = self._last_among(content, self._last)
        # A line that has no end may get one.
        self._read = status.st_ino, start + content.rfind(b"\n") + 1
        return self._last

    def _last_beside(self, folder: Path) -> _Last:
        last = _Last()
        for path in ledger_paths(folder):
            if path.name != LEDGER_NAME:
                last = self._last_among(read_foreign_file(path, max_bytes=MAX_LEDGER_BYTES), last)
        return last

    def _last_in_folder(self, folder: Path) -> _Last:
        last = self._last_object()
        for path in ledger_paths(folder):
            last = self._last_among(read_foreign_file(path, max_bytes=MAX_LEDGER_BYTES), last)
        return last

    def _last_among(self, content: bytes, last: _Last) -> _Last:
        """The last event of the run that lines hold, or the one given if it is later."""
        mark = f'"run_id":"{self._run_id}"'.encode()
        if mark not in content:
            return last
        for line in content.split(b"\n"):
            if mark in line:
                raw = line.removesuffix(b"\r")
                event = parsed(raw)
                is_own = isinstance(event, Event) and event.run_id == self._run_id
                if isinstance(event, Event) and is_own and event.seq > last.seq:
                    last = _Last(event.seq, sha256_hex(raw))
        return last
