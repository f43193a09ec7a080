"""One benchmark, looked at from its first request to the end of its scoring."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from weighin.evidence.store.journals import AnswersKept
from weighin.evidence.watched import Watch as WatchRecord
from weighin.evidence.watched import WatchState
from weighin.harness.local.asked.kept_answers import KeptAnswers
from weighin.harness.local.asked.moments import Moments
from weighin.harness.local.asked.state import MemoryState
from weighin.harness.local.model import LocalModel
from weighin.harness.local.watch.seen import UNWATCHED, Seen
from weighin.harness.local.watch.watch import Watch
from weighin.harness.observed.request_types import request_types


class Around:
    """What is observed around the answers to one benchmark."""

    def __init__(  # noqa: PLR0913  # what answers, and who hears of what
        self,
        model: LocalModel,
        watch: Watch | None,
        output_types: Iterable[str],
        *,
        on_first: Callable[[MemoryState], object],
        on_last: Callable[[], None],
        kept: AnswersKept | None,
    ) -> None:
        """Prepare to look.

        Args:
            model: What answers.
            watch: The watch of the process; `None` if it is off.
            output_types: lm-eval's output types of the benchmark's tasks.
            on_first: Called with what is in memory at the first request.
            on_last: Called after the last answer.
            kept: The journal of the answers; `None` to keep none.
        """
        self._model, self._watch = model, watch
        self._on_first, self._on_last = on_first, on_last
        self._kept = None if kept is None else KeptAnswers(kept, self._closed)
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
        self._model.lm.keep_answers(self._kept)
        try:
            yield
        finally:
            # A model that is kept by what it tells would outlive the run.
            self._model.lm.tell_moments(None)
            self._model.lm.keep_answers(None)
            if self._kept is not None:
                self._kept.kept.stop()
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
            watch = self._watch.finished(self.moments.problem(self.taken))
        return self._before or after, after, watch

    @property
    def taken(self) -> Counter[str]:
        """Answers by type that an earlier attempt had given; those to requests, as lm-eval asks."""
        found = Counter[str]() if self._kept is None else Counter(self._kept.taken)
        for request_type, asked in self.moments.requests.items():
            # A text has several windows.
            left = asked - self.moments.answers[request_type]
            found[request_type] = min(found[request_type], left)
        return +found

    @property
    def skipped(self) -> int:
        """Requests that lm-eval does not see, of those that are being answered."""
        return 0 if self._kept is None else self._kept.skipped

    def _closed(self) -> Seen | None:
        return UNWATCHED if self._watch is None else self._watch.closed()

    def _first(self) -> None:
        self._before = self._model.observe()
        self._on_first(self._before)
        if self._watch is not None:
            self._watch.first_call()

    def _last(self) -> None:
        if self._watch is not None:
            self._watch.last_answer()
        if self._kept is not None:
            self._kept.finish(UNWATCHED if self._watch is None else self._watch.seen())
        self._on_last()
        self._after = self._model.observe()
