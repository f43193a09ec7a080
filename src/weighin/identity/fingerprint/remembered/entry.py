"""What is remembered of one file: a file in the cache folder, believed only if all of it fits."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from weighin.errors import EvidenceError
from weighin.files.bounded import read_foreign_file
from weighin.files.canonical import sha256_hex
from weighin.files.opened import State
from weighin.files.strict_model import StrictModel
from weighin.identity.digests.hashing import FileDigests, FileParts

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# A hundred thousand tensors; no shard holds as many.
_MAX_BYTES = 16 << 20
_WRITABLE_BY_OTHERS = 0o022

_Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Offset = Annotated[int, Field(ge=0)]


class HashedBefore(StrictModel):
    """A file that was read, and what the file system said of it right before.

    Attributes:
        format: `weighin.hashed-file/1`.
        boot: The start of the machine in which it was read: numbers of devices hold for one.
        location: SHA-256 of the path of the file after all links.
        state: Device, inode, size, mtime and ctime.
        asked_ns: When the file system was asked, before the file was read.
        whole: Digest of the file as a whole; `None` if it was not taken.
        parts: Begin, end and digest of each part.
    """

    format: Literal["weighin.hashed-file/1"]
    boot: str
    location: _Hex
    state: tuple[int, int, int, int, int]
    asked_ns: int
    whole: _Hex | None
    parts: tuple[tuple[_Offset, _Offset, _Hex], ...]

    def digests_of(self, file: FileParts) -> FileDigests | None:
        """The digests of all parts that are asked for; `None` if one of them was not taken."""
        known = {(begin, end): digest for begin, end, digest in self.parts}
        wanted = set(file.parts)
        if not known.keys() >= wanted or (file.is_hashed_whole and self.whole is None):
            return None
        whole = self.whole if file.is_hashed_whole else None
        return FileDigests({part: known[part] for part in wanted}, whole)


def location_digest(location: Path) -> str:
    """What stands for the path of a file, of whatever bytes it is."""
    return sha256_hex(os.fsencode(os.path.realpath(location)))


def boot_id() -> str:
    """The start of the machine that is in force; empty where it is not known."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def entry_of(file: FileParts, digests: FileDigests, asked_ns: int) -> HashedBefore:
    """What is to be remembered of a file that was read.

    Args:
        file: The file, with its state before it was read.
        digests: What was read.
        asked_ns: When its state was asked for.
    """
    return HashedBefore(
        format="weighin.hashed-file/1",
        boot=boot_id(),
        location=location_digest(file.location),
        state=State(*file.state),
        asked_ns=asked_ns,
        whole=digests.whole,
        parts=tuple((*part, digest) for part, digest in sorted(digests.parts.items())),
    )


def read_entry(place: Path) -> HashedBefore | None:
    """What a file of the cache folder says; `None` if it is not there, torn or of somebody else."""
    try:
        status = place.lstat()
        if (
            not stat.S_ISREG(status.st_mode)
            or status.st_uid != os.geteuid()
            or status.st_mode & _WRITABLE_BY_OTHERS
        ):
            return None
        checksum, _, content = read_foreign_file(place, max_bytes=_MAX_BYTES).partition(b"\n")
        if checksum.decode("ascii") != sha256_hex(content):
            return None
        return HashedBefore.model_validate_json(content)
    except (OSError, EvidenceError, ValidationError, UnicodeDecodeError):
        return None


def write_entry(place: Path, entry: HashedBefore) -> None:
    """Put an entry in the place of the one that is there; nothing happens where that fails."""
    content = entry.model_dump_json().encode()
    draft = place.with_name(f".{place.name}.{os.getpid()}-{os.urandom(4).hex()}.draft")
    with contextlib.suppress(OSError):
        try:
            draft.touch(mode=0o600, exist_ok=False)
            with draft.open("r+b") as stream:
                stream.write(sha256_hex(content).encode() + b"\n" + content)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
