"""A strict reader of what `torch.save` writes: the tensors of a state dict, without PyTorch.

The file is a zip archive of one folder: a pickle that describes the tensors, and the bytes of each
storage, neither compressed. The pickle is read by a machine that cannot execute anything.
"""

import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from weighin.errors import CheckpointError
from weighin.files.opened import blocks, opened, size_bytes
from weighin.identity.containers.safetensors import Header, TensorSpan
from weighin.identity.containers.torch.pickled_tensors import tensors_of
from weighin.identity.containers.torch.tensor_layout import PickledTensor
from weighin.identity.containers.torch.zip_layout import ZipEntry, zip_entries

MAX_PICKLE_BYTES = 32_000_000

_PICKLE, _BYTE_ORDER, _VERSION = "data.pkl", "byteorder", "version"
# Numbers that PyTorch writes beside the tensors, and parses.
_NUMBERS = (_VERSION, ".format_version", ".storage_alignment", ".data/serialization_id")
_KNOWN = frozenset({_PICKLE, _BYTE_ORDER, *_NUMBERS})
_MAX_NUMBER_BYTES = 64
_STORAGE = re.compile(r"data/[0-9]+", re.ASCII)
# https://github.com/pytorch/pytorch/blob/v2.9.0/caffe2/serialize/versions.h
_FORMAT_VERSIONS = range(1, 11)
_NUMBER = re.compile(rb"[0-9]+\n?")
_ZIP_MAGIC = b"PK\x03\x04"
_LEGACY_MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
_TAR_MAGIC_OFFSET, _TAR_MAGIC = 257, b"ustar"
_WAY_OUT = "load and save it again with PyTorch 1.6 or later, best as safetensors"


def read_header(path: Path, location: Path | None = None) -> Header:
    """The tensors of a file of `torch.save`.

    Args:
        path: The file, as the user knows it.
        location: Where its bytes lie, if `path` is a link that was already followed.

    Raises:
        CheckpointError: As `header_of`.
    """
    with opened(path, location) as descriptor:
        return header_of(descriptor, path)


def header_of(descriptor: int, path: Path) -> Header:
    """The tensors of an open file of `torch.save`.

    Tensors that share a storage may overlap, unlike those of safetensors: a tied weight is stored
    once and named twice.

    Args:
        descriptor: Of the file.
        path: Named in errors only.

    Returns:
        The tensors in order of their bytes; there is no metadata.

    Raises:
        CheckpointError: The file is not a mapping from names to tensors and nothing else, as
            `torch.save` has written it since PyTorch 1.6; or a tensor does not lie row by row. If
            its pickle would have run code, none was run.
    """
    _require_zip(descriptor, path)
    records = _records(zip_entries(descriptor, path), path)
    _require_numbers(descriptor, path, records)
    _require_little_endian(descriptor, path, records)
    tensors = tensors_of(
        _content(descriptor, path, records[_PICKLE], MAX_PICKLE_BYTES), f"{path}: {_PICKLE}"
    )
    spans = [_span(tensor, records, path) for tensor in tensors]
    used = {f"data/{tensor.storage}" for tensor in tensors}
    if unused := sorted(name for name in records if _STORAGE.fullmatch(name) and name not in used):
        raise CheckpointError(
            f"{path}: entry {unused[0]!r}: expected storages of tensors only, "
            "found one that no tensor uses"
        )
    spans.sort(key=lambda span: (span.begin, span.end))
    return Header(
        tensors=tuple(spans), metadata=MappingProxyType({}), size_bytes=size_bytes(descriptor)
    )


def _require_zip(descriptor: int, path: Path) -> None:
    end = min(size_bytes(descriptor), _TAR_MAGIC_OFFSET + len(_TAR_MAGIC))
    start = _read(descriptor, path, 0, end)
    if start.startswith(_ZIP_MAGIC):
        return
    if start.startswith(_LEGACY_MAGIC):
        found = "a bare pickle, as torch.save wrote before PyTorch 1.6"
    elif start[_TAR_MAGIC_OFFSET:] == _TAR_MAGIC:
        found = "a tar archive, as torch.save wrote before PyTorch 0.2"
    elif start.startswith(b"\x80"):
        found = "a bare pickle, which was not executed"
    else:
        raise CheckpointError(
            f"{path}: expected a zip archive, as torch.save writes, found {start[:4]!r} at its "
            "start"
        )
    raise CheckpointError(
        f"{path}: expected a zip archive, as torch.save writes, found {found}; {_WAY_OUT}"
    )


def _records(entries: tuple[ZipEntry, ...], path: Path) -> Mapping[str, ZipEntry]:
    """The entries by their names within the one top folder."""
    if not entries:
        raise CheckpointError(f"{path}: expected the entry {_PICKLE}, found an empty archive")
    folder = entries[0].name.partition("/")[0] + "/"
    records: dict[str, ZipEntry] = {}
    for entry in entries:
        name = entry.name.removeprefix(folder)
        if name == entry.name:
            raise CheckpointError(
                f"{path}: entry {entry.name!r}: expected one top folder {folder!r}, found another"
            )
        if name not in _KNOWN and not _STORAGE.fullmatch(name):
            raise CheckpointError(
                f"{path}: entry {entry.name!r}: expected {_PICKLE}, storages and the small "
                "entries that torch.save writes, found another: not a checkpoint, or a "
                f"TorchScript program; {_WAY_OUT}"
            )
        records[name] = entry
    for name in (_PICKLE, _VERSION):
        if name not in records:
            raise CheckpointError(f"{path}: expected the entry {name}, found none")
    return records


def _require_little_endian(descriptor: int, path: Path, records: Mapping[str, ZipEntry]) -> None:
    # PyTorch before 2.1 wrote none, and was used on little-endian machines.
    if _BYTE_ORDER in records:
        found = _content(descriptor, path, records[_BYTE_ORDER], len(b"little"))
        if found != b"little":
            raise CheckpointError(f"{path}: {_BYTE_ORDER}: expected little, found {found!r}")


def _require_numbers(descriptor: int, path: Path, records: Mapping[str, ZipEntry]) -> None:
    for name in _NUMBERS:
        if name in records:
            found = _content(descriptor, path, records[name], _MAX_NUMBER_BYTES)
            if not _NUMBER.fullmatch(found):
                raise CheckpointError(f"{path}: {name}: expected a number, found {found!r}")
            if name == _VERSION and int(found) not in _FORMAT_VERSIONS:
                raise CheckpointError(
                    f"{path}: {name}: expected 1 to {_FORMAT_VERSIONS[-1]}, found {int(found)}"
                )


def _content(descriptor: int, path: Path, entry: ZipEntry, max_bytes: int) -> bytes:
    place = f"{path}: entry {entry.name!r}"
    if entry.end - entry.begin > max_bytes:
        raise CheckpointError(
            f"{place}: expected at most {max_bytes} bytes, found {entry.end - entry.begin}"
        )
    content = _read(descriptor, path, entry.begin, entry.end)
    if zlib.crc32(content) != entry.crc32:
        raise CheckpointError(
            f"{place}: expected CRC-32 {entry.crc32:08x}, found {zlib.crc32(content):08x}"
        )
    return content


def _span(tensor: PickledTensor, records: Mapping[str, ZipEntry], path: Path) -> TensorSpan:
    place = f"{path}: tensor {tensor.name!r}"
    entry = records.get(f"data/{tensor.storage}")
    if entry is None:
        raise CheckpointError(f"{place}: expected its storage {tensor.storage!r}, found none")
    if entry.end - entry.begin != tensor.storage_bytes:
        raise CheckpointError(
            f"{place}: expected {tensor.storage_bytes} bytes in its storage {tensor.storage!r}, "
            f"found {entry.end - entry.begin}"
        )
    return TensorSpan(
        name=tensor.name,
        dtype=tensor.dtype,
        shape=tensor.shape,
        begin=entry.begin + tensor.begin,
        end=entry.begin + tensor.end,
    )


def _read(descriptor: int, path: Path, begin: int, end: int) -> bytes:
    return b"".join(bytes(block) for block in blocks(descriptor, path, begin, end))
