"""Which attempts at a job came before it was retired, as the ledgers tell, and no clock."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighin.evidence.ledger.chains import Chains, Entry, heads_of
from weighin.evidence.ledger.events import JOB_RETIRED, Event
from weighin.evidence.ledger.order import RUN, Rank, rank_of


@dataclass(frozen=True, slots=True)
class Retirement:
    """A job that was retired, and what whoever did it had seen of it.

    Attributes:
        entry: The last event that retires it.
        before: Digests of the job's events that had been seen.
        since: Digests of its other events.
    """

    entry: Entry
    before: frozenset[str]
    since: frozenset[str]


def retirements(chains: Chains, entries: Sequence[Entry]) -> Mapping[str, Retirement]:
    """The jobs that were retired, by their ids.

    An event of another run was before if the run that retired the job had seen it, and came since
    if not. Only where lines of before, which say nothing of what they saw, leave it open, do times
    tell.

    Args:
        chains: All chains of a store.
        entries: Their events in the order of the store.
    """
    last = {
        entry.line.job_id: entry
        for entry in entries
        if entry.line.event == JOB_RETIRED and entry.line.job_id
    }
    of_job: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries if last else ():
        if entry.line.job_id in last and entry is not last[entry.line.job_id]:
            of_job[entry.line.job_id].append(entry)
    pairs = [(entry, last[job_id]) for job_id, of_one in of_job.items() for entry in of_one]
    seen = _seen(chains, entries, [*pairs, *((retired, entry) for entry, retired in pairs)])
    before = {entry.sha256 for entry, retired in pairs if _is_before(entry, retired, seen)}
    return {
        job_id: Retirement(
            entry=retired,
            before=frozenset(e.sha256 for e in of_job[job_id] if e.sha256 in before),
            since=frozenset(e.sha256 for e in of_job[job_id] if e.sha256 not in before),
        )
        for job_id, retired in last.items()
    }


def _is_before(entry: Entry, retired: Entry, seen: Collection[tuple[str, str]]) -> bool:
    if rank_of(entry) == rank_of(retired):
        return entry.seq < retired.seq
    if (entry.sha256, retired.sha256) in seen or (retired.sha256, entry.sha256) in seen:
        return (entry.sha256, retired.sha256) in seen
    are_events = isinstance(entry.line, Event) and isinstance(retired.line, Event)
    return not are_events and entry.line.time <= retired.line.time


def _seen(
    chains: Chains, entries: Sequence[Entry], asked: Sequence[tuple[Entry, Entry]]
) -> set[tuple[str, str]]:
    """Of some pairs of events those of which the run of the second had seen the first.

    What a run had seen is what it names, and what the runs before it in the store name: not every
    run names all. One walk answers all pairs.
    """
    asked_of: defaultdict[Rank, list[tuple[Entry, Entry]]] = defaultdict(list)
    for first, second in asked:
        asked_of[rank_of(second)].append((first, second))
    found: set[tuple[str, str]] = set()
    # Of each chain the number of the last event that was seen up to here.
    seen: dict[Rank, int] = {}
    for rank in dict.fromkeys(map(rank_of, entries)) if asked else ():
        for head in _named_by(chains, rank):
            seen[rank_of(head)] = max(seen.get(rank_of(head), -1), head.seq)
        for first, second in asked_of[rank]:
            if first.seq <= seen.get(rank_of(first), -1):
                found.add((first.sha256, second.sha256))
    return found


def _named_by(chains: Chains, rank: Rank) -> Iterator[Entry]:
    """The events that the first one of a run names."""
    for slot in chains.runs[rank[1]].get(0, ()) if rank[0] == RUN else ():
        for chain, sha256 in heads_of(slot).items():
            if (head := chains.resolved(chain, sha256)) is not None:
                yield head
