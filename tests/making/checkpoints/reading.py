"""How many bytes of which files weighin reads, and files that have come to rest."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from weighin.identity.fingerprint.file_systems import CLOCK_STEP_NS
from weighin.identity.fingerprint.states import file_states


def let_rest(*folders: Path) -> None:
    """Wait until no write can have the ctime that a file in some folders has."""
    newest = max(state.ctime_ns for folder in folders for state in file_states(folder))
    time.sleep(max(0, newest + CLOCK_STEP_NS - time.time_ns() + 50_000_000) / 1e9)


@pytest.fixture
def bytes_read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Bytes by name of file that weighin reads; what loads a model reads by other calls."""
    return counted_reads(monkeypatch)


def counted_reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count from now on, by name of file."""
    counted: Counter[str] = Counter()

    def counting(read: Callable[..., int | bytes]) -> Callable[..., int | bytes]:
        def read_and_count(descriptor: int, *arguments: object) -> int | bytes:
            got = read(descriptor, *arguments)
            name = Path(f"/proc/self/fd/{descriptor}").readlink().name
            counted[name] += got if isinstance(got, int) else len(got)
            return got

        return read_and_count

    for name in ("preadv", "pread"):
        monkeypatch.setattr(os, name, counting(getattr(os, name)))
    return counted
