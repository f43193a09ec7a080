"""What is handed to a queue: the jobs of a plan, and how a worker is called for one of them."""

import os
import shlex
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from weighin.errors import UsageError
from weighin.telemetry import SWITCHES

RETRIES: Final = 3
"""How often a queue starts a job again that ended with 75, or on a machine that went away."""

# Options whose values are, or may hold, values of variables.
_WITH_VALUES_OF_OTHERS: Final = frozenset({"--env", "--sbatch-option", "--check-option"})

# Where caches and settings of the libraries are. Never a token or a key: what is handed out is
# printed, and lies in the files of a queue where others read it.
_OF_ANY_MACHINE: Final = (
    "HF_HUB_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "HF_ENDPOINT",
    "TRANSFORMERS_OFFLINE",
    "TOKENIZERS_PARALLELISM",
    *dict.fromkeys(name for _, heeded in SWITCHES.values() for name in heeded),
)
_OF_THIS_MACHINE: Final = (
    "HF_HOME",
    "HF_HUB_CACHE",
    "HF_DATASETS_CACHE",
    "XDG_CACHE_HOME",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "OMP_NUM_THREADS",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """Jobs of a plan that a queue shall start workers for.

    Attributes:
        plan_id: SHA-256 of the plan.
        plan: The plan with its id, as `weighin job` takes it.
        results: Where it lies and what is scored is recorded.
        count: How many jobs the plan has.
        indices: Those that are to be scored, by their place in the plan, ascending.
        checkpoint: Where a worker finds the checkpoint; `None` for where the plan found it.
        environment: Variables that a worker is started with.
        retries: How often a job is started again.
        most_at_once: How many workers run at once at most; `None` for as many as there are jobs.
    """

    plan_id: str
    plan: str
    results: str
    count: int
    indices: tuple[int, ...]
    checkpoint: str | None
    environment: Mapping[str, str]
    retries: int = RETRIES
    most_at_once: int | None = None

    @property
    def name(self) -> str:
        """What it is called in the queue."""
        return f"weighin-{self.plan_id[:12]}"

    def arguments(self, index: str) -> tuple[str, ...]:
        """The arguments of `weighin` for a job.

        Args:
            index: Its place in the plan, or how the queue writes it.
        """
        where = () if self.checkpoint is None else ("--checkpoint", self.checkpoint)
        return ("job", self.plan, "--index", index, "--results", self.results, *where)


def this_program() -> tuple[str, ...]:
    """What starts `weighin` as it was started here, whatever lies in the working folder."""
    return (sys.executable, "-P", "-m", "weighin")


def command_to_keep(arguments: Sequence[str]) -> str:
    """A command line for plans and records, without the values that it gives to variables.

    They are for workers, shape no score, and may be secrets.

    Args:
        arguments: The words of the command line, after the program.
    """
    kept: list[str] = []
    option = ""
    for word in arguments:
        if option:
            kept.append(_named_only(word))
            option = ""
            continue
        name, sign, value = word.partition("=")
        if name in _WITH_VALUES_OF_OTHERS:
            option = "" if sign else name
            kept.append(f"{name}={_named_only(value)}" if sign else word)
        else:
            kept.append(word)
    return shlex.join(["weighin", *kept])


def _named_only(given: str) -> str:
    name, sign, _ = given.partition("=")
    return f"{name}=…" if sign else name


def taken_along(
    wanted: tuple[str, ...],
    *,
    is_same_machine: bool,
    secrets: Collection[str] = (),
    environment: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """The variables that a worker is started with.

    Args:
        wanted: `NAME=VALUE`, or a NAME whose value is taken as found.
        is_same_machine: Whether paths of this machine are there as well.
        secrets: Variables that hold secrets. Slurm keeps scripts and Kubernetes manifests, for
            others to read.
        environment: Variables of this process.

    Raises:
        UsageError: One is not a variable, is not set here, or holds a secret.
    """
    names = (*_OF_ANY_MACHINE, *(_OF_THIS_MACHINE if is_same_machine else ()))
    found = {n: environment[n] for n in names if n in environment and n not in secrets}
    for each in wanted:
        name, sign, value = each.partition("=")
        if not (name.isidentifier() and name.isascii()):
            raise UsageError(
                f"--env {_named_only(each)}: expected NAME=VALUE or NAME, found no name"
            )
        if name in secrets:
            way = (
                "leave it out, sbatch hands over what is set where it is called"
                if is_same_machine
                else "name a Secret of the cluster that holds it with --secret"
            )
            raise UsageError(
                f"--env {name}: the requirements say that it holds a secret, and what is handed to "
                f"a queue lies there for others to read; {way}"
            )
        if not sign and name not in environment:
            raise UsageError(
                f"--env {name}: expected a variable that is set here, found none; give its value"
            )
        found[name] = value if sign else environment[name]
    return found
