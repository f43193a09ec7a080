"""The tensors of a loaded model, hashed where they lie, and held against the disk."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from weighin.errors import RunError
from weighin.harness.local.placed.stores import stored_sha256, stored_tensors
from weighin.harness.local.tensor_hashing import (
    cast_sha256,
    dtype_code,
    each_in_parallel,
    is_cast,
    is_hashable,
    tensor_sha256,
)
from weighin.harness.local.watch.recomputed import is_recomputed
from weighin.identity.digests.merkle import weights_digest
from weighin.identity.manifest import Manifest, TensorEntry

# Where `torch.nn.Module` keeps what it registers.
_NUMBERS = "biufc"
_REGISTRIES = frozenset({"_parameters", "_buffers", "_modules"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryDigest:
    """The tensors of a model in memory at one moment.

    Attributes:
        tensors: Parameters, buffers, tied names and plain tensors that modules keep, in order of
            their names. What transformers computes anew for long prompts is left out.
        tied: Alias -> the name that it shares its memory with.
        weights: Weights digest over those that checkpoints store.
        computed: Weights digest over the others, which the machine computed; empty if there are
            none.
        not_saved: Names of the others: buffers that are not saved, such as rotary frequencies, and
            plain tensors.
        dtype: The dtypes of the parameters as torch spells them, most elements first.
    """

    tensors: tuple[TensorEntry, ...]
    tied: Mapping[str, str]
    weights: str
    computed: str
    not_saved: frozenset[str]
    dtype: str


NOT_HASHED = MemoryDigest(
    tensors=(), tied={}, weights="", computed="", not_saved=frozenset(), dtype=""
)
"""Of a moment at which nothing was hashed."""


def digest_in_memory(model: torch.nn.Module) -> MemoryDigest:
    """Hash every tensor of a model where it lies: one CPU or GPU or several, tied or not.

    Of one that accelerate brings at each pass, what it would bring is hashed. No tensor is copied
    whole. What a quantised module keeps beside its packed numbers counts too: the scales in its
    state, and the tensors that a tensor is made of (`weight.<part>`).

    Raises:
        RunError: A tensor is neither in memory nor in a known store of accelerate's, or of an
            unknown dtype, or the state of a module is no tensor.
    """
    named, computed = _named_tensors(model)
    stores = stored_tensors(model)
    owners: dict[tuple[object, ...], str] = {}
    tied: dict[str, str] = {}
    for name, tensor in named.items():
        key: tuple[object, ...] = (
            (*stores[name].identity, tensor.dtype)
            if name in stores
            else (tensor.data_ptr(), tensor.device, tensor.dtype, tensor.shape, tensor.stride())
        )
        if tensor.numel() and key in owners:
            tied[name] = owners[key]
        else:
            owners[key] = name
    # The largest first, lest one of them is left for one core at the end.
    to_hash = sorted((name for name in named if name not in tied), key=lambda n: -named[n].nbytes)

    def sha256(name: str) -> str:
        if name in stores:
            return stored_sha256(stores[name], named[name].dtype)
        return tensor_sha256(name, named[name])

    hashed = dict(zip(to_hash, each_in_parallel(sha256, to_hash), strict=True))
    entries = tuple(
        TensorEntry(
            name=name,
            dtype=dtype_code(name, tensor),
            shape=tuple(tensor.shape),
            sha256=hashed[tied.get(name, name)],
        )
        for name, tensor in sorted(named.items(), key=lambda item: item[0].encode())
    )
    return MemoryDigest(
        tensors=entries,
        tied=tied,
        weights=_root(entry for entry in entries if entry.name not in computed),
        computed=_root(entry for entry in entries if entry.name in computed),
        not_saved=computed,
        dtype=_dtypes(model),
    )


def _root(entries: Iterable[TensorEntry]) -> str:
    found = tuple(entries)
    return weights_digest(found) if found else ""


def _named_tensors(model: torch.nn.Module) -> tuple[dict[str, torch.Tensor], frozenset[str]]:
    """Every tensor by name, and the names of those that no checkpoint stores."""
    # Parameters first, so that the name of a tied pair is the parameter's own and not the alias.
    named: dict[str, torch.Tensor] = dict(model.named_parameters())
    named.update(model.named_buffers())
    for name, value in model.state_dict(keep_vars=True).items():
        if isinstance(value, torch.Tensor):
            named.setdefault(name, value)
        elif value is not None:
            raise RunError(
                f"{name!r} in the state of the model: expected a tensor, found "
                f"{type(value).__name__}, so what is scored cannot be fingerprinted; load the "
                "model without this kind of quantisation"
            )
    stored = {*model.state_dict(), *dict(model.named_parameters())}
    known = {id(tensor) for tensor in named.values()}
    named.update(
        (name, tensor)
        for name, tensor in _plain_tensors(model)
        if name not in named and id(tensor) not in known
    )
    found: dict[str, torch.Tensor] = {}
    computed: set[str] = set()
    for name, whole in named.items():
        for part, tensor in () if _is_recomputed(model, name) else made_of(name, whole):
            found[part] = tensor
            if name not in stored:
                computed.add(part)
    return found, frozenset(computed)


def _plain_tensors(model: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Tensors that a module keeps as attributes, alone or one level deep in a collection."""
    for place, module in model.named_modules():
        for key, value in vars(module).items():
            if key in _REGISTRIES:
                continue
            items = (
                value.items()
                if isinstance(value, dict)
                else enumerate(value)
                if isinstance(value, list | tuple)
                else [("", value)]
            )
            for part, item in items:
                name = ".".join(str(word) for word in (place, key, part) if word != "")
                is_array = isinstance(item, np.ndarray) and item.dtype.kind in _NUMBERS
                tensor = torch.from_numpy(np.ascontiguousarray(item)) if is_array else item
                if isinstance(tensor, torch.Tensor) and is_hashable(tensor):
                    yield name, tensor


def _is_recomputed(model: torch.nn.Module, name: str) -> bool:
    place, _, key = name.rpartition(".")
    try:
        return is_recomputed(model.get_submodule(place), key)
    except AttributeError:
        return False


def made_of(name: str, tensor: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
    """A tensor itself; or, if it only stands for others (packed numbers, scales), those."""
    if not hasattr(tensor, "__tensor_flatten__"):
        yield name, tensor
        return
    parts, _ = tensor.__tensor_flatten__()
    for part in parts:
        yield from made_of(f"{name}.{part}", getattr(tensor, part))


def _dtypes(model: torch.nn.Module) -> str:
    elements: dict[str, int] = {}
    for parameter in model.parameters():
        name = str(parameter.dtype).removeprefix("torch.")
        elements[name] = elements.get(name, 0) + parameter.numel()
    return "+".join(sorted(elements, key=lambda name: (-elements[name], name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskMatch:
    """How the tensors in memory relate to those on disk; names as in `LoadedWeights`."""

    exactly: int
    after_cast: int
    not_comparable: tuple[str, ...]
    differ: tuple[str, ...]
    unused: tuple[str, ...]


def match_with_disk(
    memory: MemoryDigest,
    disk: Iterable[TensorEntry],
    read_tensor: Callable[[str], Iterable[memoryview]],
    *,
    is_quantized: bool,
) -> DiskMatch:
    """Hold every tensor in memory against the tensor of that name on disk.

    Args:
        memory: The tensors in memory.
        disk: The tensors on disk.
        read_tensor: Reads the bytes of a tensor on disk in pieces, for a cast; called in several
            threads.
        is_quantized: Whether the checkpoint is. A loader multiplies its tensors with scales where
            it cannot compute with them as they are; then no cast gives what is in memory.
    """
    on_disk = {_plain(entry.name): entry for entry in disk}
    casts = _casts(memory, on_disk, read_tensor)
    exactly = after_cast = 0
    not_comparable: list[str] = []
    differ: list[str] = []
    for entry in memory.tensors:
        counterpart = on_disk.get(_plain(entry.name))
        if counterpart is None:
            owner = memory.tied.get(entry.name)
            if entry.name not in memory.not_saved and (
                owner is None or _plain(owner) not in on_disk
            ):
                not_comparable.append(entry.name)
        elif counterpart.shape != entry.shape:
            not_comparable.append(entry.name)
        elif counterpart.dtype == entry.dtype:
            if counterpart.sha256 == entry.sha256:
                exactly += 1
            else:
                differ.append(entry.name)
        elif entry.name not in casts:
            not_comparable.append(entry.name)
        elif casts[entry.name] == entry.sha256:
            after_cast += 1
        elif is_quantized:
            not_comparable.append(entry.name)
        else:
            differ.append(entry.name)
    in_memory = {_plain(entry.name) for entry in memory.tensors}
    return DiskMatch(
        exactly=exactly,
        after_cast=after_cast,
        not_comparable=tuple(not_comparable),
        differ=tuple(differ),
        unused=tuple(entry.name for name, entry in on_disk.items() if name not in in_memory),
    )


def _plain(name: str) -> str:
    """The name without what PEFT adds to it when it wraps a model."""
    name = name.removeprefix("base_model.model.").replace(".base_layer.", ".")
    return name.replace(".default.weight", ".weight")


def _casts(
    memory: MemoryDigest,
    on_disk: Mapping[str, TensorEntry],
    read_tensor: Callable[[str], Iterable[memoryview]],
) -> Mapping[str, str]:
    """Digests of tensors on disk after a cast to the dtype in memory, by the name in memory."""
    pairs = [
        (entry, counterpart)
        for entry in memory.tensors
        if (counterpart := on_disk.get(_plain(entry.name))) is not None
        and counterpart.shape == entry.shape
        and counterpart.dtype != entry.dtype
        and is_cast(counterpart.dtype, entry.dtype)
    ]

    def cast(pair: tuple[TensorEntry, TensorEntry]) -> str:
        loaded, stored = pair
        return cast_sha256(read_tensor(stored.name), stored.dtype, loaded.dtype)

    digests = each_in_parallel(cast, pairs)
    return {entry.name: digest for (entry, _), digest in zip(pairs, digests, strict=True)}


def changed_tensors(before: MemoryDigest, after: MemoryDigest) -> tuple[str, ...]:
    """Names of tensors that differ between two moments, appeared or vanished, stored or not."""
    first = {entry.name: entry for entry in before.tensors}
    second = {entry.name: entry for entry in after.tensors}
    return tuple(
        name for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)
    )


def all_disk_tensors(manifest: Manifest) -> tuple[TensorEntry, ...]:
    """The tensors of a checkpoint and of the adapter attached to it."""
    adapter = manifest.adapter.tensors if manifest.adapter is not None else ()
    return manifest.tensors + adapter
