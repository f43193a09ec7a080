"""The ways in which the registry says that a benchmark is counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weighin.evidence.benchmarks import Averaging, Benchmark, ScoreKind
from weighin.statistics.printed_numbers import macro_denominator


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """One way of counting.

    Attributes:
        words: For a sentence: `over 198 documents`.
        denominator: Of one pass; every score is a whole number of its parts.
        is_plain: Whether every whole number of its parts is a score, as with a single count.
        is_stated: Whether it stands beside the number itself, not in the registry.
        documents: Documents behind it.
    """

    words: str
    denominator: int
    is_plain: bool = True
    is_stated: bool = False
    documents: int | None = None


def distinct(ways: Iterable[Counting]) -> tuple[Counting, ...]:
    """Ways of counting, of those with one denominator the first."""
    first: dict[int, Counting] = {}
    for way in ways:
        first.setdefault(way.denominator, way)
    return tuple(first.values())


def registered_countings(benchmark: Benchmark) -> Iterator[Counting]:
    """The ways of the registry, the most common first; none where scores are no counts."""
    if benchmark.score is not ScoreKind.BINARY:
        return
    sizes = tuple(task.documents for task in benchmark.tasks)
    for averaging in benchmark.averaging:
        if averaging in {Averaging.MICRO, Averaging.REPEATS} and benchmark.documents:
            yield Counting(
                words=f"over {benchmark.documents} documents",
                denominator=benchmark.documents,
                documents=benchmark.documents,
            )
        elif averaging is Averaging.MACRO and sizes:
            yield Counting(
                words=f"as the plain mean of {len(sizes)} tasks",
                denominator=macro_denominator(sizes),
                is_plain=False,
                documents=sum(sizes),
            )
        elif averaging is Averaging.MEAN_OF_METRICS and benchmark.metric_denominators:
            parts = benchmark.metric_denominators
            # Alone first: every score of one metric is also one that their mean can have.
            for part in dict.fromkeys(parts):
                yield Counting(words=f"as one metric over {part}", denominator=part, documents=part)
            yield Counting(
                words="as the mean of metrics over " + " and ".join(str(part) for part in parts),
                denominator=macro_denominator(parts),
                is_plain=False,
                documents=benchmark.documents,
            )
