"""Tensors read as rows of numbers, a block at a time, and verified on the way."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from weighin.errors import CheckpointError
from weighin.files.opened import blocks, opened
from weighin.identity.containers.gguf.types import ggml_block
from weighin.identity.containers.safetensors import TensorSpan, element_count
from weighin.identity.numbers.block_numbers import is_block_dtype, unpacked
from weighin.identity.numbers.decoding import FloatArray, decoded, is_decodable

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

    @property
    def shape(self) -> tuple[int, ...]:
        """Row-major."""
        return self.span.shape


@dataclass(frozen=True, slots=True)
class Rows:
    """A block of rows.

    Attributes:
        values: Shape (rows, columns); of complex numbers shape (rows, 2 * columns).
        steps: The same shape, step of the grid of each number of a packed tensor; `None` for
            others.
        content: The bytes, in the order of the values.
    """

    values: FloatArray
    steps: FloatArray | None
    content: bytes


class Derived(StrEnum):
    """How a tensor follows from those that files hold."""

    LAYOUT = "layout"
    """The same bytes in another order."""
    QUANTISED = "quantised"
    """The numbers that packed codes and their scales stand for."""
    ADAPTED = "adapted"
    """A tensor and what an adapter adds to it."""


@dataclass(frozen=True, slots=True)
class DerivedTensor:
    """A tensor that no file holds as it is, and that follows from some that files hold.

    Attributes:
        dtype: What its numbers were rounded to; the name of a scheme if it is quantised.
        shape: Row-major.
        components: What it follows from.
        block: Reads rows: number of the first, how many. Nothing is verified.
        kind: How it follows from them.
    """

    dtype: str
    shape: tuple[int, ...]
    components: tuple["Tensor", ...]
    block: Callable[[int, int], Rows]
    kind: Derived


Tensor = LocatedTensor | DerivedTensor


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

    tensor: Tensor
    begin: int
    rows: int
    columns: int
    head_size: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the tensor."""
        return self.rows * self.columns == element_count(self.tensor.shape)

    @property
    def is_stored(self) -> bool:
        """Whether its bytes are those that a file holds, in some order."""
        tensor = self.tensor
        return not isinstance(tensor, DerivedTensor) or tensor.kind is Derived.LAYOUT

    @property
    def is_packed(self) -> bool:
        """Whether its numbers are not stored, but follow from codes and scales."""
        if isinstance(self.tensor, DerivedTensor):
            return self.tensor.kind is not Derived.LAYOUT
        return is_block_dtype(self.tensor.dtype)

    @property
    def is_readable(self) -> bool:
        """Whether its numbers can be told."""
        dtype = self.tensor.dtype
        if isinstance(self.tensor, DerivedTensor):
            return True
        if is_block_dtype(dtype):
            return self.columns == 1 or self.columns % ggml_block(dtype)[0] == 0
        return is_decodable(dtype)


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of a tensor that is read as a matrix."""
    elements = element_count(shape)
    if len(shape) < _PAIR or not elements or shape[-1] > _WIDEST_ROW:
        return elements, 1
    return elements // shape[-1], shape[-1]


def whole(tensor: Tensor) -> TensorView:
    """All rows of a tensor, as they lie."""
    rows, columns = matrix_shape(tensor.shape)
    return TensorView(tensor, 0, rows, columns)


def rows_at_once(columns: int, *head_sizes: int) -> int:
    """How many rows fill a block, a whole number of heads."""
    heads = math.lcm(*(size or 1 for size in head_sizes))
    rows = max(1, ELEMENTS_AT_ONCE // max(columns, 1))
    return max(heads, rows // heads * heads)


def read_rows(view: TensorView, at_once: int) -> Iterator[Rows]:
    """The rows of a view, block by block.

    A whole stored tensor is verified while it is read; parts of one are verified by
    `part_digests`, and what a derived one follows from by `require_components`.

    Raises:
        CheckpointError: The file is unreadable, or its bytes are not those of the manifest.
    """
    tensor = view.tensor
    if isinstance(tensor, DerivedTensor):
        for first in range(0, view.rows, at_once):
            rows = tensor.block(view.begin + first, min(at_once, view.rows - first))
            yield _in_order(rows, view.head_size)
        return
    digest = hashlib.sha256()
    with opened(tensor.place, tensor.location) as descriptor:
        for first in range(0, view.rows, at_once):
            count = min(at_once, view.rows - first)
            content = _content(descriptor, tensor, view.begin + first, count, view.columns)
            digest.update(content)
            yield _in_order(_rows(content, tensor.dtype, count), view.head_size)
    if view.is_whole:
        _require(tensor, digest.hexdigest())


def rows_of(tensor: Tensor, begin: int, count: int) -> Rows:
    """Some rows of a tensor that is seen as a matrix. Nothing is verified.

    Raises:
        CheckpointError: The file is unreadable.
    """
    if isinstance(tensor, DerivedTensor):
        return tensor.block(begin, count)
    _, columns = matrix_shape(tensor.shape)
    with opened(tensor.place, tensor.location) as descriptor:
        content = _content(descriptor, tensor, begin, count, columns)
    return _rows(content, tensor.dtype, count)


def require_components(tensor: Tensor) -> None:
    """Require that everything that a derived tensor follows from is what its manifest says.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    if isinstance(tensor, DerivedTensor):
        for component in tensor.components:
            require_components(component)
    else:
        part_digests(tensor, ())


def _content(descriptor: int, tensor: LocatedTensor, first: int, count: int, columns: int) -> bytes:
    span = tensor.span
    total_rows = element_count(span.shape) // max(columns, 1)
    row_bytes = span.size_bytes / total_rows if total_rows else 0
    begin, end = (span.begin + round(row * row_bytes) for row in (first, first + count))
    return b"".join(bytes(block) for block in blocks(descriptor, tensor.place, begin, end))


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


def _rows(content: bytes, dtype: str, count: int) -> Rows:
    if is_block_dtype(dtype):
        numbers = unpacked(content, dtype)
        shape = (count, -1)
        return Rows(numbers.values.reshape(shape), numbers.steps.reshape(shape), content)
    return Rows(decoded(content, dtype).reshape(count, -1), None, content)


def _in_order(rows: Rows, head_size: int) -> Rows:
    if not head_size:
        return rows
    count = len(rows.values)
    order = _straightened(count, head_size)
    lines = np.frombuffer(rows.content, dtype=np.uint8).reshape(count, -1)
    steps = None if rows.steps is None else rows.steps[order]
    return Rows(rows.values[order], steps, lines[order].tobytes())


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
