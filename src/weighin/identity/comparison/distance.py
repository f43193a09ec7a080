"""How far two checkpoints lie apart, tensor by tensor, read from disk and verified on the way."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from weighin.errors import UsageError
from weighin.identity.comparison.manifests import Comparison, TensorDistance
from weighin.identity.comparison.measured.measurement import paired_rows
from weighin.identity.containers.safetensors import element_count
from weighin.identity.manifest import Manifest
from weighin.identity.numbers.located import located_tensors
from weighin.identity.numbers.rows import LocatedTensor, whole


@dataclass(frozen=True, slots=True)
class _Sums:
    difference: float
    first: float
    second: float
    max_abs: float


def with_distances(
    comparison: Comparison,
    first: Manifest,
    first_folder: Path,
    second: Manifest,
    second_folder: Path,
) -> Comparison:
    """The comparison with the distance of every differing tensor of equal shape.

    Only those tensors are read, and each is verified against its manifest while it is read.

    Args:
        comparison: Of the two manifests.
        first: One of the manifests.
        first_folder: The folder that it was made of.
        second: The other manifest.
        second_folder: The folder that it was made of.

    Raises:
        CheckpointError: A folder no longer holds what its manifest says.
        UsageError: The comparison is of other manifests.
    """
    given = (first.checkpoint_id, second.checkpoint_id)
    if given == (comparison.second, comparison.first):
        first, first_folder, second, second_folder = second, second_folder, first, first_folder
    elif given != (comparison.first, comparison.second):
        raise UsageError(
            f"expected the manifests {comparison.first} and {comparison.second} that were "
            f"compared, found {given[0]} and {given[1]}"
        )
    ours = located_tensors(first, first_folder)
    theirs = located_tensors(second, second_folder)
    distances: list[TensorDistance] = []
    not_measured: list[str] = []
    squares, norm = 0.0, 0.0
    for name in comparison.differing:
        mine, other = ours[name], theirs[name]
        if mine.span.shape != other.span.shape:
            continue
        sums = _sums(mine, other)
        if sums is None:
            not_measured.append(name)
            continue
        distances.append(_distance(mine, sums))
        squares, norm = squares + sums.difference, norm + sums.first
    return comparison.model_copy(
        update={
            "distances": tuple(distances),
            "not_measured": tuple(not_measured),
            "relative_frobenius": math.sqrt(squares / norm) if norm else None,
        }
    )


def _sums(ours: LocatedTensor, theirs: LocatedTensor) -> _Sums | None:
    """Sums over one tensor; `None` if they are not numbers."""
    views = whole(ours), whole(theirs)
    if not all(view.is_readable for view in views) or (ours.dtype, theirs.dtype).count("C64") == 1:
        return None
    difference = first = second = max_abs = 0.0
    with np.errstate(all="ignore"):
        for left, right in paired_rows(*views):
            a, b = left.values.reshape(-1), right.values.reshape(-1)
            delta = a - b
            difference += float(delta @ delta)
            first += float(a @ a)
            second += float(b @ b)
            max_abs = max(max_abs, float(np.abs(delta).max(initial=0.0)))
    sums = _Sums(difference, first, second, max_abs)
    is_finite = all(math.isfinite(x) for x in (difference, first, second, max_abs))
    return sums if is_finite else None


def _distance(tensor: LocatedTensor, sums: _Sums) -> TensorDistance:
    norm = sums.first or sums.second
    return TensorDistance(
        name=tensor.span.name,
        parameters=element_count(tensor.span.shape),
        # Of -0.0 and 0.0 the bytes differ and the numbers do not.
        relative_frobenius=math.sqrt(sums.difference / norm) if norm else 0.0,
        max_abs=sums.max_abs,
    )
