"""Where the entries of a zip file lie, if there is only one way to read it.

Zip has three descriptions of every entry (a directory at the end, a header before its bytes and,
often, a descriptor after them), and readers differ in which one they believe. Here they must
agree, nothing may be compressed, and the entries must cover the file without hole or overlap.

Source:
    PKWARE APPNOTE 6.3.10, section 4.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.files.opened import blocks, size_bytes

MAX_DIRECTORY_BYTES = 16_000_000

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_DIRECTORY_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = struct.Struct("<4s3L")
_DESCRIPTOR_64 = struct.Struct("<4sL2Q")
_FIELD = struct.Struct("<2H")
_ENCRYPTED, _HAS_DESCRIPTOR, _NAME_IS_UTF8 = 1 << 0, 1 << 3, 1 << 11
_IS_FOLDER = 0x10
_ZIP64 = 0x0001
# PyTorch pads local headers with a field of its own, so that tensors are aligned.
_PADDING = 0x4246
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One entry of a zip file.

    Attributes:
        name: As spelled in the directory; never used as a path.
        crc32: As stated; not checked against the bytes.
        begin: Offset of its first byte, from the start of the file.
        end: Offset after its last byte.
    """

    name: str
    crc32: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the directory says of an entry."""

    name: str
    raw_name: bytes
    flags: int
    crc32: int
    size: int
    offset: int


def zip_entries(descriptor: int, path: Path) -> tuple[ZipEntry, ...]:
    """The entries of an open zip file, in order of their bytes.

    Args:
        descriptor: Of the file.
        path: Named in errors only.

    Raises:
        CheckpointError: The file is no zip file, or two readers could read it in two ways.
    """
    count, begin, end = _directory_place(descriptor, path)
    content = _read(descriptor, path, begin, end)
    stated = sorted(_directory(content, count, path), key=lambda entry: entry.offset)
    _require_distinct(stated, path)
    first = stated[0].offset if stated else begin
    if first != 0:
        raise CheckpointError(
            f"{path}: expected the first entry at byte 0, found {first} bytes before it"
        )
    entries: list[ZipEntry] = []
    for number, entry in enumerate(stated, start=1):
        following = stated[number].offset if number < len(stated) else begin
        data = _data_begin(descriptor, path, entry, following)
        _require_end(descriptor, path, entry, data + entry.size, following)
        entries.append(ZipEntry(entry.name, entry.crc32, data, data + entry.size))
    return tuple(entries)


def _require_distinct(stated: Sequence[_Stated], path: Path) -> None:
    seen: set[str] = set()
    for entry in stated:
        # Readers exist that do not tell upper from lower case, PyTorch's among them.
        name = entry.name.casefold()
        if name in seen:
            raise CheckpointError(f"{path}: entry {entry.name!r}: expected once, found twice")
        seen.add(name)


def _directory_place(descriptor: int, path: Path) -> tuple[int, int, int]:
    """Number of entries, and where the directory begins and ends."""
    size = size_bytes(descriptor)
    end_begin = size - _END.size
    if end_begin < 0:
        raise CheckpointError(f"{path}: expected a zip file, found {size} bytes")
    signature, *stated, comment = _END.unpack(_read(descriptor, path, end_begin, size))
    if signature != b"PK\x05\x06" or comment:
        raise CheckpointError(
            f"{path}: expected to end with the directory of a zip file and no comment, "
            "found something else: the file is truncated or no zip file"
        )
    fields, end = _wide_fields(descriptor, path, end_begin)
    if fields is None:
        fields = tuple(stated)
    # Disk, disk of the directory, entries on the disk, entries, size, offset.
    limits = (_FULL_16, _FULL_16, _FULL_16, _FULL_16, _FULL_32, _FULL_32)
    for narrow, wide, full in zip(stated, fields, limits, strict=True):
        if narrow not in (wide, full):
            raise CheckpointError(
                f"{path}: expected two end records that agree, found {narrow} and {wide}"
            )
    disk, directory_disk, on_disk, count, length, begin = fields
    if (disk, directory_disk) != (0, 0) or on_disk != count:
        raise CheckpointError(f"{path}: expected a zip file of one part, found one of several")
    if length > MAX_DIRECTORY_BYTES:
        raise CheckpointError(
            f"{path}: directory: expected at most {MAX_DIRECTORY_BYTES} bytes, found {length}"
        )
    if begin + length != end:
        raise CheckpointError(
            f"{path}: directory: expected to end at {end}, where its end record begins, "
            f"found {begin + length}"
        )
    return count, begin, end


def _wide_fields(descriptor: int, path: Path, end_begin: int) -> tuple[tuple[int, ...] | None, int]:
    """The fields of the zip64 end record, `None` if there is none, and where the end begins."""
    locator_begin = end_begin - _LOCATOR.size
    begin = locator_begin - _END_64.size
    if begin < 0:
        return None, end_begin
    locator = _read(descriptor, path, locator_begin, end_begin)
    signature, disk, offset, disks = _LOCATOR.unpack(locator)
    if signature != b"PK\x06\x07":
        return None, end_begin
    wide = _END_64.unpack(_read(descriptor, path, begin, locator_begin))
    # The size of the record does not count its first two fields.
    if (disk, offset, disks, *wide[:2]) != (0, begin, 1, b"PK\x06\x06", _END_64.size - 12):
        raise CheckpointError(
            f"{path}: expected a zip64 end record at {begin}, found something else"
        )
    return wide[4:], begin


def _directory(content: bytes, count: int, path: Path) -> Iterator[_Stated]:
    position = 0
    for number in range(count):
        place = f"{path}: directory: entry {number}"
        if position + _DIRECTORY_ENTRY.size > len(content):
            raise CheckpointError(f"{place}: expected {count} entries, found the end")
        fields = _DIRECTORY_ENTRY.unpack_from(content, position)
        signature, _, _, flags, method, _, _, crc32, packed, size, *rest = fields
        name_length, extra_length, comment_length, disk, _, attributes, offset = rest
        if signature != b"PK\x01\x02" or disk or comment_length:
            raise CheckpointError(f"{place}: expected an entry of a zip file, found something else")
        name_begin = position + _DIRECTORY_ENTRY.size
        extra_begin = name_begin + name_length
        position = extra_begin + extra_length
        if position > len(content):
            raise CheckpointError(f"{place}: expected {count} entries, found the end")
        raw_name = content[name_begin:extra_begin]
        name = _name(raw_name, flags, place)
        place = f"{path}: entry {name!r}"
        _require_plain(flags, method, attributes, place)
        extra = _extra_fields(content[extra_begin:position], place)
        size, packed, offset = _widened((size, packed, offset), extra.get(_ZIP64, b""), place)
        if size != packed:
            raise CheckpointError(f"{place}: expected {size} stored bytes, found {packed}")
        yield _Stated(name, raw_name, flags, crc32, size, offset)
    if position != len(content):
        raise CheckpointError(
            f"{path}: directory: expected {count} entries, found more bytes after them"
        )


def _name(raw: bytes, flags: int, place: str) -> str:
    try:
        return raw.decode("utf-8" if flags & _NAME_IS_UTF8 else "ascii", errors="strict")
    except UnicodeDecodeError as error:
        raise CheckpointError(f"{place}: expected a name, found {raw[:100]!r}") from error


def _require_plain(flags: int, method: int, attributes: int, place: str) -> None:
    if flags & _ENCRYPTED:
        raise CheckpointError(f"{place}: expected no encryption, found it")
    if flags & ~(_HAS_DESCRIPTOR | _NAME_IS_UTF8):
        raise CheckpointError(f"{place}: expected plain zip flags, found {flags:#06x}")
    if method:
        raise CheckpointError(
            f"{place}: expected stored bytes, as torch.save writes them, found compression "
            f"method {method}"
        )
    if attributes & _IS_FOLDER:
        # PyTorch reads no bytes of it, and loads what its memory happened to hold.
        raise CheckpointError(f"{place}: expected a file, found an entry marked as a folder")


def _extra_fields(content: bytes, place: str) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    position = 0
    while position < len(content):
        if position + _FIELD.size > len(content):
            raise CheckpointError(f"{place}: extra fields: expected whole fields, found a part")
        kind, length = _FIELD.unpack_from(content, position)
        begin = position + _FIELD.size
        position = begin + length
        if kind not in (_ZIP64, _PADDING) or kind in fields or position > len(content):
            raise CheckpointError(
                f"{place}: extra fields: expected sizes and padding once each, "
                f"found the field {kind:#06x} of {length} bytes"
            )
        fields[kind] = content[begin:position]
    return fields


def _widened(values: tuple[int, int, int], field: bytes, place: str) -> tuple[int, int, int]:
    """Values of 32 bits, those that are full replaced by the ones of 64 bits in the field."""
    full = [index for index, value in enumerate(values) if value == _FULL_32]
    if len(field) != 8 * len(full):
        raise CheckpointError(
            f"{place}: expected {len(full)} sizes of 64 bits, found {len(field)} bytes"
        )
    widened = list(values)
    for index, (value,) in zip(full, struct.iter_unpack("<Q", field), strict=True):
        widened[index] = value
    return widened[0], widened[1], widened[2]


def _data_begin(descriptor: int, path: Path, entry: _Stated, following: int) -> int:
    """Where the bytes of an entry begin, if its own header says what the directory says."""
    place = f"{path}: entry {entry.name!r}"
    header_end = entry.offset + _LOCAL_HEADER.size
    if header_end > following:
        raise CheckpointError(f"{place}: expected a header at {entry.offset}, found other data")
    header = _LOCAL_HEADER.unpack(_read(descriptor, path, entry.offset, header_end))
    signature, _, flags, method, _, _, crc32, packed, size, name_length, extra_length = header
    data: int = header_end + name_length + extra_length
    if signature != b"PK\x03\x04" or data > following:
        raise CheckpointError(f"{place}: expected a header at {entry.offset}, found other data")
    names = _read(descriptor, path, header_end, data)
    if names[:name_length] != entry.raw_name:
        raise CheckpointError(
            f"{place}: expected this name in its own header, found {names[:name_length][:100]!r}"
        )
    if (flags, method) != (entry.flags, 0):
        raise CheckpointError(
            f"{place}: expected flags {entry.flags:#06x} and no compression in its own header, "
            f"found {flags:#06x} and method {method}"
        )
    extra = _extra_fields(names[name_length:], place)
    # PyTorch writes an offset into this field of local headers, too: read it for sizes only.
    if _FULL_32 in (packed, size):
        size, packed, _ = _widened((size, packed, 0), extra.get(_ZIP64, b""), place)
    if flags & _HAS_DESCRIPTOR and (crc32, packed, size) == (0, 0, 0):
        return data
    if (crc32, packed, size) != (entry.crc32, entry.size, entry.size):
        raise CheckpointError(
            f"{place}: expected {entry.size} bytes with CRC-32 {entry.crc32:08x} in its own "
            f"header, found {size} with {crc32:08x}"
        )
    return data


def _require_end(descriptor: int, path: Path, entry: _Stated, end: int, following: int) -> None:
    """Require that an entry ends where the next begins, its descriptor aside."""
    place = f"{path}: entry {entry.name!r}"
    if end > following:
        raise CheckpointError(
            f"{place}: expected to end before {following}, where the next one begins, "
            f"found {end}: it overlaps"
        )
    if entry.flags & _HAS_DESCRIPTOR:
        for layout in (_DESCRIPTOR, _DESCRIPTOR_64):
            if following - end == layout.size:
                found = layout.unpack(_read(descriptor, path, end, following))
                if found == (b"PK\x07\x08", entry.crc32, entry.size, entry.size):
                    return
        raise CheckpointError(
            f"{place}: expected a descriptor with its size and CRC-32 behind it, found other data"
        )
    if end != following:
        raise CheckpointError(
            f"{place}: expected to end at {following}, found {end}: "
            f"a hole of {following - end} bytes"
        )


def _read(descriptor: int, path: Path, begin: int, end: int) -> bytes:
    return b"".join(bytes(block) for block in blocks(descriptor, path, begin, end))
