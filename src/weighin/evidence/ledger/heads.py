"""What the first event of a run says of the chains that were there before it."""

from collections.abc import Iterable

from weighin.evidence.ledger.chains import Entry, Slot, chains_of, first_events, heads_of
from weighin.evidence.ledger.places import event_keys, lines_lying, objects_lying
from weighin.files.stores.interface import Storage

# As many chains are named in any case; where there are more, of those that another run that is
# named has seen to their end, only the latest: what is named directly and what is named through
# them is still all of it, and a store of 10,000 runs does not hold 50 million heads.
LEAST_NAMED = 64
MOST_NAMED = 10_000


def heads_at(storage: Storage, *, apart: str) -> dict[str, str]:
    """By chain: the SHA-256 of the last event that can be read of each in a store.

    Args:
        storage: The store.
        apart: The run that is about to begin.

    Raises:
        EvidenceError: What lies there cannot be read.
    """
    chains = chains_of((*lines_lying(storage), *objects_lying(storage, _ends(event_keys(storage)))))
    last: dict[str, str] = {}
    for name, lines in chains.files.items():
        if readable := _readable(lines):
            last[name] = readable[-1]
    for run, events in chains.runs.items():
        readable = [min(all_read) for seq in sorted(events) if (all_read := _readable(events[seq]))]
        if readable and run != apart:
            last[run] = readable[-1]
    seen = {sha for entry in first_events(chains) for sha in heads_of(entry).values()}
    ends = sorted((name for name, sha in last.items() if sha not in seen), reverse=True)
    others = sorted((name for name, sha in last.items() if sha in seen), reverse=True)
    named = [*ends[:MOST_NAMED], *others[: max(0, LEAST_NAMED - len(ends))]]
    return {name: last[name] for name in sorted(named)}


def _readable(slots: Iterable[Slot]) -> list[str]:
    return [slot.sha256 for slot in slots if isinstance(slot, Entry)]


def _ends(keys: Iterable[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """The first and the last place of each chain."""
    first: dict[str, tuple[str, int, str]] = {}
    last: dict[str, tuple[str, int, str]] = {}
    for key in keys:
        first.setdefault(key[0], key)
        last[key[0]] = key
    return sorted({*first.values(), *last.values()})
