"""Rules that judge each record by itself: what most of them share."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding, Rule
from weighin.rules.shared.per_record import claimed_records, for_each_record, required_records


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule(Rule, ABC):
    """A rule on each record of a required benchmark."""

    def check(self, case: Case) -> Iterator[Finding]:
        """The findings on all records; those that say the same become one."""
        yield from for_each_record(
            case, self.records(case), lambda record: self.findings(case, record)
        )

    def records(self, case: Case) -> Sequence[Record]:
        """The records that are judged: those of every required benchmark."""
        return required_records(case)

    @abstractmethod
    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """The findings on one record, whose statements do not name the benchmark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRecordRule(RecordRule, ABC):
    """A rule on each record whose scores are claimed: of several attempts, the latest."""

    def records(self, case: Case) -> Sequence[Record]:
        """The records that are judged: the latest attempt at every required benchmark."""
        return claimed_records(case)
