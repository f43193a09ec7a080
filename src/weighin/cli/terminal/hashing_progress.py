"""Progress of reading a checkpoint: a bar on a terminal, nothing in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from weighin.cli.terminal.output import console, is_plain

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS_WITHOUT_BAR = 0.5


@contextmanager
def hashing_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with the bytes done and in all; `None` where nobody watches.

    The bar appears only if the work takes long, and is gone when the context ends.
    """
    if is_plain():
        yield None
        return
    bar = _Bar()
    try:
        yield bar.show
    finally:
        bar.close()


class _Bar:
    def __init__(self) -> None:
        self._started = time.monotonic()
        self._progress: Progress | None = None

    def show(self, done_bytes: int, total_bytes: int) -> None:
        if self._progress is None:
            if time.monotonic() - self._started < _SECONDS_WITHOUT_BAR:
                return
            self._progress = _opened(total_bytes)
        self._progress.update(self._progress.task_ids[0], completed=done_bytes, total=total_bytes)

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()


def _opened(total_bytes: int) -> "Progress":
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console(sys.stderr),
        transient=True,
    )
    progress.add_task("fingerprinting", total=total_bytes)
    progress.start()
    return progress
