"""Tensors that no name leads to, found by their bytes: transposed, or as rows of a fused one."""

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
_ByContent = dict[str, list[TensorEntry]]


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
        pieces = _Pieces(apart.entries[name] for name in others)
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


class _Pieces:
    """Tensors that may be rows of a fused one, by dtype and width, then by height and content."""

    def __init__(self, entries: Iterable[TensorEntry]) -> None:
        self._found: defaultdict[_Kind, dict[int, _ByContent]] = defaultdict(dict)
        for entry in entries:
            rows, columns = matrix_shape(entry.shape)
            if rows:
                heights = self._found[entry.dtype, columns]
                heights.setdefault(rows, {}).setdefault(entry.sha256, []).append(entry)
        self._sorted = {kind: sorted(heights) for kind, heights in self._found.items()}

    def lower_than(self, total: int, kind: _Kind) -> Mapping[int, _ByContent]:
        """Those of a kind below a height; nothing if there are none, or of too many heights."""
        heights = self._sorted.get(kind, [])
        count = bisect_left(heights, total)
        if count > _MOST_HEIGHTS:
            return {}
        return {rows: self._found[kind][rows] for rows in heights[:count]}


def _cut(name: str, logical: Logical, pieces: _Pieces) -> tuple[tuple[Part, TensorEntry], ...]:
    """Which rows of a tensor are which pieces; nothing unless all of its rows are some."""
    entry = logical.entries[name]
    tensor = None if logical.tensors is None else logical.tensors[name]
    total, columns = matrix_shape(entry.shape)
    by_height = pieces.lower_than(total, (entry.dtype, columns))
    if tensor is None or not by_height:
        return ()
    found: list[tuple[Part, TensorEntry]] = []
    taken: set[str] = set()
    begin = 0
    while begin < total:
        piece = _piece_at(tensor, (begin, total), by_height, taken)
        if piece is None:
            return ()
        rows, _ = matrix_shape(piece.shape)
        found.append((Part(entry, begin, rows, columns), piece))
        taken.add(piece.name)
        begin += rows
    require_components(tensor)
    return tuple(found)


def _piece_at(
    tensor: Tensor,
    rows_left: tuple[int, int],
    by_height: Mapping[int, _ByContent],
    taken: Collection[str],
) -> TensorEntry | None:
    begin, end = rows_left
    for rows, by_content in by_height.items():
        if begin + rows <= end and (pieces := by_content.get(_digest(tensor, begin, rows))):
            free = (piece for piece in pieces if piece.name not in taken)
            if (piece := next(free, None)) is not None:
                return piece
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
