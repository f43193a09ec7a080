"""Experts of a layer in one stack of inputs x outputs, quantised as a whole.

Source:
    Model-Optimizer, export/unified_export_hf.py (experts of Llama 4, which are stored as inputs x
    outputs): `gate_up_proj` with `gate_up_proj_weight_scale`, of FP8 one number or one an expert;
    of NVFP4 the codes of two inputs a byte, a scale for 16 inputs, and
    `gate_up_proj_weight_scale_2`, which multiplies all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.identity.containers.safetensors import element_count
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.casts import half_gaps
from weighin.identity.numbers.decoding import (
    E2M1_GAPS,
    E2M1_NUMBERS,
    FloatArray,
    decoded,
    is_decodable,
)
from weighin.identity.numbers.derivation import Derivation, Logical
from weighin.identity.numbers.packed.modules import Block, unpacked
from weighin.identity.numbers.rows import LocatedTensor, Rows
from weighin.identity.numbers.stored_blocks import all_numbers, line_bytes

_SCALE, _FACTOR = "_weight_scale", "_weight_scale_2"
_DIMENSIONS: Final = 3
_FLOATS: Final = {"F8_E4M3": "fp8 E4M3", "F8_E5M2": "fp8 E5M2"}
_GROUP: Final = 16

IndexArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FusedExperts:
    """A stack of matrices, each inputs x outputs, and what scales them.

    Attributes:
        codes: Of FP8 a number a byte; of NVFP4 those of two inputs, the first in the lower half.
        inputs: Rows of each matrix.
        factors: Of each number one, or one an expert.
        scales: Of NVFP4: one for each output and 16 inputs; `None` for FP8.
    """

    codes: LocatedTensor
    inputs: int
    factors: LocatedTensor
    scales: LocatedTensor | None = None

    @cached_property
    def _factors(self) -> FloatArray:
        experts = self.codes.shape[0]
        return np.broadcast_to(all_numbers(self.factors).reshape(-1), (experts,))

    def block(self, begin: int, count: int) -> Rows:
        """Some rows, dequantised in float32, and the step of each number.

        Raises:
            CheckpointError: A file is unreadable, or the factors are not those of the manifest.
        """
        rows = np.arange(begin, begin + count)
        factors = self._factors[rows // self.inputs][:, None]
        with np.errstate(all="ignore"):
            numbers, units = (
                self._floats(rows) if self.scales is None else self._halves(rows, self.scales)
            )
            values = (numbers * factors).astype(np.float32)
            steps = units * np.abs(factors)
        return Rows(values.astype(np.float64), steps, values.tobytes())

    def _floats(self, rows: IndexArray) -> tuple[FloatArray, FloatArray]:
        numbers = self._decoded(self.codes, rows)
        return numbers, 2 * half_gaps(numbers, self.codes.dtype)

    def _halves(self, rows: IndexArray, scales: LocatedTensor) -> tuple[FloatArray, FloatArray]:
        packed = self._lines(self.codes, rows // 2)
        codes = np.where(rows[:, None] % 2, packed >> np.uint8(4), packed & np.uint8(15))
        scaled = self._decoded(scales, rows // _GROUP)
        return E2M1_NUMBERS[codes] * scaled, E2M1_GAPS[codes] * np.abs(scaled)

    def _decoded(self, tensor: LocatedTensor, rows: IndexArray) -> FloatArray:
        lines = self._lines(tensor, rows)
        return decoded(lines.tobytes(), tensor.dtype).reshape(lines.shape)

    def _lines(self, tensor: LocatedTensor, rows: IndexArray) -> npt.NDArray[np.uint8]:
        """Rows of a tensor of bytes, which may be asked for more than once, in order."""
        first, width = int(rows[0]), tensor.shape[-1]
        content = line_bytes(tensor, first, int(rows[-1]) + 1 - first, width)
        return np.frombuffer(content, np.uint8).reshape(-1, width)[rows - first]


def fused_experts(logical: Logical) -> Iterator[Derivation]:
    """The stacks of a checkpoint that are quantised as a whole."""
    for name, codes in logical.entries.items():
        scales = logical.entries.get(name + _SCALE)
        if scales is None or len(codes.shape) != _DIMENSIONS or 0 in codes.shape:
            continue
        made = _of_floats(codes, scales) if codes.dtype in _FLOATS else None
        factor = logical.entries.get(name + _FACTOR)
        if codes.dtype == "U8" and factor is not None:
            made = _of_halves(codes, scales, factor)
        if made is not None:
            yield made


def _of_floats(codes: TensorEntry, factor: TensorEntry) -> Derivation | None:
    if not _are_factors(factor, codes):
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        return FusedExperts(found["codes"], codes.shape[1], found["factor"]).block

    dtype = f"{_FLOATS[codes.dtype]} per {'tensor' if _is_one(factor) else 'expert'}"
    return unpacked(codes.name, dtype, codes.shape, {"codes": codes, "factor": factor}, reader)


def _of_halves(codes: TensorEntry, scales: TensorEntry, factor: TensorEntry) -> Derivation | None:
    experts, lines, outputs = codes.shape
    shape = experts, 2 * lines, outputs
    blocks = experts, shape[1] // _GROUP, outputs
    if scales.dtype != "F8_E4M3" or shape[1] % _GROUP or scales.shape != blocks:
        return None
    if not _are_factors(factor, codes):
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        stack = FusedExperts(found["codes"], shape[1], found["factor"], found["scales"])
        return stack.block

    parts = {"codes": codes, "scales": scales, "factor": factor}
    return unpacked(codes.name, f"nvfp4 per block of {_GROUP}", shape, parts, reader)


def _are_factors(factor: TensorEntry, codes: TensorEntry) -> bool:
    return is_decodable(factor.dtype) and element_count(factor.shape) in {1, codes.shape[0]}


def _is_one(factor: TensorEntry) -> bool:
    return element_count(factor.shape) == 1
