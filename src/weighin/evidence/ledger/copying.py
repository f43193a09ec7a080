"""Copying the ledgers of one store into another, every byte of every event."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.ledger.chains import Chains, Entry, Slot, chains_of
from weighin.evidence.ledger.events import MAX_EVENT_BYTES, Event, is_ledger_name
from weighin.evidence.ledger.line_files import append_lines, locked
from weighin.evidence.ledger.order import slots_in_order
from weighin.evidence.ledger.places import (
    LEDGER_NAME,
    WORKERS,
    all_lying,
    as_storage,
    event_key,
)
from weighin.files.canonical import sha256_hex
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage
from weighin.files.stores.locks import has_locks
from weighin.files.written import translated_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedLedgers:
    """What became of the events of a store.

    Attributes:
        copied: How many were written.
        there: How many the other store held already, byte for byte.
    """

    copied: int
    there: int


def copy_ledgers(
    source: Path | str | Storage, target: Path | str | Storage, *, as_objects: bool = False
) -> CopiedLedgers:
    """Copy all events, in the order of the store, with the bytes that they have.

    What was torn is copied, too, and what is wrong stays wrong, but for events that lie in the
    place of another: they lie in their own then. What was copied before is not copied again.

    Args:
        source: The store that they lie in.
        target: The store that they are added to. A folder with locks gets them as lines, any other
            store as an object each.
        as_objects: Whether a folder with locks gets an object each, too.

    Raises:
        EvidenceError: The source cannot be read; or two of its events claim one place, which only
            lines can hold; or another event lies in the place of one in the target.
        InfrastructureError: A disk is full or failing, or a store cannot be reached.
        UsageError: The target cannot be written.
    """
    to = as_storage(target)
    taken = _taken(slots_in_order(chains_of(all_lying(as_storage(source)))))
    if isinstance(to, FolderStorage) and not as_objects:
        with translated_errors(to.root / LEDGER_NAME, "append to the ledger"):
            to.root.mkdir(parents=True, exist_ok=True)
            if has_locks(to.root):
                return _as_lines(taken, to)
    return _as_objects(taken, to, chains_of(all_lying(to)))


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is copied.

    Attributes:
        files: Lines of before, by the name of their file.
        events: What lies in chains of runs.
    """

    files: Mapping[str, Sequence[Slot]]
    events: Sequence[Slot]


def _taken(slots: Iterable[Slot]) -> _Taken:
    files: dict[str, list[Slot]] = {}
    events: list[Slot] = []
    for slot in slots:
        (files.setdefault(slot.chain, []) if is_ledger_name(slot.chain) else events).append(slot)
    return _Taken(files, events)


def _left(taken: _Taken, before: Chains) -> Iterator[tuple[str, int, Sequence[Slot]]]:
    """The lines of before that are not there yet: name of the file, how many are, and the rest.

    Where another ledger has the name, they get one of their own, after their first line.
    """
    there = {name: [slot.sha256 for slot in slots] for name, slots in before.files.items()}
    for name, slots in taken.files.items():
        own = [slot.sha256 for slot in slots]
        other = f"ledger-{own[0][:12]}.jsonl"
        for candidate in (name, other):
            found = there.get(candidate, [])
            shared = min(len(found), len(own))
            if found[:shared] == own[:shared]:
                there[candidate] = max(found, own, key=len)
                yield candidate, shared, slots[shared:]
                break
        else:
            raise EvidenceError(f"{other}: expected the lines of {name}, found another ledger")


def _as_lines(taken: _Taken, to: FolderStorage) -> CopiedLedgers:
    copied = there = 0
    objects: list[tuple[str, Slot]] = []
    with locked(to.root / LEDGER_NAME) as descriptor:
        before = chains_of(all_lying(to))
        lines: list[bytes] = []
        for name, shared, rest in _left(taken, before):
            there += shared
            copied += len(rest)
            of_file = [slot.lying.raw for slot in rest]
            if name == LEDGER_NAME:
                lines += of_file
            elif of_file:
                with locked(to.root / name) as other:
                    append_lines(other, of_file)
        for slot in taken.events:
            if not (isinstance(slot, Entry) and isinstance(slot.line, Event)):
                # Only a place of its own says what it was.
                objects.append((event_key(slot.chain, slot.seq), slot))
            elif slot.sha256 in before.by_sha256:
                there += 1
            else:
                lines.append(slot.lying.raw)
                copied += 1
        if lines:
            append_lines(descriptor, lines)
    made = [_put(to, key, slot) for key, slot in objects]
    return CopiedLedgers(copied=copied + sum(made), there=there + len(made) - sum(made))


def _as_objects(taken: _Taken, to: Storage, before: Chains) -> CopiedLedgers:
    there = 0
    objects: dict[str, Slot] = {}
    for name, shared, rest in _left(taken, before):
        there += shared
        objects |= {event_key(name, shared + n): slot for n, slot in enumerate(rest)}
    for slot in taken.events:
        key = event_key(slot.chain, slot.seq)
        if (other := objects.get(key)) is not None:
            raise EvidenceError(
                f"{slot.lying.file}: {slot.place}: expected one such event, found "
                f"{other.sha256} and {slot.sha256}; only lines of a file can hold both"
            )
        if slot.sha256 in before.by_sha256:
            there += 1
        else:
            objects[key] = slot
    with ThreadPoolExecutor(max_workers=1 if isinstance(to, FolderStorage) else WORKERS) as pool:
        made = list(pool.map(lambda item: _put(to, *item), objects.items()))
    return CopiedLedgers(copied=sum(made), there=there + len(made) - sum(made))


def _put(to: Storage, key: str, slot: Slot) -> bool:
    """Create an object; whether it was not there."""
    raw = slot.lying.raw
    if len(raw) > MAX_EVENT_BYTES:
        raise EvidenceError(
            f"{slot.lying.file}: {slot.place}: expected at most {MAX_EVENT_BYTES} bytes, found "
            f"{len(raw)}"
        )
    if to.create(key, raw):
        return True
    there = to.read(key, max_bytes=MAX_EVENT_BYTES)
    if there != raw:
        found = "nothing" if there is None else sha256_hex(there)
        raise EvidenceError(f"{to.place}/{key}: expected {slot.sha256}, found {found}")
    return False
