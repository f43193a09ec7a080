"""The actors of one run, asked one question at a time each."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weighin.errors import InfrastructureError, UsageError
from weighin.executors.job import Reason, Unrecorded
from weighin.executors.ray.dispatch import Lost
from weighin.executors.ray.worker import Board, Scale, Told

_SECONDS_TO_ANSWER = 10.0
_NOT_CREATED = "raised in its creation task"
_RAISED = re.compile(r"\w+(Error|Exception): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from a worker.

    Attributes:
        worker: Its name.
        value: What the method returned, or that the worker is gone.
    """

    worker: str
    value: object


class Crew:
    """Actors by the names of the workers. Ray restarts none of them: another one shows itself."""

    def __init__(
        self,
        ray: Any,
        resources: Mapping[str, float],
        arguments: tuple[bytes, str, tuple[str, ...]],
    ) -> None:
        """A crew that has hired nobody yet.

        Args:
            ray: The library, connected.
            resources: What an actor takes of a node.
            arguments: The document of the plan, the results as every node names them, and the
                labels of the benchmarks that are to be scored.
        """
        self._ray = ray
        self._board = ray.remote(num_cpus=0)(Board).remote()
        self._actor = ray.remote(
            max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD", **resources
        )(Scale)
        self._arguments = arguments
        self._actors: dict[str, Any] = {}
        self._asked: dict[Any, str] = {}

    def hire(self, worker: str) -> None:
        """Start a worker, and ask it to show what it holds."""
        self._actors[worker] = self._actor.remote(*self._arguments, worker, self._board)
        self.ask(worker, "show")

    def ask(self, worker: str, method: str, *arguments: object) -> None:
        """Call a method of a worker; what it returns is among the answers later."""
        self._asked[getattr(self._actors[worker], method).remote(*arguments)] = worker

    def answers(self, seconds: float) -> list[Answer]:
        """What came back; waits for the first answer up to so long.

        Raises:
            InfrastructureError: The cluster is gone.
        """
        if not self._asked:
            # Whoever asks has reason to wait, for example for somebody who is no part of the crew.
            time.sleep(seconds)
            return []
        try:
            ready, _ = self._ray.wait(list(self._asked), num_returns=1, timeout=seconds)
        except (ConnectionError, self._ray.exceptions.RaySystemError) as error:
            raise _gone(error) from error
        return [Answer(worker=self._asked.pop(ref), value=self._value(ref)) for ref in ready]

    @property
    def is_asked(self) -> bool:
        """Whether an answer is to come."""
        return bool(self._asked)

    def told(self) -> list[Told]:
        """What workers told since this was asked last; nothing if it cannot be known."""
        try:
            told: list[Told] = self._ray.get(self._board.take.remote(), timeout=_SECONDS_TO_ANSWER)
        except (ConnectionError, self._ray.exceptions.RayError):
            return []
        return told

    def dismiss(self, worker: str) -> None:
        """End a worker, whatever it is doing."""
        actor = self._actors.pop(worker, None)
        if actor is not None:
            self._asked = {ref: of for ref, of in self._asked.items() if of != worker}
            self._ray.kill(actor)

    def dismiss_all(self) -> None:
        """End all workers, whatever they are doing."""
        for worker in tuple(self._actors):
            self.dismiss(worker)

    def _value(self, ref: Any) -> object:
        """What a worker returned, or that it is gone.

        An exception of its own is a fault in weighin, and is raised here as it was there.
        """
        errors = self._ray.exceptions
        try:
            return self._ray.get(ref)
        except errors.RayTaskError as error:
            raise error.as_instanceof_cause() from error
        except (
            errors.RayActorError,
            errors.WorkerCrashedError,
            errors.OutOfMemoryError,
            errors.NodeDiedError,
            errors.ObjectLostError,
        ) as error:
            if _NOT_CREATED in str(error):
                return Unrecorded(reason=Reason.REFUSED, error=_not_created(error))
            return Lost(why=_why(error))
        except (ConnectionError, errors.RaySystemError) as error:
            raise _gone(error) from error


def _gone(error: Exception) -> InfrastructureError:
    return InfrastructureError(
        f"the Ray cluster is gone: {_why(error)}; what is finished is recorded, run again for the "
        "rest"
    )


def _not_created(error: Exception) -> UsageError:
    """A worker that cannot begin: its constructor does nothing that could fail by itself."""
    lines = [line.strip() for line in str(error).splitlines()]
    raised = [line for line in lines if _RAISED.match(line)]
    return UsageError(
        f"no worker can be started: {' '.join(raised[-1:])[:300] or _why(error)}; every node needs "
        "the same weighin and Python as this machine"
    )


def _why(error: Exception) -> str:
    """What Ray says, without the ids before it and the common causes behind it."""
    text = " ".join(str(error).split())
    for before in ("Worker exit detail: ", "The actor is dead because "):
        text = text.rpartition(before)[2]
    return f"{type(error).__name__}: {text.partition(' Some common causes')[0][:300]}"
