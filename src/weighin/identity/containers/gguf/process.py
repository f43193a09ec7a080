"""Runs the process that parses a GGUF file, and bounds what it may cost."""

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from weighin.errors import CheckpointError
from weighin.extras import installing
from weighin.files.opened import size_bytes
from weighin.telemetry import switch_off

_CHILD = Path(__file__).with_name("child.py")
_MAX_REASON = 300
# Where Python and its packages lie, and nothing else: no token, no proxy.
_ENVIRONMENT = ("HOME", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "TMPDIR")
# One thread each: numpy's library would reserve memory for every core.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the parser of one file may cost.

    Attributes:
        memory_bytes: Address space, beside the mapped file itself.
        cpu_seconds: Time of a processor.
        seconds: Time on the clock.
        output_bytes: Length of the description that it prints.
    """

    memory_bytes: int = 2**30
    cpu_seconds: int = 120
    seconds: float = 600
    output_bytes: int = 100_000_000


def described_by_child(descriptor: int, path: Path, limits: Limits) -> bytes:
    """What a process of its own prints about an open GGUF file; it may be anything.

    Args:
        descriptor: Of the file.
        path: Named in errors only.
        limits: What the process may cost.

    Raises:
        CheckpointError: The `gguf` package is missing; or the process fails, or exceeds a limit.
    """
    if find_spec("gguf") is None:
        raise CheckpointError(
            f"{path}: expected the package gguf, which reads this format, found none; "
            f"{installing('gguf')}"
        )
    command = [
        sys.executable,
        "-P",
        str(_CHILD),
        str(descriptor),
        str(limits.memory_bytes + size_bytes(descriptor)),
        str(limits.cpu_seconds),
        str(limits.output_bytes),
    ]
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    switch_off(kept)
    with TemporaryFile() as printed, TemporaryFile() as complaints:
        try:
            process = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=complaints,
                pass_fds=(descriptor,),
                env=kept | _ONE_THREAD,
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CheckpointError(
                f"{path}: expected a GGUF file that is parsed within {limits.seconds} seconds, "
                "found one that is not"
            ) from error
        if process.returncode != 0:
            raise CheckpointError(
                f"{path}: expected a GGUF file that the package gguf can parse, "
                f"found: {_reason(process.returncode, complaints)}"
            )
        printed.seek(0)
        return printed.read()


def _reason(status: int, complaints: IO[bytes]) -> str:
    if status < 0:
        return f"its parser was killed by signal {-status}"
    end = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, end - 2 * _MAX_REASON))
    lines = complaints.read().decode("utf-8", errors="replace").strip().splitlines()
    last = lines[-1] if lines else f"its parser ended with status {status}"
    return "".join(c if c.isprintable() else "?" for c in last[:_MAX_REASON])
