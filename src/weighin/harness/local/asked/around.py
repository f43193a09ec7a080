"""One benchmark, looked at from its first request to the end of its scoring."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from weighin.evidence.watched import Watch as WatchRecord
from weighin.evidence.watched import WatchState
from weighin.harness.local.asked.moments import Moments
from weighin.harness.local.asked.state import MemoryState
from weighin.harness.local.model import LocalModel
from weighin.harness.local.watch.watch import Watch
from weighin.harness.observed.request_types import request_types


class Around:
    """What is observed around the answers to one benchmark."""

    def __init__(
        self,
        model: LocalModel,
        watch: Watch | None,
        output_types: Iterable[str],
        on_first: Callable[[MemoryState], object],
        on_last: Callable[[], None],
    ) -> None:
        """Prepare to look.

        Args:
            model: What answers.
            watch: The watch of the process; `None` if it is off.
            output_types: lm-eval's output types of the benchmark's tasks.
            on_first: Called with what is in memory at the first request.
            on_last: Called after the last answer.
        """
        self._model, self._watch = model, watch
        self._on_first, self._on_last = on_first, on_last
        self._before: MemoryState | None = None
        self._after: MemoryState | None = None
        to_come = request_types(output_types)
        if watch is None:
            self.moments = Moments(to_come, self._first, self._last)
        else:
            watch.begin()
            self.moments = Moments(to_come, self._first, self._last, watch.answering)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Hear of the moments while the context lasts."""
        self._model.lm.tell_moments(self.moments)
        try:
            yield
        finally:
            # A model that is kept by what it tells would outlive the run.
            self._model.lm.tell_moments(None)
            if self._watch is not None:
                self._watch.stop()

    def note_task(self, parts: Iterable[str], when: str) -> None:
        """Note parts of the benchmark's own task that are others than when it was loaded."""
        if self._watch is not None:
            self._watch.note_task(parts, when)

    def finished(self) -> tuple[MemoryState, MemoryState, WatchRecord]:
        """What was in memory before and after the answers, and what became of the watch."""
        after = self._after or self._model.observe()
        if self._watch is None:
            watch = WatchRecord(state=WatchState.OFF, why="it was switched off")
        else:
            watch = self._watch.finished(self.moments.problem())
        return self._before or after, after, watch

    def _first(self) -> None:
        self._before = self._model.observe()
        self._on_first(self._before)
        if self._watch is not None:
            self._watch.first_call()

    def _last(self) -> None:
        if self._watch is not None:
            self._watch.last_answer()
        self._on_last()
        self._after = self._model.observe()
