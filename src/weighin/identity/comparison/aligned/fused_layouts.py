"""Layouts of single model families, in the one that a published map of names knows.

Source:
    transformers, modeling_gpt_neox.py, modeling_bloom.py, modeling_falcon.py (`_split_heads`):
    `query_key_value` holds q, k and v head by head; modeling_gpt2.py and pytorch_utils.py
    (`Conv1D`): weights are stored as inputs x outputs; modeling_llama4.py (`Llama4TextExperts`) and
    modeling_gpt_oss.py: experts are stored as inputs x outputs. llama.cpp,
    convert_hf_to_gguf.py undoes each of them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import decoded, is_decodable
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, derived_entry, stored
from weighin.identity.numbers.packed.four_bit_floats import is_packed_stack
from weighin.identity.numbers.rows import (
    Derived,
    DerivedTensor,
    LocatedTensor,
    Rows,
    Tensor,
    rows_of,
)
from weighin.identity.numbers.stored_blocks import Stripes
from weighin.identity.parts.model_settings import ModelSettings

_FUSED = re.compile(
    r"(?:.*\.)?(?:layers|h)\.(\d{1,6})\.(?:self_)?attention\.query_key_value(\.weight|\.bias)",
    re.DOTALL,
)
_CONVOLVED = re.compile(
    r"(?:transformer\.)?h\.(\d{1,6})\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight"
)
_EXPERTS = re.compile(
    r".*layers\.(\d{1,6})\.(?:mlp|feed_forward)\.experts\.(gate_up_proj|down_proj)", re.DOTALL
)
_NAMES: Final = {
    "attn.c_attn": "self_attn.qkv_proj",
    "attn.c_proj": "self_attn.o_proj",
    "mlp.c_fc": "mlp.up_proj",
    "mlp.c_proj": "mlp.down_proj",
}
_HEAD_BY_HEAD: Final = ("gpt_neox", "bloom", "falcon")
_MATRIX, _EXPERT_DIMENSIONS = 2, 3

IndexArray = npt.NDArray[np.int64]


def other_layouts(
    logical: Logical, other: Logical, settings: ModelSettings
) -> Iterator[Derivation]:
    """Tensors that the other checkpoint does not have, as the published maps know them.

    Args:
        logical: The checkpoint.
        other: The one that it is compared with.
        settings: What the configuration of the first states.
    """
    unmatched = [
        entry
        for name, entry in logical.entries.items()
        if name not in logical.sources
        and (_is_unlike(entry, other) or _has_unlike_sibling(entry, logical, other))
    ]
    is_convolved = _is_convolved(logical)
    for entry in unmatched:
        if match := _FUSED.fullmatch(entry.name):
            yield from _unfused(entry, int(match[1]), match[2], settings)
        elif is_convolved and (match := _CONVOLVED.fullmatch(entry.name)):
            name = f"model.layers.{int(match[1])}.{_NAMES[match[2]]}.weight"
            if len(entry.shape) == _MATRIX and is_decodable(entry.dtype):
                yield _transposed(entry, name)
        elif _EXPERTS.fullmatch(entry.name):
            yield from _experts(entry, logical, other)


def _is_unlike(entry: TensorEntry, other: Logical) -> bool:
    """Whether the other checkpoint has no tensor of that name and shape, or has it packed."""
    answer = other.entries.get(entry.name)
    return answer is None or answer.shape != entry.shape or is_packed_stack(answer)


def _has_unlike_sibling(entry: TensorEntry, logical: Logical, other: Logical) -> bool:
    """Whether it is a stack of square matrices whose layout the stack beside it tells."""
    if len(entry.shape) != _EXPERT_DIMENSIONS or entry.shape[1] != entry.shape[2]:
        return False
    sibling = _sibling(entry, logical)
    return (
        sibling is not None and sibling.shape[1] != sibling.shape[2] and _is_unlike(sibling, other)
    )


def _sibling(entry: TensorEntry, logical: Logical) -> TensorEntry | None:
    """The other one of the two stacks of the experts of a layer."""
    match = _EXPERTS.fullmatch(entry.name)
    if match is None:
        return None
    other = "down_proj" if match[2] == "gate_up_proj" else "gate_up_proj"
    found = logical.entries.get(f"{entry.name.removesuffix(match[2])}{other}")
    is_stack = found is not None and len(found.shape) == _EXPERT_DIMENSIONS
    return found if is_stack and found is not None and found.name not in logical.sources else None


def _is_convolved(logical: Logical) -> bool:
    """Whether weights are stored as inputs x outputs, as the fused one of attention shows."""
    return any(
        match[2] == "attn.c_attn"
        and len(entry.shape) == _MATRIX
        and 3 * entry.shape[0] == entry.shape[1]
        for name, entry in logical.entries.items()
        if (match := _CONVOLVED.fullmatch(name))
    )


def _unfused(
    entry: TensorEntry, layer: int, suffix: str, settings: ModelSettings
) -> Iterator[Derivation]:
    """Query, key and value of a tensor that holds them head by head."""
    rows = entry.shape[0] if entry.shape else 0
    orders = _head_orders(rows, settings)
    for part, order in zip("qkv", orders, strict=False):
        name = f"model.layers.{layer}.self_attn.{part}_proj{suffix}"
        yield _gathered(entry, name, order)


def _head_orders(rows: int, settings: ModelSettings) -> tuple[IndexArray, ...]:
    """Which rows are those of q, k and v; none if the configuration does not tell."""
    heads, shared = settings.heads, settings.key_value_heads
    if settings.model_type not in _HEAD_BY_HEAD or not heads or not rows:
        return ()
    all_rows = np.arange(rows)
    if settings.model_type != "falcon" or not (settings.is_new_falcon or settings.is_multi_query):
        if rows % (3 * heads):
            return ()
        each = all_rows.reshape(heads, 3, -1)
        return tuple(each[:, part].reshape(-1) for part in range(3))
    groups = shared if settings.is_new_falcon else 1
    if heads % groups or rows % (heads + 2 * groups):
        return ()
    each = all_rows.reshape(groups, heads // groups + 2, -1)
    return each[:, :-2].reshape(-1), each[:, -2].reshape(-1), each[:, -1].reshape(-1)


def _gathered(entry: TensorEntry, name: str, order: IndexArray) -> Derivation:
    shape = (len(order), *entry.shape[1:])

    def read(tensors: Tensors) -> DerivedTensor:
        return _in_order(tensors[entry.name], order, shape)

    recipe = f"rows {name.rpartition('self_attn.')[2]} of heads {order[:2].tolist()} {len(order)}"
    made = derived_entry(name, entry.dtype, shape, recipe, [entry])
    return Derivation(made, (entry.name,), read)


def _in_order(tensor: Tensor, order: IndexArray, shape: tuple[int, ...]) -> DerivedTensor:
    def block(begin: int, count: int) -> Rows:
        wanted = order[begin : begin + count]
        first = int(wanted[0])
        rows = rows_of(tensor, first, int(wanted[-1]) + 1 - first)
        lines = np.frombuffer(rows.content, dtype=np.uint8).reshape(len(rows.values), -1)
        picked = wanted - first
        return Rows(rows.values[picked], None, lines[picked].tobytes())

    return DerivedTensor(tensor.dtype, shape, (tensor,), block, Derived.LAYOUT)


def _transposed(entry: TensorEntry, name: str) -> Derivation:
    shape = entry.shape[1], entry.shape[0]

    def read(tensors: Tensors) -> DerivedTensor:
        tensor = stored(tensors, entry.name)
        return DerivedTensor(
            entry.dtype, shape, (tensor,), transposed_block(tensor, *entry.shape), Derived.LAYOUT
        )

    made = derived_entry(name, entry.dtype, shape, "transposed", [entry])
    return Derivation(made, (entry.name,), read)


def transposed_block(tensor: LocatedTensor, rows: int, columns: int) -> Callable[[int, int], Rows]:
    """Reads a stored matrix, or a stack of such, with rows and columns exchanged.

    Args:
        tensor: The tensor.
        rows: Of each matrix as it is stored.
        columns: The same; those of all matrices are the rows that are read, one after another.
    """
    stack = _Stack(tensor, rows, columns)
    return stack.block


@dataclass(slots=True)
class _Stack:
    tensor: LocatedTensor
    rows: int
    columns: int
    _number: int = -1
    _stripes: Stripes | None = None

    def block(self, begin: int, count: int) -> Rows:
        values, contents = [], []
        while count:
            number, within = divmod(begin, self.columns)
            taken = min(count, self.columns - within)
            picked = np.swapaxes(self._of(number).read(within, taken), 0, 1)
            content = np.ascontiguousarray(picked).tobytes()
            values.append(decoded(content, self.tensor.dtype).reshape(taken, -1))
            contents.append(content)
            begin, count = begin + taken, count - taken
        return Rows(np.concatenate(values), None, b"".join(contents))

    def _of(self, number: int) -> Stripes:
        if self._stripes is None or self._number != number:
            self._number = number
            self._stripes = Stripes(self.tensor, number * self.rows, self.rows)
        return self._stripes


def _experts(entry: TensorEntry, logical: Logical, other: Logical) -> Iterator[Derivation]:
    """Experts that are stored as inputs x outputs, each as outputs x inputs."""
    if len(entry.shape) != _EXPERT_DIMENSIONS or not is_decodable(entry.dtype):
        return
    count, rows, columns = entry.shape
    shape = count, columns, rows
    packed = other.entries.get(entry.name)
    # Of square ones the shape does not tell, and what packs them does.
    if packed is None or packed.shape != shape or not is_packed_stack(packed):
        width = _width(logical) or _width(other)
        sibling = _sibling(entry, logical) if rows == columns else None
        if not _are_inputs_by_outputs(sibling or entry, width):
            return

    def read(tensors: Tensors) -> DerivedTensor:
        tensor = stored(tensors, entry.name)
        block = transposed_block(tensor, rows, columns)
        return DerivedTensor(entry.dtype, shape, (tensor,), block, Derived.LAYOUT)

    made = derived_entry(entry.name, entry.dtype, shape, "experts transposed", [entry])
    yield Derivation(made, (entry.name,), read)


def _are_inputs_by_outputs(stack: TensorEntry, width: int) -> bool:
    """Whether the matrices of a stack are stored so, as that side tells which is that wide."""
    _, rows, columns = stack.shape
    is_of_outputs = stack.name.endswith("down_proj")
    wide, other = (columns, rows) if is_of_outputs else (rows, columns)
    return wide == width and other != width


def _width(logical: Logical) -> int:
    """Of the hidden states, as a norm shows it; 0 if none does."""
    return next(
        (
            entry.shape[0]
            for name, entry in logical.entries.items()
            if len(entry.shape) == 1
            and name.endswith(("layernorm.weight", "norm.weight"))
            and "self_attn" not in name
        ),
        0,
    )
