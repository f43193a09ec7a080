"""The rule `every-benchmark-present`."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.files.yaml.written import as_yaml
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.runs.ledgers import ANSWERED_ONLY
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.per_record import claimed_by_benchmark
from weighin.rules.shared.wording import count, listed, run_only


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryBenchmarkPresent(Rule):
    """Every required benchmark has a record with the required metric.

    Why:
        A row is easily made to look better by leaving out a benchmark.

    How:
        Looks for a record of each benchmark of the requirements, and in it for the metric.

    Fix:
        Score the benchmark that is missing: `weighin run REQUIREMENTS --only TASK`.
    """

    id: ClassVar[str] = "every-benchmark-present"

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


def _absence(case: Case, benchmark: BenchmarkRequirement) -> Finding | None:
    task, source = benchmark.task, case.requirements.as_given
    records = claimed_by_benchmark(case).get(task, ())
    command = run_only(source, task)
    if not records:
        told = f"{task}: there is no record"
        retired = [a for a in case.set_aside if a.reason and a.record.asked.task == task]
        if retired:
            told = f"{task}: {'its only record is' if len(retired) == 1 else 'all records are'} "
            told += f"retired ({listed(tuple(dict.fromkeys(a.reason for a in retired)))})"
        if interrupted := case.interrupted_attempts.get(task, 0):
            told += f"; {count(interrupted, 'attempt')} ended without a score"
        if answered := [a for a in case.answered_attempts if a.benchmark == task]:
            told += f"; {count(len(answered), 'attempt')} {ANSWERED_ONLY}"
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=told,
            benchmarks=(task,),
            fix=command,
            cause=Cause(CauseKind.NO_RECORD),
        )
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
            fix=f"{_one_of(record)}, or score it again: {command}",
            cause=Cause(CauseKind.NO_SCORE),
        )
    return None


def _one_of(record: Record) -> str:
    """The advice to require a metric that is there, as it must stand in the requirements file."""
    names = [
        as_yaml(s.metric if s.filter == "none" and "," not in s.metric else s.key)
        for s in record.scores
        if s.task == record.asked.task
    ]
    if not names:
        return "require one of the metrics that are there"
    return f"require one of the metrics that are there (`metric: {names[0]}`)"
