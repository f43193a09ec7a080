"""The rule `runs-within-days`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule, Weaker
from weighin.rules.shared.fact_rule import moment
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsWithinDays(Rule):
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
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED
    level: ClassVar[Level] = Level.WARNING
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"days": Weaker.HIGHER})

    days: Annotated[int, Field(ge=1, le=3660)] = 7

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding on the row, and one on what has no time."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        timed = [record for record in records if moment(record.run.started) is not None]
        silent = [record for record in records if moment(record.run.started) is None]
        if timed:
            first = min(timed, key=partial(_end, of_start=True))
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
                fix=how_to_record(silent, Part.START),
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


def _end(record: Record, *, of_start: bool = False) -> datetime:
    started, finished = moment(record.run.started), moment(record.run.finished)
    if of_start and started is not None:
        # Some of the answers may be of an attempt that had ended before this one began.
        began = (moment(taken.began) for taken in record.taken)
        started = min([started, *filter(None, began)])
    found = started if of_start or finished is None else finished
    return found or datetime.min.replace(tzinfo=UTC)
