"""What accelerate brings at each pass, looked at where it is kept: the model has only shapes of it.

Of a tensor in memory the pointer and the version are looked at, and its numbers like those of any
other; of one in a file what the file system says of that file, and no numbers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch

from weighin.files.opened import State, state_of_path
from weighin.harness.local.placed.hooks import only_places, placing_hooks
from weighin.harness.local.placed.stores import InFile, InMemory, Stored, stored_tensors
from weighin.harness.local.watch.state import Moved
from weighin.identity.fingerprint.file_systems import tell_of_writes

_Address = tuple[int, int, torch.Size, torch.dtype]


@dataclass(frozen=True, slots=True)
class Kept:
    """The hooks of accelerate on a model, and what they bring.

    Attributes:
        stores: Where each tensor lies, by name.
        in_files: How many of them lie in files.
        why_not: Why a write to one could go unseen; empty if none could.
    """

    stores: Mapping[str, Stored]
    in_files: int
    why_not: str
    _model: torch.nn.Module
    _hooks: tuple[tuple[str, torch.nn.Module, object], ...]
    _addresses: Mapping[str, _Address]
    _files: Mapping[Path, State | None]
    _shared: Mapping[tuple[int, int, str], int]

    @classmethod
    def of(cls, model: torch.nn.Module) -> Self:
        """As it is now."""
        stores = stored_tensors(model)
        files = {store.path for store in stores.values() if isinstance(store, InFile)}
        return cls(
            stores=stores,
            in_files=sum(isinstance(store, InFile) for store in stores.values()),
            why_not=""
            if not files or tell_of_writes(files)
            else "tensors were read at every pass from a file system that is not known to tell of "
            "every write to a file",
            _model=model,
            _hooks=tuple(
                (name, module, vars(module)["_hf_hook"])
                for name, module in model.named_modules()
                if "_hf_hook" in vars(module)
            ),
            _addresses={
                name: _address(store.tensor)
                for name, store in stores.items()
                if isinstance(store, InMemory)
            },
            _files={path: state_of_path(path) for path in files},
            _shared=_shared(model),
        )

    @property
    def in_memory(self) -> dict[str, torch.Tensor]:
        """The tensors in memory, by name."""
        return {n: s.tensor for n, s in self.stores.items() if isinstance(s, InMemory)}

    def moved(self) -> Iterator[Moved]:
        """What is other than it was, and cheap to see: asked at every pass."""
        for name, module, hook in self._hooks:
            if vars(module).get("_hf_hook") is not hook:
                yield Moved("hook", f"{name or '(model)'}._hf_hook", "as loaded", "another")
        if self.stores:
            yield from self._moved_stores()
        for path, state in self._files.items():
            if state_of_path(path) != state:
                yield Moved("file", path.name, "as loaded", "written to or replaced")
        if self._hooks and _shared(self._model) != self._shared:
            yield Moved("tensor", "what tied tensors share", "as loaded", "another tensor")

    def _moved_stores(self) -> Iterator[Moved]:
        found = stored_tensors(self._model)
        for name, store in self.stores.items():
            other = found.get(name)
            if other is None or type(other) is not type(store):
                yield Moved("tensor", name, f"kept on {store.place}", "kept elsewhere")
            elif isinstance(store, InMemory) and isinstance(other, InMemory):
                yield from self._moved_in_memory(name, store, other)
            elif other != store:
                yield Moved("tensor", name, "as loaded", "read from elsewhere")

    def moved_hooks(self) -> Iterator[Moved]:
        """Hooks that do more than to move what they are given."""
        for name, module, _ in self._hooks:
            if not only_places(module):
                yield Moved("hook", f"{name or '(model)'}._hf_hook", "moves tensors", "does more")

    def _moved_in_memory(self, name: str, store: InMemory, found: InMemory) -> Iterator[Moved]:
        address, version, *kind = self._addresses[name]
        now_at, now_version, *now_kind = _address(found.tensor)
        if found.tensor is not store.tensor:
            yield Moved("tensor", name, "as loaded", "another tensor")
        elif (now_at, now_kind) != (address, kind):
            yield Moved("tensor", name, "as loaded", "other memory")
        elif now_version != version:
            yield Moved("tensor", name, "as loaded", "written to")


def _address(tensor: torch.Tensor) -> _Address:
    version = 0 if tensor.is_inference() else tensor._version  # noqa: SLF001  # no public way
    return tensor.data_ptr(), version, tensor.shape, tensor.dtype


def _shared(model: torch.nn.Module) -> dict[tuple[int, int, str], int]:
    """What stands for tied tensors on each device, in place of what is kept."""
    maps = {
        id(hook.tied_params_map): hook.tied_params_map
        for module in model.modules()
        for hook in placing_hooks(module)
        if hook.tied_params_map is not None
    }
    return {
        (which, pointer, str(device)): id(tensor)
        for which, shared in maps.items()
        for pointer, by_device in shared.items()
        for device, tensor in by_device.items()
    }
