"""What a worker is called where it claims jobs.

A batch queue that starts a task again starts the same worker again: it goes on with what the task
claimed before, and waits for no lease of its own to end.
"""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

KUBERNETES_JOB: Final = "WEIGHIN_KUBERNETES_JOB"
"""Variable by which the manifest of `weighin submit` tells the uid of its Job, in no pod else."""

_STAT: Final = Path("/proc/self/stat")
_START_AFTER_NAME: Final = 19


def worker_name(environment: Mapping[str, str] = os.environ) -> str:
    """The name of this worker: one for all tries of a task of a queue, else one a process.

    A task of Slurm may start several processes: those of `srun` are told apart by their step and
    rank, and others have one name, which matters only where they claim the same job.

    Args:
        environment: Variables of the process.
    """
    if (job := environment.get("SLURM_JOB_ID")) is not None:
        return _slurm(job, environment)
    index = environment.get("JOB_COMPLETION_INDEX")
    if (uid := environment.get(KUBERNETES_JOB)) is not None and index is not None:
        return f"kubernetes:{uid}:{index}"
    return f"{socket.gethostname()}:{os.getpid()}:{_started()}"


def _slurm(job: str, environment: Mapping[str, str]) -> str:
    array, task = (environment.get(f"SLURM_ARRAY_{part}_ID") for part in ("JOB", "TASK"))
    # Each task of an array has a job id of its own, which a person never sees.
    shown = job if array is None or task is None else f"{array}_{task}"
    parts = ["slurm", environment.get("SLURM_CLUSTER_NAME", ""), shown]
    # The script itself runs in a step of no number.
    if (step := environment.get("SLURM_STEP_ID", "")).isdecimal():
        parts += [step, environment.get("SLURM_PROCID", "")]
    return ":".join(parts)


def _started() -> str:
    """When this process started, in ticks since the machine did; empty where nothing tells it."""
    try:
        # The name of the program, in brackets, may hold spaces and brackets itself.
        fields = _STAT.read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[_START_AFTER_NAME]
