"""The records that the requirements are about, and judging them one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.wording import listed

_CAN_BE_WITHOUT_BEARING = frozenset(
    {Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT, Facet.DECODING, Facet.TEST_TIME_COMPUTE}
)


def in_order(case: Case) -> Case:
    """The case with its records in an order that does not depend on how they were found.

    By benchmark as in the requirements, then by start, then by what they hold. The same content
    given twice, for example in a copied folder, becomes one record.
    """
    position = {b.task: n for n, b in enumerate(case.requirements.benchmarks)}
    ordered = sorted(
        ((_content(record), record) for record in case.records),
        key=lambda pair: (
            position.get(pair[1].asked.task, len(position)),
            pair[1].run.started,
            pair[0],
            pair[1].origin.file,
            pair[1].origin.pointer,
        ),
    )
    distinct: dict[str, Record] = {}
    for content, record in ordered:
        distinct.setdefault(content, record)
    return replace(case, records=tuple(distinct.values()))


def _content(record: Record) -> str:
    return record.model_dump_json(exclude={"origin"})


def required_records(case: Case) -> tuple[Record, ...]:
    """The records of the required benchmarks."""
    wanted = {b.task for b in case.requirements.benchmarks}
    return tuple(r for r in case.records if r.asked.task in wanted)


def claimed_records(case: Case) -> tuple[Record, ...]:
    """The records whose scores are claimed: of several attempts at a benchmark, the latest.

    A partial run is passed over where all documents are required and another attempt was whole.
    Where the latest cannot be told, all are claimed. Rules on what was scored judge every attempt
    all the same; this is for rules on the score.
    """
    claimed: list[Record] = []
    for benchmark in case.requirements.benchmarks:
        attempts = tuple(r for r in case.records if r.asked.task == benchmark.task)
        if benchmark.samples == "all":
            attempts = tuple(r for r in attempts if not r.is_partial) or attempts
        if all(r.run.started for r in attempts):
            latest = max((r.run.started for r in attempts), default="")
            attempts = tuple(r for r in attempts if r.run.started == latest)
        claimed.extend(attempts)
    return tuple(claimed)


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
    not matter to a benchmark is not for a record to say.
    """
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
        fix=f"weighin run {case.requirements.source}",
    )


def for_each_record(
    case: Case, records: Sequence[Record], judge_one: Callable[[Record], Iterable[Finding]]
) -> Iterator[Finding]:
    """Findings on some records; findings that say the same become one.

    Args:
        case: The case.
        records: Those to judge.
        judge_one: Findings on one record, whose statements do not name the benchmark.
    """
    if not records:
        yield nothing_recorded(case)
        return
    found: dict[Finding, list[tuple[Record, Finding]]] = {}
    for record in records:
        for finding in judge_one(record):
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
