"""The rule `records-intact`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet, Kind
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.runs.ledgers import GIVE_THE_LEDGER, NO_LEDGER, is_vouched
from weighin.rules.shared.by_its_own_word import altered_texts
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsIntact(Rule):
    """No file of the evidence was altered, and no attempt is told in two ways.

    Why:
        Evidence that changed after it was written is evidence of nothing.

    How:
        The digest of every file beside a record is computed again, and that of the record held
        against the ledger. What was asked and the scores are read again from the harness's files.
        Two records of one attempt must hold the same, and a record must not contradict itself. A
        log of another harness holds no digests of its files; a key that stands twice in it, with
        two values, is read differently by different programs.

    Fix:
        Restore the files from where they were written, or score the benchmark again.
    """

    id: ClassVar[str] = "records-intact"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each file that is broken, each contradiction, and what has no digests."""
        records = required_records(case)
        problems = [
            *_broken(case),
            *_contradictions(records),
            *_other_than_loaded(records),
            # Where the rule of the facet is judged, it tells.
            *altered_texts(records, {*Facet} - {*case.requirements.same}),
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


def _broken(case: Case) -> Iterator[Finding]:
    required = {b.task for b in case.requirements.benchmarks}
    for broken in case.broken_files:
        if broken.twice:
            # Of a benchmark that nobody asks for it decides nothing.
            if not broken.benchmark or broken.benchmark in required:
                yield _told_twice(broken)
            continue
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{broken.file} contradicts the files beside it: {broken.field}"
            if broken.field
            else f"{broken.file} is missing"
            if broken.found == "missing"
            else f"{broken.file} is not what was recorded",
            benchmarks=(broken.benchmark,) if broken.benchmark else (),
            expected=broken.expected,
            found=broken.found,
            fix="restore the file from where it was written, or retire its job in the open "
            "(`weighin retire`) and score the benchmark again",
        )


def _told_twice(broken: BrokenFile) -> Finding:
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{broken.twice} stands twice in {broken.file}, with {broken.expected} and "
        f"{broken.found}",
        benchmarks=(broken.benchmark,) if broken.benchmark else (),
        expected="one value",
        found=f"{broken.expected} and {broken.found}",
        where=(Origin(producer="", file=broken.file, pointer=broken.twice),),
        fix="give the file as the harness wrote it: no harness writes a key twice",
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
    if bare := tuple(r for r in records if r.run.job_id and not is_vouched(case, r)):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(bare))}: {NO_LEDGER}",
            benchmarks=tasks(bare),
            where=tuple(r.origin for r in bare),
            fix=GIVE_THE_LEDGER,
            cause=Cause(CauseKind.NO_LEDGER),
        )


def _has_results(record: Record) -> bool:
    """Whether there is a file that what was asked and the scores can be held against."""
    role = "log" if record.is_witnessed else "results"
    return any(file.role == role for file in record.files)


def _without_digests(case: Case, records: tuple[Record, ...]) -> Iterator[Finding]:
    # Digests of another harness's files were taken when they were read, not when they were written.
    if bare := tuple(r for r in records if not _has_results(r) or not r.run.job_id):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(bare))}: the log holds no digests of its files",
            benchmarks=tasks(bare),
            where=tuple(r.origin for r in bare),
            fix=f"score it with `weighin run {case.requirements.as_given}`, which records them",
            cause=Cause(CauseKind.NO_LEDGER),
        )
