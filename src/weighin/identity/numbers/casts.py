"""Casts between float dtypes, to nearest and ties to even, as every framework does them."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.identity.numbers.decoding import FloatArray, decoded

_SIGNIFICAND_BITS: Mapping[str, int] = MappingProxyType(
    {"F64": 53, "F32": 24, "F16": 11, "BF16": 8, "F8_E4M3": 4, "F8_E5M2": 3}
)
_LEAST_EXPONENT: Mapping[str, int] = MappingProxyType(
    {"F64": -1022, "F32": -126, "F16": -14, "BF16": -126, "F8_E4M3": -6, "F8_E5M2": -14}
)
_POSITIVE_CODES: Final = 128

BoolArray = npt.NDArray[np.bool_]


def is_castable(dtype: str) -> bool:
    """Whether numbers can be rounded to a dtype."""
    return dtype in _SIGNIFICAND_BITS


def significand_bits(dtype: str) -> int:
    """Bits of precision of a float dtype, the implicit one counted; 0 of any other dtype."""
    return _SIGNIFICAND_BITS.get(dtype, 0)


def rounded(numbers: FloatArray, dtype: str) -> FloatArray:
    """Numbers as a dtype holds them.

    Beyond the largest number of the dtype lies infinity; of `F8_E4M3`, which has none, all of it
    becomes the largest number, as in torch.

    Args:
        numbers: Any numbers, infinities and NaN.
        dtype: One that `is_castable`.
    """
    with np.errstate(all="ignore"):
        match dtype:
            case "F64":
                return numbers
            case "F32":
                return numbers.astype(np.float32).astype(np.float64)
            case "F16":
                return numbers.astype(np.float16).astype(np.float64)
            case "BF16":
                return _to_bfloat16(numbers.astype(np.float32)).astype(np.float64)
            case _:
                return _to_eight_bits(numbers, dtype)


def half_gaps(numbers: FloatArray, dtype: str) -> FloatArray:
    """Half the distance to the next number of a dtype: the most that rounding to it moves.

    Zero for a dtype that is not a float.
    """
    bits = significand_bits(dtype)
    if not bits:
        return np.zeros_like(numbers)
    _, exponents = np.frexp(numbers)
    half: FloatArray = np.ldexp(1.0, np.maximum(exponents - 1, _LEAST_EXPONENT[dtype]) - bits)
    return half


def equal_numbers(left: FloatArray, right: FloatArray) -> BoolArray:
    """Where two arrays hold the same number; 0 and -0 are two, NaN is NaN whatever its bits."""
    same: BoolArray = (left == right) & (np.signbit(left) == np.signbit(right))
    same |= np.isnan(left) & np.isnan(right)
    return same


def _to_bfloat16(numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    codes = numbers.view(np.uint32)
    nearest = codes + np.uint32(0x7FFF) + ((codes >> np.uint32(16)) & np.uint32(1))
    kept = (nearest & np.uint32(0xFFFF0000)).view(np.float32)
    return np.where(np.isnan(numbers), numbers, kept)


def _to_eight_bits(numbers: FloatArray, dtype: str) -> FloatArray:
    values, midpoints = _eight_bit_grid(dtype)
    magnitudes = np.abs(numbers)
    below = np.searchsorted(midpoints, magnitudes, side="left")
    is_tie = midpoints[np.minimum(below, len(midpoints) - 1)] == magnitudes
    codes = np.where(is_tie & (below % 2 == 1), below + 1, below)
    nearest = np.copysign(values[np.minimum(codes, len(values) - 1)], numbers)
    return np.where(np.isnan(numbers), numbers, nearest)


@cache
def _eight_bit_grid(dtype: str) -> tuple[FloatArray, FloatArray]:
    """The numbers of the codes from 0 up, the one beyond the finite ones last; the midpoints."""
    values = decoded(bytes(range(_POSITIVE_CODES)), dtype)
    finite = values[: int(np.argmin(np.isfinite(values)))]
    following = 2 * finite[-1] - finite[-2]
    grid = np.append(finite, following)
    beyond = values[len(finite)] if np.isinf(values[len(finite)]) else finite[-1]
    return np.append(finite, beyond), (grid[1:] + grid[:-1]) / 2
