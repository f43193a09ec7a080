"""One pair of tensors after another, measured and named."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from weighin.identity.comparison.aligned.alignment import Pair, Part
from weighin.identity.comparison.measured.measurement import Measurement, Sums, measure, paired_rows
from weighin.identity.comparison.measured.tensor_patterns import (
    Found,
    exact_pattern,
    has_common_direction,
    is_telling,
    pattern_of,
)
from weighin.identity.comparison.report import MeasuredTensor, NotMeasured, PatternKind
from weighin.identity.numbers.rows import (
    DerivedTensor,
    LocatedTensor,
    Tensor,
    TensorView,
    part_digests,
    require_components,
)

_HEAD_SIZES: Final = (64, 128, 32, 80, 96, 256, 16, 112, 160, 192, 48, 8)
_SAMPLE_ROWS: Final = 256
_LEAST_REORDERED: Final = 0.3
"""Rows in another order lie far from each other."""

Tensors = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """A pair after its two sides were read.

    Attributes:
        pair: The pair.
        sums: The sums; `None` if the numbers could not be told or are not finite.
        found: The pattern; `equal` if the rows are the same bytes, perhaps in rotary order.
        is_reordered: Whether the rows of one lie in another rotary order.
        is_telling: Whether it is a matrix large enough for its direction to say something.
        reason: Why it was not measured; empty if it was.
    """

    pair: Pair
    sums: Sums | None
    found: Found | None
    is_reordered: bool = False
    is_telling: bool = False
    reason: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the rows that both have are the same bytes."""
        return self.found is not None and self.found.kind is PatternKind.EQUAL

    @property
    def is_of_one_origin(self) -> bool:
        """Whether it is a matrix that points in one direction in both."""
        return self.is_telling and self.sums is not None and has_common_direction(self.sums)

    def entry(self) -> MeasuredTensor | NotMeasured:
        """The same for the report."""
        if self.found is None:
            return NotMeasured(name=self.pair.name, reason=self.reason)
        sums, pair = self.sums, self.pair
        return MeasuredTensor(
            name=pair.name,
            first=pair.first.label,
            second=pair.second.label,
            first_dtype=pair.first.entry.dtype,
            second_dtype=pair.second.entry.dtype,
            shape=(min(pair.first.rows, pair.second.rows), pair.first.columns),
            parameters=min(pair.first.rows, pair.second.rows) * pair.first.columns,
            elements_differing=0 if sums is None else sums.changed,
            relative_frobenius=None if sums is None else _finite(sums.relative_frobenius),
            cosine=None if sums is None else _finite(sums.cosine),
            max_abs=None if sums is None else _finite(sums.max_abs),
            pattern=self.found.kind,
            detail=self.found.detail,
            evidence=self.found.evidence,
        )


class PartDigests:
    """Digests of the parts of fused tensors; each tensor is read and verified once."""

    def __init__(self, parts: Iterable[Part]) -> None:
        """Begin.

        Args:
            parts: All parts of one checkpoint that will be asked for, whole tensors among them.
        """
        self._parts: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
        self._known: dict[str, Mapping[tuple[int, int], str]] = {}
        for part in parts:
            if not part.is_whole:
                self._parts[part.entry.name].add((part.begin, part.rows))

    def of(self, part: Part, tensor: LocatedTensor) -> str:
        """Digest of the bytes of a part.

        Raises:
            CheckpointError: The file is unreadable, or its bytes are not those of the manifest.
        """
        if part.is_whole:
            return part.entry.sha256
        name = part.entry.name
        if name not in self._known:
            self._known[name] = part_digests(tensor, self._parts[name])
        return self._known[name][part.begin, part.rows]


def common_parts(pair: Pair) -> tuple[Part, Part]:
    """The rows that both sides of a pair have."""
    rows = min(pair.first.rows, pair.second.rows)
    return replace(pair.first, rows=rows), replace(pair.second, rows=rows)


def measured_pair(
    pair: Pair, first: Tensors, second: Tensors, digests: tuple[PartDigests, PartDigests]
) -> MeasuredPair:
    """A pair that is not equal as it stands, read and named.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of its manifest.
    """
    ours, theirs = first[pair.first.entry.name], second[pair.second.entry.name]
    left, right = common_parts(pair)
    is_one_dtype = ours.dtype == theirs.dtype
    has_part = not (left.is_whole and right.is_whole)
    if isinstance(ours, DerivedTensor) or isinstance(theirs, DerivedTensor):
        require_components(ours)
        require_components(theirs)
    elif has_part:
        # Verifies both, too: the parts themselves are read without it.
        is_equal = digests[0].of(left, ours) == digests[1].of(right, theirs)
        if is_equal and is_one_dtype:
            return MeasuredPair(pair, None, Found(PatternKind.EQUAL, "", {}))
    views = _view(left, ours), _view(right, theirs)
    measured = measure(*views)
    if measured is None:
        dtypes = " and ".join(sorted({ours.dtype, theirs.dtype}))
        return MeasuredPair(pair, None, None, reason=f"the numbers of {dtypes} cannot be told")
    reordered = _straightened(views, measured) if pair.rotary else None
    if reordered is not None:
        views, measured = reordered
    return _named(pair, views, measured, is_reordered=reordered is not None)


def _named(
    pair: Pair, views: tuple[TensorView, TensorView], measured: Measurement, *, is_reordered: bool
) -> MeasuredPair:
    sums = measured.sums
    is_one_dtype = measured.dtypes[0] == measured.dtypes[1]
    if is_one_dtype and measured.is_same_content and all(view.is_stored for view in views):
        return MeasuredPair(pair, sums, Found(PatternKind.EQUAL, "", {}), is_reordered)
    if not sums.is_finite:
        exact = exact_pattern(measured)
        reason = "" if exact else "one holds NaN, an infinity, or numbers too large to square"
        return MeasuredPair(pair, sums, exact, is_reordered, reason=reason)
    if is_reordered and not sums.changed and is_one_dtype:
        found = Found(PatternKind.EQUAL, "", {})
    else:
        found = pattern_of(*views, measured)
    telling = is_telling(sums, views[0].rows, views[0].columns)
    return MeasuredPair(pair, sums, found, is_reordered, is_telling=telling)


def _view(part: Part, tensor: Tensor) -> TensorView:
    return TensorView(tensor, part.begin, part.rows, part.columns)


def _straightened(
    views: tuple[TensorView, TensorView], measured: Measurement
) -> tuple[tuple[TensorView, TensorView], Measurement] | None:
    """The views with the rotary rows of one in the order of the other; `None` if that is no help.

    Which side interleaves them, and how large a head is, is tried on the first rows.
    """
    distance = measured.sums.relative_frobenius
    if exact_pattern(measured) is not None or not distance > _LEAST_REORDERED:
        return None
    first, second = views
    best, least = None, distance / 2
    for head_size in _HEAD_SIZES:
        if first.rows % head_size:
            continue
        for candidate in (
            (first, replace(second, head_size=head_size)),
            (replace(first, head_size=head_size), second),
        ):
            found = _on_first_rows(candidate, head_size)
            if found < least:
                best, least = candidate, found
    if best is None or (whole := measure(*best)) is None:
        return None
    return (best, whole) if whole.sums.relative_frobenius < distance / 2 else None


def _on_first_rows(views: tuple[TensorView, TensorView], head_size: int) -> float:
    rows = min(views[0].rows, max(_SAMPLE_ROWS // head_size, 1) * head_size)
    first, second = (replace(view, rows=rows) for view in views)
    difference = norm = 0.0
    for ours, theirs in paired_rows(first, second):
        difference += float(np.square(theirs.values - ours.values).sum())
        norm += float(np.square(ours.values).sum())
    return math.sqrt(difference / norm) if norm else math.inf


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def is_exact_cast(found: MeasuredPair) -> bool:
    """Whether a pair is equal, at least in its numbers, or one side is the other after a cast."""
    exact = (PatternKind.EQUAL, PatternKind.SAME_NUMBERS, PatternKind.CAST)
    return found.found is not None and found.found.kind in exact
