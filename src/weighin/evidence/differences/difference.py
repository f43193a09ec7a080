"""What differs between two runs, as plain frozen data."""

from dataclasses import dataclass

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.statistics.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing of two runs, held against each other.

    Attributes:
        topic: A facet, or another part of what was asked or how it ran, for example `prompts`.
        agreement: Whether it is the same.
        brief: What moved in a few words, for example `6 of 272 tensors`.
        first: What the first run says of it; empty if it says nothing.
        second: What the second says.
        lines: The difference itself: a unified diff, or names that begin with `-`, `+` or `~`.
        way: What would show it, or show more of it; empty if nothing would.
    """

    topic: str
    agreement: Agreement
    brief: str = ""
    first: str = ""
    second: str = ""
    lines: tuple[str, ...] = ()
    way: str = ""

    @property
    def is_different(self) -> bool:
        """Whether it is known to be another."""
        return self.agreement is Agreement.DIFFERENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDifference:
    """One score of two runs.

    Attributes:
        task: The task or sub-task.
        metric: For example `acc`.
        filter: For example `strict-match`.
        first: As the harness of the first run gave it.
        second: As that of the second did.
        documents: Documents behind either; each `None` if unknown.
        paired: Documents that both scored, if the test is over these; 0 if it is not.
        paired_value: Mean difference over them; `None` if the test is not over them.
        interval: 95 % interval of `paired_value`, else of the difference of the scores; `None` if
            there is none.
        p_value: Two-sided, that there is no difference; `None` if there is none.
        test: What interval and p-value are of; empty if there are none.
        note: What is to be known of the test, or why there is none.
        only_first: Documents that only the first run has right; `None` unless scores are 0 or 1.
        only_second: Documents that only the second has right; likewise.
    """

    task: str
    metric: str
    filter: str
    first: float
    second: float
    documents: tuple[int | None, int | None] = (None, None)
    paired: int = 0
    paired_value: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    test: str = ""
    note: str = ""
    only_first: int | None = None
    only_second: int | None = None

    @property
    def value(self) -> float:
        """Second minus first."""
        return self.second - self.first

    @property
    def key(self) -> str:
        """Metric and filter, as lm-eval spells them."""
        return f"{self.metric},{self.filter}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A document whose score is another.

    Attributes:
        task: Of the document.
        name: Its id in the first run.
        first: Its score there.
        second: Its score in the second run.
        answers: What came out in either; each `None` if it is not logged.
    """

    task: str
    name: str
    first: float
    second: float
    answers: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkDifference:
    """One benchmark in two runs.

    Attributes:
        name: What it is called, in both if that is one name.
        first: The record of the first run.
        second: That of the second.
        differences: What was held against each other, the likeliest cause first.
        outcomes: What came out beside the scores, and what is wrong with either run.
        recorded_by_neither: Topics of which neither says anything.
        scores: Scores that both have; that of the benchmark itself first.
        only_first: Scores that only the first has, as metric and filter.
        only_second: Those that only the second has.
        flips: Some documents whose score is another.
        flipped: How many there are; `None` if documents could not be paired.
        notes: Sentences on what limits the comparison.
    """

    name: str
    first: Record
    second: Record
    differences: tuple[Difference, ...]
    outcomes: tuple[Difference, ...] = ()
    recorded_by_neither: tuple[str, ...] = ()
    scores: tuple[ScoreDifference, ...] = ()
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    flips: tuple[Flip, ...] = ()
    flipped: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def moved(self) -> tuple[Difference, ...]:
        """What is known to be another."""
        return tuple(d for d in self.differences if d.is_different)

    @property
    def unknown(self) -> tuple[Difference, ...]:
        """What could not be compared."""
        return tuple(d for d in self.differences if d.agreement is Agreement.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceReport:
    """What differs between two things that were given.

    Attributes:
        first: What was given first.
        second: What was given second.
        kind: What both are, for example `records`.
        headline: What moved and what it did, in one line.
        benchmarks: Those that both have, in the order of the first.
        only_first: Benchmarks that only the first has.
        only_second: Those that only the second has.
        differences: What differs of the things themselves, beside all benchmarks.
        notes: Sentences on what was passed over.
        doubts: Sentences on files that are not what their digests say.
    """

    first: str
    second: str
    kind: str
    headline: str
    benchmarks: tuple[BenchmarkDifference, ...] = ()
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
