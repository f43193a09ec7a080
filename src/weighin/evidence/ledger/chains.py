"""The events of a store as chains, and what does not hold about them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from weighin.evidence.ledger.events import (
    EVENT_FORMAT,
    FIRST_LINE_FOLLOWS,
    JOB_RETIRED,
    RUN_STARTED,
    Event,
    LedgerLine,
    is_ledger_name,
    parsed,
)
from weighin.evidence.ledger.places import Lying
from weighin.files.canonical import sha256_hex

UNBROKEN = "an unbroken ledger"
# Events with which the first line of a ledger may begin.
_OPENING = frozenset({RUN_STARTED, JOB_RETIRED})
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a chain, and what lies in it, readable or not.

    Attributes:
        sha256: Of the bytes there.
        chain: The run, or for a line of before the name of its file.
        seq: The number in the chain.
        lying: Where it was read.
    """

    sha256: str
    chain: str
    seq: int
    lying: Lying

    @property
    def place(self) -> str:
        """Where it lies, within its file."""
        what = f"event {self.seq} of run {self.chain}"
        return what if self.lying.is_object else f"line {self.lying.number}, {what}"


@dataclass(frozen=True, slots=True)
class Entry(Slot):
    """An event that can be read, in its place.

    Attributes:
        line: The event.
    """

    line: LedgerLine


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold about a ledger.

    Attributes:
        file: The file, from the root of the store.
        expected: What should stand there, and who says so.
        found: What does, and where in the file.
        number: The line, or the number of the event.
    """

    file: str
    expected: str
    found: str
    number: int

    @property
    def told(self) -> str:
        """In one sentence, without the file."""
        is_all = self.expected == UNBROKEN
        return self.found if is_all else f"{self.found}; expected {self.expected}"


@dataclass(slots=True)
class Chains:
    """All chains of a store.

    Attributes:
        runs: By run and number: the events that claim it; one, unless something is wrong.
        files: By the name of their file: the lines of before, those that cannot be read included.
        by_sha256: Every event of a run that can be read.
        line_by_sha256: Every line of before that can be read.
        unread: What cannot be read, as (file, number, whether it is an object, why).
        twice: By file: events that were read before, byte for byte.
        joined: Events with which another ledger begins, put behind what lies there before it.
        misplaced: Events in a place that is another's.
    """

    runs: dict[str, dict[int, list[Slot]]] = field(default_factory=dict)
    files: dict[str, list[Slot]] = field(default_factory=dict)
    by_sha256: dict[str, Entry] = field(default_factory=dict)
    line_by_sha256: dict[str, Entry] = field(default_factory=dict)
    unread: list[Slot] = field(default_factory=list)
    twice: Counter[str] = field(default_factory=Counter)
    joined: list[Entry] = field(default_factory=list)
    misplaced: list[Problem] = field(default_factory=list)

    def resolved(self, chain: str, sha256: str) -> Entry | None:
        """The event that a head names; `None` if it is not there.

        A file of lines may have another name since: what is meant is its content.
        """
        if is_ledger_name(chain):
            return self.line_by_sha256.get(sha256)
        found = self.by_sha256.get(sha256)
        return found if found is not None and found.chain == chain else None


def chains_of(lying: Iterable[Lying]) -> Chains:
    """The chains that some bytes are."""
    chains = Chains()
    last_file = ""
    is_behind = False
    for item in lying:
        line = parsed(item.raw)
        if item.file != last_file:
            last_file, is_behind = item.file, False
        if isinstance(line, Event):
            _add_event(chains, line, item, is_behind=is_behind)
        else:
            _add_line(chains, line, item)
        is_behind = is_behind or line is not None
    return chains


def _add_event(chains: Chains, event: Event, item: Lying, *, is_behind: bool) -> None:
    entry = Entry(sha256_hex(item.raw), event.run_id, event.seq, item, event)
    if item.is_object and (item.chain, item.number) != (event.run_id, event.seq):
        chains.misplaced.append(
            Problem(
                item.file,
                f"event {item.number} of run {item.chain}",
                entry.place,
                item.number,
            )
        )
    if entry.sha256 in chains.by_sha256:
        chains.twice[item.file] += 1
        return
    chains.by_sha256[entry.sha256] = entry
    chains.runs.setdefault(event.run_id, {}).setdefault(event.seq, []).append(entry)
    if is_behind and not item.is_object and event.heads == {}:
        chains.joined.append(entry)


def _add_line(chains: Chains, line: LedgerLine | None, item: Lying) -> None:
    is_of_run = item.is_object and not is_ledger_name(item.chain)
    of_file = [] if is_of_run else chains.files.setdefault(item.chain, [])
    seq = item.number if is_of_run else len(of_file)
    digest = sha256_hex(item.raw)
    slot = Slot(digest, item.chain, seq, item)
    if line is None:
        chains.unread.append(slot)
    else:
        slot = Entry(digest, item.chain, seq, item, line)
    if not is_of_run:
        of_file.append(slot)
        if isinstance(slot, Entry):
            chains.line_by_sha256.setdefault(digest, slot)
        return
    # It holds its number, so that what follows it can be held against it.
    chains.runs.setdefault(item.chain, {}).setdefault(seq, []).append(slot)
    if line is not None:
        expected = f"event {item.number} of run {item.chain} in {EVENT_FORMAT}"
        found = "a line of a ledger of before"
        chains.misplaced.append(Problem(item.file, expected, found, item.number))


def problems_of(chains: Chains) -> Iterator[Problem]:
    """What does not hold, each told once."""
    yield from chains.misplaced
    for lines in chains.files.values():
        yield from _of_lines(chains, lines)
    for run, events in chains.runs.items():
        yield from _of_run(run, events)
    yield from _of_heads(chains)


def _of_lines(chains: Chains, lines: Sequence[Slot]) -> Iterator[Problem]:
    """Lines of before are bound to the line before, or to an event of a run that stood there."""
    previous = FIRST_LINE_FOLLOWS
    runs: set[str] = set()
    for slot in lines:
        if isinstance(slot, Entry):
            line, lying = slot.line, slot.lying
            is_bound = line.previous == previous or line.previous in chains.by_sha256
            if not is_bound and _begins(line, runs):
                chains.joined.append(slot)
            elif not is_bound:
                told = "does not follow the line before it"
                found = told if lying.is_object else f"line {lying.number} {told}"
                yield Problem(lying.file, UNBROKEN, found, lying.number)
            runs.add(line.run_id)
        previous = slot.sha256


def _begins(line: LedgerLine, runs: set[str]) -> bool:
    """Whether a ledger begins with a line, of a run of which nothing was told before."""
    is_first = line.previous == FIRST_LINE_FOLLOWS and line.event in _OPENING
    return is_first and line.run_id not in runs


def _of_run(run: str, events: Mapping[int, Sequence[Slot]]) -> Iterator[Problem]:
    before: Sequence[Slot] = ()
    next_seq = 0
    for seq in sorted(events):
        claiming = events[seq]
        if len(claiming) > 1:
            places = ", ".join(f"{s.sha256} in {s.lying.file}" for s in claiming[:_SHOWN])
            found = f"{len(claiming)} claim it: {places}"
            yield _problem(claiming[0], f"one event {seq} of run {run}", found)
        if seq != next_seq:
            last = f" to {seq - 1}" if seq - 1 > next_seq else ""
            expected = f"event {next_seq}{last} of run {run} before it"
            yield _problem(claiming[0], expected, "a gap is before it")
        else:
            yield from _not_bound(claiming, before)
        before, next_seq = claiming, seq + 1


def _not_bound(claiming: Sequence[Slot], before: Sequence[Slot]) -> Iterator[Problem]:
    follows = {slot.sha256 for slot in before} or {FIRST_LINE_FOLLOWS}
    for slot in claiming:
        if isinstance(slot, Entry) and slot.line.previous not in follows:
            expected = (
                f"{' or '.join(sorted(follows)[:_SHOWN])}, event {slot.seq - 1} of its run"
                if before
                else f"{FIRST_LINE_FOLLOWS}, as it is the first of its run"
            )
            yield _problem(slot, expected, f"it follows {slot.line.previous}")


def _problem(slot: Slot, expected: str, found: str) -> Problem:
    return Problem(slot.lying.file, expected, f"{slot.place}: {found}", slot.lying.number)


def _of_heads(chains: Chains) -> Iterator[Problem]:
    """What first events of runs saw and is not there, by what is missing, told by the first."""
    seen_by: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in first_events(chains):
        for chain, sha256 in heads_of(entry).items():
            if chain == entry.chain or chains.resolved(chain, sha256) is None:
                seen_by[chain, sha256].append(entry)
    for (chain, sha256), witnesses in seen_by.items():
        more = f" and {len(witnesses) - 1} later" if len(witnesses) > 1 else ""
        what = f"file {chain}" if is_ledger_name(chain) else f"run {chain}"
        left = len(chains.runs.get(chain, chains.files.get(chain, ())))
        yield _problem(
            witnesses[0],
            f"event {sha256} of {what}, which run {witnesses[0].chain}{more} saw",
            f"cut or altered, {left} others of it are there" if left else "nothing of it is there",
        )


def first_events(chains: Chains) -> Iterator[Entry]:
    """The first event of each run, and each that claims to be it."""
    for events in chains.runs.values():
        for slot in events.get(0, ()):
            if isinstance(slot, Entry):
                yield slot


def heads_of(slot: Slot) -> Mapping[str, str]:
    """What the first event of a run saw of other chains."""
    event = slot.line if isinstance(slot, Entry) else None
    return (event.heads or {}) if isinstance(event, Event) else {}
