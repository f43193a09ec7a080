"""Whether a packed matrix is another one, its rows and columns scaled first.

AWQ multiplies the inputs of a matrix by factors, and divides what comes before it by them.

Source:
    AWQ, arXiv:2306.00978, section 3.2; AutoAWQ, quantize/scale.py.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from weighin.identity.comparison.measured.measurement import paired_rows
from weighin.identity.numbers.casts import half_gaps
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.rows import Rows, TensorView

_LEAST_COSINE: Final = 0.8
"""Factors of zero, too, come near to what is packed in a few wide steps."""


@dataclass(frozen=True, slots=True)
class ScaledSteps:
    """Differences that are left after scaling, in steps of the packed matrix.

    Attributes:
        share_within_half_step: From 0 to 1.
        share_within_step: From 0 to 1.
        max_steps: The largest.
        least_factor: Of the columns.
        most_factor: Of the columns.
    """

    share_within_half_step: float
    share_within_step: float
    max_steps: float
    least_factor: float
    most_factor: float


def scaled_steps(first: TensorView, second: TensorView) -> ScaledSteps | None:
    """A packed matrix as the other one, scaled by rows and columns; `None` if it is not one.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    if first.is_packed == second.is_packed or min(first.rows, first.columns) <= 1:
        return None
    fit = _Fit(first, second, is_forward=second.is_packed)
    with np.errstate(all="ignore"):
        columns = fit.columns(np.ones(first.rows))
        rows = fit.rows(columns)
        columns = fit.columns(rows)
        return fit.steps(rows, columns)


@dataclass(frozen=True, slots=True)
class _Fit:
    first: TensorView
    second: TensorView
    is_forward: bool

    def _sides(self, ours: Rows, theirs: Rows) -> tuple[Rows, Rows]:
        return (theirs, ours) if self.is_forward else (ours, theirs)

    def columns(self, rows: FloatArray) -> FloatArray:
        """The factor of each column that fits best, with given factors of the rows."""
        products, squares = np.zeros(self.first.columns), np.zeros(self.first.columns)
        begin = 0
        for ours, theirs in paired_rows(self.first, self.second):
            packed, plain = self._sides(ours, theirs)
            end = begin + len(plain.values)
            scaled = plain.values * rows[begin:end, None]
            products += (packed.values * scaled).sum(axis=0)
            squares += (scaled * scaled).sum(axis=0)
            begin = end
        return _quotients(products, squares)

    def rows(self, columns: FloatArray) -> FloatArray:
        """The same of each row, with given factors of the columns."""
        found: list[FloatArray] = []
        for ours, theirs in paired_rows(self.first, self.second):
            packed, plain = self._sides(ours, theirs)
            scaled = plain.values * columns
            products = (packed.values * scaled).sum(axis=1)
            found.append(_quotients(products, (scaled * scaled).sum(axis=1)))
        return np.concatenate(found)

    def steps(self, rows: FloatArray, columns: FloatArray) -> ScaledSteps | None:
        """What is left with given factors, in steps; `None` if they do not explain the matrix."""
        dtype = (self.first if self.is_forward else self.second).tensor.dtype
        begin = count = half = whole = 0
        largest = product = left = right = 0.0
        for ours, theirs in paired_rows(self.first, self.second):
            packed, plain = self._sides(ours, theirs)
            if packed.steps is None:
                return None
            end = begin + len(plain.values)
            factors = rows[begin:end, None] * columns
            scaled, begin = plain.values * factors, end
            is_used = packed.steps > 0
            steps = packed.steps[is_used]
            moved = np.abs(packed.values - scaled)[is_used] / steps
            slack = (half_gaps(plain.values, dtype) * np.abs(factors))[is_used] / steps
            count += moved.size
            half += int((moved <= 0.5 + slack).sum())
            whole += int((moved <= 1 + slack).sum())
            largest = max(largest, float(moved.max(initial=0.0)))
            product += float((packed.values * scaled).sum())
            left += float(np.square(packed.values).sum())
            right += float(np.square(scaled).sum())
        if not count or not product >= _LEAST_COSINE * np.sqrt(left * right) > 0:
            return None
        return ScaledSteps(
            half / count, whole / count, largest, float(columns.min()), float(columns.max())
        )


def _quotients(products: FloatArray, squares: FloatArray) -> FloatArray:
    return np.divide(products, squares, out=np.ones_like(products), where=squares > 0)
