"""The machine: processor, memory, GPUs, and room where results go."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weighin.files.stores.opening import is_url
from weighin.sources.environment.examined import RETRYABLE, Examined, Health, Topic
from weighin.sources.environment.packages import version_of

_MEMORY: Final = Path("/proc/meminfo")
_OF_THE_GROUP: Final = Path("/sys/fs/cgroup/memory.max")
_QUERY: Final = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")
_MOST_SECONDS: Final = 10
_MIB: Final = 1 << 20
# Samples of one benchmark take some MB; those of many documents with long answers, hundreds.
_LEAST_ROOM: Final = 100 * 10**6
_LITTLE_ROOM: Final = 2 * 10**9


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU: its name, and its memory in bytes."""

    name: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine has.

    Attributes:
        cores: Cores that this process may use.
        memory_bytes: Memory that it may use in all; `None` if unknown.
        available_bytes: What of it is free or can be freed; `None` if unknown.
        gpus: Those that the driver of NVIDIA tells of; `None` if it is not asked or not there.
    """

    cores: int
    memory_bytes: int | None
    available_bytes: int | None
    gpus: tuple[Gpu, ...] | None


def this_machine() -> Machine:
    """What this machine has, as its kernel and driver tell."""
    total, available = _memory()
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        memory_bytes=total,
        available_bytes=available,
        gpus=_gpus(),
    )


def examined_machine(machine: Machine, results: str | Path) -> Iterator[Examined]:
    """The machine, and the room where results go.

    Args:
        machine: What it has.
        results: Where results go.
    """
    yield _told("processor", f"{machine.cores} cores")
    if machine.memory_bytes is not None and machine.available_bytes is not None:
        words = f"{size(machine.memory_bytes)}, {size(machine.available_bytes)} of it available"
        yield _told("memory", words)
    yield from _examined_gpus(machine)
    if not is_url(results):
        yield _room("room for results", Path(results))
    yield _room("room for temporary files", Path(tempfile.gettempdir()))


def room_bytes(place: Path) -> tuple[Path, int] | None:
    """The nearest folder that is there, and how much may be written; `None` if nobody tells."""
    absolute = place.absolute()
    for folder in (absolute, *absolute.parents):
        try:
            return folder, shutil.disk_usage(folder).free
        except OSError:
            continue
    return None


def size(count: float) -> str:
    """Bytes as a person reads them: `22.9 GB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:  # noqa: PLR2004  # SI
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _examined_gpus(machine: Machine) -> Iterator[Examined]:
    for gpu in machine.gpus or ():
        yield _told(
            "GPU", f"{gpu.name}, {size(gpu.total_bytes)}, {size(gpu.free_bytes)} of it free"
        )
    if not machine.gpus:
        yield _told("GPU", "none that the driver of NVIDIA tells of")
    elif (version_of("torch") or "").endswith("+cpu"):
        yield Examined(
            topic=Topic.MACHINE,
            name="torch",
            health=Health.NOTE,
            words="the torch that is installed is built for processors alone: no GPU is used",
            fix="install a torch that is built for CUDA",
        )


def _room(name: str, place: Path) -> Examined:
    found = room_bytes(place)
    if found is None:
        return _told(name, f"{place}: unknown")
    folder, free = found
    words = f"{size(free)} free at {folder}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return Examined(
            topic=Topic.MACHINE,
            name=name,
            health=Health.PROBLEM,
            words=f"{folder} cannot be written by this user",
            fix="name another folder",
            exit_code=2,
        )
    if free < _LEAST_ROOM:
        fix = "free some space, or name another folder"
        return Examined(
            topic=Topic.MACHINE,
            name=name,
            health=Health.PROBLEM,
            words=words,
            fix=fix,
            exit_code=RETRYABLE,
        )
    if free < _LITTLE_ROOM:
        return Examined(
            topic=Topic.MACHINE,
            name=name,
            health=Health.NOTE,
            words=words,
            fix="--compress-samples takes about a tenth",
        )
    return _told(name, words)


def _memory() -> tuple[int | None, int | None]:
    """Bytes in all and available, no more than the group of this process may have."""
    try:
        lines = _MEMORY.read_text("ascii", errors="replace").splitlines()
    except OSError:
        return None, None
    told = {name: words.split() for name, _, words in (line.partition(":") for line in lines)}
    found = {
        name: int(words[0]) * 1024
        for name, words in told.items()
        if words and words[0].isascii() and words[0].isdigit()
    }
    total, available = found.get("MemTotal"), found.get("MemAvailable")
    try:
        limit = int(_OF_THE_GROUP.read_text("ascii"))
    except (OSError, ValueError):
        return total, available
    return (
        limit if total is None else min(total, limit),
        available if available is None else min(available, limit),
    )


def _cores() -> int:
    return os.cpu_count() or 1


def _gpus() -> tuple[Gpu, ...] | None:
    """What `nvidia-smi` tells; `None` if it is not there or fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        told = subprocess.run(
            [program, *_QUERY],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_MOST_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(_parsed(told))


def _parsed(told: str) -> Iterator[Gpu]:
    for line in told.splitlines():
        name, *memory = (part.strip() for part in line.rsplit(",", 2))
        # Of a part of a GPU, or one whose memory is the machine's, the driver tells no numbers.
        if len(memory) == 2 and all(part.isdecimal() for part in memory):  # noqa: PLR2004  # two numbers
            total, free = (int(part) * _MIB for part in memory)
            yield Gpu(name, total, free)
        elif name:
            yield Gpu(name, 0, 0)


def _told(name: str, words: str) -> Examined:
    return Examined(topic=Topic.MACHINE, name=name, health=Health.OK, words=words)
