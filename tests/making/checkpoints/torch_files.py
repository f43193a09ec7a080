"""Files like those of torch.save, written without PyTorch, opcode by opcode."""

import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

STORAGES = {
    "BF16": ("BFloat16Storage", 2),
    "F16": ("HalfStorage", 2),
    "F32": ("FloatStorage", 4),
    "F64": ("DoubleStorage", 8),
    "I16": ("ShortStorage", 2),
    "I32": ("IntStorage", 4),
    "I64": ("LongStorage", 8),
    "I8": ("CharStorage", 1),
    "U8": ("ByteStorage", 1),
    "BOOL": ("BoolStorage", 1),
    "C64": ("ComplexFloatStorage", 8),
}
NO, YES, NONE, EMPTY = b"\x89", b"\x88", b"N", b")"


def text(value: str) -> bytes:
    content = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(content)) + content


def integer(value: int) -> bytes:
    if 0 <= value < 256:
        return b"K" + bytes([value])
    content = value.to_bytes(16, "little", signed=True)
    return b"\x8a" + bytes([len(content)]) + content


def name_of(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def items(*values: bytes) -> bytes:
    return b"(" + b"".join(values) + b"t"


def integers(values: Iterable[int]) -> bytes:
    return items(*map(integer, values))


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + items(*arguments) + b"R"


ORDERED = name_of("collections", "OrderedDict") + EMPTY + b"R"


def storage(kind: str, key: str, count: int, location: str = "cpu") -> bytes:
    module, _, name = kind.rpartition(".")
    return (
        items(
            text("storage"), name_of(module or "torch", name), text(key), text(location),
            integer(count),
        )
        + b"Q"
    )  # fmt: skip


def strides(shape: Iterable[int]) -> list[int]:
    found: list[int] = []
    step = 1
    for dimension in reversed(list(shape)):
        found.insert(0, step)
        step *= dimension
    return found


def tensor(
    source: bytes, shape: list[int], *, offset: int = 0, stride: list[int] | None = None
) -> bytes:
    return call(
        name_of("torch._utils", "_rebuild_tensor_v2"),
        source, integer(offset), integers(shape),
        integers(strides(shape) if stride is None else stride), NO, ORDERED,
    )  # fmt: skip


def mapping(values: Mapping[str, bytes]) -> bytes:
    return b"}(" + b"".join(text(name) + value for name, value in values.items()) + b"u"


def pickled(body: bytes) -> bytes:
    return b"\x80\x02" + body + b"."


def write_archive(
    path: Path, pickle: bytes, storages: Mapping[str, bytes], top: str = "archive"
) -> Path:
    """An archive of a pickle and storages, as the standard library writes it."""
    entries = {
        "data.pkl": pickle,
        "byteorder": b"little",
        **{f"data/{key}": content for key, content in storages.items()},
        "version": b"3\n",
    }
    return write_entries(path, {f"{top}/{name}": content for name, content in entries.items()})


def write_entries(path: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def write_torch(path: Path, tensors: Mapping[str, tuple[str, list[int], bytes]]) -> Path:
    """A state dict; tensors are `name: (dtype, shape, bytes)`, each with a storage of its own."""
    described: dict[str, bytes] = {}
    storages: dict[str, bytes] = {}
    for number, (name, (dtype, shape, content)) in enumerate(tensors.items()):
        kind, item_bytes = STORAGES[dtype]
        source = storage(kind, str(number), len(content) // item_bytes)
        described[name] = tensor(source, shape)
        storages[str(number)] = content
    return write_archive(path, pickled(mapping(described)), storages)
