"""Whether the required checkpoint is here, whole, and fits into the memory."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from weighin.errors import CheckpointError, EvidenceError
from weighin.extras import installing
from weighin.files.canonical import strict_json
from weighin.files.json.foreign import as_mapping, as_text
from weighin.files.opened import MAX_LFS_POINTER_BYTES, is_lfs_pointer, read_small_file
from weighin.identity.folder.mistaken_places import meant_by
from weighin.identity.published.revision import is_on_hub
from weighin.requirements.model import Requirements
from weighin.sources.checkpoints.given import given_folder
from weighin.sources.environment.examined import BAD_FILE, RETRYABLE, USAGE, Examined, Health, Topic
from weighin.sources.environment.hub import hub_cache, is_offline
from weighin.sources.environment.machine import Machine, size
from weighin.sources.environment.packages import missing_for, version_of

_WEIGHTS: Final = (".safetensors", ".bin", ".gguf")
_BYTES: Final = {"float32": 4, "bfloat16": 2, "float16": 2, "float64": 8}


def examined_checkpoint(
    requirements: Requirements,
    machine: Machine,
    environment: Mapping[str, str],
    given: Path | None,
) -> Iterator[Examined]:
    """The checkpoint's folder, its weights, its adapter, and the memory that they take.

    Args:
        requirements: What must hold.
        machine: What this machine has.
        environment: Variables.
        given: Folder of the checkpoint, where the file names it by its id.

    Raises:
        UsageError: A folder is to be given and is not, or the other way round.
        CheckpointError: Nothing is there.
    """
    written = requirements.model.checkpoint
    where = requirements.required_at("model.checkpoint") or str(requirements.source)
    place = f"{where}: model.checkpoint"
    yield from _device(requirements, machine)
    if (adapter := requirements.model.adapter) is not None:
        yield _adapter(requirements, adapter)
    if is_on_hub(written):
        yield _on_hub(str(written), environment)
        return
    folder = given_folder(requirements, given)
    if folder is None and written is not None:
        folder = requirements.resolve(written)
    if folder is None:
        yield _problem(
            "checkpoint", f"{place}: expected a checkpoint to run, found none", "", BAD_FILE
        )
        return
    if not folder.is_dir():
        yield _problem(
            "checkpoint",
            f"{place}: expected a checkpoint folder, found nothing at {folder}",
            meant_by(written or "").removeprefix("; ") or "check the path",
            BAD_FILE,
        )
        return
    weights = _weights(folder)
    if not weights:
        yield _problem(
            "checkpoint",
            f"{folder}: expected weights ({', '.join(_WEIGHTS)}), found none",
            "check the path",
            BAD_FILE,
        )
        return
    if pointers := [path.name for path in weights if _is_pointer(path)]:
        yield _problem(
            "checkpoint",
            f"{folder}: Git-LFS pointers stand in the place of {', '.join(pointers)}",
            "fetch them with git lfs pull in that folder",
            BAD_FILE,
        )
        return
    yield from _containers(weights)
    yield from _memory(requirements, machine, folder, weights)


def _weights(folder: Path) -> list[Path]:
    """The files of weights that a loader would read: of several kinds the first alone."""
    try:
        files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return []
    for suffix in _WEIGHTS:
        if found := [path for path in files if path.name.endswith(suffix)]:
            return found
    return []


def _is_pointer(path: Path) -> bool:
    try:
        is_small = path.stat().st_size <= MAX_LFS_POINTER_BYTES
        return is_small and is_lfs_pointer(read_small_file(path, path))
    except (OSError, CheckpointError, EvidenceError):
        return False


def _containers(weights: list[Path]) -> Iterator[Examined]:
    if weights[0].name.endswith(".gguf") and missing_for("gguf"):
        words = "the checkpoint is in GGUF; gguf is not installed"
        yield _problem("extra gguf", words, installing("gguf"), USAGE)


def _memory(
    requirements: Requirements, machine: Machine, folder: Path, weights: list[Path]
) -> Iterator[Examined]:
    on_disk = sum(path.stat().st_size for path in weights)
    model, stored = requirements.model, _stored_dtype(folder)
    asked = stored if model.dtype == "auto" else model.dtype
    share = _BYTES.get(asked or "", 0) / _BYTES[stored] if stored in _BYTES else 0
    needed = on_disk * share if share else float(on_disk)
    as_what = f" as {asked}" if share else ""
    words = f"{folder}: {size(on_disk)} of weights, {size(needed)} in memory{as_what}"
    room, of_what = _room(requirements, machine)
    if model.device_map is not None or room is None:
        yield _ok("checkpoint", words)
    elif needed > room:
        yield _problem(
            "checkpoint",
            f"{words}; {of_what} has {size(room)}",
            "set model.device_map, or score on another machine",
            RETRYABLE,
        )
    else:
        yield _ok("checkpoint", f"{words}; {of_what} has {size(room)}")


def _room(requirements: Requirements, machine: Machine) -> tuple[int | None, str]:
    """The memory into which the model is loaded, in bytes; `None` if it is not known."""
    device = requirements.model.device
    if device.startswith("cuda") or (device == "auto" and _sees_gpus(machine)):
        number = int(device.partition(":")[2] or 0)
        gpus = machine.gpus or ()
        known = gpus[number].total_bytes if number < len(gpus) else 0
        return known or None, "the GPU"
    return machine.memory_bytes, "this machine"


def _sees_gpus(machine: Machine) -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip() in {"", "-1"}
    return bool(machine.gpus) and not hidden and not (version_of("torch") or "").endswith("+cpu")


def _device(requirements: Requirements, machine: Machine) -> Iterator[Examined]:
    device = requirements.model.device
    if not device.startswith("cuda"):
        return
    place = f"{requirements.required_at('model.device')}: model.device: {device}"
    if not machine.gpus:
        words = f"{place}: the driver of NVIDIA tells of no GPU"
    elif (version_of("torch") or "").endswith("+cpu"):
        words = f"{place}: the torch that is installed is built for processors alone"
    elif int(device.partition(":")[2] or 0) >= len(machine.gpus):
        words = f"{place}: there are only {len(machine.gpus)}, counted from 0"
    else:
        yield _ok("device", f"{device}: {machine.gpus[0].name}")
        return
    yield _problem("device", words, "leave it out, or write cpu", BAD_FILE)


def _adapter(requirements: Requirements, written: str) -> Examined:
    folder = requirements.resolve(written)
    if (folder / "adapter_config.json").is_file():
        return _ok("adapter", str(folder))
    place = f"{requirements.required_at('model.adapter')}: model.adapter"
    words = f"{place}: expected a PEFT adapter, found no adapter_config.json in {folder}"
    return _problem("adapter", words, meant_by(written).removeprefix("; ") or "check the path", 3)


def _on_hub(written: str, environment: Mapping[str, str]) -> Examined:
    name, _, commit = written.removeprefix("hf://").partition("@")
    kept = hub_cache(environment) / f"models--{name.replace('/', '--')}" / "snapshots" / commit
    if kept.is_dir():
        return _ok("checkpoint", f"{written}: in the cache of the hub")
    if is_offline(environment):
        words = f"{written}: not in the cache of the hub, which may not be asked"
        return _problem("checkpoint", words, "fetch it first, or unset HF_HUB_OFFLINE", BAD_FILE)
    words = f"{written}: not in the cache of the hub; a run fetches it first"
    return Examined(topic=Topic.FILE, name="checkpoint", health=Health.NOTE, words=words)


def _stored_dtype(folder: Path) -> str | None:
    """The dtype that the config names, `float32` where it names none; `None` if it is unreadable.

    Older configs say `torch_dtype`, newer ones `dtype`.
    """
    try:
        config = as_mapping(strict_json(read_small_file(folder / "config.json")))
    except (OSError, ValueError, CheckpointError, EvidenceError):
        return None
    found = as_text(config.get("dtype")) or as_text(config.get("torch_dtype")) or "float32"
    return found if found in _BYTES else None


def _ok(name: str, words: str) -> Examined:
    return Examined(topic=Topic.FILE, name=name, health=Health.OK, words=words)


def _problem(name: str, words: str, fix: str, code: int) -> Examined:
    return Examined(
        topic=Topic.FILE,
        name=name,
        health=Health.PROBLEM,
        words=words,
        fix=fix,
        exit_code=code,
    )
