"""Ways in which a score can have been counted, and which of them give a printed number."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from weighin.evidence.benchmarks import Certainty, ScoreKind
from weighin.evidence.benchmarks.below_zero import names_metric_below_zero
from weighin.rules.scorecard.counting.ways import Counting, distinct
from weighin.rules.scorecard.numbers import StatedNumber
from weighin.statistics.printed_numbers import (
    Attainability,
    PrintedNumber,
    attainability,
    attainable_counts,
    random_pass_rate,
)

_WORDS_OF_OTHER_METRICS = ("anls", "bleu", "chrf", "f1", "rouge", "bertscore", "perplexity")
_ESTIMATED = re.compile(r"(?<![a-z])(?:pass|avg|mean|average)[@_]1(?!\d)")
_ACCURACY = re.compile(r"\bacc(?:uracy)?\b|\bexact[ _]match\b|pass@1\b", re.IGNORECASE)
_OTHER_WORD = re.compile(
    r"(?<![a-z])(?!(?:acc(?:uracy)?|scores?|exact|match|em|pass|at|k|strict|flexible|extract|loose"
    r"|prompt|inst(?:ruction)?|level|mc|norm|none|average|avg|correct|rate|percent|pct|cot|shots?"
    r"|maj|custom|filter|quasi|prefix)(?![a-z]))[a-z]"
)
"""No word of the names of metrics that count documents: one with another may be of some of them."""
_SEVERAL_ANSWERS = re.compile(r"(pass|best)@(?!1\b)\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What some ways of counting make of a number, with one number of passes.

    Attributes:
        counting: The first way that gives the number; `None` if none does.
        passes: Answers to each document that are averaged.
        attainability: By which rounding.
        failed: The ways that were tried before it and do not give the number.
        pass_rate: About the chance that a number at random would fit one of all the ways.
    """

    counting: Counting | None
    passes: int
    attainability: Attainability
    failed: tuple[Counting, ...]
    pass_rate: float


def countings(stated: StatedNumber) -> tuple[Counting, ...]:
    """The ways in which a number can have been counted: as stated, then as in the registry.

    Returns:
        None of the registry where only a part of the benchmark, or another split, was scored.
    """
    documents = stated.number.documents
    if documents is None and stated.benchmark is not None and not scores_another_part(stated):
        return stated.registered
    found: list[Counting] = []
    if documents is not None and stated.is_share:
        found.append(
            Counting(
                words=f"over the {documents} documents that are stated",
                denominator=documents,
                is_stated=True,
                documents=documents,
            )
        )
    if stated.benchmark is not None and not scores_another_part(stated):
        found.extend(stated.registered)
    return distinct(found)


def scores_another_part(stated: StatedNumber) -> bool:
    """Whether a part of the benchmark, or another split than the registry's, was scored."""
    number, benchmark = stated.number, stated.benchmark
    if number.protocol.subset:
        return True
    return bool(
        benchmark is not None
        and number.split
        and number.split.casefold() not in benchmark.split.casefold()
    )


def why_not_counted(stated: StatedNumber) -> str:
    """Why counting says nothing of a number; empty if it does."""
    benchmark, number = stated.benchmark, stated.number
    if (reason := why_no_count(stated)) or countings(stated):
        return reason
    if benchmark is None:
        return "the registry does not know the benchmark, and no number of documents is stated"
    if scores_another_part(stated):
        part = number.protocol.subset or f"split {number.split}"
        return f"the number of documents of {part} is neither stated nor in the registry"
    return "the registry does not know how many documents there are"


def why_no_count(stated: StatedNumber) -> str:
    """Why a number is not made of documents that are right or wrong; empty if it may be."""
    benchmark, number = stated.benchmark, stated.number
    if not stated.is_share:
        return "it is no share of documents"
    if reason := _why_not_of_metric(number.metric):
        return reason
    if benchmark is not None and benchmark.score is not ScoreKind.BINARY:
        return f"{benchmark.metric} gives each document any score, not only 0 or 1"
    return ""


@lru_cache(maxsize=256)
def _why_not_of_metric(metric: str) -> str:
    """The same, of what its metric alone says: a table has thousands of numbers of one."""
    if any(word in metric.casefold() for word in _WORDS_OF_OTHER_METRICS):
        return f"{metric} gives each document any score from 0 to 1, not only 0 or 1"
    if _SEVERAL_ANSWERS.search(metric.casefold()):
        return f"{metric} is estimated from several answers, which gives parts of a document"
    return ""


def counts_by_name(stated: StatedNumber) -> bool:
    """Whether a number is called an accuracy or alike, which counts documents."""
    return _ACCURACY.search(f"{stated.number.metric} {stated.number.benchmark}") is not None


def why_count_unsaid(stated: StatedNumber) -> str:
    """Why a number may not be of whole answers to so many documents, though nothing else is said.

    Returns:
        Empty if the registry or its metric says how it is made.
    """
    number = stated.number
    if _ESTIMATED.search(f"{number.metric} {number.benchmark}".casefold()):
        return "such a mean is estimated from any number of answers, and how many is not declared"
    if _OTHER_WORD.search(number.metric.casefold()):
        return f"nothing says that {number.metric} counts all documents, each as right or wrong"
    if stated.benchmark is None and not number.metric:
        return "nothing says that it counts documents, and is no mean of their scores"
    return ""


def may_be_negative(stated: StatedNumber) -> bool:
    """Whether a number may lie below zero, by its metric or by the name that it stands under."""
    benchmark, number = stated.benchmark, stated.number
    if benchmark is not None and benchmark.score is ScoreKind.UNBOUNDED:
        return True
    said = (number.metric, number.benchmark, "" if benchmark is None else benchmark.metric)
    return any(map(names_metric_below_zero, said))


def is_certain(stated: StatedNumber, ways: Sequence[Counting] = ()) -> bool:
    """Whether the sizes are known well enough that a number can be held against them.

    Args:
        stated: The number.
        ways: The ways in which it may have been counted; none for the size of the benchmark.
    """
    benchmark = stated.benchmark
    if benchmark is None or benchmark.certainty is not Certainty.REMEMBERED:
        return True
    return bool(ways) and all(way.is_stated for way in ways)


def fit(value: PrintedNumber, ways: Sequence[Counting], passes: int = 1) -> Fit:
    """Which way of counting gives a number with so many passes; rounding counts before cutting."""
    index, wanted = len(ways), Attainability.NONE
    for place, way in enumerate(ways):
        found = attainability(value, way.denominator * passes)
        if found is Attainability.ROUNDED:
            index, wanted = place, found
            break
        if found is Attainability.TRUNCATED and wanted is Attainability.NONE:
            index, wanted = place, found
    return Fit(
        counting=None if wanted is Attainability.NONE else ways[index],
        passes=passes,
        attainability=wanted,
        failed=tuple(ways[:index]),
        pass_rate=pass_rate(value, ways, passes),
    )


def pass_rate(value: PrintedNumber, ways: Sequence[Counting], passes: int = 1) -> float:
    """About the chance that a number of its digits, taken at random, fits one of some ways."""
    rates = [random_pass_rate(value, way.denominator * passes) for way in ways]
    return min(1.0, math.fsum(rates))


def fewest_passes(
    value: PrintedNumber, ways: Sequence[Counting], passes: Sequence[int]
) -> Fit | None:
    """The fit with the fewest of some numbers of passes; `None` if none fits by rounding."""
    denominators = [way.denominator for way in ways]
    fitting = (p for p in passes if any(attainable_counts(value, d * p) for d in denominators))
    fewest = next(fitting, None)
    return None if fewest is None else fit(value, ways, fewest)
