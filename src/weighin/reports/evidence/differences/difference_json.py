"""What differs between two runs as one JSON document, complete."""

from typing import Final, Literal

from weighin.evidence.differences.difference import (
    BenchmarkDifference,
    Difference,
    DifferenceReport,
    Flip,
    ScoreDifference,
)
from weighin.evidence.records import Record
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Agreement
from weighin.reports.shared.json_text import json_text

DIFFERENCE_FORMAT: Final = "weighin.difference/1"


class DifferenceEntry(StrictModel):
    """One thing of both sides.

    Attributes:
        topic: A facet, or another part of what was asked or how it ran.
        agreement: Whether it is the same; `unknown` is never the same.
        brief: What moved, in a few words.
        first: What the first side says; empty if it says nothing.
        second: What the second says.
        lines: The difference itself: a unified diff, or names behind `-`, `+` or `~`.
        way: What would show it, or more of it.
    """

    topic: str
    agreement: Agreement
    brief: str
    first: str
    second: str
    lines: tuple[str, ...]
    way: str


class IntervalEntry(StrictModel):
    """A 95 % interval, both bounds included."""

    low: float
    high: float


class ScoreEntry(StrictModel):
    """A score of both sides.

    Attributes:
        task: The task or sub-task.
        metric: For example `acc`.
        filter: For example `strict-match`.
        first: Value of the first side.
        second: Value of the second.
        difference: Second minus first.
        first_documents: Documents behind the first; `null` if unknown.
        second_documents: Documents behind the second; `null` if unknown.
        paired_documents: Documents that both scored, if the test is over these; 0 if it is not.
        paired_difference: Mean difference over them; `null` if the test is not over them.
        interval: Of `paired_difference`, else of `difference`; `null` if there is none.
        p_value: Two-sided and not adjusted for other scores; `null` if there is none.
        test: What interval and p-value are of.
        only_first: Documents that only the first has right; `null` unless scores are 0 or 1.
        only_second: Documents that only the second has right.
        note: What limits the test, or why there is none.
    """

    task: str
    metric: str
    filter: str
    first: float
    second: float
    difference: float
    first_documents: int | None
    second_documents: int | None
    paired_documents: int
    paired_difference: float | None
    interval: IntervalEntry | None
    p_value: float | None
    test: str
    only_first: int | None
    only_second: int | None
    note: str


class FlipEntry(StrictModel):
    """A document whose score is another, and what came out in either."""

    task: str
    document: str
    first: float
    second: float
    first_answer: str | None
    second_answer: str | None


class SideEntry(StrictModel):
    """A record of a benchmark, and where it stands."""

    model: str
    benchmark: str
    file: str
    pointer: str
    started: str


class BenchmarkEntry(StrictModel):
    """A benchmark of both sides.

    Attributes:
        name: What it is called.
        first: The record of the first side.
        second: The record of the second.
        differences: Everything that was held against each other, the likeliest cause first.
        outcomes: What came out beside the scores, and what is wrong with either run.
        recorded_by_neither: Facets of which neither says anything.
        scores: Scores that both have.
        only_first: Metrics that only the first has.
        only_second: Metrics that only the second has.
        flipped: Documents whose score is another; `null` if it is not known which are the same.
        examples: Some of them.
        notes: What limits the comparison.
    """

    name: str
    first: SideEntry
    second: SideEntry
    differences: tuple[DifferenceEntry, ...]
    outcomes: tuple[DifferenceEntry, ...]
    recorded_by_neither: tuple[str, ...]
    scores: tuple[ScoreEntry, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    flipped: int | None
    examples: tuple[FlipEntry, ...]
    notes: tuple[str, ...]


class DifferenceDocument(StrictModel):
    """What differs between two sides.

    Attributes:
        format: Always `weighin.difference/1`.
        first: What was given first.
        second: What was given second.
        kind: What both are: `records`, `checkpoints`, `plans` or `verdicts`.
        headline: What moved and what it did.
        differences: What differs beside all benchmarks.
        benchmarks: The benchmarks of both.
        only_first: Benchmarks that only the first has.
        only_second: Benchmarks that only the second has.
        notes: Sentences on what was passed over.
        doubts: Sentences on files that are not what their digests say.
    """

    format: Literal["weighin.difference/1"]
    first: str
    second: str
    kind: str
    headline: str
    differences: tuple[DifferenceEntry, ...]
    benchmarks: tuple[BenchmarkEntry, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    notes: tuple[str, ...]
    doubts: tuple[str, ...]


def render(report: DifferenceReport) -> str:
    """The report as a JSON document in ASCII, with a line break at the end."""
    return json_text(
        DifferenceDocument(
            format=DIFFERENCE_FORMAT,
            first=report.first,
            second=report.second,
            kind=report.kind,
            headline=report.headline,
            differences=tuple(map(_difference, report.differences)),
            benchmarks=tuple(map(_benchmark, report.benchmarks)),
            only_first=report.only_first,
            only_second=report.only_second,
            notes=report.notes,
            doubts=report.doubts,
        )
    )


def _benchmark(benchmark: BenchmarkDifference) -> BenchmarkEntry:
    return BenchmarkEntry(
        name=benchmark.name,
        first=_side(benchmark.first),
        second=_side(benchmark.second),
        differences=tuple(map(_difference, benchmark.differences)),
        outcomes=tuple(map(_difference, benchmark.outcomes)),
        recorded_by_neither=benchmark.recorded_by_neither,
        scores=tuple(map(_score, benchmark.scores)),
        only_first=benchmark.only_first,
        only_second=benchmark.only_second,
        flipped=benchmark.flipped,
        examples=tuple(map(_flip, benchmark.flips)),
        notes=benchmark.notes,
    )


def _side(record: Record) -> SideEntry:
    return SideEntry(
        model=record.model,
        benchmark=record.asked.task,
        file=record.origin.file,
        pointer=record.origin.pointer,
        started=record.run.started,
    )


def _difference(difference: Difference) -> DifferenceEntry:
    return DifferenceEntry(
        topic=str(difference.topic),
        agreement=difference.agreement,
        brief=difference.brief,
        first=difference.first,
        second=difference.second,
        lines=difference.lines,
        way=difference.way,
    )


def _score(score: ScoreDifference) -> ScoreEntry:
    interval = score.interval
    return ScoreEntry(
        task=score.task,
        metric=score.metric,
        filter=score.filter,
        first=score.first,
        second=score.second,
        difference=score.value,
        first_documents=score.documents[0],
        second_documents=score.documents[1],
        paired_documents=score.paired,
        paired_difference=score.paired_value,
        interval=None if interval is None else IntervalEntry(low=interval.low, high=interval.high),
        p_value=score.p_value,
        test=score.test,
        only_first=score.only_first,
        only_second=score.only_second,
        note=score.note,
    )


def _flip(flip: Flip) -> FlipEntry:
    return FlipEntry(
        task=flip.task,
        document=flip.name,
        first=flip.first,
        second=flip.second,
        first_answer=flip.answers[0],
        second_answer=flip.answers[1],
    )
