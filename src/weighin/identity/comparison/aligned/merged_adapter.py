"""The tensors of a base with a LoRA attached, as they act: what merging it would store.

Source:
    PEFT, tuners/lora/layer.py (`get_delta_weight`, `merge`): W + scaling * B @ A.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from weighin.errors import CheckpointError
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.containers.header import read_header
from weighin.identity.folder.listing import ADAPTER_CONFIG, CheckpointFile
from weighin.identity.manifest import AdapterEntry, TensorEntry
from weighin.identity.numbers.casts import half_gaps, is_castable
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, derived_entry
from weighin.identity.numbers.rows import (
    Derived,
    DerivedTensor,
    LocatedTensor,
    Rows,
    Tensor,
    rows_of,
)
from weighin.identity.numbers.stored_blocks import all_numbers
from weighin.identity.parts.adapter_settings import AdapterSettings, adapter_settings

_PREFIX: Final = "base_model.model."
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"
_OWN_BASE: Final = ".base_layer.weight"
_EMBEDDING_DOWN, _EMBEDDING_UP = ".lora_embedding_A", ".lora_embedding_B"
_FLOAT32_EPSILON: Final = 2.0**-24


@dataclass(frozen=True, slots=True)
class AttachedAdapter:
    """An adapter at hand.

    Attributes:
        place: Its configuration, named in errors.
        settings: What that states.
        tensors: Its tensors by name.
        entries: What they must be.
    """

    place: Path
    settings: AdapterSettings
    tensors: Mapping[str, LocatedTensor]
    entries: Mapping[str, TensorEntry]


def attached_adapter(entry: AdapterEntry, files: tuple[CheckpointFile, ...]) -> AttachedAdapter:
    """An adapter in its files.

    Raises:
        CheckpointError: It is no plain LoRA, or the files no longer hold what the entry says.
    """
    entries = {tensor.name: tensor for tensor in entry.tensors}
    tensors: dict[str, LocatedTensor] = {}
    settings = place = None
    for file in files:
        if file.holds_tensors:
            for span in read_header(file.place, file.location).tensors:
                if span.name in entries:
                    sha256 = entries[span.name].sha256
                    tensors[span.name] = LocatedTensor(file.place, file.location, span, sha256)
        elif file.place.name == ADAPTER_CONFIG:
            place = file.place
            content = read_small_file(place, file.location)
            settings = adapter_settings(parse_json_object(content, place), place)
    if settings is None or place is None or tensors.keys() != entries.keys():
        raise CheckpointError(
            f"{files[0].place.parent if files else 'adapter'}: expected the adapter as it was "
            "fingerprinted, found another"
        )
    return AttachedAdapter(place, settings, tensors, entries)


def adapted_tensors(logical: Logical, adapter: AttachedAdapter) -> Iterator[Derivation]:
    """The tensors of a base that an adapter changes, as it changes them.

    Raises:
        CheckpointError: The adapter changes what the base does not have, or holds what is not
            part of a plain LoRA.
    """
    used = {name for name in adapter.entries if _is_of_base(logical, adapter, name)}
    for name in adapter.entries:
        for down, up in ((_DOWN, _UP), (_EMBEDDING_DOWN, _EMBEDDING_UP)):
            if name.endswith(down):
                module = name.removesuffix(down)
                used |= {name, module + up}
                yield _changed(logical, adapter, module, (name, module + up))
    if rest := sorted(adapter.entries.keys() - used):
        raise CheckpointError(
            f"{adapter.place}: expected the two matrices of each module, found {rest[0]!r}; merge "
            "the adapter with PEFT and compare the merged checkpoint"
        )


def _is_of_base(logical: Logical, adapter: AttachedAdapter, name: str) -> bool:
    """Whether a tensor is the base's own, which PEFT saves with the adapter of an embedding."""
    if not name.endswith(_OWN_BASE):
        return False
    own = adapter.entries[name]
    base = _base_entry(logical, name.removeprefix(_PREFIX).removesuffix(_OWN_BASE))
    return base is not None and (base.dtype, base.shape, base.sha256) == (
        own.dtype,
        own.shape,
        own.sha256,
    )


def _changed(
    logical: Logical, adapter: AttachedAdapter, module: str, names: tuple[str, str]
) -> Derivation:
    place, plain = adapter.place, module.removeprefix(_PREFIX)
    if any(name not in adapter.entries for name in names):
        raise CheckpointError(f"{place}: {module}: expected two matrices, found one")
    base = _base_entry(logical, plain)
    if base is None:
        raise CheckpointError(
            f"{place}: {plain}: expected a tensor of that name in the base, found none; is it the "
            "adapter of another base"
        )
    down, up = (adapter.entries[name] for name in names)
    is_embedding = names[0].endswith(_EMBEDDING_DOWN)
    is_transposed = is_embedding or adapter.settings.is_transposed
    outputs, inputs = reversed(base.shape) if is_transposed else base.shape
    rank = down.shape[0] if down.shape else 0
    if not rank or down.shape != (rank, inputs) or up.shape != (outputs, rank):
        raise CheckpointError(
            f"{place}: {plain}: expected matrices of {outputs} x {rank} and {rank} x {inputs}, "
            f"found {list(up.shape)} and {list(down.shape)}"
        )
    if not (is_castable(down.dtype) and is_castable(up.dtype)):
        raise CheckpointError(
            f"{place}: {plain}: expected matrices of a float dtype, found {down.dtype} and "
            f"{up.dtype}"
        )
    scaling = adapter.settings.scaling(plain, rank)
    dtype = f"{base.dtype} + adapter"
    made = derived_entry(
        base.name, dtype, base.shape, f"{scaling!r} {is_transposed}", [base, down, up]
    )

    def read(tensors: Tensors) -> DerivedTensor:
        product = _Product(
            tensors[base.name],
            adapter.tensors[names[0]],
            adapter.tensors[names[1]],
            scaling,
            is_transposed,
        )
        components = (product.base, product.down, product.up)
        return DerivedTensor(dtype, base.shape, components, product.block, Derived.ADAPTED)

    return Derivation(made, (base.name,), read)


def _base_entry(logical: Logical, module: str) -> TensorEntry | None:
    """The weight of a module; a base may be stored without the first word of its names."""
    for name in (module, module.partition(".")[2]):
        entry = logical.entries.get(f"{name}.weight")
        if entry is not None and len(entry.shape) == len(("outputs", "inputs")):
            return entry
    return None


@dataclass(frozen=True)
class _Product:
    base: Tensor
    down: LocatedTensor
    up: LocatedTensor
    scaling: float
    is_transposed: bool

    @cached_property
    def _left(self) -> FloatArray:
        """Of shape (rows, rank)."""
        return all_numbers(self.down).T if self.is_transposed else all_numbers(self.up)

    @cached_property
    def _right(self) -> FloatArray:
        """Of shape (rank, columns)."""
        return all_numbers(self.up).T if self.is_transposed else all_numbers(self.down)

    def block(self, begin: int, count: int) -> Rows:
        """Some rows of the sum, and twice what rounding while merging may move each number by.

        Both the product and its multiple may be rounded to the dtype of the adapter or of the
        base, and the sum to that of the base.
        """
        base = rows_of(self.base, begin, count)
        left = self._left[begin : begin + count]
        with np.errstate(all="ignore"):
            added = left @ self._right * self.scaling
            values = base.values + added
            terms = np.abs(left) @ np.abs(self._right) * abs(self.scaling)
            summing = (left.shape[1] + 2) * _FLOAT32_EPSILON * terms
            kept = self.base.dtype if is_castable(self.base.dtype) else "F32"
            product = np.maximum(half_gaps(added, self.down.dtype), half_gaps(added, kept))
            rounding = half_gaps(values, kept) + 2 * product + summing
        return Rows(values, 2 * rounding, values.tobytes())
