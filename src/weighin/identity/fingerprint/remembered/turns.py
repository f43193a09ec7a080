"""Processes that want to read the same files take turns, so that the first one reads for all."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

POLL_SECONDS = 0.1
SECONDS_WITHOUT_A_SIGN = 30.0
"""After which nobody waits any longer for a process that says nothing: it may be stopped."""


@contextmanager
def turn(lock: Path, on_wait: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Wait for one's turn.

    It comes, too, where no lock can be had, and when whoever holds it gives no sign any more: two
    that read at once lose time, nothing else.

    Args:
        lock: A file of a private folder.
        on_wait: Called once if there is something to wait for.

    Yields:
        What to call now and then as a sign of life.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        yield _nothing
        return
    try:
        is_held = _wait(descriptor, on_wait)

        def sign() -> None:
            if is_held:
                with suppress(OSError):
                    os.utime(descriptor)

        sign()
        yield sign
    finally:
        # Closed, it is free; a file that is removed would let two hold it.
        os.close(descriptor)


def _wait(descriptor: int, on_wait: Callable[[], None]) -> bool:
    """Whether the lock is held, as soon as that is settled."""
    sign, seen = -1, time.monotonic()
    has_told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        except OSError:
            return False
        else:
            return True
        if not has_told:
            on_wait()
            has_told = True
        now = os.fstat(descriptor).st_mtime_ns
        if now != sign:
            sign, seen = now, time.monotonic()
        if time.monotonic() - seen > SECONDS_WITHOUT_A_SIGN:
            return False
        time.sleep(POLL_SECONDS)


def _nothing() -> None:
    """Give no sign, as nobody waits."""
