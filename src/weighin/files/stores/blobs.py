"""Files by their digest."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.files.written import translated_errors

BLOCK_BYTES = 4 << 20


def require_blob(blocks: Iterable[bytes | memoryview] | None, sha256: str, where: str) -> None:
    """Refuse what lies where a blob should and is another: torn, or put there by somebody.

    Args:
        blocks: Its bytes; `None` if it is not there.
        sha256: Its digest.
        where: What it is called in errors.

    Raises:
        EvidenceError: It is another.
    """
    seen, size = hashlib.sha256(), 0
    for block in blocks or ():
        seen.update(block)
        size += len(block)
    if blocks is None or seen.hexdigest() != sha256:
        found = "nothing" if blocks is None else f"{size} bytes of sha256 {seen.hexdigest()}"
        raise EvidenceError(
            f"{where}: expected the bytes that it is named after, found {found}; nothing is "
            "overwritten, move it away and run the same command again"
        )


def checked_blocks(source: Path, sha256: str) -> Iterator[bytes]:
    """The bytes of a local file in blocks; whoever takes all of them took those of the digest.

    Raises:
        EvidenceError: At the end of the file: it has another digest.
        InfrastructureError: The disk is failing.
        UsageError: It cannot be read.
    """
    seen = hashlib.sha256()
    with translated_errors(source, "read"), source.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            seen.update(block)
            yield block
    if seen.hexdigest() != sha256:
        raise EvidenceError(f"{source}: expected sha256 {sha256}, found {seen.hexdigest()}")
