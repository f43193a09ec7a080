"""Shows that code only reads: what the interpreter audits while it runs is compared with a list."""

import codecs
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Of those, a reader of files needs only these; all others write, execute, import, load or connect.
# To map a file for writing, it must be opened for writing first.
_READS = frozenset(
    {
        "_thread.start_joinable_thread",
        "_thread.start_new_thread",
        "mmap.__new__",
        "os.listdir",
        "os.scandir",
        "os.walk",
        "sys._getframe",
    }
)
# Loaded by the interpreter when first used, wherever that is.
_ENCODINGS = (
    "ascii",
    "cp1252",
    "cp437",
    "latin-1",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "utf-8",
    "utf-8-sig",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Watch:
    """Collects audit events while it is switched on. Such a hook stays for ever."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        for encoding in _ENCODINGS:
            codecs.lookup(encoding)
        importlib.import_module("importlib.readers")
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on or event in _READS:
            return
        if event == "open" and isinstance(arguments[2], int) and not arguments[2] & _WRITES:
            return
        if event == "compile" and arguments[1] == "<unknown>":
            return  # `ast.parse`, which parses only: what is then executed is another event
        if event == "object.__getattr__" and arguments[1:] == ("f_code",):
            return  # the name of a caller, of which ruamel.yaml makes one of a property
        self.seen.append(f"{event}{arguments!r}"[:500])


_WATCH = _Watch()


@contextmanager
def only_reading() -> Iterator[None]:
    """Nothing within is executed, imported, written or connected to.

    Raises:
        AssertionError: Something was; that, not the error that the code raised.
    """
    _WATCH.seen.clear()
    _WATCH.is_on = True
    try:
        yield
    finally:
        _WATCH.is_on = False
        assert not _WATCH.seen, f"did more than reading: {_WATCH.seen}"
