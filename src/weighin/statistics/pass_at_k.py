"""How likely it is that one of some answers to a document is right."""

from math import prod


def pass_at_k(answers: int, right: int, k: int) -> float:
    """The chance that at least one of k answers is right, were they drawn from those given.

    Args:
        answers: Answers to the document, at least `k`.
        right: Those of them that are right, from 0 to `answers`.
        k: How many are drawn, from 1.

    Returns:
        From 0 to 1; the mean over documents is an unbiased estimate of pass@k.

    Raises:
        ValueError: A count is not in its range.

    Source:
        Chen et al. (2021), arXiv:2107.03374, eq. 1, in the product form of its listing.
    """
    if not (1 <= k <= answers and 0 <= right <= answers):
        raise ValueError(f"expected 1 <= k <= answers >= right, found {k}, {answers}, {right}")
    if answers - right < k:
        return 1.0
    return 1.0 - prod(1.0 - k / n for n in range(answers - right + 1, answers + 1))
