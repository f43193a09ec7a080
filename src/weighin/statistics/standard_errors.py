"""Standard errors of scores."""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FEWEST = 2


def standard_error(scores: FloatArray) -> float:
    """Standard error of a mean, as lm-eval computes it: with n - 1 in the variance.

    Args:
        scores: Shape (n,), score of each document, n at least 2.

    Raises:
        ValueError: Fewer than two scores.

    Source:
        lm-eval 0.4.13, `lm_eval.api.metrics.mean_stderr`.
    """
    if len(scores) < _FEWEST:
        raise ValueError(f"expected at least two scores, found {len(scores)}")
    return float(np.std(scores, ddof=1)) / math.sqrt(len(scores))


def share_standard_error(share: float, documents: int) -> float:
    """The same of scores that are 0 or 1: sqrt(p (1 - p) / (n - 1)).

    Args:
        share: Of the documents with score 1, from 0 to 1.
        documents: At least 2.

    Raises:
        ValueError: The share is not from 0 to 1, or there are fewer than two documents.
    """
    if not 0 <= share <= 1 or documents < _FEWEST:
        raise ValueError(
            f"expected a share from 0 to 1 and at least two documents, found {share}, {documents}"
        )
    return math.sqrt(share * (1 - share) / (documents - 1))


def clustered_se(scores: FloatArray, clusters: IntArray) -> float:
    """Standard error of the mean when scores within a cluster are correlated.

    Args:
        scores: Shape (n,), score of each document.
        clusters: Shape (n,), group of each document, for example its reading passage.

    Returns:
        In the units of `scores`; sqrt((n - 1) / n) times `standard_error` if every cluster has
        size 1.

    Raises:
        ValueError: Fewer than two clusters, or the lengths differ.

    Source:
        Miller (2024), arXiv:2411.00640, eq. 4.
    """
    if len(scores) != len(clusters):
        raise ValueError(f"expected a cluster for each score, found {len(scores)}, {len(clusters)}")
    names, members = np.unique(clusters, return_inverse=True)
    if len(names) < _FEWEST:
        raise ValueError(f"expected at least two clusters, found {len(names)}")
    residuals = np.bincount(members, weights=scores - scores.mean())
    return float(np.sqrt(np.sum(residuals**2))) / len(scores)


def largest_standard_error(mean: float, documents: int) -> float:
    """The largest standard error that scores from 0 to 1 with this mean can have.

    Args:
        mean: From 0 to 1.
        documents: At least 2.

    Raises:
        ValueError: The mean is not from 0 to 1, or there are fewer than two documents.

    Source:
        Bhatia and Davis (2000), American Mathematical Monthly 107: the variance of values from 0
        to 1 is at most mean * (1 - mean).
    """
    return share_standard_error(mean, documents)


def documents_at(mean: Fraction, error: Fraction) -> float:
    """Documents of 0 or 1 whose mean has this standard error: n - 1 = p (1 - p) / error².

    Args:
        mean: From 0 to 1.
        error: Above 0.
    """
    return 1 + float(mean * (1 - mean) / error**2)
