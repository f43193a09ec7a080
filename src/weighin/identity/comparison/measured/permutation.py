"""Whether one matrix is another with its rows, or its columns, in another order."""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.identity.comparison.measured.measurement import Sums, paired_rows
from weighin.identity.numbers.rows import TensorView

_MOST_ROWS: Final = 4_000_000
_ROW_DIGEST_BYTES: Final = 8
_EQUAL_NORMS: Final = 1e-10
_SEED: Final = 6962


@dataclass(frozen=True, slots=True)
class Permutation:
    """An order in which one matrix is another.

    Attributes:
        axis: `rows` or `columns`.
        count: How many there are.
        moved: How many lie in another place.
    """

    axis: str
    count: int
    moved: int


def could_be_permuted(sums: Sums) -> bool:
    """Whether the norms of two matrices are equal, as those of a permutation are."""
    return (
        sums.is_finite
        and sums.changed > 1
        and abs(sums.first - sums.second) <= _EQUAL_NORMS * sums.first
    )


def permutation(first: TensorView, second: TensorView) -> Permutation | None:
    """The order of rows, else of columns, in which the second is the first; `None` if in none.

    Rows are known by a digest of their bytes; columns by a sum of all their numbers with random
    weights, which two different columns share with no chance to speak of.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    if first.tensor.dtype != second.tensor.dtype or first.rows > _MOST_ROWS:
        return None
    random = np.random.default_rng(_SEED)
    ours, theirs = bytearray(), bytearray()
    mine, other = np.zeros(first.columns), np.zeros(first.columns)
    for left, right in paired_rows(first, second):
        ours += _row_digests(left.content, len(left.values))
        theirs += _row_digests(right.content, len(right.values))
        if left.values.shape[1] == first.columns:
            weights = random.standard_normal((len(left.values), 1))
            # Summed row by row, so that a column has one sum wherever it stands.
            mine += (weights * left.values).sum(axis=0)
            other += (weights * right.values).sum(axis=0)
    rows = _order("rows", np.frombuffer(ours, dtype="<u8"), np.frombuffer(theirs, dtype="<u8"))
    return rows or (_order("columns", mine, other) if first.columns > 1 else None)


def _row_digests(content: bytes, rows: int) -> bytes:
    width = len(content) // max(rows, 1)
    return b"".join(
        hashlib.blake2b(content[at : at + width], digest_size=_ROW_DIGEST_BYTES).digest()
        for at in range(0, len(content), max(width, 1))
    )


def _order(
    axis: str, ours: npt.NDArray[np.generic], theirs: npt.NDArray[np.generic]
) -> Permutation | None:
    if not np.array_equal(np.sort(ours), np.sort(theirs)):
        return None
    moved = int((ours != theirs).sum())
    return Permutation(axis, len(ours), moved) if moved else None
