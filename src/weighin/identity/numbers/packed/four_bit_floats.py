"""Numbers that are stored as floats of 4 bits, two a byte, with a scale for each block of a row.

MXFP4 scales 32 numbers by a power of two; NVFP4 scales 16 by an FP8 number, and all by one more.

Source:
    OCP MX specification 1.0, sections 5.3.3 and 6.3: E2M1 and E8M0. transformers,
    integrations/mxfp4.py (`convert_moe_packed_tensors`): `_blocks` and `_scales` of gpt-oss, the
    lower four bits of a byte first. compressed-tensors, compressors/nvfp4 and mxfp4:
    `weight_packed`, `weight_scale`, divided by `weight_global_scale`. Model-Optimizer,
    qtensor/nvfp4_tensor.py (`dequantize`) and qtensor/mxfp4_tensor.py: `weight`, `weight_scale`,
    times `weight_scale_2`; model_calib.py (`awq_lite`): `pre_quant_scale` multiplies the inputs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from weighin.identity.containers.safetensors import element_count
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import E2M1_GAPS, E2M1_NUMBERS, FloatArray, decoded
from weighin.identity.numbers.derivation import Derivation, Logical
from weighin.identity.numbers.packed.bytes_and_scales import scale_dtype
from weighin.identity.numbers.packed.modules import MATRIX, Block, Module, unpacked
from weighin.identity.numbers.rows import LocatedTensor, Rows
from weighin.identity.numbers.stored_blocks import all_numbers, line_bytes

_SCHEMES: Final = {"F8_E8M0": ("mxfp4", 32), "F8_E4M3": ("nvfp4", 16)}
_CODES: Final = ("U8", "F4")
_STACK = re.compile(r"(.+)[._]blocks", re.DOTALL)
_STACK_DIMENSIONS: Final = 4
_STACKED_GROUP: Final = 32
_STACKED: Final = f"mxfp4 per block of {_STACKED_GROUP}"


@dataclass(frozen=True)
class FourBitFloats:
    """Rows of numbers, each a float of 4 bits, and their scales.

    Attributes:
        codes: Two a byte, the first in the lower half.
        scales: One for each block.
        columns: Numbers in a row.
        group: Numbers in a block.
        factor: What all are scaled by, or an equal share of the rows by each number of it; `None`
            for nothing.
        is_divided: Whether they are divided by that.
        inputs: What each input is multiplied by before; `None` for nothing.
    """

    codes: LocatedTensor
    scales: LocatedTensor
    columns: int
    group: int
    factor: LocatedTensor | None = None
    is_divided: bool = False
    inputs: LocatedTensor | None = None

    @cached_property
    def _factors(self) -> FloatArray:
        if self.factor is None:
            return np.ones(1)
        return all_numbers(self.factor).reshape(-1)

    @cached_property
    def _of_inputs(self) -> FloatArray:
        return np.ones(1) if self.inputs is None else all_numbers(self.inputs).reshape(-1)

    @cached_property
    def _rows(self) -> int:
        return element_count(self.scales.shape) // (self.columns // self.group)

    def block(self, begin: int, count: int) -> Rows:
        """Some rows, dequantised in float32, and the step of each number.

        Raises:
            CheckpointError: A file is unreadable, or the factor is not that of the manifest.
        """
        blocks = self.columns // self.group
        packed = np.frombuffer(line_bytes(self.codes, begin, count, self.columns // 2), np.uint8)
        codes = np.stack([packed & np.uint8(15), packed >> np.uint8(4)], axis=-1)
        codes = codes.reshape(count, blocks, self.group)
        stored = line_bytes(self.scales, begin, count, blocks)
        scales = decoded(stored, scale_dtype(self.scales.dtype)).reshape(count, blocks, 1)
        share = self._rows // len(self._factors)
        factors = self._factors[np.arange(begin, begin + count) // share][:, None, None]
        with np.errstate(all="ignore"):
            scaled = scales / factors if self.is_divided else scales * factors
            scales = scaled.astype(np.float32).astype(np.float64)
            values = (E2M1_NUMBERS[codes] * scales).astype(np.float32)
            steps = E2M1_GAPS[codes] * np.abs(scales)
        shape = (count, self.columns)
        if self.inputs is not None:
            values = (values.reshape(shape) * self._of_inputs).astype(np.float32)
            steps = steps.reshape(shape) * np.abs(self._of_inputs)
        return Rows(
            values.astype(np.float64).reshape(shape), steps.reshape(shape), values.tobytes()
        )


def packed_floats(module: Module) -> Derivation | None:
    """The weight of a layer whose numbers are floats of 4 bits; `None` if they are not."""
    key = module.first_of("weight_packed", "weight")
    scales, codes = module.parts.get("weight_scale"), module.part(key or "")
    if key is None or codes is None or scales is None:
        return None
    factor = module.first_of("weight_global_scale", "weight_scale_2")
    found = _shape(codes, scales, None if factor is None else module.parts[factor])
    if found is None or "weight_zero_point" in module.parts:
        return None
    scheme, group, shape = found
    is_divided = factor == "weight_global_scale"
    inputs = module.first_of("pre_quant_scale")
    if inputs is not None and module.parts[inputs].shape != shape[1:]:
        return None

    def reader(parts: Mapping[str, LocatedTensor]) -> Block:
        return FourBitFloats(
            parts[key],
            parts["weight_scale"],
            shape[-1],
            group,
            None if factor is None else parts[factor],
            is_divided,
            None if inputs is None else parts[inputs],
        ).block

    used = [key, "weight_scale", *(part for part in (factor, inputs) if part is not None)]
    dtype = f"{scheme} per block of {group}"
    recipe = f"{dtype}, divided" if is_divided else dtype
    return module.weight(dtype, shape, used, reader, recipe)


def packed_stacks(logical: Logical) -> Iterator[Derivation]:
    """Stacks of matrices whose blocks and scales lie side by side, as those of gpt-oss.

    Each matrix is outputs x inputs, whichever way its unpacked form is stored.
    """
    for name, codes in logical.entries.items():
        match = _STACK.fullmatch(name)
        scales = logical.entries.get(f"{name.removesuffix('blocks')}scales")
        if match is None or scales is None or len(codes.shape) != _STACK_DIMENSIONS:
            continue
        *stack, blocks, size_bytes = codes.shape
        if codes.dtype != "U8" or 2 * size_bytes != _STACKED_GROUP or 0 in codes.shape:
            continue
        if scale_dtype(scales.dtype) == "F8_E8M0" and scales.shape == (*stack, blocks):
            shape = (*stack, blocks * _STACKED_GROUP)
            yield _stack(match[1], {"blocks": codes, "scales": scales}, shape)


def is_packed_stack(entry: TensorEntry) -> bool:
    """Whether an entry is a stack that was unpacked: its matrices are outputs x inputs."""
    return entry.dtype == _STACKED


def _stack(name: str, parts: Mapping[str, TensorEntry], shape: tuple[int, ...]) -> Derivation:
    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        return FourBitFloats(found["blocks"], found["scales"], shape[-1], _STACKED_GROUP).block

    return unpacked(name, _STACKED, shape, parts, reader)


def _shape(
    codes: TensorEntry, scales: TensorEntry, factor: TensorEntry | None
) -> tuple[str, int, tuple[int, int]] | None:
    """Scheme, numbers in a block, and the shape of the matrix; `None` if the shapes do not fit."""
    scheme = _SCHEMES.get(scale_dtype(scales.dtype))
    if scheme is None or codes.dtype not in _CODES or len(scales.shape) != MATRIX:
        return None
    words, group = scheme
    rows, columns = codes.shape[0], codes.shape[1] * (1 if codes.dtype == "F4" else 2)
    if scales.shape != (rows, columns // group) or columns % group or not rows or not columns:
        return None
    if factor is not None and element_count(factor.shape) != 1:
        return None
    return words, group, (rows, columns)
