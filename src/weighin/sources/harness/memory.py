"""The tensors of a loaded model, hashed where they lie, and held against the disk."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch

from weighin.errors import RunError
from weighin.identity.manifest import Manifest, TensorEntry
from weighin.identity.merkle import weights_digest

_CHUNK_BYTES = 64 << 20

# https://github.com/huggingface/safetensors#format: how safetensors spells a dtype.
_DTYPE_CODES: Mapping[torch.dtype, str] = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.uint16: "U16",
    torch.uint32: "U32",
    torch.uint64: "U64",
    torch.bool: "BOOL",
    torch.complex64: "C64",
}
_DTYPES = {code: dtype for dtype, code in _DTYPE_CODES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryDigest:
    """The tensors of a model in memory at one moment.

    Attributes:
        tensors: Parameters, buffers and tied names, in order of their names. Buffers that are
            not saved (rotary frequencies) count too: they are computed with.
        tied: Alias -> the name that it shares its memory with.
        weights: Weights digest over `tensors`.
        dtype: The dtypes of the parameters as torch spells them, most elements first.
    """

    tensors: tuple[TensorEntry, ...]
    tied: Mapping[str, str]
    weights: str
    dtype: str


def digest_in_memory(model: torch.nn.Module) -> MemoryDigest:
    """Hash every tensor of a model where it lies: CPU or GPU, tied or not.

    Raises:
        RunError: A tensor is not in memory (offloaded to disk) or of an unknown dtype.
    """
    named = _named_tensors(model)
    owners: dict[tuple[object, ...], str] = {}
    tied: dict[str, str] = {}
    for name, tensor in named.items():
        key = (tensor.data_ptr(), tensor.device, tensor.dtype, tensor.shape, tensor.stride())
        if tensor.numel() and key in owners:
            tied[name] = owners[key]
        else:
            owners[key] = name
    to_hash = [name for name in named if name not in tied]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        hashed = dict(zip(to_hash, pool.map(lambda n: _sha256(n, named[n]), to_hash), strict=True))
    entries = tuple(
        TensorEntry(
            name=name,
            dtype=_code(name, tensor),
            shape=tuple(tensor.shape),
            sha256=hashed[tied.get(name, name)],
        )
        for name, tensor in sorted(named.items(), key=lambda item: item[0].encode())
    )
    return MemoryDigest(
        tensors=entries, tied=tied, weights=weights_digest(entries), dtype=_dtypes(model)
    )


def _named_tensors(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    # Parameters first, so that the name of a tied pair is the parameter's own and not the alias.
    named: dict[str, torch.Tensor] = dict(model.named_parameters())
    named.update(model.named_buffers())
    for name, value in model.state_dict(keep_vars=True).items():
        if isinstance(value, torch.Tensor):
            named.setdefault(name, value)
    return named


def _dtypes(model: torch.nn.Module) -> str:
    elements: dict[str, int] = {}
    for parameter in model.parameters():
        name = str(parameter.dtype).removeprefix("torch.")
        elements[name] = elements.get(name, 0) + parameter.numel()
    return "+".join(sorted(elements, key=lambda name: (-elements[name], name)))


def _code(name: str, tensor: torch.Tensor) -> str:
    code = _DTYPE_CODES.get(tensor.dtype)
    if code is None:
        raise RunError(f"tensor {name!r} in memory: expected a known dtype, found {tensor.dtype}")
    return code


def _sha256(name: str, tensor: torch.Tensor) -> str:
    if tensor.device.type == "meta":
        raise RunError(
            f"tensor {name!r} is not in memory (offloaded), so what is scored cannot be "
            "fingerprinted; use a device with more memory"
        )
    flat = tensor.detach().contiguous().reshape(-1).view(torch.uint8)
    digest = hashlib.sha256()
    for start in range(0, flat.numel(), _CHUNK_BYTES):
        digest.update(memoryview(flat[start : start + _CHUNK_BYTES].cpu().numpy()))
    return digest.hexdigest()


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
    read_tensor: Callable[[str], bytes],
    *,
    not_saved: frozenset[str],
    is_quantized: bool,
) -> DiskMatch:
    """Hold every tensor in memory against the tensor of that name on disk.

    Args:
        memory: The tensors in memory.
        disk: The tensors on disk.
        read_tensor: Reads the bytes of a tensor on disk, for a cast.
        not_saved: Names that no checkpoint holds (buffers that are computed) and that therefore
            need no counterpart.
        is_quantized: Whether the checkpoint is. A loader multiplies its tensors with scales where
            it cannot compute with them as they are; then no cast gives what is in memory.
    """
    on_disk = {_plain(entry.name): entry for entry in disk}
    exactly = after_cast = 0
    not_comparable: list[str] = []
    differ: list[str] = []
    for entry in memory.tensors:
        counterpart = on_disk.get(_plain(entry.name))
        if counterpart is None:
            owner = memory.tied.get(entry.name)
            if entry.name not in not_saved and (owner is None or _plain(owner) not in on_disk):
                not_comparable.append(entry.name)
        elif counterpart.shape != entry.shape:
            not_comparable.append(entry.name)
        elif counterpart.dtype == entry.dtype:
            if counterpart.sha256 == entry.sha256:
                exactly += 1
            else:
                differ.append(entry.name)
        elif (cast := _cast_sha256(counterpart, entry.dtype, read_tensor)) is None:
            not_comparable.append(entry.name)
        elif cast == entry.sha256:
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


def _cast_sha256(entry: TensorEntry, dtype: str, read_tensor: Callable[[str], bytes]) -> str | None:
    source, target = _DTYPES.get(entry.dtype), _DTYPES.get(dtype)
    if source is None or target is None:
        return None
    if not (source.is_floating_point and target.is_floating_point):
        return None
    tensor = torch.frombuffer(bytearray(read_tensor(entry.name)), dtype=source)
    return _sha256(entry.name, tensor.to(target))


def changed_tensors(before: MemoryDigest, after: MemoryDigest) -> tuple[str, ...]:
    """Names of tensors that differ between two moments, appeared or vanished."""
    first = {entry.name: entry for entry in before.tensors}
    second = {entry.name: entry for entry in after.tensors}
    return tuple(
        name for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)
    )


def all_disk_tensors(manifest: Manifest) -> tuple[TensorEntry, ...]:
    """The tensors of a checkpoint and of the adapter attached to it."""
    adapter = manifest.adapter.tensors if manifest.adapter is not None else ()
    return manifest.tensors + adapter
