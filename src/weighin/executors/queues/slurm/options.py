"""What is asked of Slurm beside the jobs, and how it is written in a script."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from weighin.errors import UsageError
from weighin.executors.queues.slurm.quoting import directive, in_file_name
from weighin.files.written import translated_errors

_VALUE: Final = re.compile(r"[A-Za-z0-9_.,:@+/=-]+")
_OPTION: Final = re.compile(r"--[a-z][a-z-]*(=.*)?")
# What the script itself says, and rests on.
_OURS: Final = {
    "array": "--only and --max-parallel say which jobs",
    "dependency": "the check waits for the jobs by itself",
    "no-requeue": "--retries 0 starts no job again",
    "nodes": "a job is one process on one node",
    "ntasks": "a job is one process on one node",
    "open-mode": "a job that is started again adds to what it printed",
    "output": "--logs says where",
    "requeue": "--retries says how often",
    "wait": "sacct and squeue tell how far it is",
    "wrap": "the script is weighin's",
}


class Behind(StrEnum):
    """What follows the jobs.

    Attributes:
        AFTEROK: A check, if every job is recorded.
        AFTERANY: A check in any case: what is missing is undecided.
        NONE: Nothing.
    """

    AFTEROK = "afterok"
    AFTERANY = "afterany"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlurmOptions:
    """What is asked of Slurm beside the jobs.

    Attributes:
        partition: Where jobs run; `None` for Slurm's default, as below.
        account: Who is charged.
        qos: Quality of service.
        time: The most that a job may take, as Slurm writes it.
        gpus: GPUs of a job; 0 for none.
        cpus: Cores of a job.
        memory: Memory of a job, as Slurm writes it.
        others: Further options of sbatch for the jobs.
        of_check: Further options of sbatch for the check.
        behind: Whether and when results are checked.
        logs: Folder for what jobs print.
    """

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    time: str | None = None
    gpus: int = 0
    cpus: int | None = None
    memory: str | None = None
    others: tuple[str, ...] = ()
    of_check: tuple[str, ...] = ()
    behind: Behind = Behind.AFTEROK
    logs: str = "."

    def __post_init__(self) -> None:
        """Refuse what cannot be Slurm's, before anything is planned.

        Raises:
            UsageError: A value cannot.
        """
        for lines in (self.for_jobs(), self.for_check(), [self.output("")]):
            list(lines)

    def require_without(self, secrets: Collection[str]) -> None:
        """Refuse to write down what a variable holds that is a secret.

        Raises:
            UsageError: An option gives it a value.
        """
        for option in (*self.others, *self.of_check):
            given = re.split("[,=]", option)
            if (name := next((n for n in given if n in secrets), None)) and f"{name}=" in option:
                raise UsageError(
                    f"--export: {name}: the requirements say that it holds a secret, and scripts "
                    "lie in the files of Slurm for others to read; leave its value out, sbatch "
                    "hands over what is set where it is called"
                )

    def for_jobs(self) -> Iterator[str]:
        """The lines of a script that say what a job needs."""
        yield from self._who()
        needs = {"time": self.time, "cpus-per-task": self.cpus, "mem": self.memory}
        yield from _asked(needs)
        if self.gpus:
            yield directive(f"--gres=gpu:{self.gpus}")
        yield from _given("--sbatch-option", self.others)

    def for_check(self) -> Iterator[str]:
        """The same of the check, which needs no GPU and little time."""
        yield from self._who()
        yield from _given("--check-option", self.of_check)

    def output(self, name: str) -> str:
        """The line that says where is written what is printed."""
        return directive(f"--output={in_file_name(self.logs)}/{name}")

    def _who(self) -> Iterator[str]:
        yield from _asked({"partition": self.partition, "account": self.account, "qos": self.qos})


def _asked(values: dict[str, str | int | None]) -> Iterator[str]:
    for name, value in values.items():
        if value is None:
            continue
        if _VALUE.fullmatch(str(value)) is None:
            raise UsageError(f"{value!r}: expected what --{name} of sbatch takes, found another")
        yield directive(f"--{name}={value}")


def _given(by: str, options: tuple[str, ...]) -> Iterator[str]:
    for option in options:
        if _OPTION.fullmatch(option) is None:
            raise UsageError(
                f"{by} {option!r}: expected a long option of sbatch like --constraint=a100, found "
                "another"
            )
        name = option.removeprefix("--").partition("=")[0]
        if name in _OURS:
            raise UsageError(f"{by} {option}: expected another option, {_OURS[name]}")
        yield directive(option)


def behind(word: str) -> Behind:
    """When results are checked, by the word for it.

    Raises:
        UsageError: There is no such word.
    """
    if word not in tuple(Behind):
        raise UsageError(f"--check: expected one of {', '.join(Behind)}, found {word}")
    return Behind(word)


def log_folder(given: Path | None) -> str:
    """The absolute path of the folder for what jobs print, which Slurm does not make.

    Raises:
        UsageError: It cannot be made.
        InfrastructureError: The disk is full or failing.
    """
    folder = (given or Path()).absolute()
    with translated_errors(folder, "make", way_out="give another folder with --logs"):
        folder.mkdir(parents=True, exist_ok=True)
    return str(folder)
