"""A few numbers of every tensor, compared bit by bit with what they were. No tensor is kept."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Self
from weakref import ref

import torch

_BLOCKS, _WIDTH = 4, 64
# What numbers are compared as, by their size: `nan` equals itself and -0 is not 0.
_AS_BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64, 16: torch.int64}


@dataclass(frozen=True, slots=True)
class _Part:
    tensor: ref[torch.Tensor]
    places: torch.Tensor
    last: int
    were: torch.Tensor


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of every tensor, at places that are drawn once."""

    parts: Mapping[str, _Part]

    @classmethod
    def of(cls, tensors: Mapping[str, torch.Tensor], draw: Random) -> Self:
        """Draw the places and keep what stands there."""
        parts = {
            name: _part(tensor, draw)
            for name, tensor in tensors.items()
            if tensor.numel() and tensor.device.type != "meta"
        }
        return cls(parts)

    def differing(self, names: Collection[str]) -> tuple[str, ...]:
        """Names of tensors, among these, whose numbers are not what they were."""
        groups: dict[tuple[torch.device, torch.dtype], list[str]] = {}
        for name in names:
            were = self.parts[name].were
            groups.setdefault((were.device, were.dtype), []).append(name)
        return tuple(name for group in groups.values() for name in self._of_one_kind(group))

    def bytes_of(self, names: Collection[str]) -> int:
        """How many bytes a look at these tensors compares."""
        return sum(self.parts[name].were.nbytes for name in names)

    def _of_one_kind(self, names: list[str]) -> Iterator[str]:
        parts = [self.parts[name] for name in names]
        found = [_found(part) for part in parts]
        # One comparison for all, so that an accelerator is waited for once.
        if torch.equal(torch.cat(found), torch.cat([part.were for part in parts])):
            return
        for name, part, numbers in zip(names, parts, found, strict=True):
            if not torch.equal(numbers, part.were):
                yield name


def _part(tensor: torch.Tensor, draw: Random) -> _Part:
    numbers = _as_bits(tensor.detach())
    size = numbers.numel()
    starts = [draw.randrange(max(1, size - _WIDTH + 1)) for _ in range(_BLOCKS)]
    places = sorted({n for start in starts for n in range(start, min(start + _WIDTH, size))})
    index = torch.tensor(places, device=tensor.device)
    return _Part(ref(tensor), index, places[-1], numbers[index].clone())


def _found(part: _Part) -> torch.Tensor:
    """What stands in the places now; nothing where the tensor is gone or another in size."""
    tensor = part.tensor()
    if tensor is not None:
        numbers = _as_bits(tensor.detach())
        is_alike = (numbers.dtype, numbers.device) == (part.were.dtype, part.were.device)
        if is_alike and numbers.numel() > part.last:
            return numbers[part.places]
    return part.were.new_empty(0)


def _as_bits(tensor: torch.Tensor) -> torch.Tensor:
    flat = tensor.reshape(-1) if tensor.is_contiguous() else _as_it_lies(tensor)
    return flat.view(_AS_BITS[tensor.element_size()])


def _as_it_lies(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers in the order of memory, not copied; of a part of another tensor its first."""
    room = tensor.untyped_storage().nbytes() // tensor.element_size() - tensor.storage_offset()
    return tensor.as_strided((min(tensor.numel(), room),), (1,))
