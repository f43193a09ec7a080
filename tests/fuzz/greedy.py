"""Contents that cost a reader much memory, and the process that reads them with little.

    python -m tests.fuzz.greedy KIND

reads all contents of a kind, each with the memory that its bound allows and no more, and prints a
line for each.
"""

import os
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.targets import memory_file
from tests.making.checkpoints.torch_files import mapping, storage, tensor

from weighin.errors import CheckpointError
from weighin.files.opened import parse_json_object
from weighin.identity.containers.safetensors import header_of
from weighin.identity.containers.torch.pickled_tensors import MAX_OPCODES, tensors_of
from weighin.identity.containers.torch.zip_layout import zip_entries

SIZE = 1_000_000
"""Bytes of each header and JSON file."""

BYTES_A_BYTE = 40
"""What one byte of a header, of a zip directory or of JSON may cost."""

FIXED_BYTES = 8 * 2**20
"""What reading may cost beside that: buffers, the allocator's rounding."""

PICKLE_BYTES = 512 * 2**20
"""What the largest pickle may cost."""

_PLACE = Path("a")
_WIDE = "\U0001f600"  # a text that holds it takes four bytes a character


def _filled(begin: bytes, part: bytes, end: bytes, size: int = SIZE) -> bytes:
    return begin + part * ((size - len(begin) - len(end)) // len(part)) + end


def _members(form: str, count: int) -> bytes:
    return (
        "{" + ",".join(form.replace("#", str(number)) for number in range(count)) + "}"
    ).encode()


def json_texts() -> dict[str, bytes]:
    """Objects of many, of wide and of long values."""
    empty = '"#":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    return {
        "empty lists": _filled(b'{"a":[', b"[],", b"0]}"),
        "empty objects": _filled(b'{"a":[', b"{},", b"0]}"),
        "small objects": _filled(b'{"a":[', b'{"":0},', b"0]}"),
        "floats": _filled(b'{"a":[', b"1e1,", b"0]}"),
        "short texts": _filled(b'{"a":[', b'"ab",', b"0]}"),
        "a wide name": _filled(f'{{"{_WIDE}'.encode(), b"a", b'":0}'),
        "a wide name, escaped": _filled(f'{{"\\u0100{_WIDE}'.encode(), b"a", b'":0}'),
        "lists beside a wide name": _filled(f'{{"{_WIDE}":['.encode(), b"[],", b"0]}"),
        "many names": _members('"#":0', SIZE // 11),
        "much free text": b'{"__metadata__":' + _members('"#":""', SIZE // 11) + b"}",
        "many tensors": _members(empty, SIZE // 61),
        "many dimensions": _filled(
            b'{"a":{"dtype":"U8","shape":[0,', b"999,", b'1],"data_offsets":[0,0]}}'
        ),
        "a long name twice": b'{"%b":0,"%b":0}' % ((b"x" * (SIZE // 2),) * 2),
        "deep lists": b'{"a":' + b"[" * (SIZE // 2) + b"]" * (SIZE // 2) + b"}",
    }  # fmt: skip


def json_files() -> dict[str, bytes]:
    """Those of them that cost most where nothing but JSON is asked for."""
    texts = json_texts()
    worst = ("small objects", "a wide name, escaped", "lists beside a wide name", "many names")
    return {name: texts[name] for name in worst}


def pickles() -> dict[str, bytes]:
    """Programs with as many opcodes as are read, beside a wide text of 20 MB."""
    wide = _filled(_WIDE.encode(), b"a", b"", 20_000_000)
    begin = b"\x80\x04X" + struct.pack("<I", len(wide)) + wide
    shared = tensor(storage("FloatStorage", "0", 1) + b"q\x01", [1]) + b"q\x02"
    tensors = {"x": shared} | {str(number): b"h\x02" for number in range(50_000)}
    return {
        "mappings": begin + b"}" * MAX_OPCODES + b".",
        "names of one tensor": b"\x80\x04" + mapping(tensors) + b".",
        "a long global": b"\x80\x04c" + b"a" * 30_000_000 + b"\nb\n.",
    }


def zip_directories() -> dict[str, bytes]:
    """Archives that are a directory only."""
    entry = b"PK\x01\x02" + bytes(42)
    count = SIZE // 51
    listed = b"".join(
        entry[:28] + struct.pack("<H", 5) + entry[30:] + b"%05d" % number for number in range(count)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), 0, 0)
    return {"many entries": listed + end}


def _read_header(content: bytes) -> None:
    framed = struct.pack("<Q", len(content)) + content
    with memory_file(framed) as descriptor:
        header_of(descriptor, _PLACE)


def _read_zip(content: bytes) -> None:
    with memory_file(content) as descriptor:
        zip_entries(descriptor, _PLACE)


KINDS: dict[str, tuple[Callable[[], dict[str, bytes]], Callable[[bytes], object], int | None]] = {
    "header": (json_texts, _read_header, None),
    "json": (json_files, lambda content: parse_json_object(content, _PLACE), None),
    "pickle": (pickles, lambda content: tensors_of(content, "a"), PICKLE_BYTES),
    "zip": (zip_directories, _read_zip, None),
}


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def outcome(read: Callable[[bytes], object], content: bytes, most: int) -> str:
    """What reading makes of a content; this process is left with little memory."""
    limit = _address_space() + most
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        read(content)
    except CheckpointError as error:
        return f"refused: {str(error)[:80]}"
    except MemoryError:
        return f"more than {most} bytes for {len(content)}"
    return "accepted"


def main(kind: str) -> None:
    """Read each content in a process of its own, which has no freed memory of another to use."""
    make, read, fixed = KINDS[kind]
    for name, content in make().items():
        most = fixed if fixed is not None else FIXED_BYTES + BYTES_A_BYTE * len(content)
        child = os.fork()
        if child == 0:
            print(f"{name}\t{outcome(read, content, most)}", flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1])
