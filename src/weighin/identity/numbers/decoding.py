"""The numbers that the bytes of a tensor stand for, without torch."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "BOOL": "u1",
        "U8": "u1",
        "I8": "i1",
        "U16": "<u2",
        "I16": "<i2",
        "U32": "<u4",
        "I32": "<i4",
        "U64": "<u8",
        "I64": "<i8",
        "F16": "<f2",
        "F32": "<f4",
        "F64": "<f8",
        # Two numbers an element: real, imaginary. A Frobenius norm does not mind.
        "C64": "<f4",
    }
)
_EIGHT_BITS = ("F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2", "F8_E5M2FNUZ", "F8_E8M0")
_E2M1 = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
_E2M1_TO_NEXT = np.array([0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0])
E2M1_NUMBERS = np.concatenate([_E2M1, -_E2M1])
"""The number of each code of 4 bits: sign, two bits of exponent, one of fraction (OCP MX 1.0)."""
E2M1_GAPS = np.concatenate([_E2M1_TO_NEXT, _E2M1_TO_NEXT])
"""Of each of these codes, the distance to its farther neighbour."""
_CODES = 256
# Bits below the sign: E4M3 has one NaN; the top exponent of E5M2 is that of NaN and infinity.
_NAN_OF_E4M3, _TOP_OF_E5M2 = 0x7F, 0x1F


def is_decodable(dtype: str) -> bool:
    """Whether the numbers of a dtype can be told; not those packed below a byte."""
    return dtype in _PLAIN or dtype == "BF16" or dtype in _EIGHT_BITS


def decoded(content: bytes, dtype: str) -> FloatArray:
    """The numbers in a block of bytes.

    Args:
        content: A whole number of elements, little-endian.
        dtype: As safetensors spells it; one that `is_decodable`.

    Returns:
        Shape (n,); for C64 shape (2n,), the real and imaginary parts in turn. Integers beyond
        2**53 are rounded.

    Raises:
        ValueError: The dtype is not decodable.
    """
    if dtype == "BF16":
        upper = np.frombuffer(content, dtype="<u2").astype(np.uint32) << np.uint32(16)
        return _widened(upper.view(np.float32))
    if dtype in _EIGHT_BITS:
        codes = np.frombuffer(content, dtype=np.uint8)
        return _eight_bit_table(dtype)[codes]
    if dtype in _PLAIN:
        return _widened(np.frombuffer(content, dtype=_PLAIN[dtype]))
    raise ValueError(f"{dtype}: expected a dtype of whole bytes")


def _widened(numbers: npt.NDArray[Any]) -> FloatArray:
    # A signalling NaN may lie in any file; it stays a NaN.
    with np.errstate(invalid="ignore"):
        return numbers.astype(np.float64)


@cache
def _eight_bit_table(dtype: str) -> FloatArray:
    """The number of each of the 256 codes.

    Source:
        OCP OFP8 (E4M3, E5M2) and MX (E8M0) specifications; arXiv:2206.02915 for FNUZ.
    """
    return np.array([_eight_bit_number(code, dtype) for code in range(_CODES)])


def _eight_bit_number(code: int, dtype: str) -> float:
    if dtype == "F8_E8M0":
        return float("nan") if code == _CODES - 1 else 2.0 ** (code - 127)
    is_negative_zero = code == _CODES // 2
    if dtype.endswith("FNUZ") and is_negative_zero:
        return float("nan")
    mantissa_bits = 3 if "E4M3" in dtype else 2
    bias = (7 if "E4M3" in dtype else 15) + (1 if dtype.endswith("FNUZ") else 0)
    exponent = (code & 0x7F) >> mantissa_bits
    fraction = (code & ((1 << mantissa_bits) - 1)) / (1 << mantissa_bits)
    sign = -1.0 if code & 0x80 else 1.0
    if dtype == "F8_E4M3" and code & 0x7F == _NAN_OF_E4M3:
        return float("nan")
    if dtype == "F8_E5M2" and exponent == _TOP_OF_E5M2:
        return float("nan") if fraction else sign * float("inf")
    if exponent == 0:
        return sign * fraction * 2.0 ** (1 - bias)
    return sign * (1 + fraction) * 2.0 ** (exponent - bias)
