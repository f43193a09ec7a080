"""What is known of a benchmark apart from any run: its size, its tasks, how its score is made."""

import re
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import Field

from weighin.files.strict_model import StrictModel

Text = Annotated[str, Field(min_length=1)]
COMMIT = re.compile(r"[0-9a-f]{40}")
Commit = Annotated[str, Field(pattern=rf"^{COMMIT.pattern}$")]


class ScoreKind(StrEnum):
    """What the score of one document can be."""

    BINARY = "binary"
    """0 or 1."""
    CONTINUOUS = "continuous"
    """Anything from 0 to 1, for example F1: no arithmetic of counts applies."""
    UNBOUNDED = "unbounded"
    """Anything, for example a perplexity or a rating."""


class Averaging(StrEnum):
    """How the scores of documents become the printed one."""

    MICRO = "micro"
    """Over all documents."""
    MACRO = "macro"
    """The plain mean over the tasks."""
    REPEATS = "repeats"
    """Over all documents, each answered several times."""
    MEAN_OF_METRICS = "mean-of-metrics"
    """The plain mean of several metrics, each with a denominator of its own."""


class Certainty(StrEnum):
    """How sure the size is."""

    COUNTED = "counted"
    """From the data itself, or from scores at full precision."""
    STATED = "stated"
    """By the benchmark's paper or page."""
    REMEMBERED = "remembered"
    """By nobody who was asked for this registry: never the ground of an accusation."""


class BenchmarkTask(StrictModel):
    """A task of a benchmark.

    Attributes:
        name: As the benchmark names it.
        documents: Its number of documents.
    """

    name: Text
    documents: Annotated[int, Field(ge=1)]


class Benchmark(StrictModel):
    """A benchmark as it is commonly scored.

    Attributes:
        id: Short name, for example `gpqa_diamond`.
        names: Names under which it is printed; matched by their letters, digits and `+` alone.
        split: The split that is scored, for example `test`.
        documents: Documents of that split; `None` where no fixed set is scored, as in an arena.
        tasks: Its tasks, if it has several; their documents add up to `documents`.
        metric: The usual one, for example `acc`.
        score: What a document's score can be.
        averaging: Ways in which its score is made, the most common first.
        metric_denominators: For `mean-of-metrics`: the denominator of each metric.
        chance: Score of random answers, as a share; `None` if there is none to speak of.
        certainty: How sure the size is.
        source: Where size and tasks stand.
        lm_eval: Tasks of lm-eval that score it; empty if there is none.
        dataset: Path on the hub of the dataset that the first of them loads; `None` if it loads
            none, or that is not known.
        revisions: Commits of `dataset` that are known to hold as many documents.
        note: What else one must know, for example common subsets.
    """

    id: Text
    names: Annotated[tuple[Text, ...], Field(min_length=1)]
    split: Text
    documents: Annotated[int, Field(ge=1)] | None = None
    tasks: tuple[BenchmarkTask, ...] = ()
    metric: Text
    score: ScoreKind
    averaging: tuple[Averaging, ...]
    metric_denominators: tuple[Annotated[int, Field(ge=1)], ...] = ()
    chance: Annotated[float, Field(ge=0, le=1)] | None = None
    certainty: Certainty
    source: Text
    lm_eval: tuple[Text, ...] = ()
    dataset: Text | None = None
    revisions: tuple[Commit, ...] = ()
    note: str = ""


class BenchmarkRegistry(StrictModel):
    """Benchmarks that can be found by name.

    Attributes:
        benchmarks: By id; a user's own replace weighin's of the same id.
    """

    benchmarks: tuple[Benchmark, ...]

    def find(self, name: str) -> Benchmark | None:
        """The benchmark that is printed under a name; `None` if it is not known."""
        return self._by_name.get(plain_name(name))

    def scored_by(self, task: str) -> Benchmark | None:
        """The benchmark that a task of lm-eval scores; `None` if it is not known."""
        return self._by_task.get(task)

    @cached_property
    def _by_name(self) -> dict[str, Benchmark]:
        """By the plain form of every name; where two share one, the first."""
        found: dict[str, Benchmark] = {}
        for benchmark in self.benchmarks:
            for name in (benchmark.id, *benchmark.names):
                found.setdefault(plain_name(name), benchmark)
        return found

    @cached_property
    def _by_task(self) -> dict[str, Benchmark]:
        """By the tasks of lm-eval; where two share one, the first."""
        found: dict[str, Benchmark] = {}
        for benchmark in self.benchmarks:
            for task in benchmark.lm_eval:
                found.setdefault(task, benchmark)
        return found


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """What of a benchmark's name tells it from others: `MMLU-Pro` is `mmlu pro`.

    A `+` stays: HumanEval+ is not HumanEval.
    """
    return "".join(c for c in name.casefold() if c.isalnum() or c == "+")
