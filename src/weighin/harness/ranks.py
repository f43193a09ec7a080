"""Processes that answer one benchmark together: a document each in turn, a whole model each.

Started by `accelerate launch` or `torchrun`. The first one asks, writes and tells; each other one
does as it is asked, and tells the first one what it holds.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
from torch import distributed

from weighin.errors import InfrastructureError, RunError, UsageError

Told = TypeVar("Told")

# Between two benchmarks the first process may have other things to do.
_PATIENCE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOfAll:
    """One benchmark, as every process is asked it.

    Attributes:
        position: Of the benchmark in the requirements.
        task_digest: Digest of the task, its code and its documents.
        max_samples: As in `Question`.
        chat_template: As in `Question`.
        system_prompt: As in `Question`.
    """

    position: int
    task_digest: str
    max_samples: int | None
    chat_template: bool
    system_prompt: str | None


LOAD = AskedOfAll(
    position=-1, task_digest="", max_samples=None, chat_template=False, system_prompt=None
)
"""That the model is to be loaded."""


class Ranks:
    """The processes of one launch, as one of them sees them.

    Attributes:
        rank: Number of this process; the first one is 0.
        number: Of all processes.
    """

    def __init__(self, rank: int, number: int) -> None:
        """Meet the others.

        Raises:
            InfrastructureError: They are not all there.
        """
        self.rank, self.number = rank, number
        if not torch.cuda.is_available():
            # Without it accelerate takes a launch without GPUs for single processes.
            os.environ["ACCELERATE_USE_CPU"] = "true"
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        with lost_ranks():
            distributed.init_process_group(backend=backend, timeout=_PATIENCE)

    def gather(self, told: Told) -> tuple[Told, ...]:
        """What all processes tell, in their order; nothing to any but the first one.

        Raises:
            InfrastructureError: One of them ended.
        """
        places: list[Told | None] | None = [None] * self.number if self.rank == 0 else None
        with lost_ranks():
            distributed.gather_object(told, places, dst=0)
        if places is None:
            return ()
        found = tuple(told for told in places if told is not None)
        if len(found) != self.number:
            raise RunError(
                f"expected what each of {self.number} processes holds, found {len(found)} answers; "
                "nothing is shown of the others"
            )
        return found

    def ask(self, asked: AskedOfAll | None) -> AskedOfAll | None:
        """Ask all others; or, in one of them, hear what is asked. `None` ends it.

        Raises:
            InfrastructureError: One of them ended.
        """
        box = [asked]
        with lost_ranks():
            distributed.broadcast_object_list(box, src=0)
        return box[0]

    def end(self) -> None:
        """Part from the others."""
        distributed.destroy_process_group()


def ranks_in(environment: Mapping[str, str]) -> tuple[int, int]:
    """Number of this process and of all processes of its launch; 0 and 1 without one.

    Raises:
        UsageError: They are on several machines, which one process cannot look after.
    """
    number = _whole(environment, "WORLD_SIZE", 1)
    if number <= 1 or "RANK" not in environment:
        return 0, 1
    if _whole(environment, "LOCAL_WORLD_SIZE", number) != number:
        raise UsageError(
            f"WORLD_SIZE: expected all processes of a launch on one machine, found {number} on "
            "several; launch on one, and scale out by jobs (weighin plan, weighin job)"
        )
    return _whole(environment, "RANK", 0), number


def _whole(environment: Mapping[str, str], name: str, default: int) -> int:
    written = environment.get(name, str(default))
    try:
        return int(written)
    except ValueError as error:
        raise UsageError(f"{name}: expected a whole number, found {written!r}") from error


@contextmanager
def lost_ranks() -> Iterator[None]:
    """Turn the loss of another process into an error that another try may mend.

    Raises:
        InfrastructureError: Another process ended, or cannot be reached.
    """
    try:
        yield
    except RuntimeError as error:
        if not is_lost_rank(error):
            raise
        raise lost_rank(error) from error


def is_lost_rank(error: BaseException) -> bool:
    """Whether torch says that another process of the launch ended or does not answer."""
    if isinstance(error, distributed.DistError):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        word in said for word in ("gloo", "nccl", "closed by peer", "connection reset")
    )


def lost_rank(error: BaseException) -> InfrastructureError:
    """The error of a process that lost another one."""
    return InfrastructureError(
        "another process of this launch ended or does not answer "
        f"({' '.join(str(error).split())[:200]}); nothing recorded before is lost, start it again"
    )
