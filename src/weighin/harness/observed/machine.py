"""The machine that scores, in words."""

import os
import platform
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import torch

from weighin.harness.observed.versions import installed_versions

_CPU_INFO = Path("/proc/cpuinfo")


def machine(devices: Iterable[torch.device]) -> str:
    """The accelerators on which a model lies, or the processor: `2 x NVIDIA H100 80GB HBM3`.

    Args:
        devices: The distinct devices of its tensors.
    """
    return _named(devices, f"{_processor()}, {os.cpu_count() or 1} cores")


def _named(devices: Iterable[torch.device], processor: str) -> str:
    kinds = set(devices)
    cards = Counter(torch.cuda.get_device_name(d) for d in kinds if d.type == "cuda")
    others = sorted({device.type for device in kinds} - {"cuda"})
    return "; ".join(
        (
            *(f"{number} x {name}" for name, number in sorted(cards.items())),
            *(processor if kind == "cpu" else f"{kind} of {processor}" for kind in others),
        )
    )


def stack(devices: Iterable[torch.device], *, attention: str, dtype: str) -> str:
    """The kind of machine and the libraries that compute on it: equal ones compute equal bits.

    Args:
        devices: The distinct devices of a model's tensors.
        attention: Attention implementation in use.
        dtype: The dtypes of its parameters.
    """
    versions = installed_versions()
    libraries = (
        f"{n} {versions[n]}" for n in ("transformers", "torch", "kernels") if n in versions
    )
    vectors = torch.backends.cpu.get_cpu_capability()
    return "; ".join((*libraries, _named(devices, _processor()), vectors, attention, dtype))


def _processor() -> str:
    # Elsewhere than on Linux, and on some ARM machines, there is no such line.
    try:
        lines = _CPU_INFO.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    found = " ".join(named[0].split()) if named else platform.processor()
    return found or platform.machine() or "unknown processor"
