"""Describes a GGUF file as one line of JSON; a process of its own, with limits that it sets first.

Parsers of GGUF have a history of memory bugs, and a small file can state huge counts. Whoever
started this process believes nothing that it prints. It is run by its path and imports nothing of
weighin, so that it starts fast; any exception ends it, and the last line of its standard error
says why.

    python -P child.py DESCRIPTOR MEMORY_BYTES CPU_SECONDS OUTPUT_BYTES
"""

import ctypes
import gc
import hashlib
import json
import math
import resource
import struct
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFReader, ReaderField
    from numpy.typing import NDArray

# prctl(2), and landlock(7): the numbers of its calls are the same on every architecture.
_NO_NEW_PRIVS = 38
_CREATE_RULESET, _RESTRICT_SELF, _ASK_VERSION = 444, 446, 1
# By the version of Landlock from which they are known: actions on files, on the network, and
# signals and abstract sockets of others.
_FILE_ACTIONS = {1: 13, 2: 14, 3: 15, 5: 16}
_NETWORK_FROM, _NETWORK_ACTIONS = 4, 0b11
_SCOPES_FROM, _SCOPES = 6, 0b11

Value: TypeAlias = "bool | int | float | str | dict[str, int | str]"


class Bounded:
    """The bytes of a file. A part that reaches past their end is an error, not a shorter part."""

    def __init__(self, content: "NDArray[np.uint8]") -> None:
        self._content = content

    def __getitem__(self, part: slice) -> "NDArray[np.uint8]":
        begin, end = int(part.start), int(part.stop)
        if not 0 <= begin <= end <= len(self._content):
            message = f"bytes {begin} to {end} of a file of {len(self._content)} bytes"
            raise ValueError(message)
        return self._content[begin:end]


def confine(memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    """Set limits that this process cannot lift again."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_CPU, cpu_seconds)
    _lower(resource.RLIMIT_FSIZE, output_bytes)
    # A count that overflows is an error of the file.
    warnings.simplefilter("error")
    # The reader makes some hundred thousand objects, and none of them is ever garbage.
    gc.disable()


def refuse_to_act() -> None:
    """Open no more files or connections, start no process, gain no privilege in this process.

    Where the kernel has Landlock, nothing in a file system can be made, removed or listed either,
    and no signal reaches another process. For root the kernel ignores the limit on processes.
    """
    if sys.platform.startswith("linux"):
        kernel = ctypes.CDLL(None)
        if kernel.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            _restrict(kernel)  # before the limits: it needs a descriptor
    _lower(resource.RLIMIT_NOFILE, 0)
    _lower(resource.RLIMIT_NPROC, 0)


def _restrict(kernel: ctypes.CDLL) -> None:
    """Enter a Landlock domain that allows nothing; does nothing where the kernel has none."""
    version = kernel.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < min(_FILE_ACTIONS):
        return
    count = max(bits for since, bits in _FILE_ACTIONS.items() if since <= version)
    words = [(1 << count) - 1]
    if version >= _NETWORK_FROM:
        words.append(_NETWORK_ACTIONS)
    if version >= _SCOPES_FROM:
        words.append(_SCOPES)
    actions = struct.pack(f"{len(words)}Q", *words)
    ruleset = kernel.syscall(_CREATE_RULESET, actions, ctypes.c_size_t(len(actions)), 0)
    if ruleset >= 0:
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)


def open_reader(path: str, when_mapped: Callable[[], None]) -> "GGUFReader":
    """The reader of the `gguf` package, confined to the bytes of the file.

    Args:
        path: The file.
        when_mapped: Called when the file is mapped and not yet parsed.
    """
    import numpy as np
    from gguf import GGUFReader

    class BoundedReader(GGUFReader):
        def _build_tensors(self, start_offs: int, fields: "list[ReaderField]") -> None:
            # As the file states them: the package would refuse a type that it does not know.
            self.tensors = [_span(f, start_offs) for f in fields]  # type: ignore[misc]  # plainer

        @property  # type: ignore[override]  # the reader only slices it
        def data(self) -> Bounded:
            return self._bounded

        @data.setter
        def data(self, content: "NDArray[np.uint8]") -> None:
            when_mapped()
            # A slice of a plain array costs less time and memory than one of a mapped array.
            self._bounded = Bounded(np.asarray(content))

    return BoundedReader(path)


def description(reader: "GGUFReader") -> dict[str, object]:
    """What the file holds: its layout, the spans of its tensors, and its metadata."""
    return {
        "alignment": int(reader.alignment),
        "data_offset": int(reader.data_offset),
        "tensors": reader.tensors,
        "metadata": {
            name: _value(field)
            for name, field in reader.fields.items()
            if not name.startswith("GGUF.")
        },
    }


def _span(field: "ReaderField", start: int) -> dict[str, object]:
    """One tensor as the file states it: its type is a number, which tells where it ends."""
    _, name, _, sizes, number, offset = field.parts
    return {
        "name": name.tobytes().decode(),
        "type": int(number[0]),
        "shape": [int(size) for size in reversed(sizes)],
        "begin": int(start) + int(offset[0]),
    }


def _value(field: "ReaderField") -> Value:
    """A scalar or text as it is; of an array the digest of its elements as the file spells them."""
    if field.types[0].name == "ARRAY":
        # Before the elements lie: length of the key, key, type, type of the elements, count.
        *_, element_type, count = field.parts[:5]
        digest = hashlib.sha256()
        for part in field.parts[5:]:
            digest.update(part.tobytes())
        return {
            "type": int(element_type[0]),
            "count": int(count[0]),
            "sha256": digest.hexdigest(),
        }
    value: bool | int | float | str = field.contents()
    if isinstance(value, float) and not math.isfinite(value):
        message = f"{field.name}: expected a finite number, found {value}"
        raise ValueError(message)
    return value


def _lower(limit: int, most: int) -> None:
    _, hard = resource.getrlimit(limit)
    lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (lowered, lowered))


def main() -> None:
    """Describe the file of a descriptor on standard output."""
    descriptor, memory_bytes, cpu_seconds, output_bytes = map(int, sys.argv[1:])
    confine(memory_bytes, cpu_seconds, output_bytes)
    reader = open_reader(f"/dev/fd/{descriptor}", refuse_to_act)
    sys.stdout.write(json.dumps(description(reader), allow_nan=False))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
