"""Whether the numbers of a matrix lie on the few levels of a quantiser, and how far apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from weighin.identity.numbers.casts import half_gaps
from weighin.identity.numbers.decoding import FloatArray

_GROUPS: Final = (256, 128, 64, 32)
_MOST_BITS: Final = 8
_MOST_LEVELS: Final = 2**_MOST_BITS
_SAMPLE_ROWS: Final = 8
_MOST_OFF_GRID: Final = 0.01
_IN_STEPS: Final = 0.02
_OF_ROUNDING: Final = 1.3
"""How far a number may lie from a level: its rounding, and what a fitted step leaves open."""
_REFINED_WITHIN: Final = (2.5, 8.0, 32.0, 300.0)
_EQUAL_STEPS: Final = 1e-3
_FEWEST_COLUMNS: Final = 16
_TINY: Final = 1e-300
_MOST_FINER: Final = 0.01
"""Share of the groups that may seem to lie on a finer grid: a few numbers fit more than one."""
_LEAST_RMS, _MOST_RMS = 0.2, 0.6
"""Rounding moves by 0.29 steps in the root mean square; a change of another kind rarely does."""
NEAREST: Final = 0.99
"""Share within half a step from which on only rounding to the nearest level explains a change."""
_LEAST_SLOPE: Final = -0.5

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a quantiser cuts a matrix.

    Attributes:
        group: Neighbours in a row that share a step; the whole row if it is the row's length.
        is_affine: Whether the levels of a group start at its smallest number, not at zero.
    """

    group: int
    is_affine: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A quantiser's levels, measured.

    Attributes:
        scheme: How the matrix is cut.
        bits: Bits that count the levels of 99 % of the groups.
        is_per_row: Whether a group is a whole row.
        is_per_tensor: Whether all groups have one step.
        share_on_grid: Share of the groups whose numbers all lie on levels, from 0 to 1.
        share_within_half_step: Share of the differences of at most half a step, from 0 to 1.
        share_within_step: The same of a whole step.
        rms_steps: Root mean square of the differences, in steps.
        max_steps: Largest difference, in steps of its group.
        slope: Of the logarithm of a group's differences in steps, over that of its step. About 0
            if a quantiser made them, -1 if their size has nothing to do with the steps.
    """

    scheme: Scheme
    bits: int
    is_per_row: bool
    is_per_tensor: bool
    share_on_grid: float
    share_within_half_step: float
    share_within_step: float
    rms_steps: float
    max_steps: float
    slope: float

    @property
    def is_nearest(self) -> bool:
        """Whether next to all numbers lie within half a step of the other matrix."""
        return self.share_within_half_step >= NEAREST

    @property
    def is_rounding(self) -> bool:
        """Whether the differences are as large as those that rounding to the levels makes."""
        is_of_steps = self.is_nearest or self.slope > _LEAST_SLOPE
        return _LEAST_RMS <= self.rms_steps <= _MOST_RMS and is_of_steps


class _Slope:
    """Least squares of the size of a group's differences over its step, both as logarithms."""

    def __init__(self) -> None:
        self._groups = 0
        self._sums: FloatArray = np.zeros(4)

    def add(self, steps: FloatArray, squares: FloatArray) -> None:
        """Take in groups: the step of each, and the mean square of its differences in steps."""
        is_used = squares > 0
        x, y = np.log(steps[is_used]), np.log(squares[is_used]) / 2
        self._groups += len(x)
        self._sums += np.array([x.sum(), y.sum(), (x * x).sum(), (x * y).sum()])

    def value(self) -> float:
        """The slope; 0 if all steps are equal."""
        if not self._groups:
            return 0.0
        x, y, xx, xy = self._sums / self._groups
        spread = float(xx - x * x)
        return float(xy - x * y) / spread if spread > _EQUAL_STEPS**2 else 0.0


class GridTest:
    """Tests, block by block of rows, whether one matrix is the quantised form of another."""

    def __init__(self, columns: int, dtype: str) -> None:
        """Begin a test.

        Args:
            columns: Numbers in a row.
            dtype: In which the levels are stored.
        """
        self._columns = columns
        self._dtype = dtype
        self._scheme: Scheme | None = None
        self._has_begun = False
        self._groups = self._fitting = 0
        self._bits = np.zeros(_MOST_BITS + 1, dtype=np.int64)
        self._squares = 0.0
        self._numbers = self._close = self._near = 0
        self._max_steps = 0.0
        self._least_step, self._most_step = np.inf, 0.0
        self._slope = _Slope()

    @property
    def is_over(self) -> bool:
        """Whether it is already known that no scheme fits."""
        return self._has_begun and self._scheme is None

    def add(self, original: FloatArray, levels: FloatArray) -> None:
        """Take in the next rows of both matrices; shape (rows, columns)."""
        if not self._has_begun:
            self._has_begun = True
            self._scheme = self._scheme_of(original, levels)
        if self._scheme is None:
            return
        scheme = self._scheme
        numbers = levels.reshape(-1, scheme.group)
        change = np.abs(original.reshape(-1, scheme.group) - numbers)
        steps, is_fitting, spans = _fitted(numbers, change, self._dtype, scheme)
        moved = change[is_fitting] / steps[is_fitting, None]
        self._groups += len(numbers)
        self._fitting += int(is_fitting.sum())
        bits = np.ceil(np.log2(np.maximum(spans[is_fitting], 2))).astype(np.int64)
        self._bits += np.bincount(bits, minlength=_MOST_BITS + 1)
        self._squares += float(np.square(moved).sum())
        self._numbers += moved.size
        # A level is itself rounded to the dtype in which it is stored.
        slack = half_gaps(numbers[is_fitting], self._dtype) / steps[is_fitting, None]
        self._close += int((moved <= 0.5 + _IN_STEPS + slack).sum())
        self._near += int((moved <= 1 + _IN_STEPS + slack).sum())
        self._max_steps = max(self._max_steps, float(moved.max(initial=0.0)))
        self._slope.add(steps[is_fitting], np.square(moved).mean(axis=1))
        self._least_step = min(self._least_step, float(steps[is_fitting].min(initial=np.inf)))
        self._most_step = max(self._most_step, float(steps[is_fitting].max(initial=0.0)))
        if self._fitting < (1 - _MOST_OFF_GRID) * self._groups:
            self._scheme = None

    def grid(self) -> Grid | None:
        """The levels that were found; `None` if the numbers lie on none."""
        if self._scheme is None or not self._numbers:
            return None
        return Grid(
            scheme=self._scheme,
            bits=int(np.searchsorted(np.cumsum(self._bits), (1 - _MOST_FINER) * self._fitting)),
            is_per_row=self._scheme.group == self._columns,
            is_per_tensor=bool(self._most_step <= self._least_step * (1 + _EQUAL_STEPS)),
            share_on_grid=self._fitting / self._groups,
            share_within_half_step=self._close / self._numbers,
            share_within_step=self._near / self._numbers,
            rms_steps=float(np.sqrt(self._squares / self._numbers)),
            max_steps=self._max_steps,
            slope=self._slope.value(),
        )

    def _scheme_of(self, original: FloatArray, levels: FloatArray) -> Scheme | None:
        """The coarsest scheme that fits the first rows."""
        original, levels = original[:_SAMPLE_ROWS], levels[:_SAMPLE_ROWS]
        for scheme in self._schemes():
            numbers = levels.reshape(-1, scheme.group)
            change = np.abs(original.reshape(-1, scheme.group) - numbers)
            steps, is_fitting, _ = _fitted(numbers, change, self._dtype, scheme)
            rms = float(np.sqrt(np.square(change / steps[:, None]).mean()))
            # Levels that were rounded to BF16 seem to lie on some fine and coarser grid, too.
            if is_fitting.all() and _LEAST_RMS / 2 <= rms <= 2 * _MOST_RMS:
                return scheme
        return None

    def _schemes(self) -> Iterator[Scheme]:
        if self._columns < _FEWEST_COLUMNS:
            return
        sizes = [size for size in _GROUPS if size < self._columns and self._columns % size == 0]
        for size in (self._columns, *sizes):
            yield Scheme(size, is_affine=False)
            yield Scheme(size, is_affine=True)


def _fitted(
    numbers: FloatArray, change: FloatArray, dtype: str, scheme: Scheme
) -> tuple[FloatArray, BoolArray, npt.NDArray[np.int64]]:
    """Step of each group, whether all its numbers lie on levels, and how many levels it spans."""
    tolerance = half_gaps(numbers, dtype)
    if scheme.is_affine:
        least = numbers.min(axis=1, keepdims=True)
        tolerance = tolerance + half_gaps(least, dtype)
        numbers = numbers - least
    steps = np.ones(len(numbers))
    spans = np.zeros(len(numbers), dtype=np.int64)
    # Zeros alone lie on any grid, and say nothing.
    is_fitting: BoolArray = (numbers == 0).all(axis=1)
    steps[is_fitting] = np.maximum(2 * change[is_fitting].max(axis=1, initial=0.0), _TINY)
    for guess in _guesses(numbers, change):
        rest = np.flatnonzero(~is_fitting)
        if not len(rest):
            break
        step, span = _on_grid(numbers[rest], tolerance[rest], guess[rest])
        is_found = span > 0
        found = rest[is_found]
        steps[found], spans[found], is_fitting[found] = step[is_found], span[is_found], True
    return steps, is_fitting, spans


def _on_grid(
    numbers: FloatArray, tolerance: FloatArray, guess: FloatArray
) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Refined step of each group, and how many levels it spans; 0 if it lies on no grid."""
    step = _refined(numbers, guess)
    with np.errstate(all="ignore"):
        codes = np.rint(numbers / step[:, None])
        offsets = np.abs(numbers - codes * step[:, None])
        is_near = (offsets <= _OF_ROUNDING * tolerance + _IN_STEPS * step[:, None]).all(axis=1)
        span = codes.max(axis=1) - codes.min(axis=1) + 1
        is_grid = is_near & (span <= _MOST_LEVELS) & (step > 0)
    return step, np.where(is_grid, span, 0).astype(np.int64)


def _guesses(numbers: FloatArray, change: FloatArray) -> Iterator[FloatArray]:
    """First guesses of the step of each group, the common ones first."""
    magnitudes = np.abs(numbers)
    largest = magnitudes.max(axis=1)
    extent = numbers.max(axis=1) - numbers.min(axis=1)
    smallest = np.where(magnitudes > 0, magnitudes, np.inf).min(axis=1)
    smallest = np.where(np.isfinite(smallest), smallest, 0.0)
    # From coarse to fine: numbers on a grid lie on every finer one that divides it, too.
    yield smallest
    for bits in (4, 8):
        yield largest / (2 ** (bits - 1) - 1)
        yield largest / 2 ** (bits - 1)
        yield extent / (2**bits - 1)
        yield smallest / (bits // 2)
    yield smallest / 3
    yield 2 * change.max(axis=1)


def _refined(numbers: FloatArray, guess: FloatArray) -> FloatArray:
    """The step by least squares, over ever more of the numbers, the small ones first."""
    step = guess
    magnitudes = np.abs(numbers)
    with np.errstate(all="ignore"):
        for limit in _REFINED_WITHIN:
            is_used = magnitudes <= limit * step[:, None]
            codes = np.where(is_used, np.rint(numbers / step[:, None]), 0.0)
            codes = np.where(np.isfinite(codes), codes, 0.0)
            weight = (codes * codes).sum(axis=1)
            better = (codes * numbers).sum(axis=1) / weight
            step = np.where((weight > 0) & np.isfinite(better), better, step)
    return np.where(np.isfinite(step), step, 0.0)
