"""Matrices of one checkpoint that are packed in a way that is not read, where the other's are not.

Of them it is not known what numbers they stand for: the checkpoints may be one model or two.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from weighin.identity.comparison.aligned.alignment import Alignment
from weighin.identity.comparison.report import NotMeasured
from weighin.identity.containers.safetensors import element_count
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import is_decodable
from weighin.identity.numbers.derivation import Logical

_CODES: Final = frozenset({"U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F4"})
_MATRIX, _STACK = 2, 3
_FEWEST: Final = 256
_MOST_BESIDE: Final = 4


def unread_packings(
    alignment: Alignment, sides: tuple[Logical, Logical], named: tuple[str, str]
) -> tuple[NotMeasured, ...]:
    """What is packed on one side only and was not unpacked, each with what would settle it.

    Args:
        alignment: What answers to what.
        sides: Both checkpoints as they are compared.
        named: What the user calls them.
    """
    left_over = alignment.only_in_first, alignment.only_in_second
    answered = [
        {pair.first.entry.name: pair.second.entry for pair in alignment.pairs},
        {pair.second.entry.name: pair.first.entry for pair in alignment.pairs},
    ]
    found: list[NotMeasured] = []
    for number, (side, name) in enumerate(zip(sides, named, strict=True)):
        other, layers = sides[1 - number].entries, _of_layers(side)
        for tensor in (*left_over[number], *alignment.shapes_differ, *answered[number]):
            entry = side.entries.get(tensor)
            if entry is not None and _is_stack_apart(entry, side, answered[number]):
                found.append(NotMeasured(name=tensor, reason=_of_stack(entry, name)))
                continue
            answer = answered[number].get(tensor, other.get(tensor))
            if entry is None or not _is_packed(entry) or (answer and _is_packed(answer)):
                continue
            found.append(NotMeasured(name=tensor, reason=_reason(entry, layers, name)))
    return tuple(sorted(found, key=lambda one: one.name))


def _is_stack_apart(entry: TensorEntry, side: Logical, answered: Collection[str]) -> bool:
    """Whether it is a stack of experts that was unpacked and answers to nothing."""
    is_unpacked = entry.name in side.sources and not is_decodable(entry.dtype)
    return is_unpacked and len(entry.shape) == _STACK and entry.name not in answered


def _of_stack(entry: TensorEntry, owner: str) -> str:
    return (
        f"stored as {entry.dtype} {list(entry.shape)} in {owner}: experts packed as one, laid out "
        "in a way that weighin does not know beside the other's; the same saved unpacked would tell"
    )


def _is_packed(entry: TensorEntry) -> bool:
    return (
        entry.dtype in _CODES
        and len(entry.shape) >= _MATRIX
        and element_count(entry.shape) >= _FEWEST
        and min(entry.shape) > 1
    )


def _reason(entry: TensorEntry, of_layers: Mapping[str, list[str]], owner: str) -> str:
    layer, _, own = entry.name.rpartition(".")
    beside = [part for part in of_layers[layer] if part != own][:_MOST_BESIDE]
    told = f", beside {', '.join(beside)}" if beside else ""
    return (
        f"stored as {entry.dtype} {list(entry.shape)} in {owner}{told}: packed in a way that "
        "weighin does not read; the same saved unpacked would tell"
    )


def _of_layers(side: Logical) -> Mapping[str, list[str]]:
    """By layer what its tensors are called within it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(side.entries):
        layer, _, part = name.rpartition(".")
        found[layer].append(part)
    return found
