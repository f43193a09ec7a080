"""The most memory that this process has held."""

from pathlib import Path


def peak_mib() -> float:
    """MiB at the peak, without what the process that began this one held (as rusage has it)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status: expected VmHWM, found none")
