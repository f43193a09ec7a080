"""Tensors that follow from stored ones: what replaces what, before anything is read."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.rows import DerivedTensor, LocatedTensor, Tensor

Tensors = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Derivation:
    """One tensor that follows from others.

    Attributes:
        entry: What results. Its digest is one of the recipe and of what it follows from.
        replaces: Names of the tensors that it follows from.
        read: Makes it of those tensors by their names.
    """

    entry: TensorEntry
    replaces: tuple[str, ...]
    read: Callable[[Tensors], DerivedTensor]


@dataclass(frozen=True, slots=True)
class Logical:
    """The tensors of a checkpoint as they are compared.

    Attributes:
        entries: By name.
        tensors: Where their numbers come from, by name; `None` if only a manifest is at hand.
        sources: Of each entry that is derived, the names of the stored tensors.
    """

    entries: Mapping[str, TensorEntry]
    tensors: Tensors | None
    sources: Mapping[str, tuple[str, ...]]

    def with_derived(self, derivations: Iterable[Derivation]) -> "Logical":
        """The same after some derivations; one whose name would be there twice is left out."""
        entries, sources = dict(self.entries), dict(self.sources)
        tensors = None if self.tensors is None else dict(self.tensors)
        for derivation in derivations:
            name = derivation.entry.name
            if any(old not in self.entries for old in derivation.replaces):
                continue
            if name in entries and name not in derivation.replaces:
                continue
            made = None if self.tensors is None else derivation.read(self.tensors)
            for old in derivation.replaces:
                entries.pop(old, None)
            entries[name] = derivation.entry
            sources[name] = tuple(
                stored for old in derivation.replaces for stored in self.sources.get(old, (old,))
            )
            if tensors is not None and made is not None:
                tensors[name] = made
        return Logical(entries, tensors, sources)

    def without(self, names: Collection[str]) -> "Logical":
        """The same without some tensors."""
        tensors = self.tensors
        return Logical(
            {name: entry for name, entry in self.entries.items() if name not in names},
            tensors and {name: tensor for name, tensor in tensors.items() if name not in names},
            {name: sources for name, sources in self.sources.items() if name not in names},
        )


def derived_entry(
    name: str,
    dtype: str,
    shape: tuple[int, ...],
    recipe: str,
    components: Iterable[TensorEntry],
) -> TensorEntry:
    """The entry of a derived tensor: equal ones follow by one recipe from equal tensors."""
    parts = [f"{part.dtype} {list(part.shape)} {part.sha256}" for part in components]
    digest = sha256_hex(canonical_json([recipe, dtype, list(shape), *parts]))
    return TensorEntry(name=name, dtype=dtype, shape=shape, sha256=digest)


def stored(tensors: Tensors, name: str) -> LocatedTensor:
    """A tensor that a file holds.

    Raises:
        TypeError: It is itself derived, which no recipe builds on.
    """
    tensor = tensors[name]
    if not isinstance(tensor, LocatedTensor):
        raise TypeError(f"{name}: expected a stored tensor")
    return tensor
