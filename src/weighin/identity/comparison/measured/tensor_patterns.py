"""What the difference of two tensors looks like, and the numbers that say so."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from weighin.identity.comparison.measured.channel_scaling import scaled_steps
from weighin.identity.comparison.measured.lowrank import LowRank, largest_singular_values, low_rank
from weighin.identity.comparison.measured.measurement import (
    FEW_ELEMENTS,
    Measurement,
    Sums,
    paired_rows,
)
from weighin.identity.comparison.measured.permutation import could_be_permuted, permutation
from weighin.identity.comparison.report import PatternKind
from weighin.identity.numbers.casts import significand_bits
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.packed.grid import NEAREST, Grid
from weighin.identity.numbers.rows import Derived, DerivedTensor, TensorView

_FEWEST_MOVED: Final = 0.1
"""Share of the elements that a quantiser moves at least."""
_WITHIN_STEPS: Final = 0.9
_WITHIN_ROUNDING: Final = 0.999
_SCALE_LEAVES: Final = 1e-10
_SCALE_EXPLAINS: Final = 0.9
_ROUNDING_LEAVES: Final = 3.0
_COMMON_DIRECTION: Final = 0.1
_FEWEST_FOR_DIRECTION: Final = 256
"""Below this, the cosine of unrelated numbers is often beyond `_COMMON_DIRECTION`."""
_KEPT_IN_MEMORY: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern.

    Attributes:
        kind: What it looks like.
        detail: Which dtypes, scheme or axis it is of; empty if it has none.
        evidence: Its numbers.
    """

    kind: PatternKind
    detail: str
    evidence: dict[str, float]


def is_telling(sums: Sums, rows: int, columns: int) -> bool:
    """Whether a tensor is a matrix large enough for its direction to say something."""
    return min(rows, columns) > 1 and sums.elements >= _FEWEST_FOR_DIRECTION


def has_common_direction(sums: Sums) -> bool:
    """Whether two matrices point in a common direction, as those of one origin do."""
    return sums.cosine is not None and abs(sums.cosine) >= _COMMON_DIRECTION


def exact_pattern(measured: Measurement) -> Found | None:
    """A pattern that leaves nothing unexplained; `None` if there is none."""
    sums = measured.sums
    numbers = {"elements_differing": float(sums.changed)}
    if measured.dtypes[0] != measured.dtypes[1]:
        if measured.casts:
            return Found(PatternKind.CAST, _cast_words(measured), numbers)
        return None if sums.changed else Found(PatternKind.SAME_NUMBERS, "", numbers)
    if not sums.changed:
        return Found(PatternKind.SAME_NUMBERS, "", numbers)
    has_forward = any(cast.is_forward for cast in measured.casts)
    if measured.bits is not None and not has_forward and sums.changed <= FEW_ELEMENTS:
        bits = {"bits_differing": float(measured.bits)} if measured.bits else {}
        return Found(PatternKind.FEW_ELEMENTS, "", {**numbers, **bits})
    if measured.casts:
        return Found(PatternKind.ROUND_TRIP, _cast_words(measured), numbers)
    return None


def pattern_of(first: TensorView, second: TensorView, measured: Measurement) -> Found:
    """What the difference of two views looks like.

    Args:
        first: Some rows of the first checkpoint.
        second: The same of the second.
        measured: The two, measured; both finite, or with an exact pattern.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    is_adapted = _is_adapted(first) or _is_adapted(second)
    found = _merged_adapter((first, second), measured) or exact_pattern(measured)
    if found is None and not is_adapted:
        found = _scales(measured) or _edited(measured)
        if found is None and not _is_edited(measured):
            found = _block_steps(measured) or _scaled_steps(first, second, measured)
    if found is not None:
        return found
    levels = _grids(measured)
    if levels is not None and levels.evidence["share_within_half_step"] >= NEAREST:
        return levels
    sums = measured.sums
    if could_be_permuted(sums) and (order := permutation(first, second)) is not None:
        numbers = {"count": float(order.count), "moved": float(order.moved)}
        return Found(PatternKind.PERMUTED, order.axis, numbers)
    found = _scaled(measured)
    if found is None and min(first.rows, first.columns) > 1:
        found = _low_rank(first, second, measured)
    # A quantised checkpoint lies on levels whatever is added to it: its noise has no few
    # directions.
    if (found := found or levels) is not None:
        return found
    if is_telling(sums, first.rows, first.columns) and not has_common_direction(sums):
        cosine = 0.0 if sums.cosine is None else sums.cosine
        return Found(PatternKind.NO_COMMON_DIRECTION, "", {"cosine": cosine})
    return Found(PatternKind.DENSE, "", {"share_of_elements": sums.changed / sums.elements})


def _cast_words(measured: Measurement) -> str:
    first, second = measured.dtypes
    # To the narrower dtype if that holds; else from the first to the second.
    cast = min(measured.casts, key=lambda c: (significand_bits(c.dtype), not c.is_forward))
    arrow = "->" if cast.is_forward else "<-"
    if first != second:
        return f"{first} {arrow} {second}"
    return f"{first} {arrow} {cast.dtype} {arrow} {first}"


def _is_adapted(view: TensorView) -> bool:
    return isinstance(view.tensor, DerivedTensor) and view.tensor.kind is Derived.ADAPTED


def _merged_adapter(views: tuple[TensorView, TensorView], measured: Measurement) -> Found | None:
    """What a base and its adapter add up to, within what rounding while merging may move."""
    steps = measured.steps
    adapted = [_is_adapted(view) for view in views]
    if steps is None or sum(adapted) != 1 or steps.share_within_step < 1:
        return None
    if steps.share_within_half_step < _WITHIN_ROUNDING:
        return None
    first, second = measured.dtypes
    return Found(
        PatternKind.MERGED_ADAPTER,
        f"{first} -> {second}" if adapted[0] else f"{first} <- {second}",
        {
            "share_within_rounding": steps.share_within_half_step,
            "max_roundings": 2 * steps.max_steps,
        },
    )


def _scales(measured: Measurement) -> Found | None:
    """Two packed matrices whose codes are equal, and some scales are not."""
    ratios, changed = measured.ratios, measured.sums.changed
    if ratios is None or changed <= FEW_ELEMENTS:
        return None
    if ratios.is_rounding:
        first, second = measured.dtypes
        return Found(
            PatternKind.REQUANTISED,
            f"{first} -> {second}, scales rounded",
            {
                "share_within_half_step": 1.0,
                "share_within_step": 1.0,
                "max_steps": ratios.max_steps,
            },
        )
    if (factor := ratios.factor) is None:
        return None
    numbers = {"factor": factor, "elements_differing": float(changed)}
    if changed < ratios.nonzero:
        return Found(PatternKind.SCALED, "in part", numbers)
    return Found(PatternKind.SCALED, "", {**numbers, "relative_residual": 0.0})


def _is_edited(measured: Measurement) -> bool:
    """Whether most numbers are the packed ones, cast, and rounding does not explain the others.

    A quantiser moves next to all numbers, so these were unpacked, and some were changed.
    """
    steps = measured.steps
    if steps is None or steps.share_within_step == 1:
        return False
    return 2 * steps.off_cast < measured.sums.elements


def _edited(measured: Measurement) -> Found | None:
    """A few numbers that were changed after a matrix was unpacked."""
    steps = measured.steps
    if steps is None or not _is_edited(measured) or steps.off_cast > FEW_ELEMENTS:
        return None
    first, second = measured.dtypes
    arrow = "<-" if steps.is_forward else "->"
    numbers = {"elements_differing": float(steps.off_cast)}
    return Found(PatternKind.FEW_ELEMENTS, f"{first} {arrow} {second}", numbers)


def _block_steps(measured: Measurement) -> Found | None:
    """The packed blocks of GGUF, whose steps are known."""
    steps = measured.steps
    if steps is None or steps.share_within_step < _WITHIN_STEPS:
        return None
    first, second = measured.dtypes
    arrow = "->" if steps.is_forward else "<-"
    return Found(
        PatternKind.REQUANTISED,
        f"{first} {arrow} {second}",
        {
            "share_within_half_step": steps.share_within_half_step,
            "share_within_step": steps.share_within_step,
            "max_steps": steps.max_steps,
        },
    )


def _scaled_steps(first: TensorView, second: TensorView, measured: Measurement) -> Found | None:
    """The same after rows and columns were scaled, as AWQ does."""
    if not measured.sums.is_finite or not has_common_direction(measured.sums):
        return None
    steps = scaled_steps(first, second)
    if steps is None or steps.share_within_step < _WITHIN_STEPS:
        return None
    arrow = "->" if second.is_packed else "<-"
    return Found(
        PatternKind.REQUANTISED,
        f"{measured.dtypes[0]} {arrow} {measured.dtypes[1]}, rows and columns scaled",
        {
            "share_within_half_step": steps.share_within_half_step,
            "share_within_step": steps.share_within_step,
            "max_steps": steps.max_steps,
            "least_column_factor": steps.least_factor,
            "most_column_factor": steps.most_factor,
            "factor": _factor(measured, is_forward=second.is_packed),
        },
    )


def _factor(measured: Measurement, *, is_forward: bool) -> float:
    """By what the packed one is the other one scaled, on the whole."""
    return measured.sums.product / (measured.sums.first if is_forward else measured.sums.second)


def _grids(measured: Measurement) -> Found | None:
    """The levels that a quantiser left, found from the numbers alone."""
    if measured.sums.changed < _FEWEST_MOVED * measured.sums.elements:
        return None
    for grid, arrow in ((measured.forward_grid, "->"), (measured.backward_grid, "<-")):
        if grid is not None and grid.is_rounding and grid.share_within_step >= _WITHIN_STEPS:
            return Found(
                PatternKind.REQUANTISED,
                f"{measured.dtypes[0]} {arrow} {_scheme_words(grid)}",
                {
                    "bits": float(grid.bits),
                    "group": float(grid.scheme.group),
                    "share_on_levels": grid.share_on_grid,
                    "share_within_half_step": grid.share_within_half_step,
                    "rms_steps": grid.rms_steps,
                    "max_steps": grid.max_steps,
                },
            )
    return None


def _scheme_words(grid: Grid) -> str:
    if grid.is_per_tensor:
        where = "per tensor"
    elif grid.is_per_row:
        where = "per row"
    else:
        where = f"per group of {grid.scheme.group}"
    return f"int{grid.bits} {where}{' with an offset' if grid.scheme.is_affine else ''}"


def _scaled(measured: Measurement) -> Found | None:
    """A multiple of the first, up to what rounding leaves."""
    sums = measured.sums
    if not sums.first or not sums.second:
        return None
    factor = sums.product / sums.first
    rest = max(sums.second - sums.product * factor, 0.0)
    explained = (factor - 1) ** 2 * sums.first
    most = _SCALE_LEAVES * sums.second + _ROUNDING_LEAVES * measured.rounding.energy
    if rest > most or explained < _SCALE_EXPLAINS * sums.difference:
        return None
    return Found(
        PatternKind.SCALED,
        "",
        {"factor": factor, "relative_residual": math.sqrt(rest / sums.second)},
    )


def _low_rank(first: TensorView, second: TensorView, measured: Measurement) -> Found | None:
    sums = measured.sums

    def differences() -> Iterator[FloatArray]:
        for ours, theirs in paired_rows(first, second):
            yield theirs.values - ours.values

    blocks = differences
    if sums.elements <= _KEPT_IN_MEMORY:
        kept = tuple(differences())
        blocks = partial(iter, kept)
    values = largest_singular_values(blocks, first.rows, sums.elements // first.rows)
    if values is None:
        return None
    found = low_rank(values, sums.difference, measured.rounding, first.rows, first.columns)
    return None if found is None else _directions(found)


def _directions(found: LowRank) -> Found:
    return Found(
        PatternKind.LOW_RANK,
        "up to rounding" if found.above_rounding else "for the most part",
        {
            "rank": float(found.rank),
            "energy": found.energy,
            "next_ratio": found.next_ratio,
        },
    )
