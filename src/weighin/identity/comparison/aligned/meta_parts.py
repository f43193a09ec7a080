"""Tensors that Meta releases in slices, one file a device, put together again.

Source:
    meta-llama, llama/model.py (ColumnParallelLinear, RowParallelLinear, ParallelEmbedding);
    transformers, convert_llama_weights_to_hf.py (`concat_dim` and `torch.cat`): `wq`, `wk`, `wv`,
    `w1`, `w3` and `output` are cut by rows, `wo` and `w2` by columns, `tok_embeddings` by columns
    until Llama 2 and by rows since Llama 3; norms and `rope.freqs` are whole in every slice.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, derived_entry
from weighin.identity.numbers.rows import Derived, DerivedTensor, Rows, Tensor, rows_of

_SLICE = re.compile(r"consolidated\.([0-9]{2,})/(.+)", re.DOTALL)
_BY_ROWS: Final = ("wq", "wk", "wv", "w1", "w3", "output")
_BY_COLUMNS: Final = ("wo", "w2")
_EMBEDDING: Final = "tok_embeddings"
_LAST_NORM: Final = "norm.weight"
_MATRIX: Final = 2


def joined_parts(logical: Logical) -> Iterator[Derivation]:
    """The tensors that slices under the names of `consolidated.NN.pth` are cut from.

    Slices of which it is not known how they were cut stay as they are.
    """
    slices: defaultdict[str, dict[int, TensorEntry]] = defaultdict(dict)
    for name, entry in logical.entries.items():
        if match := _SLICE.fullmatch(name):
            slices[match[2]][int(match[1])] = entry
    count = max((len(parts) for parts in slices.values()), default=0)
    width = next(iter(slices[_LAST_NORM].values())).shape if _LAST_NORM in slices else ()
    for name, parts in slices.items():
        if sorted(parts) == list(range(count)):
            derivation = _joined(name, [parts[number] for number in range(count)], width)
            if derivation is not None:
                yield derivation


def _joined(name: str, parts: Sequence[TensorEntry], width: tuple[int, ...]) -> Derivation | None:
    first = parts[0]
    names = tuple(part.name for part in parts)
    if any((part.dtype, part.shape) != (first.dtype, first.shape) for part in parts):
        return None
    if len(first.shape) != _MATRIX:
        if any(part.sha256 != first.sha256 for part in parts):
            return None
        entry = first.model_copy(update={"name": name})
        return Derivation(entry, names, lambda tensors: _one_of(first.name, first, tensors))
    axis = _axis(name, first.shape, len(parts), width)
    if axis is None:
        return None
    shape = list(first.shape)
    shape[axis] *= len(parts)
    whole = shape[0], shape[1]

    def read(tensors: Tensors) -> DerivedTensor:
        return _reader([tensors[part] for part in names], first, whole, axis)

    recipe = f"slices joined along dimension {axis}"
    return Derivation(derived_entry(name, first.dtype, whole, recipe, parts), names, read)


def _axis(name: str, shape: tuple[int, ...], parts: int, width: tuple[int, ...]) -> int | None:
    words = name.split(".")
    if any(word in words for word in _BY_ROWS):
        return 0
    if any(word in words for word in _BY_COLUMNS):
        return 1
    if _EMBEDDING in words and len(width) == 1:
        return 0 if shape[1] == width[0] else 1 if shape[1] * parts == width[0] else None
    return None


def _one_of(name: str, entry: TensorEntry, tensors: Tensors) -> DerivedTensor:
    tensor = tensors[name]

    def block(begin: int, count: int) -> Rows:
        return rows_of(tensor, begin, count)

    return DerivedTensor(entry.dtype, entry.shape, (tensor,), block, Derived.LAYOUT)


def _reader(
    slices: Sequence[Tensor], part: TensorEntry, whole: tuple[int, int], axis: int
) -> DerivedTensor:
    rows = part.shape[0]

    def by_rows(begin: int, count: int) -> Rows:
        blocks: list[Rows] = []
        while count:
            number, within = divmod(begin, rows)
            taken = min(count, rows - within)
            blocks.append(rows_of(slices[number], within, taken))
            begin, count = begin + taken, count - taken
        return _stacked(blocks, axis=0)

    def by_columns(begin: int, count: int) -> Rows:
        return _stacked([rows_of(one, begin, count) for one in slices], axis=1)

    block = by_columns if axis else by_rows
    return DerivedTensor(part.dtype, whole, tuple(slices), block, Derived.LAYOUT)


def _stacked(blocks: Sequence[Rows], axis: int) -> Rows:
    values = np.concatenate([block.values for block in blocks], axis=axis)
    lines = [
        np.frombuffer(block.content, dtype=np.uint8).reshape(len(block.values), -1)
        for block in blocks
    ]
    return Rows(values, None, np.concatenate(lines, axis=axis).tobytes())
