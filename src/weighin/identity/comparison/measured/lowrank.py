"""How many directions a difference of two matrices has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighin.identity.comparison.measured.rounding import Rounding
from weighin.identity.numbers.decoding import FloatArray

MOST_DIRECTIONS: Final = 64
_SPARE: Final = 8
_MOST_SKETCH_NUMBERS: Final = 8_000_000
_FEWEST_DIRECTIONS: Final = 16
_SEED: Final = 20240229
_ABOVE_ROUNDING: Final = 2.5
"""Rounding a small change is not all chance: up to 1.9 bounds were seen in one direction."""
_ROUNDING_LEAVES: Final = 3.0
"""Most energy that rounding to nearest leaves, in units of what uniform rounding would."""
_LEAST_ENERGY: Final = 0.5
_MOST_ENERGY: Final = 0.99
_SMALL_SHARE: Final = 8
_LARGEST_SHARE: Final = 3
_NEGLIGIBLE: Final = 1e-9
_TELLABLE: Final = 1e-7
"""Singular values below this part of the largest drown in the squares that they are taken from."""

Blocks = Callable[[], Iterator[FloatArray]]


@dataclass(frozen=True, slots=True)
class LowRank:
    """Directions of a difference.

    Attributes:
        rank: Effective rank.
        energy: Share of the squared Frobenius norm that they carry, from 0 to 1.
        above_rounding: Whether the rest is no more than rounding leaves.
        next_ratio: The next singular value over the smallest that counts.
    """

    rank: int
    energy: float
    above_rounding: bool
    next_ratio: float


def largest_singular_values(blocks: Blocks, rows: int, columns: int) -> FloatArray | None:
    """The largest singular values of a matrix that is read block by block of rows.

    A randomised range finder with one power iteration: three readings, and memory for some 72
    rows whatever the size of the matrix.

    Args:
        blocks: Gives the rows anew each time; shape (rows of the block, columns).
        rows: Of the whole matrix.
        columns: Of the whole matrix.

    Returns:
        Shape (at most 72,), from the largest; `None` if the rows are too long.

    Source:
        Halko, Martinsson and Tropp (2011), arXiv:0909.4061, algorithms 4.3 and 5.1.
    """
    width = min(MOST_DIRECTIONS + _SPARE, rows, columns, _MOST_SKETCH_NUMBERS // max(columns, 1))
    if width < min(_FEWEST_DIRECTIONS, rows, columns):
        return None
    random = np.random.default_rng(_SEED)
    sketch = np.zeros((width, columns))
    for block in blocks():
        sketch += random.standard_normal((len(block), width)).T @ block
    basis, _ = np.linalg.qr(sketch.T)
    sketch = np.zeros((width, columns))
    for block in blocks():
        sketch += (block @ basis).T @ block
    basis, _ = np.linalg.qr(sketch.T)
    products = np.zeros((width, width))
    for block in blocks():
        projected = block @ basis
        products += projected.T @ projected
    squares = np.linalg.eigvalsh(products)[::-1]
    values: FloatArray = np.sqrt(np.maximum(squares, 0.0)).astype(np.float64)
    return values


def low_rank(
    values: FloatArray, energy: float, rounding: Rounding, rows: int, columns: int
) -> LowRank | None:
    """The effective rank of a difference; `None` if it has no few directions.

    It is the number of singular values that stand above what rounding leaves, if the rest is no
    more than that; else the number that carries 99 % of the energy, if that is at most an eighth
    of the possible rank.

    Args:
        values: The largest singular values, from the largest.
        energy: Squared Frobenius norm of the difference.
        rounding: What rounding alone would leave.
        rows: Of the matrix.
        columns: Of the matrix.
    """
    possible = min(rows, columns)
    if energy <= 0 or not len(values):
        return None
    carried = np.cumsum(values * values)
    floor = max(_ABOVE_ROUNDING * rounding.spectral, _TELLABLE * float(values[0]))
    above = int((values > floor).sum())
    if 0 < above <= min(MOST_DIRECTIONS, possible / _LARGEST_SHARE):
        share = float(carried[above - 1] / energy)
        rest = energy - float(carried[above - 1])
        most = _ROUNDING_LEAVES * rounding.energy + _NEGLIGIBLE * energy
        if share >= _LEAST_ENERGY and rest <= most:
            return _found(values, above, share, above_rounding=True)
    most_of_it = int(np.searchsorted(carried, _MOST_ENERGY * energy)) + 1
    if most_of_it <= min(MOST_DIRECTIONS, len(values), possible / _SMALL_SHARE):
        share = float(carried[most_of_it - 1] / energy)
        return _found(values, most_of_it, share, above_rounding=False)
    return None


def _found(values: FloatArray, rank: int, share: float, *, above_rounding: bool) -> LowRank:
    following = float(values[rank]) if rank < len(values) else 0.0
    return LowRank(
        rank=rank,
        energy=min(share, 1.0),
        above_rounding=above_rounding,
        next_ratio=following / float(values[rank - 1]),
    )
