"""Many tests in one report."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values: below alpha with a chance of at most alpha, if nothing is there.

    Args:
        p_values: From 0 to 1, of tests that may depend on each other in any way.

    Returns:
        In the order of `p_values`.

    Raises:
        ValueError: A p-value is not from 0 to 1.

    Source:
        Holm (1979), Scandinavian Journal of Statistics 6.
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"expected p-values from 0 to 1, found {list(p_values)}")
    count = len(p_values)
    adjusted = [0.0] * count
    largest = 0.0
    for rank, index in enumerate(sorted(range(count), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = largest
    return tuple(adjusted)


def e_benjamini_hochberg(e_values: Sequence[float], alpha: float) -> tuple[bool, ...]:
    """Which of many e-values are discoveries, of which at most a share alpha is expected false.

    Args:
        e_values: From 0, of tests that may depend on each other in any way.
        alpha: Expected share of false discoveries, above 0 and at most 1.

    Returns:
        In the order of `e_values`.

    Raises:
        ValueError: An e-value is negative, or alpha not above 0 and at most 1.

    Source:
        Wang and Ramdas (2022), False discovery rate control with e-values, JRSS B 84.
    """
    if not 0 < alpha <= 1 or not all(e >= 0 for e in e_values):
        raise ValueError(
            f"expected e-values from 0 and alpha to 1, found {list(e_values)}, {alpha}"
        )
    count = len(e_values)
    order = sorted(range(count), key=lambda i: -e_values[i])
    kept = 0
    for rank, index in enumerate(order, start=1):
        if e_values[index] * rank * alpha >= count:
            kept = rank
    chosen = set(order[:kept])
    return tuple(index in chosen for index in range(count))
