"""Matrices and stacks of them as MLX packs them: codes in words, scales and biases of groups.

Source:
    mlx, ops.cpp (`affine_quantize`, `affine_dequantize`) and mlx/backend/common: a row is one
    string of bits, the first code in the lowest ones, whatever their number; a number is its code
    times the scale of its group, plus the bias of it. mlx-lm, utils.py (`save_config`):
    `quantization` states `bits` and `group_size`, and both once more below the name of a layer that
    has others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import FloatArray, is_decodable
from weighin.identity.numbers.derivation import Derivation, Logical
from weighin.identity.numbers.packed.modules import Block, unpacked
from weighin.identity.numbers.packed.words import WORD_BITS, codes_in_order
from weighin.identity.numbers.rows import LocatedTensor, Rows
from weighin.identity.numbers.stored_blocks import all_numbers, row_bytes
from weighin.identity.parts.model_settings import ModelSettings

_BITS: Final = (2, 3, 4, 5, 6, 8)
_DIMENSIONS: Final = (2, 3)


@dataclass(frozen=True)
class GroupedRows:
    """Rows of codes, and for each group of a row what its codes are scaled and shifted by.

    Attributes:
        codes: Words of 32 bits; shape (..., rows, words).
        scales: Shape (..., rows, groups).
        biases: The same.
        bits: Of a code.
    """

    codes: LocatedTensor
    scales: LocatedTensor
    biases: LocatedTensor
    bits: int

    @cached_property
    def _scales(self) -> FloatArray:
        return all_numbers(self.scales).reshape(-1, self.scales.shape[-1])

    @cached_property
    def _biases(self) -> FloatArray:
        return all_numbers(self.biases).reshape(-1, self.biases.shape[-1])

    def block(self, begin: int, count: int) -> Rows:
        """Some rows, dequantised in float32.

        Raises:
            CheckpointError: The file is unreadable, or the scales are not those of the manifest.
        """
        content = row_bytes(self.codes, begin, count).tobytes()
        words = np.frombuffer(content, dtype="<u4").astype(np.uint32).reshape(count, -1)
        codes = codes_in_order(words, self.bits)
        group = codes.shape[1] // self._scales.shape[1]
        scales, biases = (
            np.repeat(numbers[begin : begin + count], group, axis=1)
            for numbers in (self._scales, self._biases)
        )
        with np.errstate(all="ignore"):
            values = (codes * scales + biases).astype(np.float32)
        return Rows(values.astype(np.float64), np.abs(scales), values.tobytes())


def grouped_matrices(logical: Logical, settings: ModelSettings) -> Iterator[Derivation]:
    """The matrices of a checkpoint that its configuration says are packed so.

    Of how many bits a code is the shapes alone do not tell: 4 bits in groups of 64 fit where 8 in
    groups of 32 do.
    """
    stated = {name: (bits, group) for name, bits, group in settings.grouped}
    if not stated:
        return
    for name, codes in logical.entries.items():
        layer = name.removesuffix(".weight")
        scales = logical.entries.get(f"{layer}.scales")
        biases = logical.entries.get(f"{layer}.biases")
        told = stated.get(layer, stated.get(""))
        if layer == name or scales is None or biases is None or told is None:
            continue
        made = _unpacked(codes, scales, biases, *told)
        if made is not None:
            yield made


def _unpacked(
    codes: TensorEntry, scales: TensorEntry, biases: TensorEntry, bits: int, group: int
) -> Derivation | None:
    if codes.dtype != "U32" or len(codes.shape) not in _DIMENSIONS or 0 in codes.shape:
        return None
    inputs = scales.shape[-1] * group if scales.shape else 0
    fits = (
        bits in _BITS
        and inputs * bits == codes.shape[-1] * WORD_BITS
        and scales.shape == (*codes.shape[:-1], scales.shape[-1])
        and biases.shape == scales.shape
        and is_decodable(scales.dtype)
        and is_decodable(biases.dtype)
    )
    if not fits:
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        return GroupedRows(found["codes"], found["scales"], found["biases"], bits).block

    parts = {"codes": codes, "scales": scales, "biases": biases}
    shape = (*codes.shape[:-1], inputs)
    return unpacked(codes.name, f"mlx int{bits} per group of {group}", shape, parts, reader)
