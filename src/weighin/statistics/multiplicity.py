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
