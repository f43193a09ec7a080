"""The rule `repeats-look-like-repeats`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule, Weaker
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.facets.artifact_names import are_different
from weighin.rules.shared.per_record import (
    by_benchmark,
    nothing_recorded,
    required_records,
    start_order,
    tasks,
)
from weighin.rules.shared.wording import count, listed, number
from weighin.statistics.multiplicity import holm
from weighin.statistics.paired import mcnemar_exact


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatsLookLikeRepeats(Rule):
    """Two attempts at a benchmark lose about as many documents as they gain.

    Why:
        Asked again, a model fails documents that it passed before. An attempt that only gains is
        not a repeat: most often what had failed was asked once more and the rest was kept.

    How:
        Compares each attempt with the one before it, document by document, where both are of the
        same artifact and were asked alike. An exact McNemar test, adjusted over all pairs (Holm),
        says how seldom repeats differ so in one direction.

    Fix:
        Say how the attempts differ, or score the whole benchmark in one run.

    Attributes:
        alpha: The chance of a finding, over all pairs, where all are repeats.
    """

    id: ClassVar[str] = "repeats-look-like-repeats"
    level: ClassVar[Level] = Level.WARNING
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"alpha": Weaker.LOWER})

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.01

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each pair that differs or cannot be compared, else one answer."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        pairs = [_Pair.of(case, *two) for two in _repeats(case, records)]
        if not pairs:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="no benchmark was scored twice in the same way",
                benchmarks=tasks(records),
            )
            return
        known = [pair for pair in pairs if pair.documents]
        adjusted = holm([pair.p_value for pair in known])
        for pair, p_value in zip(known, adjusted, strict=True):
            if p_value < self.alpha:
                yield pair.differs(p_value)
        if unknown := [pair for pair in pairs if not pair.documents]:
            yield _unknown(unknown)
        elif min(adjusted) >= self.alpha:
            yield _alike(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two attempts at one benchmark.

    Attributes:
        first: The earlier one.
        second: The later one.
        documents: Documents that have a score in both; 0 if they cannot be compared.
        gains: Documents with a higher score in the second.
        losses: Documents with a lower score in the second.
    """

    first: Record
    second: Record
    documents: int
    gains: int
    losses: int

    @classmethod
    def of(cls, case: Case, first: Record, second: Record) -> "_Pair":
        before, after = (_scores(case, record) for record in (first, second))
        shared = before.keys() & after.keys()
        return cls(
            first=first,
            second=second,
            documents=len(shared),
            gains=sum(after[key] > before[key] for key in shared),
            losses=sum(after[key] < before[key] for key in shared),
        )

    @property
    def p_value(self) -> float:
        """Two-sided, of gains and losses being equally likely."""
        return mcnemar_exact(self.losses, self.gains)

    def differs(self, p_value: float) -> Finding:
        """The finding on two attempts that are no repeats."""
        task = self.first.asked.task
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{task}: the second of two attempts has {count(self.gains, 'gain')} and "
            f"{self.losses} {'loss' if self.losses == 1 else 'losses'} over the same "
            f"{count(self.documents, 'document')}, which repeats seldom do: p = {number(p_value)}",
            benchmarks=(task,),
            expected="about as many losses as gains",
            found=f"{count(self.gains, 'gain')}, {self.losses} lost",
            where=(self.first.origin, self.second.origin),
            fix="say how the attempts differ, or score the whole benchmark in one run",
        )


def _repeats(case: Case, records: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Attempts at one benchmark that were made alike, each with the next in time."""
    of_benchmark = by_benchmark(records)
    for benchmark in case.requirements.benchmarks:
        attempts = sorted(
            of_benchmark.get(benchmark.task, ()),
            key=lambda r: (start_order(r), r.origin.file, r.origin.pointer),
        )
        for first, second in pairwise(attempts):
            if _are_asked_alike(first, second) and not are_different(case, first, second):
                yield first, second


def _are_asked_alike(left: Record, right: Record) -> bool:
    ours, theirs = left.asked, right.asked
    return (ours.num_fewshot, ours.decoding, ours.config_digest) == (
        theirs.num_fewshot,
        theirs.decoding,
        theirs.config_digest,
    )


def _scores(case: Case, record: Record) -> Mapping[tuple[str, str, str, str], float]:
    """Scores of single documents in the claimed metric, over all parts of the benchmark."""
    wanted = {(s.metric, s.filter) for s in claimed_scores(case, record)}
    return {
        (task, metric, name, document): score
        for (task, metric, name), scores in case.document_scores(record).items()
        if (metric, name) in wanted
        for document, score in scores.items()
    }


def _unknown(pairs: Sequence[_Pair]) -> Finding:
    benchmarks = tasks(pair.first for pair in pairs)
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement=f"{listed(benchmarks)}: scored twice, and no document has a score in both "
        "attempts",
        benchmarks=benchmarks,
        where=tuple(o for pair in pairs for o in (pair.first.origin, pair.second.origin)),
        fix=how_to_record(
            (record for pair in pairs for record in (pair.first, pair.second)), Part.SAMPLES
        ),
    )


def _alike(pairs: Sequence[_Pair]) -> Finding:
    benchmarks = tasks(pair.first for pair in pairs)
    gains, losses = sum(p.gains for p in pairs), sum(p.losses for p in pairs)
    return Finding(
        outcome=Outcome.MET,
        statement=f"{listed(benchmarks)}: attempts differ as repeats do",
        benchmarks=benchmarks,
        found=f"{count(gains, 'gain')}, {losses} lost",
        where=tuple(o for pair in pairs for o in (pair.first.origin, pair.second.origin)),
    )
