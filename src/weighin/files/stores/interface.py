"""The five verbs that a place for results has to know. None of them changes or deletes anything."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from weighin.errors import UsageError

BLOBS = "blobs"

_MOST_CHARACTERS = 900  # S3 allows 1,024 bytes, the prefix of the place included.
_MOST_IN_A_NAME = 255
_REFUSED = re.compile(r"[\x00-\x1f\x7f\\]")  # Some stores take a backslash for a /.


class Storage(Protocol):
    """Objects under keys: `/`-separated names, relative to the place, without `.` and `..`.

    An object is there whole or not at all, and is never changed. Every verb raises
    `InfrastructureError` where trying again may help, and `UsageError` where it cannot.
    """

    @property
    def place(self) -> str:
        """Where it is, as a person writes it: a path or an URL."""

    def prepare(self) -> None:
        """Make the place ready to be written, and refuse one whose `create` cannot be trusted."""

    def create(self, key: str, content: bytes) -> bool:
        """Create an object, durably, unless one is there.

        Returns:
            Whether this call made it: of racing calls one did. A call whose answer was lost on the
            way may find what it made itself: whoever must know reads what lies there.
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
            EvidenceError: The file has another digest, or what is there has.
        """

    def exists(self, key: str) -> bool:
        """Whether an object is there."""


def require_key(key: str) -> str:
    """A key that leads nowhere else, as it is.

    Raises:
        UsageError: It is none.
    """
    names = key.split("/")
    is_key = (
        len(key) <= _MOST_CHARACTERS
        and not _REFUSED.search(key)
        and all(n not in {"", ".", ".."} and len(n) <= _MOST_IN_A_NAME for n in names)
    )
    if not is_key:
        raise UsageError(
            f"{key[:200]!r}: expected names with / between them, each of 1 to {_MOST_IN_A_NAME} "
            "characters without a backslash, and none of them . or .."
        )
    return key


def require_prefix(prefix: str) -> str:
    """A prefix as it is: empty, or a key with `/` behind it.

    Raises:
        UsageError: It is neither.
    """
    if prefix:
        require_key(prefix.removesuffix("/") if prefix.endswith("/") else f"{prefix}/")
    return prefix
