"""Rules on one fact a record, as data: a class names the fact and what must hold of its value.

The operators are a closed set: present, equal to, one of, none of, at most, and the same on every
benchmark. A rule that needs more than one of them is a class of its own.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Grade, normalised
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import RecordRule, nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class FactAtHand:
    """A fact about a record, and where it stands.

    Attributes:
        fact: The fact.
        where: The record's file, or the declaration's.
    """

    fact: Fact
    where: Origin


def fact_at_hand(case: Case, record: Record, name: FactName) -> FactAtHand | None:
    """What a record says; else what is declared of its benchmark; else of the model."""
    if (fact := record.fact(name)) is not None:
        return FactAtHand(
            fact=fact, where=record.origin.model_copy(update={"pointer": fact.pointer})
        )
    for benchmark in (record.asked.task, ""):
        for declaration in case.declarations:
            for fact in declaration.facts:
                if fact.name is name and declaration.benchmark == benchmark:
                    where = declaration.origin.model_copy(update={"pointer": fact.pointer})
                    return FactAtHand(fact=fact, where=where)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRule(RecordRule, ABC):
    """What all rules on one fact share.

    Attributes:
        fact: What is judged.
        unknown: What a record without it says, after its benchmark, for example `it is not
            recorded whether …`.
        declare_it: How a person states it, where the harness does not.
        fix: What to do where it does not hold.
        least: The least grade that counts.
    """

    fact: ClassVar[FactName]
    unknown: ClassVar[str]
    declare_it: ClassVar[str]
    fix: ClassVar[str]
    least: ClassVar[Grade] = Grade.DECLARED

    @abstractmethod
    def judge(self, value: JsonValue) -> Finding:
        """The finding on a value; `undecided` if it has not the shape that the fact's name says."""

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding: on the fact's value, its grade or its absence."""
        at_hand = fact_at_hand(case, record, self.fact)
        if at_hand is None:
            yield Finding(
                outcome=Outcome.UNDECIDED, statement=self.unknown, fix=self.record_it(record)
            )
            return
        if not at_hand.fact.grade.at_least(self.least):
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{self.fact} is only {at_hand.fact.grade}",
                expected=f"{self.least} or better",
                found=literal(at_hand.fact.value),
                where=(at_hand.where,),
                fix=self.record_it(record),
            )
            return
        finding = self.judge(at_hand.fact.value)
        fix = finding.fix or (self.fix if finding.outcome is Outcome.VIOLATED else "")
        yield replace(finding, where=(at_hand.where,), fix=fix)

    def record_it(self, *records: Record) -> str:
        """What would record it in these records, or the declaration alone."""
        return how_to_record(records, self.fact, self.declare_it)

    def shapeless(self, value: JsonValue) -> Finding:
        """The finding on a value that has not the shape that the fact's name says."""
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{self.fact} is recorded in a shape that says nothing",
            found=literal(value)[:80],
            fix=self.record_it(),
        )


def holds(statement: str, value: JsonValue = None) -> Finding:
    """A finding that something holds."""
    return Finding(outcome=Outcome.MET, statement=statement, found=_shown(value))


def fails(statement: str, *, expected: str, found: JsonValue) -> Finding:
    """A finding that something does not hold."""
    return Finding(
        outcome=Outcome.VIOLATED, statement=statement, expected=expected, found=_shown(found)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFactRule(FactRule, ABC):
    """A fact that must be the same on every benchmark. Set here and unset there is unknown."""

    def check(self, case: Case) -> Iterator[Finding]:
        """The odd ones out first; then what is not recorded; else that all agree."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        found: dict[str, list[tuple[Record, FactAtHand]]] = {}
        silent: list[Record] = []
        for record in records:
            at_hand = fact_at_hand(case, record, self.fact)
            if at_hand is None or not at_hand.fact.grade.at_least(self.least):
                silent.append(record)
            else:
                key = literal(normalised(at_hand.fact.value))
                found.setdefault(key, []).append((record, at_hand))
        groups = sorted(found.values(), key=lambda group: -len(group))
        for odd in groups[1:]:
            yield self._differs(groups[0], odd)
        if silent:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{listed(tasks(silent))}: {self.unknown}",
                benchmarks=tasks(silent),
                where=tuple(record.origin for record in silent),
                fix=self.record_it(*silent),
            )
        if len(groups) == 1 and not silent:
            (_, at_hand), *_ = groups[0]
            yield replace(
                holds(f"{self.fact} is the same on every benchmark", at_hand.fact.value),
                benchmarks=tasks(records),
            )

    def judge(self, value: JsonValue) -> Finding:
        """Not asked: no value is wrong by itself."""
        return holds(f"{self.fact} is recorded", value)

    def _differs(
        self, norm: list[tuple[Record, FactAtHand]], odd: list[tuple[Record, FactAtHand]]
    ) -> Finding:
        names = tasks(record for record, _ in odd)
        others = tasks(record for record, _ in norm)
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{listed(names)}: {self.fact} is other than on {listed(others)}",
            benchmarks=names,
            expected=_shown(norm[0][1].fact.value),
            found=_shown(odd[0][1].fact.value),
            where=tuple(at_hand.where for _, at_hand in odd),
            fix=self.fix,
        )


def share(value: JsonValue, part: str, whole: str) -> tuple[int, int] | None:
    """Two whole numbers of an object, the part not above the whole; `None` if they are not so."""
    if not isinstance(value, dict):
        return None
    counted, total = value.get(part), value.get(whole)
    if not isinstance(counted, int) or not isinstance(total, int):
        return None
    return (counted, total) if 0 <= counted <= total and total else None


def counts(value: JsonValue) -> dict[str, int]:
    """The entries of an object of counts that are above 0; empty if it is none."""
    if not isinstance(value, dict):
        return {}
    if not all(type(n) is int and n >= 0 for n in value.values()):
        return {}
    return {name: n for name, n in value.items() if isinstance(n, int) and n}


def texts(value: JsonValue) -> tuple[str, ...] | None:
    """The texts of a list, or the keys of an object; `None` if the value is neither."""
    if isinstance(value, dict):
        return tuple(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(str(item) for item in value)
    return None


def outside(found: Collection[str], allowed: Collection[str]) -> tuple[str, ...]:
    """Those that are not allowed, in order."""
    return tuple(item for item in found if item not in allowed)


def _shown(value: JsonValue) -> str:
    return "" if value is None else literal(value)


def stated_on(value: JsonValue, what: str) -> Finding | None:
    """The finding on a statement; `None` if it says nothing."""
    if isinstance(value, str) and value.strip():
        return holds(f"stated on {what}", literal(value)[:300])
    return None


def moment(value: JsonValue) -> datetime | None:
    """A moment in UTC; `None` if it is no RFC 3339 text with a time zone."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
