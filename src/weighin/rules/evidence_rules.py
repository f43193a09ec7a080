"""Whether there is evidence for every benchmark, and good enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.difference import claimed_scores
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.per_record import (
    bearing,
    claimed_records,
    nothing_recorded,
    place,
    required_records,
    tasks,
)
from weighin.rules.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAtLeast:
    """Every required facet is known on every benchmark, as well as the requirements ask.

    Why:
        A field that somebody typed and a digest of the bytes that were loaded are not the same
        evidence. Most published results rest on a name.

    How:
        Takes the best grade of each facet in each record: measured, pinned, declared, named or
        absent, and holds it against `evidence`.

    Fix:
        Score with `weighin run`, which measures; or lower `evidence`, in the open.
    """

    id: ClassVar[str] = "evidence-at-least"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "evidence"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each facet that is known too weakly somewhere."""
        records = required_records(case)
        if not case.requirements.same:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements name no facet that must be the same",
            )
            return
        if not records:
            yield nothing_recorded(case)
            return
        weak = tuple(
            finding
            for facet in case.requirements.same
            if (finding := _weakness(case.requirements.evidence, facet, records)) is not None
        )
        yield from weak or (
            Finding(
                outcome=Outcome.MET,
                statement=f"{count(len(case.requirements.same), 'facet')} known at grade "
                f"{case.requirements.evidence} or better on "
                f"{count(len(tasks(records)), 'benchmark')}",
                benchmarks=tasks(records),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryBenchmarkPresent:
    """Every required benchmark has a record with the required metric.

    Why:
        A row is easily made to look better by leaving out a benchmark.

    How:
        Looks for a record of each benchmark of the requirements, and in it for the metric.

    Fix:
        Score the benchmark that is missing: `weighin run REQUIREMENTS --only TASK`.
    """

    id: ClassVar[str] = "every-benchmark-present"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each benchmark without a record or without its metric."""
        missing = [
            finding
            for benchmark in case.requirements.benchmarks
            if (finding := _absence(case, benchmark)) is not None
        ]
        everyone = tuple(b.task for b in case.requirements.benchmarks)
        if not everyone:
            yield Finding(outcome=Outcome.UNDECIDED, statement="the requirements name no benchmark")
            return
        yield from missing or [
            Finding(
                outcome=Outcome.MET,
                statement=f"{count(len(everyone), 'required benchmark')} recorded with a score",
                benchmarks=everyone,
            )
        ]


def _weakness(least: Grade, facet: Facet, records: tuple[Record, ...]) -> Finding | None:
    weak = tuple(
        r for r in bearing(records, facet) if not r.observation(facet).grade.at_least(least)
    )
    if not weak:
        return None
    ways = dict.fromkeys(r.observation(facet).how_to_record for r in weak)
    by_grade = {
        grade: tasks(r for r in weak if r.observation(facet).grade is grade)
        for grade in reversed(Grade)
    }
    found = "; ".join(f"{grade} on {listed(names)}" for grade, names in by_grade.items() if names)
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=facet,
        statement=f"{facet}: {found}",
        benchmarks=tasks(weak),
        expected=f"{least} or better",
        found=found,
        where=tuple(place(r, facet) for r in weak),
        fix="; ".join(way for way in ways if way) or "score it with `weighin run`",
    )


def _absence(case: Case, benchmark: BenchmarkRequirement) -> Finding | None:
    task, source = benchmark.task, case.requirements.source
    records = tuple(r for r in claimed_records(case) if r.asked.task == task)
    command = f"weighin run {source} --only {task}"
    if not records:
        told = f"{task}: there is no record"
        if interrupted := case.interrupted_attempts.get(task, 0):
            told += f"; {count(interrupted, 'attempt')} ended without a score"
        return Finding(outcome=Outcome.UNDECIDED, statement=told, benchmarks=(task,), fix=command)
    for record in records:
        # A group without a score of its own is not scored by the scores of its tasks.
        scores = tuple(s for s in claimed_scores(case, record) if s.task == task)
        finite = [s for s in scores if isfinite(s.value)]
        if finite and len(finite) == len(scores):
            continue
        there = tuple(dict.fromkeys(s.key for s in record.scores))
        wanted = benchmark.metric_key or "any score"
        what = f"has no {wanted}" if not scores else f"has a {wanted} that is not a number"
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{task}: the record {what}",
            benchmarks=(task,),
            expected=wanted,
            found=listed(there, len(there)) or "no score",
            where=(record.origin,),
            fix=f"require one of the metrics that are there, or score it again: {command}",
        )
    return None
