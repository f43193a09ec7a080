"""From the scores of documents to the score of a benchmark: the closed forms."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean.

    Raises:
        ValueError: No values.
    """
    if not values:
        raise ValueError("expected at least one value, found none")
    return math.fsum(values) / len(values)


def weighted_mean(pairs: Sequence[tuple[float, float]]) -> float:
    """Mean of values with weights.

    Args:
        pairs: (value, weight).

    Raises:
        ValueError: No pairs, or the weights do not add up to more than 0.
    """
    total = math.fsum(weight for _, weight in pairs)
    if not total > 0:
        raise ValueError(f"expected weights that add up to more than 0, found {total}")
    return math.fsum(value * weight for value, weight in pairs) / total


def perplexity(log_likelihoods: Sequence[float]) -> float:
    """Exponential of the negative mean log-likelihood.

    Args:
        log_likelihoods: Of each document, in nats.

    Raises:
        ValueError: No documents.
        OverflowError: The perplexity is larger than any double.
    """
    return math.exp(-mean(log_likelihoods))


def weighted_perplexity(pairs: Sequence[tuple[float, float]]) -> float:
    """Exponential of the negative log-likelihood per unit of length.

    Args:
        pairs: (sum of log-likelihoods of a document in nats, its length in words or bytes).

    Raises:
        ValueError: No documents, or no length.
        OverflowError: The perplexity is larger than any double.
    """
    return math.exp(-_per_unit(pairs))


def bits_per_byte(pairs: Sequence[tuple[float, float]]) -> float:
    """Negative log-likelihood per byte, in bits.

    Args:
        pairs: (sum of log-likelihoods of a document in nats, its length in bytes).

    Raises:
        ValueError: No documents, or no length.
    """
    return -_per_unit(pairs) / math.log(2)


def _per_unit(pairs: Sequence[tuple[float, float]]) -> float:
    length = math.fsum(size for _, size in pairs)
    if not length > 0:
        raise ValueError(f"expected a positive total length, found {length}")
    return math.fsum(score for score, _ in pairs) / length


SCALAR_AGGREGATIONS: Mapping[str, Callable[[Sequence[float]], float]] = MappingProxyType(
    {"mean": mean, "perplexity": perplexity}
)
"""By lm-eval's name: aggregations of one number a document."""

PAIR_AGGREGATIONS: Mapping[str, Callable[[Sequence[tuple[float, float]]], float]] = (
    MappingProxyType({"weighted_perplexity": weighted_perplexity, "bits_per_byte": bits_per_byte})
)
"""By lm-eval's name: aggregations of a (log-likelihood, length) pair a document."""
