"""What rounding alone would leave of the difference of two matrices."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighin.identity.numbers.casts import half_gaps, significand_bits
from weighin.identity.numbers.decoding import FloatArray

_UNIFORM: Final = 3.0
"""The mean square of uniform rounding is the square of half a gap over this."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """What rounding alone would leave of a difference.

    Attributes:
        energy: Squared Frobenius norm.
        spectral: Bound of its largest singular value: the largest norm of a row and of a column
            together.
    """

    energy: float
    spectral: float


class RoundingTally:
    """Adds up, block by block of rows, what rounding to the coarser dtype of the two leaves."""

    def __init__(self, first: str, second: str) -> None:
        """Begin.

        Args:
            first: Dtype of the first.
            second: Dtype of the second.
        """
        bits = significand_bits(first), significand_bits(second)
        self._is_first = 0 < bits[0] < bits[1] or (bits[0] > 0 and not bits[1])
        self._dtype = first if self._is_first else second
        self._energy = self._row = 0.0
        self._columns: FloatArray = np.zeros(0)

    def add(self, ours: FloatArray, theirs: FloatArray) -> None:
        """Take in the next rows of both matrices; shape (rows, columns)."""
        squares = half_gaps(ours if self._is_first else theirs, self._dtype) ** 2 / _UNIFORM
        if not len(self._columns):
            self._columns = np.zeros(squares.shape[1])
        self._columns += squares.sum(axis=0)
        self._energy += float(squares.sum())
        self._row = max(self._row, float(squares.sum(axis=1).max(initial=0.0)))

    def rounding(self) -> Rounding:
        """What rounding leaves of all rows together."""
        column = float(self._columns.max(initial=0.0))
        return Rounding(self._energy, math.sqrt(self._row) + math.sqrt(column))
