"""Numbers of tensors that are stored as 8-bit codes and scales.

Source:
    compressed-tensors, quantization/lifecycle/forward.py (`dequantize`: codes times
    `weight_scale`); DeepSeek-V3, inference/kernel.py (`weight_dequant`: `weight_scale_inv`, a block
    of 128 x 128 each); bitsandbytes, functional.py (`int8_vectorwise_dequant`: codes times
    `SCB / 127`, a row each); compressed-tensors, compressors/mx_utils.py (`decompress_mx_scale`:
    scales of 8 bits without a sign are exponents).
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from weighin.errors import CheckpointError
from weighin.identity.numbers.casts import half_gaps, is_castable
from weighin.identity.numbers.decoding import FloatArray, decoded
from weighin.identity.numbers.rows import LocatedTensor, Rows, rows_of
from weighin.identity.numbers.stored_blocks import all_bytes, all_numbers

_BLOCKS: Final = (128, 64, 32, 256, 512, 16)


@dataclass(frozen=True, slots=True)
class ScaleGrid:
    """How the scales of a matrix are cut.

    Attributes:
        rows: Rows that share a scale.
        columns: Columns that share it.
        words: The same in words.
    """

    rows: int
    columns: int
    words: str


def scale_dtype(stored: str) -> str:
    """The dtype of scales that are stored in a dtype: bytes without a sign are exponents."""
    return "F8_E8M0" if stored == "U8" else stored


def scale_grid(
    shape: tuple[int, ...], scales: tuple[int, ...], stated: tuple[int, int] = (0, 0)
) -> ScaleGrid | None:
    """How scales of a shape belong to a matrix of a shape; `None` if they do not fit.

    Args:
        shape: Of the matrix.
        scales: Of its scales.
        stated: Rows and columns that share a scale, as the configuration states them; zeros if it
            does not.
    """
    rows, columns = shape
    if all(stated) and scales == (-(-rows // stated[0]), -(-columns // stated[1])):
        return ScaleGrid(*stated, f"per block of {stated[0]}x{stated[1]}")
    if scales in {(), (1,)}:
        return ScaleGrid(rows, columns, "per tensor")
    if scales in {(rows,), (rows, 1)} and rows > 1:
        return ScaleGrid(1, columns, "per row")
    if len(scales) != len(shape) or 0 in scales:
        return None
    if scales[0] == rows and columns % scales[1] == 0:
        group = columns // scales[1]
        return ScaleGrid(1, group, f"per group of {group}")
    size = _block(rows, scales[0]), _block(columns, scales[1])
    return ScaleGrid(*size, f"per block of {size[0]}x{size[1]}") if all(size) else None


def _block(length: int, count: int) -> int:
    fitting = (size for size in _BLOCKS if -(-length // size) == count)
    return next(fitting, length // count if length % count == 0 else 0)


@dataclass(frozen=True)
class ScaledCodes:
    """A matrix of codes, each a number of 8 bits, and scales.

    Attributes:
        codes: The matrix.
        scales: Its scales, all or one for many.
        grid: How these are cut.
        zeros: What is taken from the codes first, cut like the scales; `None` for nothing.
        divisor: What the scales are divided by.
    """

    codes: LocatedTensor
    scales: LocatedTensor
    grid: ScaleGrid
    zeros: LocatedTensor | None = None
    divisor: float = 1.0

    @cached_property
    def _scales(self) -> FloatArray:
        numbers = decoded(all_bytes(self.scales), scale_dtype(self.scales.dtype))
        return self._cut(self.scales, numbers) / self.divisor

    @cached_property
    def _zeros(self) -> FloatArray:
        if self.zeros is None:
            return np.zeros((1, 1))
        return self._cut(self.zeros, all_numbers(self.zeros))

    def _cut(self, tensor: LocatedTensor, numbers: FloatArray) -> FloatArray:
        rows, columns = self.codes.shape
        shape = -(-rows // self.grid.rows), -(-columns // self.grid.columns)
        if numbers.size != math.prod(shape):
            raise CheckpointError(
                f"{tensor.place}: tensor {tensor.span.name!r}: expected {list(shape)} numbers, "
                f"found {list(tensor.shape)}"
            )
        return numbers.reshape(shape)

    def block(self, begin: int, count: int) -> Rows:
        """Some rows, dequantised in float32, and the step of each number.

        Raises:
            CheckpointError: The file is unreadable, or the scales are not those of the manifest.
        """
        codes = rows_of(self.codes, begin, count).values
        scales = self._spread(self._scales, begin, count)
        zeros = self._spread(self._zeros, begin, count) if self.zeros is not None else 0.0
        with np.errstate(all="ignore"):
            values = ((codes - zeros) * scales).astype(np.float32)
            is_float = is_castable(self.codes.dtype)
            units = 2 * half_gaps(codes, self.codes.dtype) if is_float else np.ones_like(codes)
            steps = units * np.abs(scales)
        return Rows(values.astype(np.float64), steps, values.tobytes())

    def _spread(self, scales: FloatArray, begin: int, count: int) -> FloatArray:
        rows = np.arange(begin, begin + count) // self.grid.rows
        columns = np.arange(self.codes.shape[1]) // self.grid.columns
        return scales[rows][:, columns]
