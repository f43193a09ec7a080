"""Progress of reading a checkpoint: a bar on a terminal, a line a minute in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from weighin.cli.command import COMMAND
from weighin.cli.terminal.output import console, is_plain, remark

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS_WITHOUT_BAR = 0.5
# A checkpoint of some gigabytes is read without a word.
_SECONDS_A_LINE = 60
_GB = 1e9


@contextmanager
def hashing_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with the bytes done and in all; `None` where nobody watches.

    The bar appears only if the work takes long, and is gone when the context ends.
    """
    if COMMAND.is_quiet:
        yield None
        return
    if is_plain():
        yield _Lines().show
        return
    bar = _Bar()
    try:
        yield bar.show
    finally:
        bar.close()


class _Lines:
    def __init__(self) -> None:
        self._started = self._told = time.monotonic()

    def show(self, done_bytes: int, total_bytes: int) -> None:
        now = time.monotonic()
        if now - self._told < _SECONDS_A_LINE or not 0 < done_bytes < total_bytes:
            return
        self._told = now
        left = (now - self._started) * (total_bytes - done_bytes) / done_bytes
        remark(
            f"fingerprinting: {done_bytes / _GB:.1f} of {total_bytes / _GB:.1f} GB are read; "
            f"some {max(1, round(left / 60))} min are left"
        )


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
