"""Two runs over the same documents."""

from typing import NamedTuple

import numpy as np

from weighin.statistics.distributions import binomial_at_least
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


def _require_counts(only_first: int, only_second: int) -> None:
    if only_first < 0 or only_second < 0:
        raise ValueError(f"expected counts from 0, found {only_first} and {only_second}")
