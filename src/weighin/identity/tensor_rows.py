"""Tensors read as rows of numbers, a block at a time, and verified on the way."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from weighin.errors import CheckpointError
from weighin.identity.block_numbers import is_block_dtype, unpacked
from weighin.identity.files import blocks, opened
from weighin.identity.gguf_types import ggml_block
from weighin.identity.numbers import FloatArray, decoded, is_decodable
from weighin.identity.safetensors import TensorSpan, element_count

ELEMENTS_AT_ONCE: Final = 256 * 1024
_WIDEST_ROW: Final = 1024 * 1024
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class LocatedTensor:
    """A tensor in a file.

    Attributes:
        place: The file as the user knows it, named in errors.
        location: Where the bytes of the file lie.
        span: Where the tensor lies in it.
        sha256: Hex digest that its bytes must have.
    """

    place: Path
    location: Path
    span: TensorSpan
    sha256: str

    @property
    def dtype(self) -> str:
        """As safetensors or GGUF spells it."""
        return self.span.dtype


@dataclass(frozen=True, slots=True)
class TensorView:
    """Some rows of a tensor, which is seen as a matrix of all its last dimensions.

    Attributes:
        tensor: The tensor.
        begin: Number of the first row.
        rows: Number of rows.
        columns: Numbers in a row; 1 for a vector, and for rows too long to be read at once.
        head_size: Rows of a head whose two rotary halves lie interleaved and are put one below
            the other when they are read; 0 to read rows as they lie.
    """

    tensor: LocatedTensor
    begin: int
    rows: int
    columns: int
    head_size: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the tensor."""
        return self.rows * self.columns == element_count(self.tensor.span.shape)

    @property
    def is_readable(self) -> bool:
        """Whether its numbers can be told."""
        dtype = self.tensor.dtype
        if is_block_dtype(dtype):
            return self.columns == 1 or self.columns % ggml_block(dtype)[0] == 0
        return is_decodable(dtype)


@dataclass(frozen=True, slots=True)
class Rows:
    """A block of rows.

    Attributes:
        values: Shape (rows, columns); of complex numbers shape (rows, 2 * columns).
        steps: The same shape, step of the grid of a dtype that GGUF packs; `None` for others.
        content: The bytes, in the order of the values.
    """

    values: FloatArray
    steps: FloatArray | None
    content: bytes


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of a tensor that is read as a matrix."""
    elements = element_count(shape)
    if len(shape) < _PAIR or not elements or shape[-1] > _WIDEST_ROW:
        return elements, 1
    return elements // shape[-1], shape[-1]


def whole(tensor: LocatedTensor) -> TensorView:
    """All rows of a tensor, as they lie."""
    rows, columns = matrix_shape(tensor.span.shape)
    return TensorView(tensor, 0, rows, columns)


def rows_at_once(columns: int, *head_sizes: int) -> int:
    """How many rows fill a block, a whole number of heads."""
    heads = math.lcm(*(size or 1 for size in head_sizes))
    rows = max(1, ELEMENTS_AT_ONCE // max(columns, 1))
    return max(heads, rows // heads * heads)


def read_rows(view: TensorView, at_once: int) -> Iterator[Rows]:
    """The rows of a view, block by block.

    A whole tensor is verified while it is read; parts of one are verified by `part_digests`.

    Raises:
        CheckpointError: The file is unreadable, or its bytes are not those of the manifest.
    """
    span = view.tensor.span
    total_rows = element_count(span.shape) // max(view.columns, 1)
    row_bytes = span.size_bytes / total_rows if total_rows else 0
    digest = hashlib.sha256()
    with opened(view.tensor.place, view.tensor.location) as descriptor:
        for first in range(0, view.rows, at_once):
            count = min(at_once, view.rows - first)
            begin = span.begin + round((view.begin + first) * row_bytes)
            end = span.begin + round((view.begin + first + count) * row_bytes)
            content = b"".join(
                bytes(block) for block in blocks(descriptor, view.tensor.place, begin, end)
            )
            digest.update(content)
            yield _rows(content, view, count)
    if view.is_whole:
        _require(view.tensor, digest.hexdigest())


def part_digests(
    tensor: LocatedTensor, parts: Iterable[tuple[int, int]]
) -> Mapping[tuple[int, int], str]:
    """Digest of each of some parts of a tensor, which is read once and verified as a whole.

    Args:
        tensor: The tensor.
        parts: First row and number of rows of each; they do not overlap.

    Raises:
        CheckpointError: The file is unreadable, or its bytes are not those of the manifest.
    """
    span = tensor.span
    total_rows, _ = matrix_shape(span.shape)
    whole_digest = hashlib.sha256()
    digests: dict[tuple[int, int], str] = {}
    with opened(tensor.place, tensor.location) as descriptor:
        done = 0
        for first, count in (*sorted(parts), (total_rows, 0)):
            for rows, is_part in (((done, first), False), ((first, first + count), True)):
                begin, end = (span.begin + span.size_bytes * r // max(total_rows, 1) for r in rows)
                digest = hashlib.sha256()
                for block in blocks(descriptor, tensor.place, begin, end):
                    digest.update(block)
                    whole_digest.update(block)
                if is_part:
                    digests[first, count] = digest.hexdigest()
            done = first + count
    _require(tensor, whole_digest.hexdigest())
    return digests


def _rows(content: bytes, view: TensorView, count: int) -> Rows:
    dtype = view.tensor.dtype
    steps = None
    if is_block_dtype(dtype):
        numbers = unpacked(content, dtype)
        values, steps = numbers.values.reshape(count, -1), numbers.steps.reshape(count, -1)
    else:
        values = decoded(content, dtype).reshape(count, -1)
    if not view.head_size:
        return Rows(values, steps, content)
    order = _straightened(count, view.head_size)
    lines = np.frombuffer(content, dtype=np.uint8).reshape(count, -1)
    return Rows(values[order], None if steps is None else steps[order], lines[order].tobytes())


def _straightened(count: int, head_size: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Order in which interleaved rows are taken so that each half of a head is together."""
    rows = np.arange(count, dtype=np.intp)
    return rows.reshape(-1, head_size // 2, 2).swapaxes(1, 2).reshape(-1)


def _require(tensor: LocatedTensor, found: str) -> None:
    if found != tensor.sha256:
        raise CheckpointError(
            f"{tensor.place}: tensor {tensor.span.name!r}: expected the bytes with SHA-256 "
            f"{tensor.sha256} as in the manifest, found {found}"
        )
