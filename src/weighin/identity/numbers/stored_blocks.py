"""Blocks of stored tensors as their bytes, for schemes that pack several numbers into one."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.errors import CheckpointError
from weighin.files.opened import opened, read_bytes, sha256_of_bytes
from weighin.identity.containers.safetensors import element_count
from weighin.identity.numbers.decoding import FloatArray, decoded
from weighin.identity.numbers.rows import LocatedTensor, matrix_shape

_STRIPE_BYTES: Final = 32 * 1024 * 1024
MOST_SCALE_BYTES: Final = 128 * 1024 * 1024

ByteArray = npt.NDArray[np.uint8]


def all_bytes(tensor: LocatedTensor) -> bytes:
    """The bytes of a small tensor, such as the scales of another, verified.

    Raises:
        CheckpointError: It is not small, the file is unreadable, or its bytes are not those of
            the manifest.
    """
    span = tensor.span
    if span.size_bytes > MOST_SCALE_BYTES:
        raise CheckpointError(
            f"{tensor.place}: tensor {span.name!r}: expected scales of at most "
            f"{MOST_SCALE_BYTES:,} bytes, found {span.size_bytes:,}"
        )
    with opened(tensor.place, tensor.location) as descriptor:
        content = read_bytes(descriptor, tensor.place, span.begin, span.end)
        found = sha256_of_bytes(descriptor, tensor.place, span.begin, span.end)
    if found != tensor.sha256:
        raise CheckpointError(
            f"{tensor.place}: tensor {span.name!r}: expected the bytes with SHA-256 "
            f"{tensor.sha256} as in the manifest, found {found}"
        )
    return content


def all_numbers(tensor: LocatedTensor) -> FloatArray:
    """The numbers of a small tensor in its shape, verified.

    Raises:
        CheckpointError: As `all_bytes`.
    """
    return decoded(all_bytes(tensor), tensor.dtype).reshape(tensor.shape)


def row_bytes(tensor: LocatedTensor, begin: int, count: int) -> ByteArray:
    """Some rows of a stored tensor; shape (count, bytes of a row). Nothing is verified.

    Raises:
        CheckpointError: The file is unreadable.
    """
    rows, _ = matrix_shape(tensor.shape)
    width = tensor.span.size_bytes // max(rows, 1)
    first = tensor.span.begin + begin * width
    with opened(tensor.place, tensor.location) as descriptor:
        content = read_bytes(descriptor, tensor.place, first, first + count * width)
    return np.frombuffer(content, dtype=np.uint8).reshape(count, width)


def line_bytes(tensor: LocatedTensor, begin: int, count: int, width: int) -> bytes:
    """Some lines of a stored tensor that is seen as lines of so many bytes. Nothing is verified.

    Raises:
        CheckpointError: The file is unreadable.
    """
    first = tensor.span.begin + begin * width
    with opened(tensor.place, tensor.location) as descriptor:
        return read_bytes(descriptor, tensor.place, first, first + count * width)


@dataclass(slots=True)
class Stripes:
    """Columns of a stored matrix, or of some rows of it, a stripe at a time.

    A stripe of neighbouring columns is kept, so that the file is not gone through for each few.

    Attributes:
        tensor: The tensor.
        begin: Number of the first row.
        rows: Number of rows.
    """

    tensor: LocatedTensor
    begin: int
    rows: int
    _first: int = 0
    _stripe: ByteArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint8))

    @property
    def columns(self) -> int:
        """How many there are."""
        return matrix_shape(self.tensor.shape)[1]

    def read(self, first: int, count: int) -> ByteArray:
        """The bytes of some columns; shape (rows, count, bytes of an element). Not verified.

        Raises:
            CheckpointError: The file is unreadable.
        """
        width = self.tensor.span.size_bytes // max(element_count(self.tensor.shape), 1)
        held = self._stripe.shape[1] // max(width, 1)
        if not self._first <= first <= first + count <= self._first + held:
            fitting = _STRIPE_BYTES // max(self.rows * width, 1)
            self._load(first, max(count, min(fitting, self.columns - first)), width)
        begin = (first - self._first) * width
        stripe = self._stripe[:, begin : begin + count * width]
        return stripe.reshape(self.rows, count, width)

    def _load(self, first: int, count: int, width: int) -> None:
        span, place = self.tensor.span, self.tensor.place
        line = self.columns * width
        stripe = np.empty((self.rows, count * width), dtype=np.uint8)
        with opened(place, self.tensor.location) as descriptor:
            for row in range(self.rows):
                begin = span.begin + (self.begin + row) * line + first * width
                content = read_bytes(descriptor, place, begin, begin + count * width)
                stripe[row] = np.frombuffer(content, dtype=np.uint8)
        self._first, self._stripe = first, stripe
