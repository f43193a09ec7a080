"""Intervals for a share of documents."""

import math
from collections.abc import Callable
from typing import NamedTuple

from weighin.statistics.distributions import binomial_at_least, normal_quantile, root_of

DEFAULT_CONFIDENCE = 0.95


class Interval(NamedTuple):
    """Bounds, both included.

    Attributes:
        low: Lower bound.
        high: Upper bound.
    """

    low: float
    high: float


def wilson_interval(
    successes: float, documents: int, confidence: float = DEFAULT_CONFIDENCE
) -> Interval:
    """Wilson's score interval for a share.

    Args:
        successes: From 0 to `documents`; need not be whole.
        documents: At least 1.
        confidence: Above 0 and below 1.

    Raises:
        ValueError: The numbers are not as stated.

    Source:
        Wilson (1927), JASA 22; Newcombe (1998), Statistics in Medicine 17, method 3.
    """
    _require_share(successes, documents)
    z = normal_quantile(0.5 + _require_confidence(confidence) / 2)
    share = successes / documents
    shrunk = (share + z * z / (2 * documents)) / (1 + z * z / documents)
    spread = math.sqrt(share * (1 - share) / documents + z * z / (4 * documents**2))
    half = z * spread / (1 + z * z / documents)
    low = 0.0 if successes == 0 else max(0.0, shrunk - half)
    high = 1.0 if successes == documents else min(1.0, shrunk + half)
    return Interval(low, high)


def clopper_pearson_interval(
    successes: int, documents: int, confidence: float = DEFAULT_CONFIDENCE
) -> Interval:
    """Exact interval for a share: it holds the true one at least as often as it says.

    Args:
        successes: From 0 to `documents`.
        documents: At least 1.
        confidence: Above 0 and below 1.

    Raises:
        ValueError: The numbers are not as stated.

    Source:
        Clopper and Pearson (1934), Biometrika 26.
    """
    _require_share(successes, documents)
    tail = (1 - _require_confidence(confidence)) / 2
    low, high = 0.0, 1.0
    if successes > 0:
        low = root_of(lambda p: binomial_at_least(successes, documents, p) - tail, 0.0, 1.0)
    if successes < documents:
        high = root_of(
            lambda p: binomial_at_least(successes + 1, documents, p) - (1 - tail), 0.0, 1.0
        )
    return Interval(low, high)


def hypergeometric_interval(
    successes: int, sampled: int, population: int, confidence: float = DEFAULT_CONFIDENCE
) -> tuple[int, int]:
    """Bounds on the successes in a finite population, from a sample without replacement.

    What a run over some documents of a benchmark says of the score on all of them.

    Args:
        successes: In the sample.
        sampled: Size of the sample, at least 1.
        population: Size of the population.
        confidence: Above 0 and below 1.

    Returns:
        Fewest and most successes in the population that the sample does not contradict; both are
        possible.

    Raises:
        ValueError: The numbers are not as stated.

    Source:
        Konijn (1973), Statistical Theory of Sample Survey Design and Analysis, section II.8.
    """
    _require_share(successes, sampled)
    if sampled > population:
        raise ValueError(f"expected at most {population} documents sampled, found {sampled}")
    tail = (1 - _require_confidence(confidence)) / 2
    fewest, most = successes, population - (sampled - successes)
    low = _first(fewest, most, lambda k: _upper_tail(successes, sampled, k, population) > tail)
    high = _last(fewest, most, lambda k: _lower_tail(successes, sampled, k, population) > tail)
    return low, high


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first whole number for which something holds that then goes on to hold."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The last whole number for which something holds that held up to there."""
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _upper_tail(successes: int, sampled: int, marked: int, population: int) -> float:
    """Probability of at least that many successes in the sample."""
    most = min(sampled, marked)
    return _probability(range(successes, most + 1), sampled, marked, population)


def _lower_tail(successes: int, sampled: int, marked: int, population: int) -> float:
    """Probability of at most that many successes in the sample."""
    fewest = max(0, sampled - (population - marked))
    return _probability(range(fewest, successes + 1), sampled, marked, population)


def _probability(counts: range, sampled: int, marked: int, population: int) -> float:
    ways = sum(math.comb(marked, k) * math.comb(population - marked, sampled - k) for k in counts)
    return ways / math.comb(population, sampled)


def _require_share(successes: float, documents: int) -> None:
    if documents < 1 or not 0 <= successes <= documents:
        raise ValueError(
            f"expected at least 1 document and 0 to {documents} successes, found {successes}"
        )


def _require_confidence(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"expected a confidence above 0 and below 1, found {confidence}")
    return confidence
