"""Progress of a run: bars on a terminal, plain lines in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from weighin.cli.command import COMMAND
from weighin.cli.terminal.output import console, is_plain
from weighin.cli.terminal.progress.remaining import Remaining
from weighin.errors import WeighinError
from weighin.evidence.records import Record
from weighin.executors.events import RunListener, SilentListener
from weighin.log import is_kept
from weighin.reports.shared.foreign_text import visible


@contextmanager
def progress_listener(clock: Callable[[], float] = time.monotonic) -> Iterator[RunListener]:
    """A listener for the terminal that is there; bars are closed when the context ends.

    Args:
        clock: Gives seconds, by which lines are told where no bars can be drawn.
    """
    with _shown_listener(clock) as shown:
        if is_kept():
            from weighin.cli.terminal.logged import Logged

            yield Logged(shown)
        else:
            yield shown


@contextmanager
def _shown_listener(clock: Callable[[], float]) -> Iterator[RunListener]:
    if COMMAND.is_quiet:
        yield SilentListener()
        return
    if is_plain():
        yield _Lines(clock)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console(sys.stderr),
        transient=True,
    ) as progress:
        yield _Bars(progress)


def _score_text(record: Record) -> str:
    if not record.scores:
        return "no score"
    score = record.scores[0]
    return f"{score.metric} {score.value:.4g}"


def _documents_text(record: Record, benchmark: str) -> str:
    """The line that pins the documents in a requirements file; empty if not all were asked."""
    asked = record.asked
    if record.is_partial or asked.documents_digest is None:
        return ""
    pins = f"pins the {asked.documents_scored} documents of {benchmark}"
    return f"documents: sha256:{asked.documents_digest}   # {pins}"


class _Lines(SilentListener):
    """One line an event, and one a minute while requests are answered, on standard error."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started: dict[str, float] = {}
        self._remaining: dict[str, Remaining] = {}
        self._total = 0

    def planned(self, benchmarks: tuple[str, ...], reused: tuple[str, ...]) -> None:
        self._total = len(benchmarks)
        for benchmark in reused:
            self.benchmark_reused(benchmark)

    def loading(self, name: str) -> None:
        _line(f"loading {name}")

    def benchmark_started(self, benchmark: str) -> None:
        # One that is started once more keeps its number.
        self._started[benchmark] = self._clock()
        self._remaining[benchmark] = Remaining(self._clock())
        number = list(self._started).index(benchmark) + 1
        _line(f"{benchmark}: started ({number} of {self._total})")

    def requests(self, benchmark: str, done: int, total: int) -> None:
        remaining = self._remaining.get(benchmark)
        line = "" if remaining is None else remaining.line(self._clock(), done, total)
        if line:
            _line(f"{benchmark}: {line}")

    def benchmark_finished(self, benchmark: str, record: Record, *, is_first: bool) -> None:
        finished = self._clock()
        seconds = finished - self._started.get(benchmark, finished)
        also = "" if is_first else "; an earlier attempt is recorded, both are kept and judged"
        _line(f"{benchmark}: {_score_text(record)}, {seconds:.0f} s{also}")
        if documents := _documents_text(record, benchmark):
            _line(documents)

    def benchmark_failed(self, benchmark: str, error: WeighinError) -> None:
        _line(f"{benchmark}: failed: {error}")

    def benchmark_reused(self, benchmark: str) -> None:
        _line(f"{benchmark}: recorded already, reused")

    def reading_again(self) -> None:
        _line("reading the files of the checkpoint again")

    def noted(self, sentence: str) -> None:
        _line(sentence)


def _line(text: str) -> None:
    sys.stderr.writelines(f"weighin: {visible(line)}\n" for line in text.splitlines())
    sys.stderr.flush()


class _Bars(SilentListener):
    """Bars for hashing, benchmarks and the requests of each benchmark that is under way."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._console: Console = progress.console
        self._hashing = progress.add_task("starting", total=None)
        self._benchmarks = progress.add_task("benchmarks", total=None, visible=False)
        self._requests: dict[str, TaskID] = {}
        self._words = "fingerprinting"

    def fingerprinting(self, done_bytes: int, total_bytes: int) -> None:
        mebibyte = 1 << 20
        self._progress.update(
            self._hashing,
            description=f"{self._words} (MiB)",
            completed=done_bytes // mebibyte,
            total=max(total_bytes // mebibyte, 1),
        )

    def planned(self, benchmarks: tuple[str, ...], reused: tuple[str, ...]) -> None:
        self._progress.update(self._hashing, visible=False)
        self._progress.update(self._benchmarks, total=len(benchmarks), visible=bool(benchmarks))
        for benchmark in reused:
            self._print_reused(benchmark)

    def loading(self, name: str) -> None:
        self._progress.update(self._benchmarks, description=f"loading {_shown(name)}")

    def benchmark_started(self, benchmark: str) -> None:
        self._ended(benchmark)
        self._progress.update(self._benchmarks, description="benchmarks")
        self._requests[benchmark] = self._progress.add_task(_shown(benchmark), total=None)

    def requests(self, benchmark: str, done: int, total: int) -> None:
        if benchmark in self._requests:
            self._progress.update(self._requests[benchmark], completed=done, total=total or None)

    def benchmark_finished(self, benchmark: str, record: Record, *, is_first: bool) -> None:
        self._ended(benchmark)
        self._progress.advance(self._benchmarks)
        also = "" if is_first else " (an earlier attempt is recorded, both are kept and judged)"
        self._console.print(f"{_shown(benchmark)}: {_shown(_score_text(record))}{also}")
        if documents := _documents_text(record, benchmark):
            self._console.print(_shown(documents), soft_wrap=True, highlight=False)

    def benchmark_failed(self, benchmark: str, error: WeighinError) -> None:
        self._ended(benchmark)
        self._progress.advance(self._benchmarks)
        self._console.print(f"{_shown(benchmark)}: failed: {_shown(str(error))}")

    def benchmark_reused(self, benchmark: str) -> None:
        self._ended(benchmark)
        self._progress.advance(self._benchmarks)
        self._print_reused(benchmark)

    def _ended(self, benchmark: str) -> None:
        if benchmark in self._requests:
            self._progress.remove_task(self._requests.pop(benchmark))

    def _print_reused(self, benchmark: str) -> None:
        self._console.print(f"{_shown(benchmark)}: recorded already, reused")

    def reading_again(self) -> None:
        self._words = "reading the files again"
        self._progress.reset(self._hashing, total=None, visible=True, description=self._words)

    def noted(self, sentence: str) -> None:
        self._console.print(_shown(sentence))


def _shown(text: str) -> str:
    """Text without markup, and without what a terminal would obey."""
    return escape(visible(text))
