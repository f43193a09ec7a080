"""How likely it is that a swap was not seen."""

from collections.abc import Mapping, Sequence
from math import comb

FEW = 6


def missed(looks: Sequence[int], tensors: int, swapped: int) -> float:
    """The chance that no look met a swap of some tensors for half of the time of the model.

    A look falls into that half with probability 1/2 and then meets the swap if one of the swapped
    tensors is among those that it looks at. That the numbers that are looked at differ where the
    tensor does is taken for granted.

    Args:
        looks: Of each look: how many tensors it looked at, drawn at random.
        tensors: Number of all tensors.
        swapped: Number of those that were swapped.
    """
    if not 0 < swapped <= tensors:
        return 1.0
    chance = 1.0
    for seen in looks:
        misses = comb(tensors - swapped, seen) / comb(tensors, seen) if seen <= tensors else 0.0
        chance *= 1 - (1 - misses) / 2
    return chance


def missed_in_words(looks: Sequence[int], tensors: int) -> Mapping[str, float]:
    """The chance by `one`, `six` and `all`: how many tensors were swapped."""
    swaps = {"one": 1, "six": min(FEW, tensors), "all": tensors}
    return {name: missed(looks, tensors, swapped) for name, swapped in swaps.items()}
