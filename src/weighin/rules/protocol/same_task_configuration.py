"""The rule `same-task-configuration`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.differences.held.digests import digests_agree
from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.protocol.task_digests import ASK_ALIKE
from weighin.rules.shared.per_record import (
    nothing_recorded,
    required_by_benchmark,
    required_records,
    tasks,
)
from weighin.rules.shared.wording import count, digest, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class SameTaskConfiguration(Rule):
    """Each benchmark was asked with one task configuration in all of its records.

    Why:
        Another prompt, filter or split under the same task name moves a score by more than most
        models differ, and so does an edit of the Python that a task brings.

    How:
        Compares the digest of the task's configuration over the records of each benchmark, and the
        digests of its own Python where both records hold them.

    Fix:
        Score the benchmark again with one version of the harness and the task.
    """

    id: ClassVar[str] = "same-task-configuration"
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each benchmark with several configurations, else one answer."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        problems = [
            *_unknown(tuple(r for r in records if r.asked.config_digest is None)),
            *(
                finding
                for of_task in required_by_benchmark(case).values()
                for finding in _of_task(of_task)
            ),
        ]
        yield from problems or [
            Finding(
                outcome=Outcome.MET,
                statement=f"one configuration on each of {count(len(tasks(records)), 'benchmark')}",
                benchmarks=tasks(records),
            )
        ]


def _unknown(records: tuple[Record, ...]) -> Iterator[Finding]:
    if records:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(records))}: no digest of the task's settings is recorded",
            benchmarks=tasks(records),
            where=tuple(r.origin for r in records),
            fix=how_to_record(records, Part.TASK_CONFIGURATION),
        )


def _of_task(records: tuple[Record, ...]) -> Iterator[Finding]:
    for number, record in enumerate(records):
        for other in records[:number]:
            if (finding := _difference(record, other)) is not None:
                yield finding
                break


def _difference(record: Record, other: Record) -> Finding | None:
    mine, theirs = record.asked.config_digest, other.asked.config_digest
    started = other.run.started or "an unknown time"
    answer = digests_agree(record, other, lambda asked: asked.config_digest)
    if mine is not None and theirs is not None and answer is not Agreement.SAME:
        told = "other settings of the task than in the attempt of"
        is_different = answer is Agreement.DIFFERENT
        if not is_different:
            told = "whether the settings of the task are those of another harness is not known, of"
        return Finding(
            outcome=Outcome.VIOLATED if is_different else Outcome.UNDECIDED,
            statement=f"{record.asked.task}: {told} {started}",
            benchmarks=(record.asked.task,),
            expected=digest(theirs),
            found=digest(mine),
            where=(record.origin, other.origin),
            fix=ASK_ALIKE,
        )
    edited = _edited(record, other)
    if not edited:
        return None
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{record.asked.task}: other Python of the task than in the attempt of "
        f"{started}: {listed(edited)}",
        benchmarks=(record.asked.task,),
        where=(record.origin, other.origin),
        fix=ASK_ALIKE,
    )


def _edited(record: Record, other: Record) -> tuple[str, ...]:
    """Names of Python files of the task that differ between two records that both say."""
    mine, theirs = record.fact(FactName.TASK_CODE), other.fact(FactName.TASK_CODE)
    if mine is None or theirs is None:
        return ()
    if not isinstance(mine.value, dict) or not isinstance(theirs.value, dict):
        return ()
    names = sorted(mine.value.keys() | theirs.value.keys())
    return tuple(name for name in names if mine.value.get(name) != theirs.value.get(name))
