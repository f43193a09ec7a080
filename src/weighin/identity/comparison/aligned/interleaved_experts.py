"""Experts of gpt-oss, whose rows are those of gate and up in turn, as llama.cpp takes them apart.

Source:
    transformers, modeling_gpt_oss.py (`gate_up[..., ::2]`, `gate_up[..., 1::2]`); llama.cpp,
    convert_hf_to_gguf.py (`GptOssModel`): unpacked experts are transposed first.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from weighin.identity.comparison.aligned.fused_layouts import transposed_block
from weighin.identity.comparison.aligned.name_maps import is_of_ggml
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import is_decodable
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, derived_entry
from weighin.identity.numbers.rows import (
    Derived,
    DerivedTensor,
    LocatedTensor,
    Rows,
    Tensor,
    rows_of,
)
from weighin.identity.parts.model_settings import ModelSettings

_MODEL_TYPE: Final = "gpt_oss"
_FUSED = re.compile(
    r"(?:.*\.)?layers\.(\d{1,6})\.mlp\.experts\.(gate_up_proj|down_proj)(_bias)?", re.DOTALL
)
_STACK, _MATRIX = 3, 2


def taken_apart(logical: Logical, other: Logical, settings: ModelSettings) -> Iterator[Derivation]:
    """Gate and up of every stack of experts, if the other checkpoint has them apart.

    Args:
        logical: The checkpoint.
        other: The one that it is compared with.
        settings: What the configuration of the first states.
    """
    if settings.model_type != _MODEL_TYPE or not is_of_ggml(other.entries):
        return
    for name, entry in logical.entries.items():
        match = _FUSED.fullmatch(name)
        if match is None or len(entry.shape) != (_MATRIX if match[3] else _STACK):
            continue
        is_packed = name in logical.sources
        if not is_packed and not is_decodable(entry.dtype):
            continue
        stem = f"model.layers.{int(match[1])}.mlp.experts"
        if match[2] == "gate_up_proj":
            for number, part in enumerate(("gate_proj", "up_proj")):
                if match[3]:
                    yield _bias(entry, f"{stem}.{part}.bias", number)
                else:
                    yield _matrices(entry, f"{stem}.{part}", number, is_packed=is_packed)
        elif not match[3] and not is_packed:
            yield _matrices(entry, name, None, is_packed=False)


def _matrices(entry: TensorEntry, name: str, number: int | None, *, is_packed: bool) -> Derivation:
    """Every second row of a stack from the one of a number on; all of them without a number."""
    count, rows, columns = entry.shape if is_packed else _transposed(entry.shape)
    shape = count, rows if number is None else rows // 2, columns
    taken = "all rows" if number is None else f"every second row from {number}"
    recipe = f"experts{'' if is_packed else ' transposed'}, {taken}"

    def read(tensors: Tensors) -> DerivedTensor:
        tensor = tensors[entry.name]
        kind = tensor.kind if isinstance(tensor, DerivedTensor) else Derived.LAYOUT
        whole = tensor if is_packed else _as_outputs(tensor, entry)
        block = partial(_rows, whole, number)
        return DerivedTensor(entry.dtype, shape, (tensor,), block, kind)

    return Derivation(derived_entry(name, entry.dtype, shape, recipe, [entry]), (entry.name,), read)


def _transposed(shape: tuple[int, ...]) -> tuple[int, int, int]:
    count, inputs, outputs = shape
    return count, outputs, inputs


def _as_outputs(tensor: Tensor, entry: TensorEntry) -> Tensor:
    if not isinstance(tensor, LocatedTensor):
        raise TypeError(f"{entry.name}: expected a stored tensor")
    block = transposed_block(tensor, *entry.shape[1:])
    shape = _transposed(entry.shape)
    return DerivedTensor(entry.dtype, shape, (tensor,), block, Derived.LAYOUT)


def _rows(tensor: Tensor, number: int | None, begin: int, count: int) -> Rows:
    if number is None:
        return rows_of(tensor, begin, count)
    rows = rows_of(tensor, 2 * begin, 2 * count)
    lines = np.frombuffer(rows.content, dtype=np.uint8).reshape(2 * count, -1)
    steps = None if rows.steps is None else rows.steps[number::2]
    return Rows(rows.values[number::2], steps, lines[number::2].tobytes())


def _bias(entry: TensorEntry, name: str, number: int) -> Derivation:
    count, columns = entry.shape
    shape = count, columns // 2

    def read(tensors: Tensors) -> DerivedTensor:
        tensor = tensors[entry.name]
        block = partial(_columns, tensor, number)
        return DerivedTensor(entry.dtype, shape, (tensor,), block, Derived.LAYOUT)

    recipe = f"every second column from {number}"
    return Derivation(derived_entry(name, entry.dtype, shape, recipe, [entry]), (entry.name,), read)


def _columns(tensor: Tensor, number: int, begin: int, count: int) -> Rows:
    rows = rows_of(tensor, begin, count)
    values = rows.values[:, number::2]
    cells = np.frombuffer(rows.content, dtype=np.uint8).reshape(*rows.values.shape, -1)
    return Rows(values, None, np.ascontiguousarray(cells[:, number::2]).tobytes())
