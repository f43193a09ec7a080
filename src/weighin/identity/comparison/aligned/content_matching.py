"""Tensors that no name leads to, found by their bytes: transposed, or as rows of a fused one."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from weighin.identity.comparison.aligned.alignment import Alignment, Match, Pair, Part
from weighin.identity.comparison.aligned.fused_layouts import transposed_block
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.decoding import is_decodable
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors
from weighin.identity.numbers.rows import (
    Derived,
    DerivedTensor,
    LocatedTensor,
    Tensor,
    matrix_shape,
    require_components,
    rows_at_once,
    rows_of,
)

_MATRIX = 2
_MOST_HEIGHTS = 6

_Kind = tuple[str, int]


def transposed_by_content(
    logical: Logical, left_over: Sequence[str], other: Sequence[TensorEntry]
) -> Iterator[Derivation]:
    """Matrices that are, transposed, the bytes of one of the other checkpoint.

    Args:
        logical: A checkpoint.
        left_over: Names of its tensors to which nothing answers.
        other: Tensors of the other checkpoint to which nothing answers.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    wanted = {(entry.dtype, entry.shape): entry for entry in other}
    contents = {entry.sha256 for entry in other}
    for name in left_over:
        entry = logical.entries[name]
        tensor = None if logical.tensors is None else logical.tensors[name]
        shape = entry.shape[::-1]
        if len(shape) != _MATRIX or (entry.dtype, shape) not in wanted:
            continue
        if not isinstance(tensor, LocatedTensor) or not is_decodable(entry.dtype):
            continue
        made = _transposed(tensor, entry)
        require_components(made)
        digest = _digest(made, 0, shape[0])
        if digest in contents:
            result = entry.model_copy(update={"shape": shape, "sha256": digest})
            yield Derivation(result, (name,), partial(_read, entry=entry))


def _transposed(tensor: LocatedTensor, entry: TensorEntry) -> DerivedTensor:
    block = transposed_block(tensor, *entry.shape)
    return DerivedTensor(entry.dtype, entry.shape[::-1], (tensor,), block, Derived.LAYOUT)


def _read(tensors: Tensors, entry: TensorEntry) -> DerivedTensor:
    tensor = tensors[entry.name]
    if not isinstance(tensor, LocatedTensor):
        raise TypeError(f"{entry.name}: expected a stored tensor")
    return _transposed(tensor, entry)


def with_parts_by_content(alignment: Alignment, first: Logical, second: Logical) -> Alignment:
    """An alignment, and tensors of one that are, one below the other, a fused one of the other.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    pairs: list[Pair] = []
    for is_first, whole, apart in ((True, first, second), (False, second, first)):
        names = alignment.only_in_first, alignment.only_in_second
        mine, others = names if is_first else reversed(names)
        pieces = [apart.entries[name] for name in others]
        for name in mine:
            for part, piece in _cut(name, whole, pieces):
                rows, columns = matrix_shape(piece.shape)
                other = Part(piece, 0, rows, columns)
                sides = (part, other) if is_first else (other, part)
                pairs.append(Pair(piece.name, *sides, Match.CONTENT))
    taken = {part.entry.name for pair in pairs for part in (pair.first, pair.second)}
    return replace(
        alignment,
        pairs=tuple(sorted((*alignment.pairs, *pairs), key=lambda pair: pair.name)),
        only_in_first=tuple(n for n in alignment.only_in_first if n not in taken),
        only_in_second=tuple(n for n in alignment.only_in_second if n not in taken),
    )


def _cut(
    name: str, logical: Logical, pieces: Sequence[TensorEntry]
) -> tuple[tuple[Part, TensorEntry], ...]:
    """Which rows of a tensor are which pieces; nothing unless all of its rows are some."""
    entry = logical.entries[name]
    tensor = None if logical.tensors is None else logical.tensors[name]
    total, columns = matrix_shape(entry.shape)
    by_height = _by_height(pieces, (entry.dtype, columns), total)
    if tensor is None or not 0 < len(by_height) <= _MOST_HEIGHTS:
        return ()
    found: list[tuple[Part, TensorEntry]] = []
    begin = 0
    while begin < total:
        piece = _piece_at(tensor, begin, total, by_height)
        if piece is None:
            return ()
        rows, _ = matrix_shape(piece.shape)
        found.append((Part(entry, begin, rows, columns), piece))
        by_height[rows][piece.sha256].remove(piece)
        begin += rows
    require_components(tensor)
    return tuple(found)


def _by_height(
    pieces: Sequence[TensorEntry], kind: _Kind, total: int
) -> Mapping[int, Mapping[str, list[TensorEntry]]]:
    """Pieces of a dtype and width by their rows, then by their content."""
    found: defaultdict[int, defaultdict[str, list[TensorEntry]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for piece in pieces:
        rows, columns = matrix_shape(piece.shape)
        if (piece.dtype, columns) == kind and 0 < rows < total:
            found[rows][piece.sha256].append(piece)
    return found


def _piece_at(
    tensor: Tensor,
    begin: int,
    total: int,
    by_height: Mapping[int, Mapping[str, list[TensorEntry]]],
) -> TensorEntry | None:
    for rows, by_content in by_height.items():
        if begin + rows <= total and (pieces := by_content.get(_digest(tensor, begin, rows))):
            return pieces[0]
    return None


def _digest(tensor: Tensor, begin: int, count: int) -> str:
    """Of the bytes of some rows."""
    _, columns = matrix_shape(tensor.shape)
    digest = hashlib.sha256()
    at_once = rows_at_once(columns)
    for first in range(begin, begin + count, at_once):
        rows = rows_of(tensor, first, min(at_once, begin + count - first))
        digest.update(rows.content)
    return digest.hexdigest()
