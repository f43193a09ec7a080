"""Scripts handed to Slurm by its own command."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from weighin.errors import InfrastructureError, UsageError
from weighin.executors.queues.slurm.options import SlurmOptions
from weighin.executors.queues.slurm.scripts import dependency
from weighin.telemetry import environment_of_child

_PROGRAM: Final = "sbatch"
_PRINTED: Final = re.compile(r"(\d+)(?:;([^;\s]+))?")
# What sbatch says where its controller is away or busy, and another time may do.
_LATER: Final = re.compile(
    r"unable to contact slurm controller|socket timed out|connection refused|zero bytes were|"
    r"slurm temporarily unable|resource temporarily unavailable|transport endpoint",
    re.IGNORECASE,
)
_MOST_S: Final = 300


@dataclass(frozen=True, slots=True)
class Queued:
    """What Slurm took.

    Attributes:
        array: Number of the array.
        check: Number of the check behind it; `None` for none.
    """

    array: str
    check: str | None


def submit_scripts(array: str, check: str | None, options: SlurmOptions) -> Queued:
    """Hand an array to Slurm, and the check behind it.

    Args:
        array: Its script.
        check: Script of the check; `None` for none.
        options: What is asked of Slurm.

    Raises:
        UsageError: There is no Slurm here, or it refuses.
        InfrastructureError: It cannot be reached now.
    """
    number, cluster = _sbatch(array, ())
    if check is None:
        return Queued(number, None)
    there = (f"--clusters={cluster}",) if cluster else ()
    try:
        behind, _ = _sbatch(check, (*dependency(options, number), *there))
    except (UsageError, InfrastructureError) as error:
        raise type(error)(
            f"{error}; the jobs are submitted as {number} all the same, their check is not: check "
            "when they are done"
        ) from error
    return Queued(number, behind)


def require_sbatch() -> str:
    """The command that hands scripts to Slurm.

    Raises:
        UsageError: It is not on this machine.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise UsageError(
            "--slurm: expected sbatch on this machine, found none; submit where Slurm is, or write "
            "the script with --print-script"
        )
    return program


def _sbatch(script: str, options: tuple[str, ...]) -> tuple[str, str]:
    """The number that Slurm gives to a script, and the cluster where it says which."""
    program = require_sbatch()
    try:
        done = subprocess.run(
            [program, "--parsable", *options],
            input=script.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
            timeout=_MOST_S,
            # Slurm hands the variables over to what it starts.
            env=environment_of_child(),
        )
    except subprocess.TimeoutExpired as error:
        raise InfrastructureError(
            f"sbatch: no answer after {_MOST_S} s; see with squeue whether it is submitted"
        ) from error
    printed = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode == 0 and (found := _PRINTED.fullmatch(printed)):
        return found.group(1), found.group(2) or ""
    said = " ".join(done.stderr.decode("utf-8", "replace").split()) or printed or "nothing"
    kind = InfrastructureError if _LATER.search(said) else UsageError
    raise kind(f"sbatch: expected a number of a job, found exit code {done.returncode}: {said}")
