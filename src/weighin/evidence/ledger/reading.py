"""A store's ledgers read: their events in order, and what does not hold about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.ledger.chains import Chains, Entry, Problem, Slot, chains_of, problems_of
from weighin.evidence.ledger.events import LedgerLine
from weighin.evidence.ledger.order import ordered
from weighin.evidence.ledger.places import Lying, all_lying, as_storage, in_lines
from weighin.evidence.ledger.retirements import Retirement, retirements
from weighin.files.bounded import MAX_LEDGER_BYTES, read_foreign_file
from weighin.files.collector import without_collector
from weighin.files.stores.interface import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerContent:
    """A ledger as read.

    Attributes:
        lines: The readable lines, in order.
        breaks: Lines that are not bound to what they follow: something was altered or removed.
        torn: Lines that cannot be read, as a writer that died leaves them.
        joined: Lines with which another ledger begins that was put behind this one.
    """

    lines: tuple[LedgerLine, ...]
    breaks: tuple[str, ...]
    torn: tuple[str, ...]
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """All ledgers of a store, however they lie there.

    Attributes:
        entries: The events that can be read, in the order of the store.
        problems: What was altered, cut or removed.
        notes: What is harmless and told, as (file, sentence).
        retirements: By job id: jobs that were retired, with what had been seen of them.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    notes: tuple[tuple[str, str], ...]
    retirements: Mapping[str, Retirement]

    @property
    def lines(self) -> Iterator[LedgerLine]:
        """The events alone."""
        return (entry.line for entry in self.entries)


def ledgers_at(place: Path | str | Storage) -> Ledgers:
    """Read all ledgers of a store: files of lines, and events that lie in places of their own.

    Where there are none there are no events. What cannot be read or does not hold is no exception:
    the events around it are still evidence. Events are told apart by their bytes, so that it
    matters neither in which order nor how often they lie there.

    Raises:
        EvidenceError: A file exists and cannot be read at all.
        InfrastructureError: The store cannot be reached.
    """
    with without_collector():
        return _ledgers(all_lying(as_storage(place)))


def _ledgers(lying: Iterable[Lying]) -> Ledgers:
    chains = chains_of(lying)
    problems = tuple(problems_of(chains))
    entries = ordered(chains)
    return Ledgers(
        entries=entries,
        problems=problems,
        notes=tuple(_notes(chains)),
        retirements=retirements(chains, entries),
    )


def read_ledger(path: Path) -> LedgerContent:
    """The lines of one file and what does not hold about them, as if nothing lay beside it.

    A ledger that does not exist has no lines. A torn or altered line is no exception: the lines
    around it are still evidence. CRLF is read as LF, as tools that check files out may write it.
    Ledgers that were put one behind the other are one file.

    Raises:
        EvidenceError: The file exists and cannot be read.
    """
    try:
        content = read_foreign_file(path, max_bytes=MAX_LEDGER_BYTES)
    except EvidenceError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        content = b""
    with without_collector():
        chains = chains_of(in_lines(path.name, content))
        problems = sorted(problems_of(chains), key=lambda problem: problem.number)
        entries = sorted(ordered(chains), key=lambda entry: entry.lying.number)
    return LedgerContent(
        lines=tuple(entry.line for entry in entries),
        breaks=tuple(problem.told for problem in problems),
        torn=tuple(map(_cannot_be_read, chains.unread)),
        joined=tuple(map(_begins_another, chains.joined)),
    )


def _notes(chains: Chains) -> Iterator[tuple[str, str]]:
    """What is told although it is harmless."""
    for slot in chains.unread:
        yield slot.lying.file, _cannot_be_read(slot)
    for entry in chains.joined:
        yield entry.lying.file, _begins_another(entry)
    objects = 0
    for file, number in chains.twice.items():
        if file.endswith(".json"):
            objects += number
        else:
            events = "event" if number == 1 else "events"
            yield file, f"{number} {events} of it stand in this store twice, and count once"
    if objects:
        events = "event lies" if objects == 1 else "events lie"
        yield "ledger", f"{objects} {events} in this store twice, and count once"


def _cannot_be_read(slot: Slot) -> str:
    is_object = slot.lying.is_object
    return "it cannot be read" if is_object else f"line {slot.lying.number} cannot be read"


def _begins_another(entry: Entry) -> str:
    is_object = entry.lying.is_object
    where = "it" if is_object else f"line {entry.lying.number}"
    return f"{where} begins another ledger, put behind this one"
