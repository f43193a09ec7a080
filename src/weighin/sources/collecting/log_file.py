"""A log of another harness as it was read, and prints that tell nothing beside it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weighin.evidence.collected import BrokenFile
from weighin.sources.formats.reader import LoggedRecord, Reading

_Printed = tuple[str, str, str]
"""Metric, filter, and the number as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A log of another harness as it was read.

    Attributes:
        shown: Its path as shown to a person.
        reader: Name of what read it.
        reading: What it holds beside records.
        records: Its records that were asked for.
        broken: What is not as a digest says.
    """

    shown: str
    reader: str
    reading: Reading
    records: tuple[LoggedRecord, ...]
    broken: tuple[BrokenFile, ...]


def with_reasons(logs: Sequence[LogFile]) -> list[LogFile]:
    """The logs, with the reason why there is no row of a reader, where it found none in any."""
    have_rows = {log.reader for log in logs if log.records}
    return [
        log
        if log.reader in have_rows or not (why := log.reading.why_no_row)
        else replace(log, reading=replace(log.reading, notes=(*log.reading.notes, why)))
        for log in logs
    ]


def without_prints(logs: Sequence[LogFile]) -> list[LogFile]:
    """The logs without what a run printed, where another of them tells all that in full.

    Who keeps what a run printed beside its log has one run, and not two.
    """
    digits_used = {digits for log in logs if (digits := log.reading.printed_digits) is not None}
    told: defaultdict[_Printed, set[str]] = defaultdict(set)
    for log in logs:
        if log.reading.printed_digits is None:
            for digits in digits_used:
                for printed in _printed(log, digits):
                    told[printed].add(log.shown)
    kept: list[LogFile] = []
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for log in logs:
        digits = log.reading.printed_digits
        origin = None if digits is None else _origin_of(log, digits, told)
        if origin is None:
            kept.append(log)
        else:
            notes[origin].append(f"{log.shown}: passed over, for it prints what {origin} tells")
    return [
        replace(log, reading=replace(log.reading, notes=(*log.reading.notes, *notes[log.shown])))
        if log.shown in notes
        else log
        for log in kept
    ]


def _printed(log: LogFile, digits: int) -> Iterator[_Printed]:
    """All scores as they are printed; without tasks, which a print may name by their aliases."""
    for logged in log.records:
        for score in logged.record.scores:
            yield score.metric, score.filter, f"{score.value:.{digits}f}"


def _origin_of(log: LogFile, digits: int, told: Mapping[_Printed, set[str]]) -> str | None:
    """A log that tells each number of a print; `None` if there is none."""
    origins: set[str] | None = None
    for printed in _printed(log, digits):
        found = told.get(printed, set())
        origins = found if origins is None else origins & found
        if not origins:
            return None
    return min(origins) if origins else None
