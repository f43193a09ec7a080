"""Pickles that run code when the standard library loads them: each makes the folder `MADE`.

They name what they call in every way that a pickle can. To make a folder in the working folder is
an effect that is seen, and harmless where a test forgot to look.
"""

import copyreg
import pickle
from collections.abc import Iterator
from contextlib import contextmanager

from tests.making.checkpoints.torch_files import EMPTY, call, items, mapping, name_of, text

MADE = "made-by-a-pickle"
EXTENSION = 0x77
_MKDIR = name_of("posix", "mkdir")
_PARTIAL = name_of("functools", "partial")
_ARGUMENT = items(text(MADE))


def _short(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


class _Made:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.mkdir, (MADE,)


_SYSTEM = f"mkdir {MADE}"
_EVAL = f"__import__('os').mkdir({MADE!r})"
_BODIES = {
    "global-reduce": _MKDIR + _ARGUMENT + b"R",
    "os-system": call(name_of("posix", "system"), text(_SYSTEM)),
    "eval": call(name_of("builtins", "eval"), text(_EVAL)),
    "exec": call(name_of("builtins", "exec"), text(f"import os; os.mkdir({MADE!r})")),
    "stack-global": _short("posix") + _short("mkdir") + b"\x93" + _ARGUMENT + b"R",
    "stack-global-memo": text("posix") + b"\x94" + text("mkdir") + b"\x94"
    + b"00h\x00h\x01\x93" + _ARGUMENT + b"R",
    "dotted": _short("os") + _short("path.os.mkdir") + b"\x93" + _ARGUMENT + b"R",
    "inst": b"(" + text(MADE) + b"iposix\nmkdir\n",
    "obj": b"(" + _MKDIR + text(MADE) + b"o",
    "newobj": _PARTIAL + items(_MKDIR, text(MADE)) + b"\x81" + EMPTY + b"R",
    "newobj-ex": _PARTIAL + items(_MKDIR, text(MADE)) + b"}\x92" + EMPTY + b"R",
    "ext1": b"\x82" + bytes([EXTENSION]) + _ARGUMENT + b"R",
    "ext2": b"\x83" + bytes([EXTENSION, 0]) + _ARGUMENT + b"R",
    "ext4": b"\x84" + bytes([EXTENSION, 0, 0, 0]) + _ARGUMENT + b"R",
    "build-setstate": name_of("types", "SimpleNamespace") + EMPTY + b"R"
    + mapping({"__setstate__": _MKDIR}) + b"b" + text(MADE) + b"b",
    "build-slots": name_of("types", "SimpleNamespace") + EMPTY + b"R"
    + b"N" + mapping({"__setstate__": _MKDIR}) + b"\x86b" + text(MADE) + b"b",
    "getattr": call(
        call(name_of("builtins", "getattr"), call(name_of("builtins", "__import__"), text("os")),
             text("mkdir")),
        text(MADE),
    ),
    "map": call(name_of("builtins", "list"), call(name_of("builtins", "map"), _MKDIR, _ARGUMENT)),
    "in-a-pickle": call(
        name_of("_pickle", "loads"),
        b"C" + bytes([len(_MKDIR + _ARGUMENT) + 4]) + b"\x80\x03" + _MKDIR + _ARGUMENT + b"R.",
    ),
    "subprocess": call(name_of("subprocess", "getoutput"), text(_SYSTEM)),
    "code-module": call(name_of("timeit", "timeit"), _short("0"), text(_EVAL)),
    "popped": _MKDIR + _ARGUMENT + b"R0N",
    "popped-by-mark": b"(" + _MKDIR + _ARGUMENT + b"R1N",
}  # fmt: skip

HOSTILE = {
    **{name: b"\x80\x04" + mapping({"x": body}) + b"." for name, body in _BODIES.items()},
    **{f"protocol-{number}": pickle.dumps({"x": _Made()}, number) for number in range(6)},
    "old-builtins": b"\x80\x02" + call(name_of("__builtin__", "eval"), text(_EVAL)) + b".",
    "text-opcodes": b"(dS'x'\ncposix\nmkdir\n(S'" + MADE.encode() + b"'\ntRs.",
    "as-a-key": b"\x80\x02}" + _MKDIR + _ARGUMENT + b"RNs.",
    "behind-a-frame": b"\x80\x04\x95\x02" + bytes(7) + b"N0" + _MKDIR + _ARGUMENT + b"R.",
}
"""By name, programs that make the folder when they are run."""

PERSISTENT = {
    "persid": b"\x80\x02}X\x01\x00\x00\x00xP" + MADE.encode() + b"\ns.",
    "binpersid": b"\x80\x02}X\x01\x00\x00\x00x" + text(MADE) + b"Qs.",
}
"""By name, programs that hand the name of the folder to whoever resolves persistent ids."""


class Resolving(pickle.Unpickler):
    """The standard library's reader, with persistent ids that make a folder."""

    def persistent_load(self, pid: str) -> None:
        """Make it."""
        import os

        os.mkdir(pid)  # noqa: PTH102  # what a careless reader could do


@contextmanager
def extension() -> Iterator[None]:
    """The extension registry of `pickle` knows the function that makes folders."""
    copyreg.add_extension("posix", "mkdir", EXTENSION)
    try:
        yield
    finally:
        copyreg.remove_extension("posix", "mkdir", EXTENSION)
