"""How lm-eval is asked to spread a model, and what came of it."""

import re
import shutil
import tempfile
import weakref
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch

from weighin.errors import RunError
from weighin.files.written import translated_errors
from weighin.harness.local.placed.hooks import execution_devices
from weighin.harness.local.placed.stores import stored_tensors
from weighin.requirements.model import DeviceMap, Memory, Model

_UNITS = {"B": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_WRITTEN = re.compile(r"([0-9.]+) ?([KMGT])(i?)B")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model is to lie; `None` as in the requirements.

    Attributes:
        device_map: As required.
        max_bytes_per_gpu: Most bytes of tensors on each GPU.
        max_cpu_bytes: Most bytes of tensors in memory that no GPU has room for.
        offload_folder: A folder of this process's own for tensors that neither has room for.
    """

    device_map: DeviceMap
    max_bytes_per_gpu: int | None
    max_cpu_bytes: int | None
    offload_folder: Path | None

    def settings(self) -> dict[str, object]:
        """What lm-eval is given, which hands it to accelerate."""
        return {
            "parallelize": True,
            "device_map": self.device_map,
            "max_memory_per_gpu": self.max_bytes_per_gpu,
            "max_cpu_memory": self.max_cpu_bytes,
            "offload_folder": None if self.offload_folder is None else str(self.offload_folder),
        }


def placement_of(model: Model, offload_folder: Path | None) -> Placement | None:
    """Where the requirements want a model; `None` for one device.

    Args:
        model: The requirements on the model.
        offload_folder: As in `Placement`.
    """
    if model.device_map is None:
        return None
    return Placement(
        device_map=model.device_map,
        max_bytes_per_gpu=memory_bytes(model.max_memory_per_gpu),
        max_cpu_bytes=memory_bytes(model.max_cpu_memory),
        offload_folder=offload_folder,
    )


def memory_bytes(written: Memory | None) -> int | None:
    """Bytes of what the requirements say; `None` for none.

    Raises:
        ValueError: It is no memory.
    """
    if written is None or isinstance(written, int):
        return written
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"expected bytes such as 70GiB, found {written!r}")
    number, unit, is_binary = found.groups()
    return int(float(number) * (1024 if is_binary else 1000) ** _UNITS[unit])


def own_folder(parent: Path, owner: object) -> Path:
    """A new folder that no other process writes to, removed when its owner is.

    Raises:
        UsageError: It cannot be made.
        InfrastructureError: The disk is full or failing.
    """
    way_out = "give another folder in model.offload_folder"
    with translated_errors(parent, "make a folder in it", way_out=way_out):
        parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="weighin-", dir=parent)
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def require_place(model: torch.nn.Module, placement: Placement) -> None:
    """Refuse a model of which parts went to where the requirements give no room.

    Raises:
        RunError: Parts of it would be read from disk at every pass, unasked.
    """
    places = set(dict(getattr(model, "hf_device_map", None) or {}).values())
    if "disk" not in places or placement.offload_folder is not None:
        return
    raise RunError(
        "expected room for the model, found none for parts of it on the GPUs of this machine"
        + (
            f" and in {placement.max_cpu_bytes} bytes of its memory"
            if placement.max_cpu_bytes
            else ""
        )
        + "; give more in model.max_memory_per_gpu or model.max_cpu_memory, or a folder for the "
        "rest in model.offload_folder"
    )


def places_in_words(model: torch.nn.Module) -> dict[str, int]:
    """Bytes of the parameters by where they lie, for example `cuda:0` or `offloaded to disk`."""
    stores = stored_tensors(model)
    found: Counter[str] = Counter()
    for name, parameter in model.named_parameters():
        store = stores.get(name)
        place = str(parameter.device) if store is None else f"offloaded to {store.place}"
        found[place] += parameter.nbytes
    return dict(sorted(found.items()))


def computing_devices(model: torch.nn.Module, device: torch.device) -> set[torch.device]:
    """The devices that compute with a model's tensors, wherever these lie meanwhile.

    Args:
        model: The model.
        device: The one that inputs are put on.
    """
    lying = {parameter.device for parameter in model.parameters()}
    kept_elsewhere = torch.device("meta") in lying
    found = {place for place in lying if place.type != "meta"}
    return found | (execution_devices(model) if kept_elsewhere else set()) or {device}
