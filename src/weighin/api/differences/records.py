"""What differs between two runs."""

from pathlib import Path

from weighin.api.differences.kinds import format_of, is_record
from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile, Evidence
from weighin.evidence.differences.benchmark import benchmark_difference
from weighin.evidence.differences.difference import DifferenceReport
from weighin.evidence.differences.headline import headline
from weighin.evidence.differences.held.facets import Checkpoints
from weighin.evidence.differences.pairing import counting_records, paired_benchmarks
from weighin.evidence.differences.words.wording import count
from weighin.evidence.records import Record
from weighin.evidence.store import RECORD_NAME
from weighin.files.collector import without_collector
from weighin.sources.collecting.evidence import read_evidence, read_record_file
from weighin.sources.collecting.staged import staged
from weighin.sources.scorecard.benchmark_registry import registered_benchmark


@without_collector()
def between_records(
    first: str, second: str, examples: int, *, skip_unreadable: bool = False
) -> DifferenceReport:
    """What moved from one run to another, and what it did to the scores.

    Raises:
        EvidenceError: Something cannot be read, or holds no record.
        UsageError: There is nothing.
    """
    with staged([first]) as ours, staged([second]) as theirs:
        sides = [
            _read(path, skip_unreadable=skip_unreadable) for path in (*ours.paths, *theirs.paths)
        ]
        for given, side in ((first, sides[0]), (second, sides[1])):
            if not side.read_records:
                raise EvidenceError(f"{given}: expected records or logs with scores, found none")
        found = _of_records(first, second, sides[0], sides[1], examples)
        return theirs.named(ours.named(found))


def _read(path: Path, *, skip_unreadable: bool) -> Evidence:
    """What lies at a path; a record also under a name that a person gave its copy."""
    is_renamed = path.suffix == ".json" and path.name != RECORD_NAME and path.is_file()
    if is_renamed and is_record(format_of(path)):
        return read_record_file(path)
    return read_evidence([path], skip_unreadable=skip_unreadable)


def _of_records(
    first: str, second: str, ours: Evidence, theirs: Evidence, examples: int
) -> DifferenceReport:
    known = Checkpoints(
        manifests={**theirs.manifests, **ours.manifests},
        comparisons={**theirs.comparisons, **ours.comparisons},
    )
    (left, notes), (right, more) = counting_records(ours), counting_records(theirs)
    paired = paired_benchmarks(left, right, _plain)
    benchmarks = tuple(
        benchmark_difference(mine, other, known, examples=examples) for mine, other in paired.pairs
    )
    doubts = tuple(
        f"{side}: {_doubt(broken)}"
        for side, evidence in (("A", ours), ("B", theirs))
        for broken in evidence.broken_files
    )
    return DifferenceReport(
        first=first,
        second=second,
        kind="records",
        headline=f"{headline(benchmarks)}{_in_doubt(len(doubts))}",
        benchmarks=benchmarks,
        only_first=tuple(map(_named, paired.only_first)),
        only_second=tuple(map(_named, paired.only_second)),
        doubts=doubts,
        notes=tuple(
            f"{side}: {note}"
            for side, told in (("A", (*notes, *ours.notes)), ("B", (*more, *theirs.notes)))
            for note in told
        ),
    )


def _in_doubt(number: int) -> str:
    if not number:
        return ""
    return f" · {count(number, 'file')} not as {'a digest says' if number == 1 else 'digests say'}"


def _doubt(broken: BrokenFile) -> str:
    if broken.twice:
        told = f"{broken.expected} and {broken.found}"
        return f"{broken.file}: {broken.twice} stands twice, with {told}"
    what = f"{broken.file}: {broken.field}".removesuffix(": ")
    return f"{what}: expected {broken.expected}, found {broken.found}"


def _plain(task: str) -> str:
    found = registered_benchmark(task)
    return task if found is None else found.id


def _named(record: Record) -> str:
    shots = record.asked.num_fewshot
    return record.asked.task if shots is None else f"{record.asked.task} ({shots} shots)"
