"""The numbers of tensors that GGUF packs in blocks, and the step of the grid that each lies on.

Source:
    llama.cpp, ggml-common.h and ggml-quants.c (`dequantize_row_*`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.identity.containers.gguf.types import ggml_block
from weighin.identity.numbers.decoding import E2M1_GAPS, E2M1_NUMBERS, FloatArray, decoded

ByteArray = npt.NDArray[np.uint8]

_SMALL: Final = 32
_SCALES_BYTES: Final = 12
_NO_NUMBER: Final = 0x7F


@dataclass(frozen=True, slots=True)
class BlockNumbers:
    """Numbers of whole blocks.

    Attributes:
        values: Shape (n,).
        steps: Shape (n,), distance of two neighbours on the grid of each number's block.
    """

    values: FloatArray
    steps: FloatArray


def is_block_dtype(dtype: str) -> bool:
    """Whether this module can tell the numbers of a dtype of GGUF, for example `Q4_1`."""
    return dtype in _UNPACK


def unpacked(content: bytes, dtype: str) -> BlockNumbers:
    """The numbers in whole blocks of bytes.

    Args:
        content: Whole blocks.
        dtype: One that `is_block_dtype`.

    Raises:
        ValueError: The bytes are no whole number of blocks.
    """
    _, size_bytes = ggml_block(dtype)
    blocks = np.frombuffer(content, dtype=np.uint8).reshape(-1, size_bytes)
    with np.errstate(all="ignore"):
        values, steps = _UNPACK[dtype](blocks)
        # llama.cpp computes in float32; all but the last operation are exact in it.
        values = values.astype(np.float32).astype(np.float64)
    spread = np.broadcast_to(np.abs(steps), values.shape)
    return BlockNumbers(values=values.reshape(-1), steps=spread.reshape(-1))


def _half(content: ByteArray) -> FloatArray:
    """Shape (blocks, 1) of the 16-bit float in two columns of bytes."""
    return np.ascontiguousarray(content).view("<f2").astype(np.float64)


def _nibbles(content: ByteArray) -> ByteArray:
    """The low halves of all bytes of a row, then the high ones."""
    return np.concatenate([content & np.uint8(0xF), content >> np.uint8(4)], axis=1)


def _fifth_bits(content: ByteArray) -> ByteArray:
    bits = np.unpackbits(np.ascontiguousarray(content), axis=1, bitorder="little")
    return bits << np.uint8(4)


def _q4_0(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    step = _half(blocks[:, :2])
    return step * (_nibbles(blocks[:, 2:]).astype(np.float64) - 8), step


def _q4_1(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    step = _half(blocks[:, :2])
    return step * _nibbles(blocks[:, 4:]) + _half(blocks[:, 2:4]), step


def _q5_0(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    step = _half(blocks[:, :2])
    codes = _nibbles(blocks[:, 6:]) | _fifth_bits(blocks[:, 2:6])
    return step * (codes.astype(np.float64) - 16), step


def _q5_1(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    step = _half(blocks[:, :2])
    codes = _nibbles(blocks[:, 8:]) | _fifth_bits(blocks[:, 4:8])
    return step * codes + _half(blocks[:, 2:4]), step


def _q8_0(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    step = _half(blocks[:, :2])
    codes = np.ascontiguousarray(blocks[:, 2:]).view(np.int8)
    return step * codes.astype(np.float64), step


def _six_bit_scales(packed: ByteArray) -> tuple[ByteArray, ByteArray]:
    """Shape (blocks, 8): scales and minima, six bits each, of the 12 bytes that hold them."""
    first, second, third = packed[:, :4], packed[:, 4:8], packed[:, 8:]
    low, top = np.uint8(0x3F), np.uint8(0x30)
    scales = [first & low, (third & np.uint8(0xF)) | ((first >> np.uint8(2)) & top)]
    minima = [second & low, (third >> np.uint8(4)) | ((second >> np.uint8(2)) & top)]
    return np.concatenate(scales, axis=1), np.concatenate(minima, axis=1)


def _k_values(blocks: ByteArray, codes: ByteArray) -> tuple[FloatArray, FloatArray]:
    """Numbers of Q4_K and Q5_K: eight parts of 32, each with a scale and a minimum."""
    scales, minima = _six_bit_scales(blocks[:, 4 : 4 + _SCALES_BYTES])
    steps = (_half(blocks[:, :2]) * scales)[:, :, None]
    offsets = (_half(blocks[:, 2:4]) * minima)[:, :, None]
    return steps * codes - offsets, steps


def _k_nibbles(content: ByteArray) -> ByteArray:
    """Shape (blocks, 8, 32): of each 32 bytes the low halves, then the high ones."""
    quads = content.reshape(-1, 4, 1, _SMALL)
    both = np.concatenate([quads & np.uint8(0xF), quads >> np.uint8(4)], axis=2)
    return both.reshape(-1, 8, _SMALL)


def _q4_k(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    return _k_values(blocks, _k_nibbles(blocks[:, 16:]))


def _q5_k(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    shifts = np.arange(8, dtype=np.uint8)[None, :, None]
    fifth = (blocks[:, None, 16:48] >> shifts) & np.uint8(1)
    return _k_values(blocks, _k_nibbles(blocks[:, 48:]) | (fifth << np.uint8(4)))


def _q6_k(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    """Two halves of 128 numbers: four parts of 32, with a scale for each 16."""
    low = blocks[:, :128].reshape(-1, 2, 2, _SMALL)
    nibbles = np.concatenate([low & np.uint8(0xF), low >> np.uint8(4)], axis=2)
    shifts = np.array([0, 2, 4, 6], dtype=np.uint8)[None, None, :, None]
    high = (blocks[:, 128:192].reshape(-1, 2, 1, _SMALL) >> shifts) & np.uint8(3)
    codes = (nibbles | (high << np.uint8(4))).astype(np.float64) - _SMALL
    scales = np.ascontiguousarray(blocks[:, 192:208]).view(np.int8).astype(np.float64)
    steps = (_half(blocks[:, 208:]) * scales).reshape(-1, 16, 1)
    return codes.reshape(-1, 16, 16) * steps, steps


def _floats(packed: ByteArray, scales: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Numbers of floats of 4 bits: the low halves of all bytes of a part, then the high ones."""
    codes = np.concatenate([packed & np.uint8(0xF), packed >> np.uint8(4)], axis=-1)
    return E2M1_NUMBERS[codes] * scales, E2M1_GAPS[codes] * scales


def _mxfp4(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    return _floats(blocks[:, 1:], np.exp2(blocks[:, :1].astype(np.float64) - 127))


def _nvfp4(blocks: ByteArray) -> tuple[FloatArray, FloatArray]:
    """Four parts of 16; their scales have no sign, and 0x7F is zero."""
    codes = blocks[:, :4] & np.uint8(0x7F)
    scales = np.where(codes == _NO_NUMBER, 0.0, decoded(codes.tobytes(), "F8_E4M3").reshape(-1, 4))
    return _floats(blocks[:, 4:].reshape(-1, 4, 8), scales[:, :, None])


_UNPACK: Mapping[str, Callable[[ByteArray], tuple[FloatArray, FloatArray]]] = MappingProxyType(
    {
        "Q4_0": _q4_0,
        "Q4_1": _q4_1,
        "Q5_0": _q5_0,
        "Q5_1": _q5_1,
        "Q8_0": _q8_0,
        "Q4_K": _q4_k,
        "Q5_K": _q5_k,
        "Q6_K": _q6_k,
        "MXFP4": _mxfp4,
        "NVFP4": _nvfp4,
    }
)
