"""How far two checkpoints lie apart, tensor by tensor, read from disk and verified on the way."""

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from weighin.errors import CheckpointError, UsageError
from weighin.identity.compare import Comparison, TensorDistance
from weighin.identity.folder import list_checkpoint
from weighin.identity.manifest import Manifest, TensorEntry
from weighin.identity.numbers import decoded, is_decodable
from weighin.identity.safetensors import (
    BITS_OF_DTYPE,
    TensorSpan,
    element_count,
    read_header,
    tensor_chunks,
)

_ELEMENTS_AT_ONCE = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Located:
    place: Path
    location: Path
    span: TensorSpan
    expected: TensorEntry


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
    ours, theirs = _tensors_of(first, first_folder), _tensors_of(second, second_folder)
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
        distances.append(_distance(mine.expected, sums))
        squares, norm = squares + sums.difference, norm + sums.first
    return comparison.model_copy(
        update={
            "distances": tuple(distances),
            "not_measured": tuple(not_measured),
            "relative_frobenius": math.sqrt(squares / norm) if norm else None,
        }
    )


def _tensors_of(manifest: Manifest, folder: Path) -> Mapping[str, _Located]:
    expected = {tensor.name: tensor for tensor in manifest.tensors}
    found: dict[str, _Located] = {}
    for file in list_checkpoint(folder).of_role("weights"):
        for span in read_header(file.place, file.location).tensors:
            if span.name in expected:
                found[span.name] = _Located(file.place, file.location, span, expected[span.name])
    for name, entry in expected.items():
        if name not in found:
            raise CheckpointError(
                f"{folder}: tensor {name!r}: expected as in the manifest, found none"
            )
        span = found[name].span
        if (span.dtype, span.shape) != (entry.dtype, entry.shape):
            raise CheckpointError(
                f"{found[name].place}: tensor {name!r}: expected {entry.dtype} "
                f"{list(entry.shape)} as in the manifest, found {span.dtype} {list(span.shape)}"
            )
    return found


def _sums(ours: _Located, theirs: _Located) -> _Sums | None:
    """Sums over one tensor; `None` if they are not numbers."""
    if not (is_decodable(ours.span.dtype) and is_decodable(theirs.span.dtype)):
        return None
    if (ours.span.dtype == "C64") != (theirs.span.dtype == "C64"):
        return None
    difference = first = second = max_abs = 0.0
    with np.errstate(all="ignore"):
        for left, right in zip(_verified(ours), _verified(theirs), strict=True):
            a, b = decoded(left, ours.span.dtype), decoded(right, theirs.span.dtype)
            delta = a - b
            difference += float(delta @ delta)
            first += float(a @ a)
            second += float(b @ b)
            max_abs = max(max_abs, float(np.abs(delta).max(initial=0.0)))
    sums = _Sums(difference, first, second, max_abs)
    is_finite = all(math.isfinite(x) for x in (difference, first, second, max_abs))
    return sums if is_finite else None


def _verified(tensor: _Located) -> Iterator[bytes]:
    """The bytes of a tensor in pieces of equally many elements; raises at the end if they lie."""
    size = _ELEMENTS_AT_ONCE * BITS_OF_DTYPE[tensor.span.dtype] // 8
    digest = hashlib.sha256()
    pending = bytearray()
    for chunk in chain(tensor_chunks(tensor.place, tensor.span, tensor.location), [None]):
        if chunk is not None:
            digest.update(chunk)
            pending += chunk
        while len(pending) >= size or (chunk is None and pending):
            yield bytes(pending[:size])
            del pending[:size]
    if digest.hexdigest() != tensor.expected.sha256:
        raise CheckpointError(
            f"{tensor.place}: tensor {tensor.span.name!r}: expected the bytes with SHA-256 "
            f"{tensor.expected.sha256} as in the manifest, found {digest.hexdigest()}"
        )


def _distance(tensor: TensorEntry, sums: _Sums) -> TensorDistance:
    norm = sums.first or sums.second
    return TensorDistance(
        name=tensor.name,
        parameters=element_count(tensor.shape),
        # Of -0.0 and 0.0 the bytes differ and the numbers do not.
        relative_frobenius=math.sqrt(sums.difference / norm) if norm else 0.0,
        max_abs=sums.max_abs,
    )
