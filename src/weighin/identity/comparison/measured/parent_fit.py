"""A checkpoint as a sum of multiples of given parents, by least squares."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from weighin.identity.comparison.report import ParentFit
from weighin.identity.containers.safetensors import element_count
from weighin.identity.numbers.casts import half_gaps
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.rows import LocatedTensor, read_rows, rows_at_once, whole

_UNIFORM: Final = 3.0
_ROUNDING_LEAVES: Final = 3.0
_NEGLIGIBLE: Final = 1e-12
_BLOCK: Final = 256

Tensors = Mapping[str, LocatedTensor]


class _Normal:
    """Normal equations of `child - p1 = sum of x * (p1, p2 - p1, p3 - p1, ...)`.

    Parents of one origin differ little: seen from the first, they are far from parallel.
    """

    def __init__(self, parents: int) -> None:
        self.products = np.zeros((parents, parents))
        self.targets = np.zeros(parents)
        self.target = self.child = self.rounding = 0.0

    def add(self, child: FloatArray, parents: Sequence[FloatArray], dtype: str) -> None:
        first = parents[0]
        columns = np.stack([first, *(parent - first for parent in parents[1:])])
        rest = child - first
        self.products += columns @ columns.T
        self.targets += columns @ rest
        self.target += float(rest @ rest)
        self.child += float(child @ child)
        self.rounding += float((half_gaps(child, dtype) ** 2).sum()) / _UNIFORM

    def merge(self, other: "_Normal") -> None:
        self.products += other.products
        self.targets += other.targets
        self.target += other.target
        self.child += other.child
        self.rounding += other.rounding

    def solved(self) -> tuple[FloatArray, float]:
        """Coefficients of the parents, and the squared norm of what they leave."""
        scales = np.sqrt(np.diag(self.products))
        scales = np.where(scales > 0, scales, 1.0)
        scaled, *_ = np.linalg.lstsq(
            self.products / np.outer(scales, scales), self.targets / scales, rcond=_NEGLIGIBLE
        )
        weights = scaled / scales
        rest = self.target - 2 * weights @ self.targets + weights @ self.products @ weights
        coefficients = np.array([1 + weights[0] - weights[1:].sum(), *weights[1:]])
        return coefficients, max(float(rest), 0.0)


def fit_parents(
    child: Tensors, parents: Sequence[Tensors], names: Sequence[str]
) -> ParentFit | None:
    """A checkpoint fitted as a sum of multiples of parents.

    Args:
        child: Its tensors.
        parents: The tensors of each parent, at least one.
        names: Of the parents, for the report.

    Returns:
        Over the tensors that all have in one shape; `None` if there are none.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of its manifest.
    """
    total = _Normal(len(parents))
    coefficients: list[FloatArray] = []
    tensors = parameters = 0
    for name in sorted(child):
        lines = [tensors_of[name] for tensors_of in (child, *parents) if name in tensors_of]
        if len(lines) <= len(parents) or not _can_be_fitted(lines):
            continue
        normal = _Normal(len(parents))
        for block in _blocks(lines):
            normal.add(block[0], block[1:], child[name].dtype)
        if not np.isfinite(normal.products).all() or not np.isfinite(normal.target):
            continue
        tensors, parameters = tensors + 1, parameters + element_count(child[name].span.shape)
        coefficients.append(normal.solved()[0])
        total.merge(normal)
    if not tensors:
        return None
    whole_fit, rest = total.solved()
    each = np.stack(coefficients)
    return ParentFit(
        parents=tuple(names),
        coefficients=_numbers(whole_fit),
        least=_numbers(each.min(axis=0)),
        most=_numbers(each.max(axis=0)),
        tensors=tensors,
        parameters=parameters,
        relative_residual=float(np.sqrt(rest / total.child)) if total.child else 0.0,
        explained=1 - rest / total.target if total.target else None,
        within_rounding=rest <= _ROUNDING_LEAVES * total.rounding + _NEGLIGIBLE * total.child,
    )


def _can_be_fitted(tensors: Sequence[LocatedTensor]) -> bool:
    views = [whole(tensor) for tensor in tensors]
    shapes = {tensor.span.shape for tensor in tensors}
    return len(shapes) == 1 and all(v.is_readable and v.tensor.dtype != "C64" for v in views)


def _blocks(tensors: Sequence[LocatedTensor]) -> Iterator[list[FloatArray]]:
    views = [whole(tensor) for tensor in tensors]
    fewer = rows_at_once(views[0].columns) // len(views)
    # A vector that GGUF packs is read by whole blocks.
    at_once = fewer // _BLOCK * _BLOCK or max(fewer, 1)
    for rows in zip(*(read_rows(view, at_once) for view in views), strict=True):
        yield [block.values.reshape(-1) for block in rows]


def _numbers(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
