"""The rule `different-models-answer-differently`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet, Grade, agreement
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.shared.per_record import nothing_recorded, place, required_records, tasks
from weighin.rules.shared.wording import described, listed

_TELL_APART = (Facet.ADAPTERS, Facet.WEIGHTS, Facet.QUANTIZATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentModelsAnswerDifferently(Rule):
    """Records of different weights or adapters do not hold the same samples, byte for byte.

    Why:
        An engine that does not know the module names of an adapter drops it without a word, and a
        cache that is keyed by name answers for its neighbour: the base model's answers then stand
        under the name of the fine-tune.

    How:
        Compares the digests of the samples of one benchmark between any two records of the
        evidence, of any model, whose weights, adapters or quantisation are known to differ. Equal
        log-likelihoods to the last bit do not happen by chance; short generated answers may.

    Fix:
        Find out whether the adapter was applied, clear the caches, and score the benchmark again.
    """

    id: ClassVar[str] = "different-models-answer-differently"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_SAMPLES
    aliases: ClassVar[tuple[str, ...]] = ("identical-samples-of-different-adapters",)
    level: ClassVar[Level] = Level.WARNING

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each pair with the same samples, one on the unknown, else one answer."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        pairs = tuple(_pairs(case, records))
        if not pairs:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="no benchmark was scored on two models that are known to differ",
                benchmarks=tasks(records),
            )
            return
        problems = [_copied(*pair) for pair in pairs if _same_samples(pair) is True]
        if silent := [pair for pair in pairs if _same_samples(pair) is None]:
            problems.append(_without_samples(silent))
        yield from problems or [
            Finding(
                outcome=Outcome.MET,
                statement=f"{listed(tasks(p[0] for p in pairs))}: other models gave other samples",
                benchmarks=tasks(p[0] for p in pairs),
                where=tuple(dict.fromkeys(r.origin for p in pairs for r in p[:2])),
            )
        ]


_Different = tuple[Record, Record, Facet]


def _pairs(case: Case, records: Sequence[Record]) -> Iterator[_Different]:
    """Records of one benchmark that are known to differ, at least one of them of this model."""
    by_task: dict[str, list[tuple[Record, bool]]] = {}
    for own, found in ((True, records), (False, case.other_records)):
        for record in found:
            by_task.setdefault(record.asked.task, []).append((record, own))
    for alike in by_task.values():
        for (left, is_ours), (right, _) in combinations(alike, 2):
            facet = _told_apart_by(left, right) if is_ours else None
            if facet is not None:
                yield left, right, facet


def _told_apart_by(left: Record, right: Record) -> Facet | None:
    for facet in _TELL_APART:
        mine, other = (r.observation(facet).identifiers for r in (left, right))
        if agreement(mine, other, Grade.DECLARED) is Agreement.DIFFERENT:
            return facet
    return None


def _samples(record: Record) -> Mapping[str, str]:
    """Digests of the samples files of a record, by task."""
    return {file.task: file.sha256 for file in record.files if file.role == "samples"}


def _same_samples(pair: _Different) -> bool | None:
    """Whether some task's samples are the same in both; `None` if none can be compared."""
    mine, other = (_samples(record) for record in pair[:2])
    shared = mine.keys() & other.keys()
    return any(mine[task] == other[task] for task in shared) if shared else None


def _copied(left: Record, right: Record, facet: Facet) -> Finding:
    mine, other = (_samples(record) for record in (left, right))
    equal = sorted(task for task in mine.keys() & other.keys() if mine[task] == other[task])
    seen = tuple(described(record.observation(facet)) for record in (left, right))
    both = left.model if left.model == right.model else f"{left.model} and {right.model}"
    return Finding(
        outcome=Outcome.VIOLATED,
        facet=facet,
        statement=f"{listed(equal)}: two records of {both} differ in {facet} and hold the same "
        "samples, byte for byte",
        benchmarks=(left.asked.task,),
        expected=f"other samples of {facet} {seen[0]} than of {seen[1]}",
        found=f"sha256:{mine[equal[0]][:12]} in both",
        where=(place(left, facet), place(right, facet)),
        fix="find out whether the adapter or checkpoint was applied, clear the caches of the "
        "engine, and score it again",
    )


def _without_samples(pairs: Sequence[_Different]) -> Finding:
    benchmarks = tasks(pair[0] for pair in pairs)
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement=f"{listed(benchmarks)}: whether models that differ gave the same samples cannot "
        "be seen without the samples of both",
        benchmarks=benchmarks,
        where=tuple(dict.fromkeys(r.origin for pair in pairs for r in pair[:2])),
        fix=how_to_record((r for pair in pairs for r in pair[:2]), Part.SAMPLES),
    )
