"""Whether every attempt is accounted for and none was altered."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.records import Record
from weighin.rules.difference import claimed_scores
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.per_record import nothing_recorded, required_records, tasks
from weighin.rules.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAttempt:
    """Every benchmark was scored no more often than allowed.

    Why:
        The best of many attempts is not a measurement of the model. How often a benchmark was
        scored cannot be seen in one result.

    How:
        Counts the distinct attempts that left a record. Attempts that were interrupted before
        there was a score are mentioned and not counted. A log of another harness does not show
        how many attempts were made.

    Fix:
        Keep and declare all attempts; allow more with `limit`, in the open.

    Attributes:
        limit: The most attempts that may have left a score of one benchmark.
    """

    id: ClassVar[str] = "one-attempt"
    aliases: ClassVar[tuple[str, ...]] = ("attempts-at-most",)
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    limit: Annotated[int, Field(ge=1)] = 1

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each benchmark with too many attempts, or whose number is unknown."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        quiet: dict[Outcome, list[Record]] = {Outcome.MET: [], Outcome.UNDECIDED: []}
        for benchmark in case.requirements.benchmarks:
            task = benchmark.task
            attempts = tuple(r for r in records if r.asked.task == task)
            outcome = self._outcome(attempts, case.finished_attempts.get(task, 0))
            if outcome is Outcome.VIOLATED or case.interrupted_attempts.get(task):
                yield self._finding(case, outcome, attempts, task)
            else:
                quiet[outcome].extend(attempts)
        for outcome, attempts_of_many in quiet.items():
            if attempts_of_many:
                yield self._finding(case, outcome, tuple(attempts_of_many))

    def _outcome(self, attempts: tuple[Record, ...], finished: int) -> Outcome:
        if max(len(attempts), finished) > self.limit:
            return Outcome.VIOLATED
        if not attempts or not all(r.run.job_id for r in attempts):
            return Outcome.UNDECIDED
        return Outcome.MET

    def _finding(
        self, case: Case, outcome: Outcome, attempts: tuple[Record, ...], task: str = ""
    ) -> Finding:
        """The finding on the attempts of one benchmark, or on those of many without a problem."""
        benchmarks = (task,) if task else tasks(attempts)
        finished, interrupted = (
            of.get(task, 0) for of in (case.finished_attempts, case.interrupted_attempts)
        )
        made = max(len(attempts), finished)
        told = {
            Outcome.VIOLATED: f"{count(made, 'attempt')} with a score",
            Outcome.UNDECIDED: "the log does not show how many attempts were made",
        }.get(outcome, f"no more than {count(self.limit, 'attempt')} with a score")
        if not attempts:
            told = f"{count(made, 'attempt')} with a score"
        if finished > len(attempts):
            told += f", of which {len(attempts)} in the evidence"
        if interrupted:
            told += f"; {count(interrupted, 'further attempt')} ended without a score"
        return Finding(
            outcome=outcome,
            statement=f"{listed(benchmarks)}: {told}",
            benchmarks=benchmarks,
            expected=f"at most {count(self.limit, 'attempt')}",
            found="; ".join(_attempt(case, record) for record in attempts),
            where=tuple(r.origin for r in attempts),
            fix={
                Outcome.VIOLATED: "declare all attempts, or allow them with `limit`",
                Outcome.UNDECIDED: f"score it with `weighin run {case.requirements.source}`, "
                "which keeps every attempt",
            }.get(outcome, ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsIntact:
    """No file of the evidence was altered, and no attempt is told in two ways.

    Why:
        Evidence that changed after it was written is evidence of nothing.

    How:
        The digest of every file beside a record is computed again. Two records of one attempt
        must hold the same. A log of another harness holds no digests of its files.

    Fix:
        Restore the files from where they were written, or score the benchmark again.
    """

    id: ClassVar[str] = "records-intact"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each file that is broken, each contradiction, and what has no digests."""
        records = required_records(case)
        problems = [*_broken(case), *_contradictions(records), *_without_digests(case, records)]
        if not records and not problems:
            problems = [nothing_recorded(case)]
        files = sum(len(r.files) for r in records)
        yield from problems or [
            Finding(
                outcome=Outcome.MET,
                statement=f"{count(files, 'file')} of {count(len(records), 'record')} intact",
                benchmarks=tasks(records),
                where=tuple(r.origin for r in records),
            )
        ]


def _attempt(case: Case, record: Record) -> str:
    scores = claimed_scores(case, record)
    told = f"{scores[0].key} {scores[0].value:.4g}" if scores else "no score"
    return f"{told} (started {record.run.started or 'at an unknown time'})"


def _broken(case: Case) -> Iterator[Finding]:
    for broken in case.broken_files:
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{broken.file} is not what was recorded",
            benchmarks=(broken.benchmark,) if broken.benchmark else (),
            expected=broken.expected,
            found=broken.found,
            fix="restore the file from where it was written, or score the benchmark again",
        )


def _contradictions(records: tuple[Record, ...]) -> Iterator[Finding]:
    attempts: defaultdict[tuple[str, str, str, str], list[Record]] = defaultdict(list)
    for r in records:
        if r.run.attempt_id:
            attempts[r.asked.task, r.run.run_id, r.run.job_id, r.run.attempt_id].append(r)
    for (task, _, _, attempt), told in attempts.items():
        if len(told) > 1:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{task}: {len(told)} records of attempt {attempt} hold different things",
                benchmarks=(task,),
                found=listed(tuple(r.origin.file for r in told)),
                where=tuple(r.origin for r in told),
                fix="give the evidence of the run itself, not of edited copies",
            )


def _without_digests(case: Case, records: tuple[Record, ...]) -> Iterator[Finding]:
    # Digests of another harness's files were taken when they were read, not when they were written.
    if bare := tuple(r for r in records if not r.files or not r.run.job_id):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(bare))}: the log holds no digests of its files",
            benchmarks=tasks(bare),
            where=tuple(r.origin for r in bare),
            fix=f"score it with `weighin run {case.requirements.source}`, which records them",
        )
