"""One process of a launch among the others, from the first thing that is asked to the last."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from weighin.errors import RunError, WeighinError
from weighin.evidence.watched import Watch
from weighin.harness.local.asked.attended import (
    Attended,
    Held,
    merged_calls,
    merged_watch,
    require_alike,
)
from weighin.harness.ranks import LOAD, AskedOfAll, Ranks
from weighin.harness.subject import Question


class Launch:
    """What this process does together with the others of its launch.

    Attributes:
        ranks: The processes.
        refused: Why nothing more is scored; `None` if something may be.
    """

    def __init__(self, ranks: Ranks) -> None:
        """One of several processes."""
        self.ranks = ranks
        self.refused: WeighinError | None = None
        self._is_amid = False

    @contextmanager
    def amid(self) -> Iterator[None]:
        """While all processes must do the same: what fails in one cannot be mended in it alone."""
        if self.refused is not None:
            raise RunError(str(self.refused))
        self._is_amid = True
        try:
            yield
        except WeighinError as error:
            self.refused = error
            raise
        self._is_amid = False

    def loading(self) -> None:
        """Have all processes load what answers."""
        if self.ranks.rank == 0:
            self.ranks.ask(LOAD)

    def asking(self, question: Question) -> None:
        """Have all processes answer a benchmark."""
        self.ranks.ask(
            AskedOfAll(
                position=question.benchmark.position,
                task_digest=question.benchmark.digest,
                max_samples=question.max_samples,
                chat_template=question.chat_template,
                system_prompt=question.system_prompt,
            )
        )

    def require_alike(self, *moments: Sequence[Held]) -> None:
        """Require of each moment that all processes held what the first one held.

        Raises:
            RunError: One held something else; nothing more is scored then.
        """
        try:
            for held in filter(None, moments):
                require_alike(held)
        except RunError as error:
            self.refused = error
            raise

    def together(self, mine: Attended, everyone: Sequence[Attended]) -> Watch:
        """Put together what all processes saw in a benchmark; what passed is added to one's own.

        Args:
            mine: What this process saw.
            everyone: What all told, in their order.

        Raises:
            RunError: One held something else than this one.
        """
        self.require_alike(*zip(*(attended.held for attended in everyone), strict=True))
        others = everyone[1:]
        merged_calls(mine.calls, (other.calls for other in others))
        for other in others:
            mine.requests.update(other.requests)
            mine.answers.update(other.answers)
        return merged_watch(mine.watch, {o.held[0].rank: o.watch for o in others})

    def part(self) -> WeighinError | None:
        """Let the other processes end, if they can hear it; why not all was scored, if it was not.

        Where one failed amid a benchmark, others may wait for it for ever: whoever started them
        ends them once this process has ended.
        """
        if not self._is_amid:
            if self.ranks.rank == 0:
                self.ranks.ask(None)
            self.ranks.end()
        return self.refused
