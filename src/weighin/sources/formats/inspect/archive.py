"""The zip archive that Inspect writes as `.eval`, read member by member within bounds.

Members are stored, deflated or, in newer logs, compressed with zstd (method 93), which zipfile of
the standard library reads from Python 3.14 on only.
"""

import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError, EvidenceError
from weighin.files.json.foreign import in_brief, parsed
from weighin.files.json.keys_twice import KeyTwice, keys_twice
from weighin.files.opened import opened, size_bytes

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

MAX_MEMBER_BYTES = 128 << 20
"""The most that one member may hold: as text of wide characters it takes four times as much."""

MAX_HEADER_BYTES = 16 << 20
"""The most that a header may hold, which is read before anything is known of an archive."""

_HEADERS = frozenset({"header.json", "_journal/start.json"})
_MAX_DIRECTORY_BYTES = 32 << 20
# The largest honest logs grow about a hundredfold; an answer that repeats one word grows more, and
# is short.
_MOST_GROWTH, _ALWAYS_ALLOWED_BYTES = 200, 1 << 20
_STORED, _DEFLATED, _ZSTD = 0, 8, 93
_ENCRYPTED = 1
# One, as Inspect writes; each further one copies what follows it.
_MOST_FRAMES = 16
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_END_64_LOCATOR = struct.Struct("<4sIQI")
_DIRECTORY_SIZE_64 = struct.Struct("<40xQ")
_LONGEST_COMMENT = 0xFFFF
_SIZE_IN_END_64 = 0xFFFFFFFF


@dataclass(slots=True)
class InspectArchive:
    """An open archive.

    Attributes:
        path: Where it lies; named in errors.
        descriptor: Of the open file.
        entries: Member by name; of two with one name the last, as Inspect reads it.
        twice: How many members have the name of another.
        budget_bytes: How much may still be unpacked.
        keys_twice: Keys that stand twice in a member, by its name.
    """

    path: Path
    descriptor: int
    entries: dict[str, zipfile.ZipInfo]
    twice: int
    budget_bytes: int
    keys_twice: list[tuple[str, KeyTwice]] = field(default_factory=list)

    def json(self, name: str) -> JsonValue:
        """The JSON of a member.

        Raises:
            EvidenceError: It is missing, damaged, too large or no JSON.
        """
        content = self.content(name)
        try:
            value = parsed(content)
            self.keys_twice.extend((name, key) for key in keys_twice(content, value))
            return value  # noqa: TRY300  # reading the keys again may fail, too
        except (ValueError, RecursionError) as error:
            raise EvidenceError(
                f"{self.path}: {name}: expected JSON, found {in_brief(error)}"
            ) from error

    def content(self, name: str) -> bytes:
        """All bytes of a member, checked against the size and checksum that the archive states.

        Raises:
            EvidenceError: It is missing, damaged, encrypted or too large.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise EvidenceError(f"{self.path}: expected the member {name}, found none")
        if entry.flag_bits & _ENCRYPTED:
            raise EvidenceError(f"{self.path}: {name}: expected a plain member, found an encrypted")
        most, limit = min(
            (MAX_HEADER_BYTES, "as no header is larger")
            if name in _HEADERS
            else (MAX_MEMBER_BYTES, "as no member is larger"),
            (
                max(_ALWAYS_ALLOWED_BYTES, _MOST_GROWTH * entry.compress_size),
                f"{_MOST_GROWTH} times what it takes packed",
            ),
            (self.budget_bytes, f"{_MOST_GROWTH} times the archive, as are still left"),
        )
        if max(entry.file_size, entry.compress_size) > most:
            raise EvidenceError(
                f"{self.path}: {name}: expected at most {most} bytes, {limit}, "
                f"found {max(entry.file_size, entry.compress_size)}"
            )
        try:
            content = _unpacked(self._packed(entry), entry)
        except (zlib.error, ZstdError, EOFError, OSError, OverflowError) as error:
            raise self._damaged(name, in_brief(error)) from error
        self.budget_bytes -= len(content)
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            raise self._damaged(name, "other bytes than its size and checksum say")
        return content

    def _packed(self, entry: zipfile.ZipInfo) -> bytes:
        header = os.pread(self.descriptor, _LOCAL_HEADER.size, entry.header_offset)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise self._damaged(entry.filename, "no header before it")
        *_, name_size, extra_size = _LOCAL_HEADER.unpack(header)
        start = entry.header_offset + _LOCAL_HEADER.size + name_size + extra_size
        packed = os.pread(self.descriptor, entry.compress_size, start)
        if len(packed) != entry.compress_size:
            raise self._damaged(entry.filename, "the end of the file within it")
        if entry.compress_type not in {_STORED, _DEFLATED, _ZSTD}:
            raise EvidenceError(
                f"{self.path}: {entry.filename}: expected it stored, deflated or compressed with "
                f"zstd, found zip method {entry.compress_type}"
            )
        return packed

    def _damaged(self, name: str, found: str) -> EvidenceError:
        return EvidenceError(f"{self.path}: {name}: expected a whole member, found {found}")


@contextmanager
def open_archive(path: Path) -> Iterator[InspectArchive]:
    """An open archive of Inspect.

    Raises:
        EvidenceError: It cannot be read, or is no zip archive.
    """
    try:
        with opened(path) as descriptor:
            size = size_bytes(descriptor)
            _require_small_directory(descriptor, size, path)
            entries = _entries(descriptor, path)
            by_name = {entry.filename: entry for entry in entries}
            yield InspectArchive(
                path=path,
                descriptor=descriptor,
                entries=by_name,
                twice=len(entries) - len(by_name),
                budget_bytes=_MOST_GROWTH * max(_ALWAYS_ALLOWED_BYTES, size),
            )
    except CheckpointError as error:
        raise EvidenceError(str(error)) from (error.__cause__ or error)


def _entries(descriptor: int, path: Path) -> list[zipfile.ZipInfo]:
    try:
        with (
            open(descriptor, "rb", closefd=False) as stream,
            zipfile.ZipFile(stream) as archive,
        ):
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise EvidenceError(
            f"{path}: expected a zip archive as Inspect writes it, found {in_brief(error)}"
        ) from error


def _require_small_directory(descriptor: int, size: int, path: Path) -> None:
    """Zipfile reads the whole directory of an archive into memory, at ten times its size."""
    start = max(0, size - _LONGEST_COMMENT - _END.size)
    tail = os.pread(descriptor, size - start, start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise EvidenceError(
            f"{path}: expected a zip archive as Inspect writes it, found no end of its directory; "
            "a log that is still being written cannot be read"
        )
    directory_size = int(_END.unpack_from(tail, at)[5])
    locator_at = start + at - _END_64_LOCATOR.size
    if directory_size == _SIZE_IN_END_64 and locator_at >= 0:
        locator = os.pread(descriptor, _END_64_LOCATOR.size, locator_at)
        end_at = int(_END_64_LOCATOR.unpack(locator)[2])
        end = os.pread(descriptor, _DIRECTORY_SIZE_64.size, min(end_at, size))
        if len(end) == _DIRECTORY_SIZE_64.size:
            directory_size = int(_DIRECTORY_SIZE_64.unpack(end)[0])
    if directory_size > _MAX_DIRECTORY_BYTES:
        raise EvidenceError(
            f"{path}: expected a directory of at most {_MAX_DIRECTORY_BYTES} bytes, "
            f"found {directory_size}"
        )


def _unpacked(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, at most one more than it is said to hold."""
    most = entry.file_size + 1
    if entry.compress_type == _STORED:
        return packed
    if entry.compress_type == _DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    content = b""
    for _ in range(_MOST_FRAMES):
        frame = ZstdDecompressor()
        content += frame.decompress(packed, most - len(content))
        packed = frame.unused_data
        if not packed or len(content) >= most:
            break
    return content
