"""Files by their digest."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.files.written import translated_errors

BLOCK_BYTES = 4 << 20


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
