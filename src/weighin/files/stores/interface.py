"""The five verbs that a place for results has to know. None of them changes or deletes anything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

BLOBS = "blobs"


class Storage(Protocol):
    """Objects under keys: `/`-separated names, relative to the place, without `.` and `..`.

    An object is there whole or not at all, and is never changed. Every verb raises
    `InfrastructureError` where trying again may help, and `UsageError` where it cannot.
    """

    @property
    def place(self) -> str:
        """Where it is, as a person writes it: a path or an URL."""

    def create(self, key: str, content: bytes) -> bool:
        """Create an object, durably, unless one is there.

        Returns:
            Whether this call made it: of racing calls one did.
        """

    def read(self, key: str, *, max_bytes: int) -> bytes | None:
        """All bytes of an object; `None` if it is not there.

        Raises:
            EvidenceError: It is larger than `max_bytes`, or no regular file.
        """

    def list(self, prefix: str) -> Iterator[str]:
        """The keys below a prefix, which ends with `/` or is empty for all, in order."""

    def put_blob(self, source: Path, sha256: str) -> None:
        """Keep a local file under `blobs/<sha256>`, unless it is there.

        Raises:
            EvidenceError: The file has another digest.
        """

    def exists(self, key: str) -> bool:
        """Whether an object is there."""
