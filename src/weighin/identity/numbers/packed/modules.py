"""The tensors of one layer side by side, and what its weight follows from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.derivation import Derivation, Logical, Tensors, derived_entry, stored
from weighin.identity.numbers.rows import Derived, DerivedTensor, LocatedTensor, Rows

MATRIX: Final = 2
# Neither codes nor scales: what it says of the shape follows from those.
_BESIDE: Final = ("weight_shape",)

Block = Callable[[int, int], Rows]
Reader = Callable[[Mapping[str, LocatedTensor]], Block]


@dataclass(frozen=True, slots=True)
class Module:
    """The tensors of one linear layer.

    Attributes:
        name: Of the layer.
        parts: Its tensors by what follows that name and a dot.
    """

    name: str
    parts: Mapping[str, TensorEntry]

    def part(self, name: str, dimensions: int = MATRIX) -> TensorEntry | None:
        """A tensor of so many dimensions; `None` if there is none."""
        found = self.parts.get(name)
        return found if found is not None and len(found.shape) == dimensions else None

    def first_of(self, *names: str) -> str | None:
        """The first of some names that is there."""
        return next((name for name in names if name in self.parts), None)

    def weight(
        self,
        dtype: str,
        shape: tuple[int, ...],
        parts: Sequence[str],
        reader: Reader,
        recipe: str = "",
    ) -> Derivation:
        """Its weight.

        Args:
            dtype: Words for the scheme.
            shape: Outputs and inputs.
            parts: What the numbers follow from, the codes first.
            reader: Makes the reading function of those parts.
            recipe: How they follow from them, if the scheme does not tell.
        """
        entries = {part: self.parts[part] for part in parts}
        made = unpacked(f"{self.name}.weight", dtype, shape, entries, reader)
        beside = tuple(self.parts[part].name for part in _BESIDE if part in self.parts)
        entry = made.entry
        if recipe:
            entry = derived_entry(entry.name, dtype, shape, recipe, entries.values())
        return replace(made, entry=entry, replaces=(*made.replaces, *beside))


def modules_of(logical: Logical) -> Iterator[Module]:
    """The layers of a checkpoint that hold more than one tensor."""
    modules: dict[str, dict[str, TensorEntry]] = {}
    for name, entry in logical.entries.items():
        stem, dot, part = name.rpartition(".")
        # `q_proj.weight.absmax` and `q_proj.weight.quant_state.bitsandbytes__nf4`.
        for inner in (".weight.quant_state", ".weight"):
            if stem.endswith(inner):
                stem, part = stem.removesuffix(inner), f"{inner.removeprefix('.')}.{part}"
                break
        if dot:
            modules.setdefault(stem, {})[part] = entry
    return (Module(name, parts) for name, parts in modules.items() if len(parts) > 1)


def unpacked(
    name: str,
    dtype: str,
    shape: tuple[int, ...],
    parts: Mapping[str, TensorEntry],
    reader: Reader,
) -> Derivation:
    """The numbers that some tensors stand for.

    Args:
        name: Of the tensor that results.
        dtype: Words for the scheme.
        shape: Of the tensor that results.
        parts: What its numbers follow from, the codes first, by what the reader calls them.
        reader: Makes the reading function of those parts.
    """

    def read(tensors: Tensors) -> DerivedTensor:
        found = {part: stored(tensors, entry.name) for part, entry in parts.items()}
        components = tuple(found.values())
        return DerivedTensor(dtype, shape, components, reader(found), Derived.QUANTISED)

    return Derivation(
        entry=derived_entry(name, dtype, shape, dtype, parts.values()),
        replaces=tuple(entry.name for entry in parts.values()),
        read=read,
    )
