"""The rule `one-attempt`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.collected import FinishedAttempt
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule, Weaker
from weighin.rules.runs.ledgers import (
    ANSWERED_ONLY,
    GIVE_THE_LEDGER,
    GIVEN_UP,
    NO_LEDGER,
    is_vouched,
)
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.fact_rule import moment
from weighin.rules.shared.per_record import by_benchmark, nothing_recorded, required_records
from weighin.rules.shared.stated.of_benchmark import asked_alike
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAttempt(Rule):
    """Every benchmark was scored no more often than allowed.

    Why:
        The best of many attempts is not a measurement of the model. How often a benchmark was
        scored cannot be seen in one result.

    How:
        Counts the attempts that left a record: those in the evidence, also those that decide
        nothing, and those that the ledger above their records knows of, under whatever settings.
        Other shots or repeats make another benchmark, where a record as required is there; one that
        does not say them may be of another, and of several shot counts the file must say which.
        Where all documents are required, partial attempts are not counted. Two runs of one job at
        the same time with equal answers are one attempt. Attempts that were interrupted before
        they had answered are mentioned and not counted. Of one that ended after that, somebody may
        know a score that is not recorded: where it would be one too many, it is undecided. So it
        is of one that was ended with answers that are drawn, or a server's, if no record holds
        them. What was gone on with is one attempt: its answers are part of the record. A log of
        another harness, and a record without its ledger, do not show how many attempts were made.

    Fix:
        Keep and declare all attempts; allow more with `limit`, in the open.

    Attributes:
        limit: The most attempts that may have left a score of one benchmark.
    """

    id: ClassVar[str] = "one-attempt"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_LEDGER
    aliases: ClassVar[tuple[str, ...]] = ("attempts-at-most",)
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"limit": Weaker.HIGHER})

    limit: Annotated[int, Field(ge=1)] = 1

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each benchmark with too many attempts, or whose number is unknown."""
        wanted = {b.task for b in case.requirements.benchmarks}
        if not (records := tuple(r for r in _every_record(case) if r.asked.task in wanted)):
            yield nothing_recorded(case)
            return
        given = by_benchmark(records)
        withheld = _by_benchmark(case.finished_attempts)
        answered = _by_benchmark(case.answered_attempts)
        quiet: dict[Outcome, list[_Attempts]] = {Outcome.MET: [], Outcome.UNDECIDED: []}
        for benchmark in case.requirements.benchmarks:
            task = benchmark.task
            attempts = _attempts(
                case,
                benchmark,
                given.get(task, ()),
                withheld.get(task, ()),
                answered.get(task, ()),
            )
            outcome = self._outcome(case, attempts)
            is_loud = outcome is Outcome.VIOLATED or self._is_doubtful(attempts)
            is_loud = is_loud or bool(attempts.answered)
            if is_loud or case.interrupted_attempts.get(benchmark.task):
                yield self._finding(case, outcome, attempts)
            elif attempts.records:
                quiet[outcome].append(attempts)
        for outcome, many in quiet.items():
            foreign = [a for a in many if outcome is Outcome.MET or _is_foreign(a)]
            for alike in (foreign, [a for a in many if a not in foreign]):
                if alike:
                    yield self._finding(case, outcome, *alike)

    def _outcome(self, case: Case, attempts: "_Attempts") -> Outcome:
        if attempts.surely_made > self.limit:
            return Outcome.VIOLATED
        if self._is_doubtful(attempts) or self._may_be_too_many(attempts):
            return Outcome.UNDECIDED
        if not attempts.records or not all(is_vouched(case, r) for r in attempts.records):
            return Outcome.UNDECIDED
        return Outcome.MET

    def _is_doubtful(self, attempts: "_Attempts") -> bool:
        """Whether it is not known which of the attempts are attempts at what is required."""
        return attempts.made > self.limit or len(attempts.shots) > 1

    def _may_be_too_many(self, attempts: "_Attempts") -> bool:
        """Whether there are too many if those count that answered and were not recorded."""
        return attempts.made + len(attempts.answered) > self.limit

    def _is_contradicted(self, attempts: "_Attempts") -> bool:
        """Whether more is known than fits, and not only too little."""
        is_known = bool(attempts.answered) and self._may_be_too_many(attempts)
        return is_known or len(attempts.shots) > 1

    def _finding(self, case: Case, outcome: Outcome, *about: "_Attempts") -> Finding:
        """The finding on the attempts of one benchmark, or on those of many without a problem."""
        benchmarks = tuple(a.task for a in about)
        records = tuple(r for a in about for r in a.records)
        limit = count(self.limit, "attempt")
        told, fix = f"{listed(benchmarks)}: no more than {limit} with a score", ""
        if outcome is Outcome.VIOLATED:
            (of,) = about
            told, fix = of.told, "declare all attempts, or allow them with `limit`"
        elif len(about) == 1 and self._is_doubtful(about[0]):
            (of,) = about
            told, fix = of.in_doubt(case), of.way_out
        elif len(about) == 1 and about[0].answered and self._may_be_too_many(about[0]):
            told, fix = about[0].told, "declare all attempts, or allow them with `limit`"
        elif not records:
            told, fix = f"{listed(benchmarks)}: no attempt with a score", ""
        elif outcome is Outcome.UNDECIDED and all(map(_is_foreign, about)):
            told = f"{listed(benchmarks)}: the log does not show how many attempts were made"
            fix = (
                f"score it with `weighin run {case.requirements.as_given}`, which keeps every "
                "attempt"
            )
        elif outcome is Outcome.UNDECIDED:
            told, fix = f"{listed(benchmarks)}: {NO_LEDGER}", GIVE_THE_LEDGER
        if racing := sum(a.racing for a in about):
            told += f"; {count(racing, 'further run')} of the same job at the same time gave equal "
            told += "answers"
        if interrupted := sum(case.interrupted_attempts.get(task, 0) for task in benchmarks):
            told += f"; {count(interrupted, 'further attempt')} ended without a score"
        told += "".join(_unrecorded_in_words([one for a in about for one in a.answered]))
        return Finding(
            outcome=outcome,
            statement=told,
            benchmarks=benchmarks,
            expected=f"at most {limit}",
            found="; ".join(
                [_attempt(case, record) for record in records]
                + [_withheld(attempt) for a in about for attempt in a.withheld]
                + [_unrecorded(attempt) for a in about for attempt in a.answered]
            ),
            where=tuple(r.origin for r in records),
            fix=fix,
            contradicts=outcome is Outcome.UNDECIDED and any(map(self._is_contradicted, about)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempts:
    """The attempts at one benchmark.

    Attributes:
        task: The benchmark.
        records: Those in the evidence.
        counted: How many of these count.
        withheld: Those that count too: a ledger knows of them, they are not in the evidence.
        answered: Those that answered and were not recorded.
        racing: Those that do not count: runs of one job at the same time, with equal answers.
        unsaid: How many of those that count do not say the shots or repeats that are required,
            beside others that do: they may be of another benchmark.
        shots: With how many shots each number of attempts was made, where the file leaves it open.
    """

    task: str
    records: tuple[Record, ...]
    counted: int
    withheld: tuple[FinishedAttempt, ...]
    answered: tuple[FinishedAttempt, ...] = ()
    racing: int = 0
    unsaid: int = 0
    shots: Mapping[int, int] = field(default_factory=dict)

    @property
    def surely_made(self) -> int:
        """How many of them are attempts at one and the same benchmark."""
        if len(self.shots) > 1:
            return max(self.shots.values()) + len(self.withheld)
        return self.made - self.unsaid

    def in_doubt(self, case: Case) -> str:
        """Why it is not known how many of them are attempts at what is required."""
        if len(self.shots) > 1:
            each = listed([str(shots) for shots in sorted(self.shots)])
            return (
                f"{self.task}: {count(self.made, 'score')} with different shots ({each}) fit what "
                "is required"
            )
        required = case.required(self.task)
        key = "num_fewshot" if required is None or required.repeats is None else "repeats"
        return (
            f"{self.task}: {count(self.made - self.unsaid, 'attempt')} as required, and "
            f"{count(self.unsaid, 'record')} that may be of another benchmark: {key} is not "
            "recorded there"
        )

    @property
    def way_out(self) -> str:
        """What tells them apart."""
        if len(self.shots) > 1:
            return "state num_fewshot in the requirements; each of them is a benchmark of its own"
        return "leave the record out if it is of another benchmark; else allow it with `limit`"

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
    case: Case,
    benchmark: BenchmarkRequirement,
    of_task: tuple[Record, ...],
    finished: Sequence[FinishedAttempt],
    answered: Sequence[FinishedAttempt],
) -> _Attempts:
    are_partial_left_out = benchmark.samples == "all"
    given = {(r.run.job_id, r.run.attempt_id) for r in of_task}
    counting = [r for r in of_task if not (are_partial_left_out and r.is_partial)]
    racing = _racing(counting)
    alike = [asked_alike(case, r) for r in counting]
    is_some_known = Agreement.SAME in alike
    return _Attempts(
        task=benchmark.task,
        records=of_task,
        counted=len(counting) - racing,
        racing=racing,
        unsaid=alike.count(Agreement.UNKNOWN) if is_some_known else 0,
        shots=_shots(counting) if benchmark.num_fewshot is None else {},
        withheld=tuple(
            attempt
            for attempt in finished
            if (attempt.job_id, attempt.attempt_id) not in given
            and not (are_partial_left_out and attempt.is_partial)
        ),
        answered=tuple(a for a in answered if not (are_partial_left_out and a.is_partial)),
    )


def _by_benchmark(attempts: Sequence[FinishedAttempt]) -> Mapping[str, Sequence[FinishedAttempt]]:
    found: dict[str, list[FinishedAttempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.benchmark, []).append(attempt)
    return found


def _shots(attempts: Sequence[Record]) -> Mapping[int, int]:
    """How many attempts were made with each number of shots; empty where one does not say."""
    said = Counter(attempt.asked.num_fewshot for attempt in attempts)
    return {} if None in said else {shots: n for shots, n in said.items() if shots is not None}


def _every_record(case: Case) -> tuple[Record, ...]:
    """The records that decide, and those that decide nothing."""
    return (*required_records(case), *(aside.record for aside in case.set_aside))


def _racing(attempts: Sequence[Record]) -> int:
    """How many of some attempts at one benchmark repeat another that ran at the same time.

    They are runs of one job that overlapped and left equal answers.
    """
    racing = 0
    distinct: dict[tuple[str, tuple[str, ...]], list[tuple[datetime, datetime]]] = {}
    for attempt in attempts:
        run, answers = attempt.run, _answers(attempt)
        if not (run.job_id and answers):
            continue
        start, end = moment(run.started), moment(run.finished)
        if start is None or end is None:
            continue
        spans = distinct.setdefault((run.job_id, answers), [])
        if any(start <= other_end and other_start <= end for other_start, other_end in spans):
            racing += 1
        else:
            spans.append((start, end))
    return racing


def _answers(record: Record) -> tuple[str, ...]:
    """Digests of the samples files of a record, in order."""
    return tuple(sorted(file.sha256 for file in record.files if file.role == "samples"))


def _is_foreign(attempts: _Attempts) -> bool:
    return any(not r.run.job_id for r in attempts.records)


def _withheld(attempt: FinishedAttempt) -> str:
    return f"attempt {attempt.attempt_id} of job {attempt.job_id[:12]} (not in the evidence)"


def _unrecorded_in_words(attempts: Sequence[FinishedAttempt]) -> Iterator[str]:
    given_up = sum(attempt.answers is not None for attempt in attempts)
    for number, words in ((len(attempts) - given_up, ANSWERED_ONLY), (given_up, GIVEN_UP)):
        if number:
            yield f"; {count(number, 'further attempt')} {words}"


def _unrecorded(attempt: FinishedAttempt) -> str:
    how = "answered" if attempt.answers is None else f"{attempt.answers} answers"
    return f"attempt {attempt.attempt_id} of job {attempt.job_id[:12]} ({how}, not recorded)"


def _attempt(case: Case, record: Record) -> str:
    scores = claimed_scores(case, record)
    told = f"{scores[0].key} {scores[0].value:.4g}" if scores else "no score"
    retired = case.retired.get(record.run.job_id)
    if retired is not None and retired.holds_for(record):
        told += f", retired: {retired.reason}"
    return f"{told} (started {record.run.started or 'at an unknown time'})"
