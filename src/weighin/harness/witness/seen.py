"""A model of a process, as far as it was seen."""

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from weighin.harness.witness.weighing import Scale


@dataclass(slots=True)
class Seen:
    """A model of this process.

    Attributes:
        number: Which one, in the order in which they were seen.
        model: The model.
        outer: What wraps it, such as that of PEFT; else the model.
        how: How it came to be: `from_pretrained`, or `unknown`.
        source: From where, as typed.
        scale: Weighs it; `None` before its first pass.
        passes: Calls of it that were no part of another call.
        prompts: Rows of these that held more than one token: prompts, and not their continuations.
        told: Passes that were told of.
        seconds: What they took.
        problem: Why it could not be looked at; empty if it could.
        has_written: Whether a file of results was opened since its last pass, so that the next
            one is told of where it begins.
        lock: Held by the thread that looks at it. Who holds it has the model, which so cannot die
            in a thread that waits for it.
        unpacks: Whether its first pass makes other tensors of those that were loaded.
    """

    number: int
    model: ref[Any]
    outer: ref[Any]
    how: str
    source: str
    loading: Any = None
    adapter: str = ""
    scale: "Scale | None" = None
    passes: int = 0
    prompts: int = 0
    told: int = 0
    weighed: int = 0
    told_weighed: int = 0
    seconds: float = 0.0
    weighing_seconds: float = 0.0
    told_at: float = field(default_factory=time.monotonic)
    problem: str = ""
    unpacks: bool = False
    has_written: bool = False
    lock: Any = field(default_factory=threading.RLock)

    def begin_anew(self) -> None:
        """Count from here, in a process that has the model of another; a pass is told of at once.

        A thread that is not in it may have held the lock.
        """
        self.lock = threading.RLock()
        self.passes = self.prompts = self.told = self.told_weighed = 0
        self.has_written = True


def prompts_in(arguments: tuple[Any, ...], settings: dict[str, Any]) -> int:
    """How many prompts a call holds, as far as can be seen."""
    given = settings.get("input_ids")
    given = settings.get("inputs_embeds") if given is None else given
    given = arguments[0] if given is None and arguments else given
    shape = tuple(int(size) for size in getattr(given, "shape", ()))
    return shape[0] if len(shape) > 1 and shape[1] > 1 else 0
