"""Whether every attempt is accounted for and none was altered."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.collected import FinishedAttempt
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Kind
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.difference import claimed_scores
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.per_record import nothing_recorded, required_records, tasks
from weighin.rules.wording import count, listed

_NO_LEDGER = "no ledger vouches for this attempt"
_GIVE_THE_LEDGER = (
    "give the results folder as it was written, with its ledger.jsonl; where a run was killed, "
    "run the same command again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAttempt:
    """Every benchmark was scored no more often than allowed.

    Why:
        The best of many attempts is not a measurement of the model. How often a benchmark was
        scored cannot be seen in one result.

    How:
        Counts the attempts that left a record: those in the evidence, and those that the ledger
        above their records knows of, under whatever settings. Where all documents are required,
        partial attempts are not counted. Attempts that were interrupted before there was a score
        are mentioned and not counted. A log of another harness, and a record without its ledger,
        do not show how many attempts were made.

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
        quiet: dict[Outcome, list[_Attempts]] = {Outcome.MET: [], Outcome.UNDECIDED: []}
        for benchmark in case.requirements.benchmarks:
            attempts = _attempts(case, records, benchmark)
            outcome = self._outcome(case, attempts)
            if outcome is Outcome.VIOLATED or case.interrupted_attempts.get(benchmark.task):
                yield self._finding(case, outcome, attempts)
            elif attempts.records:
                quiet[outcome].append(attempts)
        for outcome, many in quiet.items():
            foreign = [a for a in many if outcome is Outcome.MET or _is_foreign(a)]
            for alike in (foreign, [a for a in many if a not in foreign]):
                if alike:
                    yield self._finding(case, outcome, *alike)

    def _outcome(self, case: Case, attempts: "_Attempts") -> Outcome:
        if attempts.made > self.limit:
            return Outcome.VIOLATED
        if not attempts.records or not all(_is_vouched(case, r) for r in attempts.records):
            return Outcome.UNDECIDED
        return Outcome.MET

    def _finding(self, case: Case, outcome: Outcome, *about: "_Attempts") -> Finding:
        """The finding on the attempts of one benchmark, or on those of many without a problem."""
        benchmarks = tuple(a.task for a in about)
        records = tuple(r for a in about for r in a.records)
        limit = count(self.limit, "attempt")
        told, fix = f"{listed(benchmarks)}: no more than {limit} with a score", ""
        if outcome is Outcome.VIOLATED:
            (of,) = about
            told, fix = of.told, "declare all attempts, or allow them with `limit`"
        elif not records:
            told, fix = f"{listed(benchmarks)}: no attempt with a score", ""
        elif outcome is Outcome.UNDECIDED and all(map(_is_foreign, about)):
            told = f"{listed(benchmarks)}: the log does not show how many attempts were made"
            fix = (
                f"score it with `weighin run {case.requirements.source}`, which keeps every attempt"
            )
        elif outcome is Outcome.UNDECIDED:
            told, fix = f"{listed(benchmarks)}: {_NO_LEDGER}", _GIVE_THE_LEDGER
        if interrupted := sum(case.interrupted_attempts.get(task, 0) for task in benchmarks):
            told += f"; {count(interrupted, 'further attempt')} ended without a score"
        return Finding(
            outcome=outcome,
            statement=told,
            benchmarks=benchmarks,
            expected=f"at most {limit}",
            found="; ".join(
                [_attempt(case, record) for record in records]
                + [_withheld(attempt) for a in about for attempt in a.withheld]
            ),
            where=tuple(r.origin for r in records),
            fix=fix,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsIntact:
    """No file of the evidence was altered, and no attempt is told in two ways.

    Why:
        Evidence that changed after it was written is evidence of nothing.

    How:
        The digest of every file beside a record is computed again, and that of the record held
        against the ledger. What was asked and the scores are read again from the harness's files.
        Two records of one attempt must hold the same, and a record must not contradict itself. A
        log of another harness holds no digests of its files.

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
        problems = [
            *_broken(case),
            *_contradictions(records),
            *_other_than_loaded(records),
            *_without_digests(case, records),
            *_without_ledger(case, records),
        ]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempts:
    """The attempts at one benchmark.

    Attributes:
        task: The benchmark.
        records: Those in the evidence.
        counted: How many of these count.
        withheld: Those that count too: a ledger knows of them, they are not in the evidence.
    """

    task: str
    records: tuple[Record, ...]
    counted: int
    withheld: tuple[FinishedAttempt, ...]

    @property
    def made(self) -> int:
        """How many are known to have been made."""
        return self.counted + len(self.withheld)

    @property
    def told(self) -> str:
        """How many there are, and how many of them were given."""
        if not self.withheld:
            return f"{self.task}: {count(self.made, 'attempt')} with a score"
        given = self.counted
        return (
            f"{count(self.made, 'attempt')} of {self.task} are known to the ledger, "
            f"{given} {'was' if given == 1 else 'were'} given as evidence"
        )


def _attempts(
    case: Case, records: tuple[Record, ...], benchmark: BenchmarkRequirement
) -> _Attempts:
    are_partial_left_out = benchmark.samples == "all"
    of_task = tuple(r for r in records if r.asked.task == benchmark.task)
    given = {(r.run.job_id, r.run.attempt_id) for r in of_task}
    return _Attempts(
        task=benchmark.task,
        records=of_task,
        counted=sum(not (are_partial_left_out and r.is_partial) for r in of_task),
        withheld=tuple(
            attempt
            for attempt in case.finished_attempts
            if attempt.benchmark == benchmark.task
            and (attempt.job_id, attempt.attempt_id) not in given
            and not (are_partial_left_out and attempt.is_partial)
        ),
    )


def _is_vouched(case: Case, record: Record) -> bool:
    return bool(record.run.job_id) and record.run.attempt_id not in case.unvouched_attempts


def _is_foreign(attempts: _Attempts) -> bool:
    return any(not r.run.job_id for r in attempts.records)


def _withheld(attempt: FinishedAttempt) -> str:
    return f"attempt {attempt.attempt_id} of job {attempt.job_id[:12]} (not in the evidence)"


def _attempt(case: Case, record: Record) -> str:
    scores = claimed_scores(case, record)
    told = f"{scores[0].key} {scores[0].value:.4g}" if scores else "no score"
    return f"{told} (started {record.run.started or 'at an unknown time'})"


def _broken(case: Case) -> Iterator[Finding]:
    for broken in case.broken_files:
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{broken.file} contradicts the files beside it: {broken.field}"
            if broken.field
            else f"{broken.file} is not what was recorded",
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


def _other_than_loaded(records: tuple[Record, ...]) -> Iterator[Finding]:
    """Records whose weights are said to be others than those that were held against the disk."""
    for record in records:
        observed = {
            str(identifier.value)
            for identifier in record.observation(Facet.WEIGHTS).identifiers
            if identifier.kind is Kind.LOADED
        }
        before = "" if record.loaded is None else record.loaded.digest_before
        if before and observed and observed != {before}:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{record.origin.file} contradicts itself: loaded.digest_before",
                benchmarks=(record.asked.task,),
                facet=Facet.WEIGHTS,
                expected=f"{listed(sorted(observed))}, as its observation of the weights says",
                found=before,
                where=(record.origin,),
                fix="restore the record from where it was written, or score the benchmark again",
            )


def _without_ledger(case: Case, records: tuple[Record, ...]) -> Iterator[Finding]:
    if bare := tuple(r for r in records if r.run.job_id and not _is_vouched(case, r)):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(bare))}: {_NO_LEDGER}",
            benchmarks=tasks(bare),
            where=tuple(r.origin for r in bare),
            fix=_GIVE_THE_LEDGER,
        )


def _has_results(record: Record) -> bool:
    """Whether there is a file that what was asked and the scores can be held against."""
    return any(file.role == "results" for file in record.files)


def _without_digests(case: Case, records: tuple[Record, ...]) -> Iterator[Finding]:
    # Digests of another harness's files were taken when they were read, not when they were written.
    if bare := tuple(r for r in records if not _has_results(r) or not r.run.job_id):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(bare))}: the log holds no digests of its files",
            benchmarks=tasks(bare),
            where=tuple(r.origin for r in bare),
            fix=f"score it with `weighin run {case.requirements.source}`, which records them",
        )
