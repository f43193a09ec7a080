"""Tensors whose names differ only in what stands before them, as a wrapper of a model adds it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from weighin.identity.comparison.aligned.name_maps import block_of
from weighin.identity.manifest import TensorEntry

_FEWEST: Final = 3
_MOST_STACKS: Final = 4
_MOST_WORDS: Final = 8
_LEAST_SHARE: Final = 0.5

Names = tuple[str, str]


def same_but_for_a_prefix(
    first: Mapping[str, TensorEntry], second: Mapping[str, TensorEntry]
) -> tuple[Names, ...]:
    """Names of one side, each with the one of the other side that it differs from in a prefix.

    A prefix is taken where it leads at least half of the names that have it to tensors of as many
    dimensions and columns, and no other leads more of them.

    Args:
        first: Tensors of one checkpoint to which no name of the other leads.
        second: The same of the other.
    """
    ours, theirs = dict(first), dict(second)
    found: list[Names] = []
    candidates = sorted(_candidates(ours, theirs))
    while candidates:
        led = {prefixes: tuple(_led(prefixes, ours, theirs)) for prefixes in candidates}
        best = max(candidates, key=lambda prefixes: len(led[prefixes]))
        names = led[best]
        if len(names) < _FEWEST or len(names) < _LEAST_SHARE * _with_either(best, ours, theirs):
            break
        for prefixes in (best, *_shortened(best)):
            # What lies beside the blocks, such as a head, may have less before it.
            for our, their in tuple(_led(prefixes, ours, theirs)):
                found.append((our, their))
                del ours[our], theirs[their]
        candidates.remove(best)
    return tuple(found)


def _shortened(prefixes: Names) -> Iterator[Names]:
    """The prefixes without their last words, the longest first."""
    left, right = (prefix.split(".")[:-1] for prefix in prefixes)
    for ours in range(len(left), -1, -1):
        for theirs in range(len(right), -1, -1):
            if ours or theirs:
                yield _prefix(left[:ours]), _prefix(right[:theirs])


def _prefix(words: list[str]) -> str:
    return "".join(f"{word}." for word in words)


def _candidates(
    first: Mapping[str, TensorEntry], second: Mapping[str, TensorEntry]
) -> Iterator[Names]:
    """What stands before the blocks of either, without the words that both end in."""
    for ours in _stacks(first):
        for theirs in _stacks(second):
            left, right = ours.split("."), theirs.split(".")
            while left and right and left[-1] == right[-1]:
                del left[-1], right[-1]
            if 0 < max(len(left), len(right)) <= _MOST_WORDS:
                yield _prefix(left), _prefix(right)


def _stacks(entries: Mapping[str, TensorEntry]) -> list[str]:
    """The stacks of blocks, without those of few tensors."""
    counts = Counter(block[0] for name in entries if (block := block_of(name)) is not None)
    return [stack for stack, count in counts.most_common(_MOST_STACKS) if count >= _FEWEST]


def _led(
    prefixes: Names, first: Mapping[str, TensorEntry], second: Mapping[str, TensorEntry]
) -> Iterator[Names]:
    ours, theirs = prefixes
    for name, entry in first.items():
        other = theirs + name.removeprefix(ours)
        if name.startswith(ours) and other in second and _may_answer(entry, second[other]):
            yield name, other


def _with_either(
    prefixes: Names, first: Mapping[str, TensorEntry], second: Mapping[str, TensorEntry]
) -> int:
    """The smaller number of tensors that have the prefix of their side."""
    return min(
        sum(name.startswith(prefix) for name in side)
        for prefix, side in zip(prefixes, (first, second), strict=True)
    )


def _may_answer(first: TensorEntry, second: TensorEntry) -> bool:
    return len(first.shape) == len(second.shape) and first.shape[1:] == second.shape[1:]
