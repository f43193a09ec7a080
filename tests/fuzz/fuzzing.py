"""The process that fuzzes: libFuzzer calls a target until it is ended, or an input breaks the law.

It tells on its standard error, among the lines of libFuzzer, what it has done so far.
"""

import importlib
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

MEMORY_MB = 1024
CPU_SECONDS_AN_INPUT = 10
# By the clock: what is stopped for an hour on a busy machine has not hung.
SECONDS_AN_INPUT = 7_200
MAX_BYTES = 32_768
TOLD = "fuzzed:"
_SECONDS_BETWEEN = 0.5


class _Judge:
    """Gives inputs to a target, counts them, and keeps those that break the law, one a place."""

    def __init__(self, is_accepted: Callable[[bytes], bool], found: Path) -> None:
        self._is_accepted, self._found = is_accepted, found
        self._broken: set[str] = set()
        self._executions = self._accepted = 0
        self._began = self._told = time.process_time()
        signal.signal(signal.SIGPROF, _hung)

    def __call__(self, content: bytes) -> None:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_AN_INPUT)
        try:
            self._accepted += self._is_accepted(content)
        except Exception as error:  # noqa: BLE001  # any breaks the law
            # One fault is told once, and the others are still found.
            if (place := _place(error)) not in self._broken:
                self._broken.add(place)
                (self._found / f"crash-{len(self._broken)}").write_bytes(content)
                traceback.print_exc()
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._executions += 1
        if (now := time.process_time()) - self._told > _SECONDS_BETWEEN:
            self._told = now
            counts = (self._executions, self._accepted, len(self._broken))
            told = " ".join(map(str, counts))
            sys.stderr.write(f"\n{TOLD} {told} {now - self._began:.2f}\n")
            sys.stderr.flush()


def _hung(*_: object) -> None:
    raise AssertionError(f"took {CPU_SECONDS_AN_INPUT} CPU seconds, and is not done")


def main(name: str, seed: int, found: Path) -> None:
    """Fuzz until a signal ends it."""
    atheris = importlib.import_module("atheris")
    targets = importlib.import_module("tests.fuzz.targets")
    seeds = targets.CORPUS / name
    (found / "corpus").mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["weighin", "gguf.gguf_reader"]):
        target = targets.target_of(name)
        read = [path.read_bytes() for path in sorted(seeds.iterdir())]
        # What is imported late is so now.
        read = [content for content in read if targets.is_accepted(target, content)]

    def changed(content: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if read and chance.random() < 0.5:
            # Changes of changes are soon refused for what was changed first.
            content = chance.choice(read)
        if chance.random() < 0.5:
            try:
                return bytes(target.mutated(content, chance)[:max_size])
            except (ValueError, IndexError, RecursionError):
                pass  # not of the form that the target can change
        return bytes(atheris.Mutate(content, max_size))

    arguments = [
        sys.argv[0],
        f"-seed={seed}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={MAX_BYTES}",
        "-mutate_depth=1",
        f"-artifact_prefix={found}/",
        str(found / "corpus"),
        str(seeds),
    ]
    judge = _Judge(partial(targets.is_accepted, target), found)
    atheris.Setup(arguments, judge, custom_mutator=changed)
    atheris.Fuzz()


def _place(error: Exception) -> str:
    """What is raised, and the line of weighin that raised it or called what did."""
    frames = traceback.extract_tb(error.__traceback__)
    of_weighin = [frame for frame in frames if "/weighin/" in frame.filename] or frames
    return f"{type(error).__name__} {of_weighin[-1].filename}:{of_weighin[-1].lineno}"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
