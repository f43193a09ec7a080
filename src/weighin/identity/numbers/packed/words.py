"""Numbers of matrices whose codes of 2, 3, 4 or 8 bits are packed into words of 32.

Source:
    AutoGPTQ, nn_modules/qlinear/qlinear_cuda_old.py: `qweight` packs inputs, `qzeros` packs
    outputs and holds the zero points less one (GPTQModel's `gptq_v2` as they are), `g_idx` is the
    group of each input; of 3 bits 32 codes are three words. AutoAWQ, utils/packing_utils.py:
    outputs are packed, in the order 0 4 1 5 2 6 3 7 of nibbles. compressed-tensors,
    compressors/pack_quantized: inputs are packed, shifted by half the range; zero points are packed
    over the outputs.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.errors import CheckpointError
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.rows import LocatedTensor, Rows
from weighin.identity.numbers.stored_blocks import (
    ByteArray,
    Stripes,
    all_bytes,
    all_numbers,
    row_bytes,
)

WORD_BITS: Final = 32
_AWQ_NIBBLES: Final = (0, 4, 1, 5, 2, 6, 3, 7)

CodeArray = npt.NDArray[np.uint32]
IndexArray = npt.NDArray[np.int64]


def codes_of(words: CodeArray, bits: int) -> CodeArray:
    """The codes of each word, from its lowest bits up, along a new last axis."""
    shifts = np.arange(0, WORD_BITS, bits, dtype=np.uint32)
    codes: CodeArray = (words[..., None] >> shifts) & np.uint32((1 << bits) - 1)
    return codes


def codes_in_order(words: CodeArray, bits: int) -> CodeArray:
    """The codes of rows of words, each row a string of bits from the lowest of its first word.

    Args:
        words: Shape (rows, words); their bits are a multiple of those of a code.
        bits: Of a code, which may begin in one word and end in the next.
    """
    if WORD_BITS % bits == 0:
        return codes_of(words, bits).reshape(len(words), -1)
    content = np.ascontiguousarray(words.astype("<u4")).view(np.uint8)
    single = np.unpackbits(content, axis=1, bitorder="little").reshape(len(words), -1, bits)
    codes: CodeArray = single @ (1 << np.arange(bits, dtype=np.uint32))
    return codes


def _words(content: ByteArray | bytes) -> CodeArray:
    return np.frombuffer(content, dtype="<u4").astype(np.uint32)


def _dequantised(codes: CodeArray, zeros: FloatArray, scales: FloatArray) -> Rows:
    with np.errstate(all="ignore"):
        values = ((codes - zeros) * scales).astype(np.float32)
    return Rows(values.astype(np.float64), np.abs(scales), values.tobytes())


def _groups_of(tensor: LocatedTensor | None, inputs: int, count: int) -> IndexArray:
    """The group of each input; in their order if no tensor tells, or -1 stands for that."""
    groups = None if tensor is None else all_numbers(tensor).astype(np.int64)
    if tensor is None or groups is None or (groups == -1).all():
        in_order: IndexArray = np.arange(inputs) // -(-inputs // count)
        return in_order
    if groups.min(initial=0) < 0 or groups.max(initial=0) >= count:
        raise CheckpointError(
            f"{tensor.place}: tensor {tensor.span.name!r}: expected groups below {count}, found "
            f"{groups.min()} to {groups.max()}"
        )
    return groups


@dataclass(frozen=True)
class PackedInputs:
    """A matrix of GPTQ.

    Attributes:
        codes: `qweight`; shape (inputs / codes a word, outputs).
        zeros: `qzeros`; shape (groups, outputs / codes a word).
        scales: Shape (groups, outputs).
        groups: `g_idx`; shape (inputs,); `None` if inputs are grouped in their order.
        bits: Of a code.
        has_plain_zeros: Whether zero points are stored as they are.
    """

    codes: LocatedTensor
    zeros: LocatedTensor
    scales: LocatedTensor
    groups: LocatedTensor | None
    bits: int
    has_plain_zeros: bool

    @cached_property
    def _stripes(self) -> Stripes:
        return Stripes(self.codes, 0, self.codes.shape[0])

    @cached_property
    def _scales(self) -> FloatArray:
        return all_numbers(self.scales)

    @cached_property
    def _zeros(self) -> FloatArray:
        words = _words(all_bytes(self.zeros)).reshape(self.zeros.shape)
        codes = codes_in_order(words, self.bits).reshape(self._scales.shape)
        if not self.has_plain_zeros:
            codes = (codes + np.uint32(1)) & np.uint32((1 << self.bits) - 1)
        return codes.astype(np.float64)

    @cached_property
    def _groups(self) -> IndexArray:
        inputs = self.codes.shape[0] * WORD_BITS // self.bits
        return _groups_of(self.groups, inputs, len(self._scales))

    def block(self, begin: int, count: int) -> Rows:
        """Some outputs, dequantised in float32.

        Raises:
            CheckpointError: The file is unreadable, or the scales are not those of the manifest.
        """
        stripe = np.ascontiguousarray(self._stripes.read(begin, count))
        words = _words(stripe.tobytes()).reshape(-1, count)
        codes = codes_in_order(words.T, self.bits)
        outputs = slice(begin, begin + count)
        zeros = self._zeros[:, outputs].T[:, self._groups]
        return _dequantised(codes, zeros, self._scales[:, outputs].T[:, self._groups])


@dataclass(frozen=True)
class PackedOutputs:
    """A matrix of AWQ, of 4 bits.

    Attributes:
        codes: `qweight`; shape (inputs, outputs / 8).
        zeros: `qzeros`; shape (groups, outputs / 8).
        scales: Shape (groups, outputs).
    """

    codes: LocatedTensor
    zeros: LocatedTensor
    scales: LocatedTensor

    @cached_property
    def _stripes(self) -> Stripes:
        return Stripes(self.codes, 0, self.codes.shape[0])

    @cached_property
    def _scales(self) -> FloatArray:
        return all_numbers(self.scales)

    @cached_property
    def _zeros(self) -> FloatArray:
        words = _words(all_bytes(self.zeros)).reshape(self.zeros.shape)
        codes = codes_of(words, 4)[..., list(_AWQ_NIBBLES)]
        return codes.reshape(self._scales.shape).astype(np.float64)

    def block(self, begin: int, count: int) -> Rows:
        """Some outputs, dequantised in float32.

        Raises:
            CheckpointError: The file is unreadable, or the scales are not those of the manifest.
        """
        each = len(_AWQ_NIBBLES)
        first, last = begin // each, -(-(begin + count) // each)
        stripe = np.ascontiguousarray(self._stripes.read(first, last - first))
        words = _words(stripe.tobytes()).reshape(-1, last - first)
        codes = codes_of(words, 4)[..., list(_AWQ_NIBBLES)].reshape(len(words), -1)
        codes = codes[:, begin - first * each : begin - first * each + count].T
        groups = np.arange(codes.shape[1]) // (codes.shape[1] // len(self._scales))
        outputs = slice(begin, begin + count)
        zeros = self._zeros[:, outputs].T[:, groups]
        return _dequantised(codes, zeros, self._scales[:, outputs].T[:, groups])


@dataclass(frozen=True)
class PackedRows:
    """A matrix of compressed-tensors' `pack-quantized`.

    Attributes:
        codes: `weight_packed`; shape (outputs, inputs / codes a word).
        scales: `weight_scale`; shape (outputs, groups).
        bits: Of a code.
        groups: `weight_g_idx`; shape (inputs,); `None` if inputs are grouped in their order.
        zeros: `weight_zero_point`; shape (outputs / codes a word, groups); `None` for half the
            range everywhere.
    """

    codes: LocatedTensor
    scales: LocatedTensor
    bits: int
    groups: LocatedTensor | None = None
    zeros: LocatedTensor | None = None

    @cached_property
    def _scales(self) -> FloatArray:
        return all_numbers(self.scales)

    @cached_property
    def _groups(self) -> IndexArray:
        inputs = self.codes.shape[1] * WORD_BITS // self.bits
        return _groups_of(self.groups, inputs, self._scales.shape[1])

    @cached_property
    def _zeros(self) -> FloatArray:
        """What stands for zero; shape (outputs, groups). Codes are shifted by half the range."""
        if self.zeros is None:
            return np.full(self._scales.shape, float(1 << (self.bits - 1)))
        words = _words(all_bytes(self.zeros)).reshape(self.zeros.shape)
        codes = codes_of(words.T, self.bits).reshape(self.zeros.shape[1], -1).T
        return codes[: self._scales.shape[0]].astype(np.float64)

    def block(self, begin: int, count: int) -> Rows:
        """Some outputs, dequantised in float32.

        Raises:
            CheckpointError: The file is unreadable, or the scales are not those of the manifest.
        """
        words = _words(row_bytes(self.codes, begin, count).tobytes()).reshape(count, -1)
        codes = codes_of(words, self.bits).reshape(count, -1)
        scales = self._scales[begin : begin + count][:, self._groups]
        zeros = self._zeros[begin : begin + count][:, self._groups]
        return _dequantised(codes, zeros, scales)
