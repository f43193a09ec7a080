"""The records that the requirements are about, and judging them one by one."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weighin.evidence.collected import ReadRecord
from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Agreement, Facet
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.once import once_a_case
from weighin.rules.shared.stated.of_benchmark import asked_alike
from weighin.rules.shared.wording import listed

_SINCE_SECOND_FORMAT = frozenset({Facet.HARNESS_FILES})
_CAN_BE_WITHOUT_BEARING = frozenset(
    {Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT, Facet.DECODING, Facet.TEST_TIME_COMPUTE}
)


def in_order(case: Case) -> Case:
    """The case with its records in an order that does not depend on how they were found.

    By benchmark as in the requirements, then by start, then by what they hold. The same content
    given twice, for example in a copied folder, becomes one record, and so does a copied log
    without the samples that lie beside the other.
    """
    position = {b.task: n for n, b in enumerate(case.requirements.benchmarks)}
    ordered = sorted(
        ((_content(read.record), read) for read in case.read_records),
        key=lambda pair: (
            position.get(pair[1].record.asked.task, len(position)),
            start_order(pair[1].record),
            pair[0],
            pair[1].record.origin.file,
            pair[1].record.origin.pointer,
        ),
    )
    distinct: dict[str, ReadRecord] = {}
    for content, read in ordered:
        distinct.setdefault(content, read)
    return replace(case, read_records=_with_their_samples(tuple(distinct.values())))


def start_order(record: Record) -> str:
    """When it started, as a text that sorts by time, whether written to the second or closer."""
    return record.run.started.removesuffix("Z")


def _with_their_samples(found: tuple[ReadRecord, ...]) -> tuple[ReadRecord, ...]:
    """The records without those of copied logs that lack the samples that another copy has."""
    logs = [read.record for read in found if _is_foreign_run(read.record)]
    # Most evidence has nothing to compare, and what a record says takes long to spell out.
    if all(log.files for log in logs) or not any(log.files for log in logs):
        return found
    with_samples = {_without_samples(log) for log in logs if log.files}
    return tuple(
        read
        for read in found
        if read.record.files
        or not _is_foreign_run(read.record)
        or _without_samples(read.record) not in with_samples
    )


def _is_foreign_run(record: Record) -> bool:
    """Whether it is of another harness, which says when it ran."""
    return not record.run.job_id and bool(record.run.started)


def _without_samples(record: Record) -> str:
    """What a log of another harness says without the samples beside it."""
    asked = {"documents_digest": None, "prompts_digest": None, "documents_scored": None}
    return _content(
        record.model_copy(
            update={"files": (), "facts": (), "asked": record.asked.model_copy(update=asked)}
        )
    )


def _content(record: Record) -> str:
    """What a record holds, in one spelling: a log may be written again with its keys sorted."""
    value = record.model_dump(mode="json", exclude={"origin"})
    if _is_foreign_run(record) and "." in record.run.started:
        # A start to the last digit is of one run, whatever its file is called by now.
        value["run"]["settings"].pop("file_stamp", None)
    value["scores"] = sorted(
        value["scores"], key=lambda score: (score["task"], score["metric"], score["filter"])
    )
    return json.dumps(value, sort_keys=True)


@once_a_case
def required_records(case: Case) -> tuple[Record, ...]:
    """The records of the required benchmarks: logs; where there is none, what somebody states."""
    wanted = {b.task for b in case.requirements.benchmarks}
    records = tuple(r for r in case.records if r.asked.task in wanted)
    logged = {r.asked.task for r in records if not is_stated(r)}
    return tuple(r for r in records if not is_stated(r) or r.asked.task not in logged)


def required_statements(case: Case) -> tuple[Record, ...]:
    """What cards and scorecards state of the required benchmarks."""
    wanted = {b.task for b in case.requirements.benchmarks}
    return tuple(r for r in case.records if r.asked.task in wanted and is_stated(r))


def is_stated(record: Record) -> bool:
    """Whether a record is somebody's statement, and no log of a run."""
    stated = record.fact(FactName.STATED_BY)
    return stated is not None and stated.value is not None


@once_a_case
def claimed_records(case: Case) -> tuple[Record, ...]:
    """The records whose scores are claimed: of several attempts at a benchmark, the latest.

    One that does not say its shots is passed over where another has those that are required, and a
    partial run where all documents are required and another attempt was whole.
    Where the latest cannot be told, all are claimed. Rules on what was scored judge every attempt
    all the same; this is for rules on the score.
    """
    claimed: list[Record] = []
    of_benchmark = by_benchmark(required_records(case))
    for benchmark in case.requirements.benchmarks:
        attempts = of_benchmark.get(benchmark.task, ())
        attempts = _saying_their_shots(case, attempts)
        if benchmark.samples == "all":
            attempts = tuple(r for r in attempts if not r.is_partial) or attempts
        if all(r.run.started for r in attempts):
            latest = max(map(start_order, attempts), default="")
            attempts = tuple(r for r in attempts if start_order(r) == latest)
        claimed.extend(attempts)
    return tuple(claimed)


def _saying_their_shots(case: Case, attempts: tuple[Record, ...]) -> tuple[Record, ...]:
    """The attempts without those that may be of another benchmark, where others are as required."""
    if len(attempts) <= 1:
        return attempts
    answers = [asked_alike(case, attempt) for attempt in attempts]
    if Agreement.SAME not in answers:
        return attempts
    told = zip(attempts, answers, strict=True)
    return tuple(attempt for attempt, answer in told if answer is not Agreement.UNKNOWN)


def by_benchmark(records: Iterable[Record]) -> Mapping[str, tuple[Record, ...]]:
    """Some records by their benchmark, in order."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.asked.task, []).append(record)
    return {task: tuple(of_task) for task, of_task in found.items()}


@once_a_case
def required_by_benchmark(case: Case) -> Mapping[str, tuple[Record, ...]]:
    """The records of the required benchmarks, by benchmark."""
    return by_benchmark(required_records(case))


@once_a_case
def claimed_by_benchmark(case: Case) -> Mapping[str, tuple[Record, ...]]:
    """The records whose scores are claimed, by benchmark."""
    return by_benchmark(claimed_records(case))


def tasks(records: Iterable[Record]) -> tuple[str, ...]:
    """The benchmarks of some records, each once, in order."""
    return tuple(dict.fromkeys(r.asked.task for r in records))


def place(record: Record, facet: Facet) -> Origin:
    """Where a record says what it knows of a facet."""
    pointer = record.observation(facet).pointer or record.origin.pointer
    return record.origin.model_copy(update={"pointer": pointer})


def bearing(records: Iterable[Record], facet: Facet) -> tuple[Record, ...]:
    """The records of benchmarks on which a facet has a bearing.

    Only facets of how the model is used can be without one: that weights, tokenizer or engine do
    not matter to a benchmark is not for a record to say. What records of the first format, and logs
    of others, could not hold makes them neither better nor worse.
    """
    if facet in _SINCE_SECOND_FORMAT:
        records = tuple(r for r in records if r.is_own and not r.is_older)
    return tuple(
        r for r in records if r.observation(facet).applies or facet not in _CAN_BE_WITHOUT_BEARING
    )


def nothing_recorded(case: Case) -> Finding:
    """The answer of every rule that has no record to judge."""
    wanted = tuple(b.task for b in case.requirements.benchmarks)
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement="there is no record of any required benchmark",
        benchmarks=wanted,
        fix=f"weighin run {case.requirements.as_given}",
        cause=Cause(CauseKind.NO_RECORD),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule(Rule, ABC):
    """A rule on each record of a required benchmark."""

    def check(self, case: Case) -> Iterator[Finding]:
        """The findings on all records; those that say the same become one."""
        records = self.records(case)
        if not records:
            yield nothing_recorded(case)
            return
        found: dict[Finding, list[tuple[Record, Finding]]] = {}
        for record in records:
            for finding in self.findings(case, record):
                found.setdefault(replace(finding, where=()), []).append((record, finding))
        for finding, about in found.items():
            benchmarks = tasks(record for record, _ in about)
            origins = dict.fromkeys(
                origin for record, f in about for origin in f.where or (record.origin,)
            )
            yield replace(
                finding,
                statement=f"{listed(benchmarks)}: {finding.statement}",
                benchmarks=benchmarks,
                where=tuple(origins),
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
