"""The benchmarks of two runs, each with its counterpart."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from weighin.evidence.collected import Evidence, ReadRecord, RetiredJob
from weighin.evidence.records import Record

_Key = Callable[[Record], Hashable]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedBenchmarks:
    """The benchmarks of two runs.

    Attributes:
        pairs: Those that both have, in the order of the first.
        only_first: Those that only the first has.
        only_second: Those that only the second has.
    """

    pairs: tuple[tuple[ReadRecord, ReadRecord], ...]
    only_first: tuple[Record, ...]
    only_second: tuple[Record, ...]


def paired_benchmarks(
    first: Iterable[ReadRecord], second: Iterable[ReadRecord], plain: Callable[[str], str] = str
) -> PairedBenchmarks:
    """Records paired by name and settings, from what is asked alike to what is only named alike.

    Of several that are alike in all of that, the latest are paired.

    Args:
        first: One a job.
        second: The same.
        plain: What is one for all names of a benchmark.
    """
    ours, theirs = list(first), list(second)
    pairs: dict[int, ReadRecord] = {}
    left, right = _latest_first(ours), _latest_first(theirs)
    for key in (*_KEYS, lambda record: plain(record.asked.task)):
        left, right = _take(left, right, key, pairs)
    if len(ours) == len(theirs) == 1 and left and right:
        pairs[id(ours[0])], left, right = theirs[0], [], []
    return PairedBenchmarks(
        pairs=tuple((read, pairs[id(read)]) for read in ours if id(read) in pairs),
        only_first=tuple(read.record for read in ours if id(read) not in pairs),
        only_second=tuple(read.record for read in reversed(right)),
    )


def _settings(record: Record) -> tuple[Hashable, ...]:
    asked = record.asked
    return asked.task, asked.num_fewshot, record.is_partial, asked.repeats


_KEYS: Final[Sequence[_Key]] = (
    lambda r: (r.asked.task, r.model, r.run.job_id, r.origin.file if not r.run.job_id else ""),
    lambda r: (*_settings(r), r.model, r.asked.config_digest),
    lambda r: (*_settings(r), r.model),
    lambda r: (r.asked.task, r.model),
    _settings,
    lambda r: r.asked.task,
)


def _latest_first(records: Sequence[ReadRecord]) -> list[ReadRecord]:
    return sorted(records, key=lambda read: read.record.run.started, reverse=True)


def _take(
    left: list[ReadRecord], right: list[ReadRecord], key: _Key, pairs: dict[int, ReadRecord]
) -> tuple[list[ReadRecord], list[ReadRecord]]:
    """Pair what has one key; what is left of both."""
    beside: defaultdict[Hashable, list[ReadRecord]] = defaultdict(list)
    for read in reversed(right):
        beside[key(read.record)].append(read)
    rest = []
    for read in left:
        candidates = beside.get(key(read.record))
        if candidates:
            pairs[id(read)] = candidates.pop()
        else:
            rest.append(read)
    taken = {id(read) for read in pairs.values()}
    return rest, [read for read in right if id(read) not in taken]


def counting_records(evidence: Evidence) -> tuple[tuple[ReadRecord, ...], tuple[str, ...]]:
    """One record a job: the attempt that counts, the first; and sentences on the others."""
    jobs: dict[Hashable, list[ReadRecord]] = {}
    retired: list[Record] = []
    for read in evidence.read_records:
        record = read.record
        if _is_retired(record, evidence.retired):
            retired.append(record)
            continue
        where = () if record.is_own else (record.origin.file, record.origin.pointer)
        jobs.setdefault((record.model, record.asked.task, record.run.job_id, *where), []).append(
            read
        )
    if not jobs and retired:
        # Whoever asks for what is retired means it.
        return tuple(evidence.read_records), ("all that is recorded there is retired",)
    notes = [
        f"{of_job[0].record.asked.task}: {len(of_job)} attempts; the first, which counts, is told"
        for of_job in jobs.values()
        if len(of_job) > 1
    ]
    notes += (f"{record.asked.task}: a retired attempt is left out" for record in retired)
    return (
        tuple(min(of_job, key=lambda read: read.record.run.started) for of_job in jobs.values()),
        tuple(notes),
    )


def _is_retired(record: Record, retired: Mapping[str, RetiredJob]) -> bool:
    job = retired.get(record.run.job_id)
    return job is not None and job.holds_for(record)
