"""Two matrices measured against each other in one reading of both."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from weighin.identity.comparison.measured.rounding import Rounding, RoundingTally
from weighin.identity.numbers.casts import (
    equal_numbers,
    half_gaps,
    is_castable,
    rounded,
    significand_bits,
)
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.packed.grid import Grid, GridTest
from weighin.identity.numbers.rows import Rows, TensorView, read_rows, rows_at_once

FEW_ELEMENTS: Final = 8
_INTERMEDIATE: Final = ("F16", "BF16", "F8_E4M3", "F8_E5M2")
_FIRST_ROWS: Final = 4
_OF_FLOAT32: Final = 2.0**-21
"""A product of two scales and one of it and a number, each rounded to float32, both sides."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the elements of two matrices, in float64.

    Attributes:
        elements: Number of elements.
        changed: Elements that are not the same number.
        difference: Sum of squares of the difference.
        first: Sum of squares of the first.
        second: Sum of squares of the second.
        product: Sum of products.
        max_abs: Largest absolute difference.
        is_finite: Whether neither holds NaN or an infinity.
    """

    elements: int
    changed: int
    difference: float
    first: float
    second: float
    product: float
    max_abs: float
    is_finite: bool

    @property
    def relative_frobenius(self) -> float:
        """Norm of the difference over that of the first; of the second if the first is zero."""
        norm = self.first or self.second
        return math.sqrt(self.difference / norm) if norm else 0.0

    @property
    def cosine(self) -> float | None:
        """Cosine of the angle between the two; `None` if one is zero."""
        norm = math.sqrt(self.first) * math.sqrt(self.second)
        return max(-1.0, min(1.0, self.product / norm)) if norm else None


@dataclass(frozen=True, slots=True)
class Cast:
    """An exact cast: rounding one side to a dtype gives every number of the other.

    Attributes:
        dtype: The dtype.
        is_forward: Whether the second is the first, cast; else the first is the second, cast.
    """

    dtype: str
    is_forward: bool


@dataclass(frozen=True, slots=True)
class BlockSteps:
    """Differences of a side that GGUF packs, in steps of its blocks.

    Attributes:
        dtype: Of the packed side.
        is_forward: Whether the second is the packed one.
        share_within_half_step: From 0 to 1.
        share_within_step: From 0 to 1.
        max_steps: The largest difference.
        off_cast: Numbers of the other side that casting the packed one does not give.
    """

    dtype: str
    is_forward: bool
    share_within_half_step: float
    share_within_step: float
    max_steps: float
    off_cast: int


@dataclass(frozen=True, slots=True)
class Ratios:
    """The second over the first, of the numbers that differ between two packed matrices.

    Attributes:
        least: The smallest; NaN if one of the two is zero where they differ.
        most: The largest; likewise.
        nonzero: Numbers of the first that are not zero.
        max_steps: Largest difference, in steps of the first.
    """

    least: float
    most: float
    nonzero: int
    max_steps: float

    @property
    def factor(self) -> float | None:
        """The one factor of all that differ; `None` if there is more than one, or it is 1."""
        is_one = self.most - self.least <= _OF_FLOAT32 * abs(self.most)
        return None if not is_one or self.is_rounding else (self.least + self.most) / 2

    @property
    def is_rounding(self) -> bool:
        """Whether they differ by no more than scales that were rounded to float32."""
        return max(abs(self.least - 1), abs(self.most - 1)) <= _OF_FLOAT32


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one reading of two matrices found.

    Attributes:
        dtypes: Of the first and the second.
        sums: The sums.
        casts: Every cast that is exact; through another dtype and back if both have one.
        bits: Bits that differ, if both have one dtype and at most `FEW_ELEMENTS` elements differ;
            else `None`. 0 of what no file holds as it is.
        forward_grid: Levels of the second that the first was moved to.
        backward_grid: Levels of the first that the second was moved to.
        steps: If exactly one of them is packed in blocks.
        ratios: If both are packed and some numbers differ.
        rounding: What rounding to the dtype of the second would leave.
        is_same_content: Whether all bytes are equal in the order in which they were read.
    """

    dtypes: tuple[str, str]
    sums: Sums
    casts: tuple[Cast, ...]
    bits: int | None
    forward_grid: Grid | None
    backward_grid: Grid | None
    steps: BlockSteps | None
    ratios: Ratios | None
    rounding: Rounding
    is_same_content: bool


def measure(first: TensorView, second: TensorView) -> Measurement | None:
    """Two views of as many rows and columns, measured.

    Returns:
        `None` if the numbers of one cannot be told, or one alone is complex.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    dtypes = (first.tensor.dtype, second.tensor.dtype)
    if not (first.is_readable and second.is_readable) or (dtypes.count("C64") == 1):
        return None
    reading = _Reading(first, second)
    with np.errstate(all="ignore"):
        for ours, theirs in paired_rows(first, second):
            reading.add(ours, theirs)
    return reading.measurement()


def paired_rows(first: TensorView, second: TensorView) -> Iterator[tuple[Rows, Rows]]:
    """The same rows of two views, block by block."""
    at_once = rows_at_once(first.columns, first.head_size, second.head_size)
    return zip(read_rows(first, at_once), read_rows(second, at_once), strict=True)


def _cast_candidates(ours: TensorView, theirs: TensorView) -> Iterator[Cast]:
    """Casts worth trying; through a narrower dtype and back if both have one dtype."""
    first, second = ours.tensor.dtype, theirs.tensor.dtype
    if first == second:
        for dtype in _INTERMEDIATE if significand_bits(first) else ():
            if dtype != first:
                yield from (Cast(dtype, is_forward=True), Cast(dtype, is_forward=False))
        return
    if is_castable(second) and (is_castable(first) or ours.is_packed):
        yield Cast(second, is_forward=True)
    if is_castable(first) and (is_castable(second) or theirs.is_packed):
        yield Cast(first, is_forward=False)


@dataclass(slots=True)
class _Steps:
    """Tally of differences in steps."""

    numbers: int = 0
    within_half: int = 0
    within_one: int = 0
    largest: float = 0.0
    off_cast: int = 0

    def add(self, change: FloatArray, steps: FloatArray, slack: FloatArray) -> None:
        is_used = steps > 0
        moved = change[is_used] / steps[is_used]
        rest = slack[is_used] / steps[is_used]
        self.numbers += change.size
        # Where the step is zero, the block is one number, and only that number is near it.
        self.within_half += int((moved <= 0.5 + rest).sum()) + int((change[~is_used] == 0).sum())
        self.within_one += int((moved <= 1 + rest).sum()) + int((change[~is_used] == 0).sum())
        self.largest = max(self.largest, float(moved.max(initial=0.0)))


@dataclass(slots=True)
class _Ratios:
    """Tally of the second over the first."""

    least: float = math.inf
    most: float = -math.inf
    nonzero: int = 0
    max_steps: float = 0.0

    def add(self, a: FloatArray, b: FloatArray, steps: FloatArray) -> None:
        self.nonzero += int(np.count_nonzero(a))
        is_changed = a != b
        if not is_changed.any():
            return
        before, after = a[is_changed], b[is_changed]
        ratios = np.where((before != 0) & (after != 0), after / before, np.nan)
        # A NaN stays one: `min` of numpy keeps it.
        self.least = float(np.minimum(self.least, ratios.min()))
        self.most = float(np.maximum(self.most, ratios.max()))
        moved = np.abs(after - before) / steps[is_changed]
        self.max_steps = max(self.max_steps, float(moved.max()))


@dataclass(slots=True)
class _Reading:
    first: TensorView
    second: TensorView
    casts: list[Cast] = field(init=False)
    forward: GridTest | None = field(init=False)
    backward: GridTest | None = field(init=False)
    steps: _Steps = field(default_factory=_Steps)
    ratios: _Ratios = field(default_factory=_Ratios)
    elements: int = 0
    changed: int = 0
    bits: int = 0
    is_same_content: bool = True
    sums: FloatArray = field(default_factory=lambda: np.zeros(4))
    max_abs: float = 0.0
    extents: FloatArray = field(default_factory=lambda: np.array([[np.inf, -np.inf]] * 2))
    rounding: RoundingTally = field(init=False)

    def __post_init__(self) -> None:
        dtypes = self.first.tensor.dtype, self.second.tensor.dtype
        columns = self.second.columns
        self.rounding = RoundingTally(*dtypes)
        self.casts = list(_cast_candidates(self.first, self.second))
        is_matrix = columns > 1 and all(significand_bits(dtype) for dtype in dtypes)
        self.forward = GridTest(columns, dtypes[1]) if is_matrix else None
        self.backward = GridTest(columns, dtypes[0]) if is_matrix else None

    def add(self, ours: Rows, theirs: Rows) -> None:
        a, b = ours.values, theirs.values
        if self.first.is_packed or self.second.is_packed:
            # Of codes, some are zero with a sign; whoever unpacks them keeps it or not.
            a, b = a + 0.0, b + 0.0
        delta = b - a
        is_same = equal_numbers(a, b)
        changed = int(a.size - is_same.sum())
        self.elements += a.size
        self.changed += changed
        self.sums += np.array([_dot(delta, delta), _dot(a, a), _dot(b, b), _dot(a, b)])
        largest = float(np.abs(delta).max(initial=0.0))
        # `max` would forget a NaN that comes first.
        self.max_abs = largest if math.isnan(largest) else max(self.max_abs, largest)
        self.is_same_content = self.is_same_content and ours.content == theirs.content
        is_stored = self.first.is_stored and self.second.is_stored
        if is_stored and len(ours.content) == len(theirs.content) and changed <= FEW_ELEMENTS:
            self.bits += _differing_bits(ours.content, theirs.content)
        self.casts = [cast for cast in self.casts if self._holds(cast, a, b)]
        for side, values in enumerate((a, b)):
            least, most = self.extents[side]
            self.extents[side] = min(least, float(values.min())), max(most, float(values.max()))
        self.rounding.add(a, b)
        if not self.casts:
            self._add_grids(a, b)
        self._add_steps(ours, theirs, np.abs(delta))

    def _holds(self, cast: Cast, a: FloatArray, b: FloatArray) -> bool:
        if len(a) > _FIRST_ROWS and not self._holds(cast, a[:_FIRST_ROWS], b[:_FIRST_ROWS]):
            return False
        source, target = (a, b) if cast.is_forward else (b, a)
        through = rounded(source, cast.dtype)
        if self.first.tensor.dtype == self.second.tensor.dtype:
            through = rounded(through, self.first.tensor.dtype)
        return bool(equal_numbers(through, target).all())

    def _add_grids(self, a: FloatArray, b: FloatArray) -> None:
        """Not while a cast holds: what is lost if it fails later is the first rows."""
        if self.forward is not None:
            self.forward.add(a, b)
            if self.forward.is_over:
                self.forward = None
        if self.backward is not None:
            self.backward.add(b, a)
            if self.backward.is_over:
                self.backward = None

    def _add_steps(self, ours: Rows, theirs: Rows, change: FloatArray) -> None:
        if ours.steps is not None and theirs.steps is not None:
            self.ratios.add(ours.values, theirs.values, ours.steps)
        if (ours.steps is None) == (theirs.steps is None):
            return
        packed, plain, dtype = (
            (theirs, ours, self.first.tensor.dtype)
            if ours.steps is None
            else (ours, theirs, self.second.tensor.dtype)
        )
        if packed.steps is not None:
            self.steps.add(change, packed.steps, half_gaps(plain.values, dtype))
            cast = rounded(packed.values, dtype) if is_castable(dtype) else packed.values
            self.steps.off_cast += int((cast != plain.values).sum())

    def measurement(self) -> Measurement:
        difference, first, second, product = (float(number) for number in self.sums)
        is_finite = all(map(math.isfinite, (difference, first, second, product, self.max_abs)))
        is_few = self.changed <= FEW_ELEMENTS
        is_one_dtype = self.first.tensor.dtype == self.second.tensor.dtype
        return Measurement(
            dtypes=(self.first.tensor.dtype, self.second.tensor.dtype),
            sums=Sums(
                elements=self.elements,
                changed=self.changed,
                difference=difference,
                first=first,
                second=second,
                product=product,
                max_abs=self.max_abs,
                is_finite=is_finite,
            ),
            casts=tuple(cast for cast in self.casts if not self._is_empty(cast)),
            bits=self.bits if is_few and is_one_dtype else None,
            forward_grid=None if self.forward is None else self.forward.grid(),
            backward_grid=None if self.backward is None else self.backward.grid(),
            steps=self._block_steps(),
            ratios=self._found_ratios(),
            rounding=self.rounding.rounding(),
            is_same_content=self.is_same_content,
        )

    def _is_empty(self, cast: Cast) -> bool:
        """Whether a round trip leads to one number for all: too many others do, too."""
        least, most = self.extents[1 if cast.is_forward else 0]
        return self.first.tensor.dtype == self.second.tensor.dtype and bool(least == most)

    def _found_ratios(self) -> Ratios | None:
        found = self.ratios
        if found.least == math.inf:
            return None
        return Ratios(found.least, found.most, found.nonzero, found.max_steps)

    def _block_steps(self) -> BlockSteps | None:
        if not self.steps.numbers:
            return None
        first, second = self.first.tensor.dtype, self.second.tensor.dtype
        is_forward = not significand_bits(second)
        return BlockSteps(
            dtype=second if is_forward else first,
            is_forward=is_forward,
            share_within_half_step=self.steps.within_half / self.steps.numbers,
            share_within_step=self.steps.within_one / self.steps.numbers,
            max_steps=self.steps.largest,
            off_cast=self.steps.off_cast,
        )


def _dot(left: FloatArray, right: FloatArray) -> float:
    return float(left.reshape(-1) @ right.reshape(-1))


def _differing_bits(ours: bytes, theirs: bytes) -> int:
    left, right = np.frombuffer(ours, dtype=np.uint8), np.frombuffer(theirs, dtype=np.uint8)
    flipped = left ^ right
    return int(np.unpackbits(flipped[flipped != 0]).sum())
