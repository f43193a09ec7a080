"""When, with which seeds and on which machines it ran."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.fact_rule import SameFactRule, fact_at_hand
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.moments import moment
from weighin.rules.per_record import (
    for_each_record,
    nothing_recorded,
    required_records,
    tasks,
)
from weighin.rules.wording import count, listed, literal

_SEED = "seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsWithinDays:
    """All benchmarks ran within a number of days.

    Why:
        A served model, a dataset and an engine change over weeks without a word; a row of numbers
        from many months is of many versions of each.

    How:
        Takes the time from the first start to the last start or end that is recorded.

    Fix:
        Score the oldest benchmarks again.

    Attributes:
        days: The longest time between the first and the last.
    """

    id: ClassVar[str] = "runs-within-days"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    days: Annotated[int, Field(ge=1, le=3660)] = 7

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding on the row, and one on what has no time."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        starts = {id(r): moment(r.run.started) for r in records}
        timed = [r for r in records if starts[id(r)] is not None]
        silent = [r for r in records if starts[id(r)] is None]
        if timed:
            first = min(timed, key=lambda r: starts[id(r)] or datetime.max.replace(tzinfo=UTC))
            last = max(timed, key=_end)
            span = _end(last) - _end(first, of_start=True)
            if span > timedelta(days=self.days) or not silent:
                yield self._span(timed, first, last, span)
        if silent:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{listed(tasks(silent))}: when it ran is not recorded",
                benchmarks=tasks(silent),
                where=tuple(r.origin for r in silent),
                fix=f"score it with `weighin run {case.requirements.source}`, which records it",
            )

    def _span(
        self, timed: Sequence[Record], first: Record, last: Record, span: timedelta
    ) -> Finding:
        is_within = span <= timedelta(days=self.days)
        took = f"{span.total_seconds() / 86400:.3g} days"
        return Finding(
            outcome=Outcome.MET if is_within else Outcome.VIOLATED,
            statement=f"all benchmarks ran within {took}"
            if is_within
            else f"{took} lie between {first.asked.task} and {last.asked.task}",
            benchmarks=tasks(timed) if is_within else tasks((first, last)),
            expected=f"at most {count(self.days, 'day')}",
            found=f"{first.run.started} to {last.run.finished or last.run.started}",
            where=tuple(dict.fromkeys((first.origin, last.origin))),
            fix="" if is_within else f"score {first.asked.task} again",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedsAreRecorded:
    """The seeds of every benchmark are recorded, and sampling ran as often as required.

    Why:
        A sampled answer is one draw. Without its seed it cannot be drawn again, and from one draw
        nobody can tell how much the next would differ.

    How:
        Looks for seeds in the record. Where answers were sampled (`do_sample`, or a temperature
        above 0), counts the records of the benchmark and asks that their seeds differ.

    Fix:
        Set and log the seeds; repeat what is sampled with other seeds.

    Attributes:
        runs: Records that a benchmark with sampled answers must have.
    """

    id: ClassVar[str] = "seeds-are-recorded"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    runs: Annotated[int, Field(ge=1)] = 1

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record."""
        records = required_records(case)
        yield from for_each_record(case, records, lambda record: self._seeds(case, record, records))

    def _seeds(self, case: Case, record: Record, records: Sequence[Record]) -> Iterator[Finding]:
        seeds = _seeds_of(case, record)
        if not seeds:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="no seed is recorded",
                fix="set the seeds where the harness logs them, or declare seeds",
            )
            return
        repeats = [r for r in records if r.asked.task == record.asked.task]
        distinct = {literal(_seeds_of(case, r)) for r in repeats}
        if _is_sampled(record) and len(distinct) < self.runs:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"answers were sampled in {count(len(repeats), 'run')} with "
                f"{count(len(distinct), 'set')} of seeds",
                expected=f"{count(self.runs, 'run')} with seeds of their own",
                found=literal(seeds),
                fix="score it again with other seeds, and give every run as evidence",
            )
        else:
            yield Finding(outcome=Outcome.MET, statement="seeds are recorded", found=literal(seeds))


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareIsRecorded(SameFactRule):
    """The machine of every benchmark is recorded.

    Why:
        Kernels of other accelerators round otherwise, and a difference in a score that nobody can
        explain is often one of machines.

    How:
        Looks for the machine in words. Another machine is told and allowed, unless `same`.

    Fix:
        Log the machine, or declare it.

    Attributes:
        same: Whether it must be the same on every benchmark.
    """

    id: ClassVar[str] = "hardware-is-recorded"
    level: ClassVar[Level] = Level.NOTE
    fact: ClassVar[FactName] = FactName.HARDWARE
    unknown: ClassVar[str] = "the machine is not recorded"
    record_it: ClassVar[str] = (
        "score it with lm-eval 0.4.3 or later, which logs the machine, or declare hardware"
    )
    fix: ClassVar[str] = "score it again on the machine of the others"

    same: bool = False

    def check(self, case: Case) -> Iterator[Finding]:
        """What is not recorded, what differs if that counts, else that all is recorded."""
        found = tuple(SameFactRule.check(self, case))
        counting = [f for f in found if self.same or f.outcome is not Outcome.VIOLATED]
        records = required_records(case)
        yield from counting or [
            Finding(
                outcome=Outcome.MET,
                statement="the machine is recorded on every benchmark; there are several",
                benchmarks=tasks(records),
                found="; ".join(dict.fromkeys(_machine(case, r) for r in records)),
                where=tuple(r.origin for r in records),
            )
        ]


def _end(record: Record, *, of_start: bool = False) -> datetime:
    started, finished = moment(record.run.started), moment(record.run.finished)
    found = started if of_start or finished is None else finished
    return found or datetime.min.replace(tzinfo=UTC)


def _seeds_of(case: Case, record: Record) -> dict[str, JsonValue]:
    at_hand = fact_at_hand(case, record, FactName.SEEDS)
    if at_hand is not None and isinstance(at_hand.fact.value, dict):
        return {k: v for k, v in at_hand.fact.value.items() if v is not None}
    settings = record.run.settings
    return {k: v for k, v in settings.items() if k.endswith(_SEED) and isinstance(v, int)}


def _is_sampled(record: Record) -> bool:
    decoding = record.asked.decoding
    temperature = decoding.get("temperature")
    is_warm = isinstance(temperature, int | float) and temperature > 0
    return decoding.get("do_sample") is True or (is_warm and decoding.get("do_sample") is not False)


def _machine(case: Case, record: Record) -> str:
    at_hand = fact_at_hand(case, record, FactName.HARDWARE)
    return "" if at_hand is None else literal(at_hand.fact.value)


CIRCUMSTANCE_RULES: tuple[type[Rule], ...] = (
    RunsWithinDays,
    SeedsAreRecorded,
    HardwareIsRecorded,
)
