"""Quantised matrices of a checkpoint, known by the tensors that lie side by side."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from weighin.identity.containers.safetensors import element_count
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import is_decodable
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, derived_entry, stored
from weighin.identity.numbers.packed.blockwise import TableCodes, quant_state
from weighin.identity.numbers.packed.bytes_and_scales import ScaledCodes, scale_grid
from weighin.identity.numbers.packed.words import (
    WORD_BITS,
    PackedInputs,
    PackedOutputs,
    PackedRows,
)
from weighin.identity.numbers.rows import Derived, DerivedTensor, LocatedTensor, Rows
from weighin.identity.parts.model_settings import ModelSettings

_MATRIX: Final = 2
_CODES: Final = {"F8_E4M3": "fp8 E4M3", "F8_E5M2": "fp8 E5M2", "I8": "int8"}
_INT8_RANGE: Final = 127.0
_PACKED_BITS: Final = (2, 4, 8)
_AWQ_BITS: Final = 4
# Of activations, not of the weight.
_BESIDE: Final = ("input_scale", "input_zero_point", "input_global_scale", "weight_shape")
_BNB_PARTS: Final = ("absmax", "quant_map", "nested_absmax", "nested_quant_map")

_Block = Callable[[int, int], Rows]
_Reader = Callable[[Mapping[str, LocatedTensor]], _Block]


@dataclass(frozen=True, slots=True)
class _Module:
    """The tensors of one linear layer, by what follows its name and a dot."""

    name: str
    parts: Mapping[str, TensorEntry]

    def part(self, name: str, dimensions: int = _MATRIX) -> TensorEntry | None:
        found = self.parts.get(name)
        return found if found is not None and len(found.shape) == dimensions else None


def quantised_tensors(logical: Logical, settings: ModelSettings) -> Iterator[Derivation]:
    """The matrices that quantised tensors of a checkpoint stand for.

    What no scheme explains stays as it is stored.

    Raises:
        CheckpointError: What bitsandbytes states of a matrix is malformed.
    """
    for module in _modules(logical):
        found = (
            _scaled(module)
            or _bitsandbytes_int8(module)
            or _gptq(module, settings)
            or _awq(module)
            or _pack_quantised(module, settings)
        )
        if found is None and logical.tensors is not None:
            found = _bitsandbytes(module, logical.tensors)
        if found is not None and all(
            is_decodable(logical.entries[name].dtype) for name in found.replaces
        ):
            yield found


def _modules(logical: Logical) -> Iterator[_Module]:
    modules: dict[str, dict[str, TensorEntry]] = {}
    for name, entry in logical.entries.items():
        stem, dot, part = name.rpartition(".")
        # `q_proj.weight.absmax` and `q_proj.weight.quant_state.bitsandbytes__nf4`.
        for inner in (".weight.quant_state", ".weight"):
            if stem.endswith(inner):
                stem, part = stem.removesuffix(inner), f"{inner.removeprefix('.')}.{part}"
                break
        if dot:
            modules.setdefault(stem, {})[part] = entry
    return (_Module(name, parts) for name, parts in modules.items() if len(parts) > 1)


def _derivation(
    module: _Module,
    dtype: str,
    shape: tuple[int, int],
    parts: Sequence[str],
    reader: _Reader,
) -> Derivation:
    """The weight of a module.

    Args:
        module: The module.
        dtype: Words for the scheme.
        shape: Outputs and inputs.
        parts: What the numbers follow from, the codes first.
        reader: Makes the reading function of those parts.
    """
    used = [module.parts[part] for part in parts]
    replaced = [*used, *(module.parts[part] for part in _BESIDE if part in module.parts)]

    def read(tensors: Tensors) -> DerivedTensor:
        found = {part: stored(tensors, module.parts[part].name) for part in parts}
        components = tuple(found.values())
        return DerivedTensor(dtype, shape, components, reader(found), Derived.QUANTISED)

    return Derivation(
        entry=derived_entry(f"{module.name}.weight", dtype, shape, dtype, used),
        replaces=tuple(entry.name for entry in replaced),
        read=read,
    )


def _scaled(module: _Module) -> Derivation | None:
    codes = module.part("weight")
    scales = next((s for s in ("weight_scale", "weight_scale_inv") if s in module.parts), None)
    if codes is None or scales is None or codes.dtype not in _CODES:
        return None
    shape = codes.shape[0], codes.shape[1]
    grid = scale_grid(shape, module.parts[scales].shape)
    if grid is None:
        return None
    zeros = "weight_zero_point" if "weight_zero_point" in module.parts else None

    def reader(found: Mapping[str, LocatedTensor]) -> _Block:
        zero_points = None if zeros is None else found[zeros]
        return ScaledCodes(found["weight"], found[scales], grid, zero_points).block

    parts = ["weight", scales, *([] if zeros is None else [zeros])]
    return _derivation(module, f"{_CODES[codes.dtype]} {grid.words}", shape, parts, reader)


def _bitsandbytes_int8(module: _Module) -> Derivation | None:
    codes, scales = module.part("weight"), module.parts.get("SCB")
    if codes is None or scales is None or codes.dtype != "I8":
        return None
    shape = codes.shape[0], codes.shape[1]
    grid = scale_grid(shape, scales.shape)
    if grid is None:
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> _Block:
        return ScaledCodes(found["weight"], found["SCB"], grid, None, _INT8_RANGE).block

    parts = ["weight", "SCB", *(["weight_format"] if "weight_format" in module.parts else [])]
    return _derivation(module, f"bitsandbytes int8 {grid.words}", shape, parts, reader)


def _gptq(module: _Module, settings: ModelSettings) -> Derivation | None:
    codes, zeros, scales = (module.part(part) for part in ("qweight", "qzeros", "scales"))
    if codes is None or zeros is None or scales is None or {codes.dtype, zeros.dtype} != {"I32"}:
        return None
    outputs = codes.shape[1]
    bits = WORD_BITS * zeros.shape[1] // max(outputs, 1)
    if bits not in _PACKED_BITS or scales.shape != (zeros.shape[0], outputs) or 0 in codes.shape:
        return None
    if bits * outputs != WORD_BITS * zeros.shape[1] or not zeros.shape[0]:
        return None
    inputs = codes.shape[0] * WORD_BITS // bits
    group_of = module.part("g_idx", 1)
    if group_of is not None and group_of.shape != (inputs,):
        return None
    group = -(-inputs // scales.shape[0])

    def reader(found: Mapping[str, LocatedTensor]) -> _Block:
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
    return _derivation(module, dtype, (outputs, inputs), parts, reader)


def _awq(module: _Module) -> Derivation | None:
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

    def reader(found: Mapping[str, LocatedTensor]) -> _Block:
        return PackedOutputs(found["qweight"], found["qzeros"], found["scales"]).block

    dtype = f"awq int4 per group of {inputs // groups}"
    return _derivation(module, dtype, (outputs, inputs), ["qweight", "qzeros", "scales"], reader)


def _pack_quantised(module: _Module, settings: ModelSettings) -> Derivation | None:
    codes, scales = module.part("weight_packed"), module.part("weight_scale")
    bits = settings.packed_bits
    if codes is None or scales is None or codes.dtype != "I32" or bits not in _PACKED_BITS:
        return None
    outputs, inputs = codes.shape[0], codes.shape[1] * WORD_BITS // bits
    if scales.shape[0] != outputs or not scales.shape[1] or "weight_zero_point" in module.parts:
        return None
    group_of = module.part("weight_g_idx", 1)
    if group_of is not None and group_of.shape != (inputs,):
        return None

    def reader(found: Mapping[str, LocatedTensor]) -> _Block:
        groups = found.get("weight_g_idx")
        return PackedRows(found["weight_packed"], found["weight_scale"], bits, groups).block

    parts = ["weight_packed", "weight_scale", *([] if group_of is None else ["weight_g_idx"])]
    dtype = f"int{bits} per group of {-(-inputs // scales.shape[1])}"
    return _derivation(module, dtype, (outputs, inputs), parts, reader)


def _bitsandbytes(module: _Module, tensors: Tensors) -> Derivation | None:
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

    def reader(found: Mapping[str, LocatedTensor]) -> _Block:
        beside = {part: found[f"weight.{part}"] for part in names}
        return TableCodes(found["weight"], beside, state).block

    parts = ["weight", *(f"weight.{part}" for part in names), key]
    nested = " with packed scales" if state.nested_block_size else ""
    dtype = f"bitsandbytes {state.scheme} per block of {state.block_size}{nested}"
    return _derivation(module, dtype, state.shape, parts, reader)
