"""Two runs over the same documents."""

import math
from typing import NamedTuple

import numpy as np

from weighin.statistics.distributions import (
    binomial_at_least,
    normal_cdf,
    normal_quantile,
    student_quantile,
    student_two_sided,
)
from weighin.statistics.intervals import DEFAULT_CONFIDENCE, Interval, wilson_interval
from weighin.statistics.standard_errors import FloatArray, IntArray, clustered_se, standard_error


class Difference(NamedTuple):
    """A difference of two means, with its standard error.

    Attributes:
        value: Second minus first, in the units of the scores.
        standard_error: In the same units.
        documents: Pairs behind it.
    """

    value: float
    standard_error: float
    documents: int


class PairedCounts(NamedTuple):
    """Documents by which of two runs answers them right."""

    both: int
    only_first: int
    only_second: int
    neither: int


def paired_difference(
    first: FloatArray, second: FloatArray, clusters: IntArray | None = None
) -> Difference:
    """Mean difference of two runs over the same documents.

    Args:
        first: Shape (n,), score of each document in the first run.
        second: Shape (n,), the same documents in the same order in the second run.
        clusters: Shape (n,), group of each document; `None` takes documents as independent.

    Raises:
        ValueError: The lengths differ, or there are fewer than two documents.

    Source:
        Miller (2024), arXiv:2411.00640, section 4.2.
    """
    if len(first) != len(second):
        raise ValueError(f"expected the same documents, found {len(first)} and {len(second)}")
    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    error = standard_error(differences) if clusters is None else clustered_se(differences, clusters)
    return Difference(float(differences.mean()), error, len(differences))


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided p-value that two runs answer documents right equally often.

    Args:
        only_first: Documents that only the first run answered right.
        only_second: Documents that only the second run answered right.

    Returns:
        1 if there is no such document.

    Raises:
        ValueError: A count is negative.

    Source:
        McNemar (1947), Psychometrika 12, with the exact binomial distribution.
    """
    _require_counts(only_first, only_second)
    discordant = only_first + only_second
    if discordant == 0:
        return 1.0
    return min(1.0, 2 * binomial_at_least(max(only_first, only_second), discordant, 0.5))


def paired_share_interval(counts: PairedCounts, confidence: float = DEFAULT_CONFIDENCE) -> Interval:
    """Newcombe's interval for the difference of two shares over the same documents.

    Args:
        counts: At least one document.
        confidence: Above 0 and below 1.

    Returns:
        Of second minus first, within -1 and 1.

    Raises:
        ValueError: A count is negative, or there is no document.

    Source:
        Newcombe (1998), Statistics in Medicine 17, 2635-2650, method 10.
    """
    both, only_first, only_second, neither = counts
    _require_counts(both, neither)
    _require_counts(only_first, only_second)
    documents = sum(counts)
    rights = (both + only_first, both + only_second)
    first, second = (right / documents for right in rights) if documents else (0.0, 0.0)
    low, high = (wilson_interval(right, documents, confidence) for right in rights)
    correlation = _correlation(counts)
    # How far each share may lie below and above, as its own interval says.
    first_below, first_above = first - low.low, low.high - first
    second_below, second_above = second - high.low, high.high - second
    below = _combined(second_below, first_above, correlation)
    above = _combined(second_above, first_below, correlation)
    value = (only_second - only_first) / documents
    return Interval(max(-1.0, value - below), min(1.0, value + above))


def _combined(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))


def _correlation(counts: PairedCounts) -> float:
    """Of the two runs' answers, corrected for continuity where it is positive; 0 if undefined."""
    both, only_first, only_second, neither = counts
    margins = math.prod(
        (both + only_first, only_second + neither, both + only_second, only_first + neither)
    )
    if not margins:
        return 0.0
    excess: float = both * neither - only_first * only_second
    if excess > 0:
        excess = max(excess - sum(counts) / 2, 0)
    return excess / math.sqrt(margins)


def student_interval(
    difference: Difference, confidence: float = DEFAULT_CONFIDENCE
) -> Interval | None:
    """Student's interval for a paired difference of any scores.

    Args:
        difference: Of at least two documents.
        confidence: Above 0 and below 1.

    Returns:
        `None` if all documents moved by the same, which says nothing of others.
    """
    if difference.standard_error == 0:
        return None
    half = student_quantile(confidence, difference.documents - 1) * difference.standard_error
    return Interval(difference.value - half, difference.value + half)


def student_p_value(difference: Difference) -> float | None:
    """Two-sided p-value of Student's paired test that two runs score alike.

    Returns:
        `None` if all documents moved by the same, which leaves nothing to hold it against; 1 if
        none moved.
    """
    if difference.standard_error == 0:
        return 1.0 if difference.value == 0 else None
    return student_two_sided(difference.value / difference.standard_error, difference.documents - 1)


def unpaired_interval(
    value: float, standard_errors: tuple[float, float], confidence: float = DEFAULT_CONFIDENCE
) -> Interval:
    """Normal interval for the difference of two runs of which no documents are known to be shared.

    Args:
        value: Second minus first.
        standard_errors: Of the two, in the same units.
        confidence: Above 0 and below 1.
    """
    half = normal_quantile(0.5 + confidence / 2) * math.hypot(*standard_errors)
    return Interval(value - half, value + half)


def unpaired_p_value(value: float, standard_errors: tuple[float, float]) -> float | None:
    """Two-sided p-value of the same; `None` if both standard errors are zero."""
    error = math.hypot(*standard_errors)
    return 2 * normal_cdf(-abs(value) / error) if error else None


def _require_counts(only_first: int, only_second: int) -> None:
    if only_first < 0 or only_second < 0:
        raise ValueError(f"expected counts from 0, found {only_first} and {only_second}")
