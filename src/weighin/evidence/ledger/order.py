"""The order of a store: by what each run had seen of the others, never by a clock."""

import heapq
from collections import defaultdict
from collections.abc import Iterator

from weighin.evidence.ledger.chains import Chains, Entry, Slot, first_events, heads_of
from weighin.evidence.ledger.events import Event
from weighin.evidence.ledger.places import LEDGER_NAME

Rank = tuple[int, str]
RUN = 2


def ordered(chains: Chains) -> tuple[Entry, ...]:
    """All events that can be read: chain by chain, in the order of the chains, by their numbers.

    A run comes after those that its first event names; among those that do not know of each other,
    files of older lines come first, then runs by their ids.
    """
    return tuple(slot for slot in slots_in_order(chains) if isinstance(slot, Entry))


def slots_in_order(chains: Chains) -> Iterator[Slot]:
    """The same, with what cannot be read in its place."""
    for chain in _chains_in_order(chains):
        yield from _slots(chains, chain)


def _slots(chains: Chains, chain: Rank) -> Iterator[Slot]:
    kind, name = chain
    if kind < RUN:
        yield from chains.files[name]
        return
    of_run = chains.runs[name]
    for seq in sorted(of_run):
        yield from sorted(of_run[seq], key=lambda entry: entry.sha256)


def rank_of(entry: Entry) -> Rank:
    """The chain of an event, as chains sort that do not know of each other."""
    if isinstance(entry.line, Event):
        return RUN, entry.chain
    return _file_rank(entry.chain)


def _file_rank(name: str) -> Rank:
    return (0 if name == LEDGER_NAME else 1), name


def _chains_in_order(chains: Chains) -> Iterator[Rank]:
    ranks = [*map(_file_rank, chains.files), *((RUN, run) for run in chains.runs)]
    waits_for: dict[Rank, set[Rank]] = {rank: set() for rank in ranks}
    followed_by: defaultdict[Rank, list[Rank]] = defaultdict(list)
    for entry in first_events(chains):
        for chain, sha256 in heads_of(entry).items():
            seen, own = chains.resolved(chain, sha256), (RUN, entry.chain)
            if (
                seen is not None
                and (before := rank_of(seen)) != own
                and before not in waits_for[own]
            ):
                waits_for[own].add(before)
                followed_by[before].append(own)
    waiting = {rank: len(others) for rank, others in waits_for.items()}
    free = [rank for rank, number in waiting.items() if number == 0]
    heapq.heapify(free)
    in_a_circle = iter(sorted(ranks))
    while waiting:
        # Only two first events of one run can make a circle, which is a problem of its own.
        rank = heapq.heappop(free) if free else next(r for r in in_a_circle if r in waiting)
        if waiting.pop(rank, None) is None:
            continue
        yield rank
        for later in followed_by[rank]:
            if later in waiting:
                waiting[later] -= 1
                if waiting[later] == 0:
                    heapq.heappush(free, later)
