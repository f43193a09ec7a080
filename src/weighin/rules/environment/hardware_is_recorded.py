"""The rule `hardware-is-recorded`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding, Level, Outcome, Weaker
from weighin.rules.shared.fact_rule import SameFactRule, fact_at_hand
from weighin.rules.shared.per_record import required_records, tasks
from weighin.rules.shared.wording import literal


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
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"same": Weaker.FALSE})
    fact: ClassVar[FactName] = FactName.HARDWARE
    unknown: ClassVar[str] = "the machine is not recorded"
    declare_it: ClassVar[str] = "declare `hardware`"
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


def _machine(case: Case, record: Record) -> str:
    at_hand = fact_at_hand(case, record, FactName.HARDWARE)
    return "" if at_hand is None else literal(at_hand.fact.value)
