"""Files that somebody packed with gzip: unpacked in memory, and never to more than a bound."""

import zlib
from pathlib import Path

from weighin.errors import EvidenceError

MAX_UNPACKED_BYTES = 128 << 20
"""The most that a packed file may hold. A larger one is unpacked by whoever has it."""

# Not `.jsonl.gz`: those who write samples so read them line by line.
_ENDINGS = (".json.gz", ".csv.gz", ".md.gz", ".txt.gz", ".yaml.gz", ".yml.gz")
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20
# Little at a time: what stands behind a member is copied, and a file may have a million of them.
_TAKEN = 1 << 13


def is_packed_name(name: str) -> bool:
    """Whether a name is that of a file that is read whole, and was packed."""
    return name.lower().endswith(_ENDINGS)


def unpacked(content: bytes, path: Path, *, max_bytes: int = MAX_UNPACKED_BYTES) -> bytes:
    """What some bytes hold that gzip packed, all of its members.

    Args:
        content: The bytes.
        path: The file, for messages.
        max_bytes: The most that may come out; never more than `MAX_UNPACKED_BYTES`.

    Raises:
        EvidenceError: They are no such bytes, are cut off, or hold more.
    """
    most = min(max_bytes, MAX_UNPACKED_BYTES)
    pieces: list[bytes] = []
    size = at = 0
    while at < len(content):
        member = zlib.decompressobj(_GZIP)
        waiting = b""
        while not member.eof:
            if not waiting:
                waiting = content[at : at + _TAKEN]
                at += len(waiting)
            try:
                piece = member.decompress(waiting, _PIECE)
            except zlib.error as error:
                raise EvidenceError(f"{path}: expected gzip, found {error}") from error
            if not piece and not waiting and not member.eof:
                raise EvidenceError(f"{path}: expected gzip, found an end within it")
            waiting = member.unconsumed_tail
            size += len(piece)
            if size > most:
                raise EvidenceError(
                    f"{path}: expected at most {most} bytes packed in it, found more; unpack it"
                )
            pieces.append(piece)
        at = _after_zeros(content, at - len(member.unused_data))
    if not content:
        raise EvidenceError(f"{path}: expected gzip, found an empty file")
    return b"".join(pieces)


def _after_zeros(content: bytes, at: int) -> int:
    """Where what follows a member begins: some pad a file with zeros."""
    while (some := content[at : at + _TAKEN]) and not some.strip(b"\0"):
        at += len(some)
    return at + len(some) - len(some.lstrip(b"\0"))


def as_it_lies(path: Path) -> Path:
    """The path of a file, or that of the same one packed where only this is there."""
    packed = path.with_name(f"{path.name}.gz")
    return packed if not path.is_file() and packed.is_file() else path
