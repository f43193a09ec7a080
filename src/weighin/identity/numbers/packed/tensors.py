"""Quantised matrices of a checkpoint, known by the tensors that lie side by side."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from weighin.identity.containers.safetensors import element_count
from weighin.identity.numbers.decoding import is_decodable
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, stored
from weighin.identity.numbers.packed.blockwise import TableCodes, quant_state
from weighin.identity.numbers.packed.bytes_and_scales import ScaledCodes, scale_grid
from weighin.identity.numbers.packed.four_bit_floats import (
    packed_floats,
    packed_stacks,
)
from weighin.identity.numbers.packed.fused_experts import fused_experts
from weighin.identity.numbers.packed.mlx import grouped_matrices
from weighin.identity.numbers.packed.modules import Block, Module, modules_of
from weighin.identity.numbers.packed.words import (
    WORD_BITS,
    PackedInputs,
    PackedOutputs,
    PackedRows,
)
from weighin.identity.numbers.rows import LocatedTensor
from weighin.identity.parts.model_settings import ModelSettings

_CODES: Final = {"F8_E4M3": "fp8 E4M3", "F8_E5M2": "fp8 E5M2", "I8": "int8"}
_SCALES: Final = ("weight_scale", "weight_scale_inv", "qscale_weight")
_INT8_RANGE: Final = 127.0
_PACKED_BITS: Final = (2, 4, 8)
_GPTQ_BITS: Final = (2, 3, 4, 8)
_AWQ_BITS: Final = 4
_BNB_PARTS: Final = ("absmax", "quant_map", "nested_absmax", "nested_quant_map")


def quantised_tensors(logical: Logical, settings: ModelSettings) -> Iterator[Derivation]:
    """The matrices that quantised tensors of a checkpoint stand for.

    What no scheme explains stays as it is stored.

    Raises:
        CheckpointError: What bitsandbytes states of a matrix is malformed.
    """
    yield from packed_stacks(logical)
    yield from fused_experts(logical)
    yield from grouped_matrices(logical, settings)
    for module in modules_of(logical):
        if (packed := packed_floats(module)) is not None:
            # Codes of 4 bits may be stored as such; what scales them may not.
            if _are_decodable(logical, packed.replaces[1:]):
                yield packed
            continue
        found = (
            _scaled(module, settings)
            or _bitsandbytes_int8(module)
            or _gptq(module, settings)
            or _awq(module)
            or _pack_quantised(module, settings)
        )
        if found is None and logical.tensors is not None:
            found = _bitsandbytes(module, logical.tensors)
        if found is not None and _are_decodable(logical, found.replaces):
            yield found


def _are_decodable(logical: Logical, names: Iterable[str]) -> bool:
    return all(is_decodable(logical.entries[name].dtype) for name in names)


def _scaled(module: Module, settings: ModelSettings) -> Derivation | None:
    codes, scales = module.part("weight"), module.first_of(*_SCALES)
    if codes is None or scales is None or codes.dtype not in _CODES:
        return None
    shape = codes.shape[0], codes.shape[1]
    grid = scale_grid(shape, module.parts[scales].shape, settings.scaled_blocks)
    if grid is None:
        return None
    zeros = "weight_zero_point" if "weight_zero_point" in module.parts else None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        zero_points = None if zeros is None else found[zeros]
        return ScaledCodes(found["weight"], found[scales], grid, zero_points).block

    parts = ["weight", scales, *([] if zeros is None else [zeros])]
    return module.weight(f"{_CODES[codes.dtype]} {grid.words}", shape, parts, reader)


def _bitsandbytes_int8(module: Module) -> Derivation | None:
    codes, scales = module.part("weight"), module.parts.get("SCB")
    if codes is None or scales is None or codes.dtype != "I8":
        return None
    shape = codes.shape[0], codes.shape[1]
    grid = scale_grid(shape, scales.shape)
    if grid is None:
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        return ScaledCodes(found["weight"], found["SCB"], grid, None, _INT8_RANGE).block

    parts = ["weight", "SCB", *(["weight_format"] if "weight_format" in module.parts else [])]
    return module.weight(f"bitsandbytes int8 {grid.words}", shape, parts, reader)


def _gptq(module: Module, settings: ModelSettings) -> Derivation | None:
    codes, zeros, scales = (module.part(part) for part in ("qweight", "qzeros", "scales"))
    if codes is None or zeros is None or scales is None or {codes.dtype, zeros.dtype} != {"I32"}:
        return None
    outputs = codes.shape[1]
    bits = WORD_BITS * zeros.shape[1] // max(outputs, 1)
    if bits not in _GPTQ_BITS or scales.shape != (zeros.shape[0], outputs) or 0 in codes.shape:
        return None
    if bits * outputs != WORD_BITS * zeros.shape[1] or not zeros.shape[0]:
        return None
    if codes.shape[0] * WORD_BITS % bits:
        return None
    inputs = codes.shape[0] * WORD_BITS // bits
    group_of = module.part("g_idx", 1)
    if group_of is not None and group_of.shape != (inputs,):
        return None
    group = -(-inputs // scales.shape[0])

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        return PackedInputs(
            found["qweight"],
            found["qzeros"],
            found["scales"],
            found.get("g_idx"),
            bits,
            has_plain_zeros=settings.has_plain_zeros,
        ).block

    parts = ["qweight", "qzeros", "scales", *([] if group_of is None else ["g_idx"])]
    version = " v2" if settings.has_plain_zeros else ""
    dtype = f"gptq{version} int{bits} per group of {group}"
    return module.weight(dtype, (outputs, inputs), parts, reader)


def _awq(module: Module) -> Derivation | None:
    codes, zeros, scales = (module.part(part) for part in ("qweight", "qzeros", "scales"))
    if codes is None or zeros is None or scales is None or {codes.dtype, zeros.dtype} != {"I32"}:
        return None
    inputs, packed = codes.shape
    groups, outputs = scales.shape
    each = WORD_BITS // _AWQ_BITS
    if outputs != packed * each or zeros.shape != (groups, packed) or not groups or not inputs:
        return None
    if inputs % groups:
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        return PackedOutputs(found["qweight"], found["qzeros"], found["scales"]).block

    dtype = f"awq int4 per group of {inputs // groups}"
    return module.weight(dtype, (outputs, inputs), ["qweight", "qzeros", "scales"], reader)


def _pack_quantised(module: Module, settings: ModelSettings) -> Derivation | None:
    codes, scales = module.part("weight_packed"), module.part("weight_scale")
    bits = settings.packed_bits
    if codes is None or scales is None or codes.dtype != "I32" or bits not in _PACKED_BITS:
        return None
    outputs, inputs = codes.shape[0], codes.shape[1] * WORD_BITS // bits
    if scales.shape[0] != outputs or not scales.shape[1]:
        return None
    zeros = module.parts.get("weight_zero_point")
    packed = -(-outputs * bits // WORD_BITS), scales.shape[1]
    if zeros is not None and (zeros.dtype, zeros.shape) != ("I32", packed):
        return None
    group_of = module.part("weight_g_idx", 1)
    if group_of is not None and group_of.shape != (inputs,):
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        groups, zero_points = found.get("weight_g_idx"), found.get("weight_zero_point")
        return PackedRows(
            found["weight_packed"], found["weight_scale"], bits, groups, zero_points
        ).block

    used = {"weight_g_idx": group_of, "weight_zero_point": zeros}
    beside = [part for part, entry in used.items() if entry is not None]
    parts = ["weight_packed", "weight_scale", *beside]
    dtype = f"int{bits} per group of {-(-inputs // scales.shape[1])}"
    if zeros is not None:
        dtype += " with zero points"
    return module.weight(dtype, (outputs, inputs), parts, reader)


def _bitsandbytes(module: Module, tensors: Tensors) -> Derivation | None:
    codes = module.parts.get("weight")
    key = next((k for k in module.parts if k.startswith("weight.quant_state.bitsandbytes__")), None)
    if codes is None or key is None or codes.dtype != "U8":
        return None
    state = quant_state(stored(tensors, module.parts[key].name))
    names = [part for part in _BNB_PARTS if f"weight.{part}" in module.parts]
    needed = {"absmax", "quant_map"}
    if state.nested_block_size:
        needed |= {"nested_absmax", "nested_quant_map"}
    if not needed <= set(names) or 2 * element_count(codes.shape) < math.prod(state.shape):
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> Block:
        beside = {part: found[f"weight.{part}"] for part in names}
        return TableCodes(found["weight"], beside, state).block

    parts = ["weight", *(f"weight.{part}" for part in names), key]
    nested = " with packed scales" if state.nested_block_size else ""
    dtype = f"bitsandbytes {state.scheme} per block of {state.block_size}{nested}"
    return module.weight(dtype, state.shape, parts, reader)
