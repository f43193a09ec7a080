"""Where tensors lie that accelerate keeps elsewhere: in memory, or in files, until a pass.

The model itself holds shapes without numbers then. What is hashed are the bytes that the next pass
is computed with.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from accelerate.utils import OffloadedWeightsLoader, PrefixedDataset

from weighin.errors import CheckpointError, RunError
from weighin.files.opened import blocks, opened, size_bytes
from weighin.harness.local.placed.hooks import placing_hooks
from weighin.harness.local.tensor_hashing import bytes_of, chunks_of, dtype_named, whole_elements
from weighin.identity.containers.header import read_header
from weighin.identity.containers.safetensors import Header, tensor_chunks

_SAFETENSORS = "safetensors_file"
_DAT = ".dat"


@dataclass(frozen=True, slots=True)
class InMemory:
    """A tensor in memory, which is copied to where it is computed with.

    Attributes:
        tensor: The tensor.
        holder: The dictionary that it is looked up in.
        key: Its name there.
    """

    tensor: torch.Tensor
    holder: Mapping[str, object]
    key: str

    @property
    def place(self) -> str:
        """The device that it lies on."""
        return str(self.tensor.device)

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for tensors that share their memory."""
        tensor = self.tensor
        return tensor.data_ptr(), tensor.device, tensor.dtype, tensor.shape, tensor.stride()

    def pieces(self) -> Iterator[torch.Tensor]:
        """Its numbers in row-major order, in pieces."""
        yield from chunks_of(self.tensor.detach())


@dataclass(frozen=True, slots=True)
class InFile:
    """A tensor in a file, which is read at every pass.

    Attributes:
        path: The file.
        name: Its name there; empty in a file of one tensor and nothing else.
        dtype: Of the numbers in the file; `None` where the file itself says it.
        cast: The dtype that they are read as.
        shape: Its shape.
    """

    path: Path
    name: str
    dtype: torch.dtype | None
    cast: torch.dtype | None
    shape: tuple[int, ...]

    @property
    def place(self) -> str:
        """That it lies on disk."""
        return "disk"

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for names of one tensor."""
        return self.path, self.name, self.cast

    def pieces(self) -> Iterator[torch.Tensor]:
        """Its numbers in row-major order, in pieces of at most 4 MiB of the file.

        Raises:
            RunError: The file cannot be read, or is not what it was made as.
        """
        try:
            if self.name:
                yield from self._of_safetensors(read_header(self.path))
            else:
                yield from self._of_dat()
        except CheckpointError as error:
            raise RunError(f"what is offloaded cannot be fingerprinted: {error}") from error

    def _of_safetensors(self, header: Header) -> Iterator[torch.Tensor]:
        span = next((span for span in header.tensors if span.name == self.name), None)
        if span is None or tuple(span.shape) != self.shape:
            found = "none" if span is None else f"one of shape {list(span.shape)}"
            raise CheckpointError(
                f"{self.path}: tensor {self.name!r}: expected one of shape {list(self.shape)}, "
                f"found {found}"
            )
        dtype = dtype_named(span.dtype)
        if dtype is None:
            raise CheckpointError(
                f"{self.path}: tensor {self.name!r}: expected a known dtype, found {span.dtype}"
            )
        yield from self._numbers(tensor_chunks(self.path, span), dtype)

    def _of_dat(self) -> Iterator[torch.Tensor]:
        if self.dtype is None:
            raise CheckpointError(f"{self.path}: expected a known dtype, found none")
        expected = self.dtype.itemsize
        for size in self.shape:
            expected *= size
        with opened(self.path) as descriptor:
            if (found := size_bytes(descriptor)) != expected:
                raise CheckpointError(f"{self.path}: expected {expected} bytes, found {found}")
            if expected:
                yield from self._numbers(blocks(descriptor, self.path, 0, expected), self.dtype)

    def _numbers(self, content: Iterator[memoryview], dtype: torch.dtype) -> Iterator[torch.Tensor]:
        for piece in whole_elements(content, dtype.itemsize):
            numbers = torch.frombuffer(piece, dtype=dtype)
            yield numbers if self.cast is None else numbers.to(self.cast)


Stored: TypeAlias = InMemory | InFile


def stored_tensors(model: torch.nn.Module) -> dict[str, Stored]:
    """Where each tensor lies that the model itself holds no numbers of, by name.

    One that no hook of accelerate brings back, or that it would take from a kind of store that is
    not known, is not among them.
    """
    modules = dict(model.named_modules(remove_duplicate=False))
    found: dict[str, Stored] = {}
    for place, module in modules.items():
        for key, tensor in (*module._parameters.items(), *module._buffers.items()):  # noqa: SLF001  # no public way
            if tensor is None or tensor.device.type != "meta":
                continue
            store = _store_of(modules, place, key)
            if store is not None and _shape(store) == tuple(tensor.shape):
                found[f"{place}.{key}" if place else key] = store
    return found


def stored_sha256(store: Stored, dtype: torch.dtype) -> str:
    """Hex SHA-256 of the elements of a tensor, row-major, as they are computed with.

    Args:
        store: Where it lies.
        dtype: That of the model, to which accelerate casts what it brings.

    Raises:
        RunError: The file that it lies in cannot be read.
    """
    digest = hashlib.sha256()
    for piece in store.pieces():
        digest.update(bytes_of(piece.to(dtype)))
    return digest.hexdigest()


def _shape(store: Stored) -> tuple[int, ...]:
    return tuple(store.tensor.shape) if isinstance(store, InMemory) else store.shape


def _store_of(modules: Mapping[str, torch.nn.Module], place: str, key: str) -> Stored | None:
    """As the innermost hook that brings it looks it up: the one that is called last."""
    name = key
    shape = tuple(getattr(modules[place], key).shape)
    while True:
        for hook in reversed(placing_hooks(modules[place])):
            is_its_own = "." not in name or hook.place_submodules
            if hook.offload and is_its_own and hook.weights_map is not None:
                return _looked_up(hook.weights_map, name, shape)
        if not place:
            return None
        place, _, part = place.rpartition(".")
        name = f"{part}.{name}"


def _looked_up(store: object, key: str, shape: tuple[int, ...]) -> Stored | None:
    """What a store of accelerate answers for a name; `None` if it is of another kind."""
    # Of these classes themselves: what is derived from them may answer anything.
    while isinstance(store, PrefixedDataset) and type(store) is PrefixedDataset:
        key, store = f"{store.prefix}{key}", store.dataset
    if isinstance(store, OffloadedWeightsLoader) and type(store) is OffloadedWeightsLoader:
        if key not in store.state_dict:
            return _in_file(store, key, shape)
        store = store.state_dict
    if not isinstance(store, dict) or type(store) not in {dict, OrderedDict}:
        return None
    tensor = store.get(key)
    if not isinstance(tensor, torch.Tensor) or tensor.device.type == "meta":
        return None
    return InMemory(tensor, store, key)


def _in_file(store: OffloadedWeightsLoader, key: str, shape: tuple[int, ...]) -> InFile | None:
    told = store.index.get(key)
    if not isinstance(told, dict):
        return None
    dtype = getattr(torch, str(told.get("dtype", "")), None)
    if told.get(_SAFETENSORS) is not None:
        cast = dtype if isinstance(dtype, torch.dtype) else None
        name = str(told.get("weight_name", key))
        return InFile(Path(told[_SAFETENSORS]), name, None, cast, shape)
    if store.save_folder is None or not isinstance(dtype, torch.dtype):
        return None
    if tuple(told.get("shape", ())) != shape:
        return None
    return InFile(Path(store.save_folder) / f"{key}{_DAT}", "", dtype, None, shape)
