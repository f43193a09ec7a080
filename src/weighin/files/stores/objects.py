"""An object store as a place for results: S3, Google Cloud Storage, Azure Blob Storage.

The client is obstore, which reads credentials, region and endpoint from the environment:
AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT_KEY, ….
"""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from weighin.errors import EvidenceError, InfrastructureError, UsageError
from weighin.extras import installing
from weighin.files.stores.blobs import BLOCK_BYTES, checked_blocks, require_blob
from weighin.files.stores.interface import BLOBS, require_key, require_prefix
from weighin.files.stores.object_errors import is_of_the_bucket, translated

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

_PART_BYTES = 16 << 20  # S3 takes 10,000 parts.
_UPLOADS = 4
_PAGE = 1000
_RACERS = 8
_RETRIES = 5
_MOST_TRIES = 4
_PROBES = ".probes"
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ObjectStorage:
    """A bucket or container, or what lies below a prefix in one."""

    def __init__(self, url: str) -> None:
        """Open the place at an URL; nothing is asked of it yet.

        Raises:
            UsageError: obstore is not installed, or the URL or the environment makes no sense.
        """
        self._place = url.rstrip("/")
        self._store = _opened(self._place)

    @property
    def place(self) -> str:
        """The URL."""
        return self._place

    def prepare(self) -> None:
        """Refuse a store that lets two writers create one key: one after the other, or at once.

        What is written for that is removed, where the store allows it.
        """
        token = secrets.token_hex(8)
        once, raced = f"{_PROBES}/.{token}-once", f"{_PROBES}/.{token}-raced"
        try:
            answers = [self._create(once, content) for content in (b"first", b"second")]
            kept = self.read(once, max_bytes=BLOCK_BYTES)
            if answers != [True, False] or kept != b"first":
                self._refuse(f"the same key was created {sum(answers)} times in turn")
            with ThreadPoolExecutor(_RACERS) as pool:
                writers = [str(number).encode() for number in range(_RACERS)]
                won = list(pool.map(lambda writer: self._create(raced, writer), writers))
            kept = self.read(raced, max_bytes=BLOCK_BYTES)
            if won.count(True) != 1 or kept != writers[won.index(True)]:
                self._refuse(f"of {_RACERS} racing writers of one key {won.count(True)} won")
        finally:
            self._discard(once, raced)

    def _refuse(self, found: str) -> None:
        raise UsageError(
            f"{self.place}: this store does not honour If-None-Match: {found}, so that one worker "
            "could overwrite the evidence of another; give a bucket of a store that does, or a "
            "folder, with --results"
        )

    def _discard(self, *keys: str) -> None:
        from obstore.exceptions import BaseError

        for key in keys:
            try:
                self._store.delete(key)
            except (BaseError, FileNotFoundError):
                # Who may only add objects may record; a few bytes are left over.
                continue

    def create(self, key: str, content: bytes) -> bool:
        """Create an object unless one is there; whether this call made it."""
        require_key(key)
        for _ in range(_MOST_TRIES):
            if self._create(key, content):
                return True
            # A store may answer "conflict" to all of the writers that meet.
            if self.exists(key):
                return False
        raise InfrastructureError(
            f"{self._url(key)}: cannot be written: the store says that it is there, and it is "
            "not; run the same command again"
        )

    def _create(self, key: str, content: bytes) -> bool:
        from obstore.exceptions import AlreadyExistsError

        with translated(self._url(key), "write"):
            try:
                self._store.put(key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def read(self, key: str, *, max_bytes: int) -> bytes | None:
        """All bytes of an object; `None` if none is there."""
        blocks = self.blocks(key, max_bytes=max_bytes)
        return None if blocks is None else b"".join(blocks)

    def blocks(self, key: str, *, max_bytes: int) -> Iterator[bytes] | None:
        """The bytes of an object, block by block; `None` if none is there.

        Raises:
            EvidenceError: It is larger than `max_bytes`.
        """
        url = self._url(require_key(key))
        with translated(url, "read"):
            try:
                found = self._store.get(key)
            except FileNotFoundError as error:
                if is_of_the_bucket(error):
                    raise
                return None
        size = found.meta["size"]
        if size > max_bytes:
            raise EvidenceError(f"{url}: expected at most {max_bytes} bytes, found {size}")

        def blocks() -> Iterator[bytes]:
            with translated(url, "read"):
                for block in found.stream(min_chunk_size=BLOCK_BYTES):
                    yield bytes(block)

        return blocks()

    def list(self, prefix: str) -> Iterator[str]:
        """The keys below a prefix, in order; what is left of tests of the store is left out."""
        require_prefix(prefix)
        found: list[str] = []
        with translated(self._url(prefix), "list"):
            for page in self._store.list(prefix.removesuffix("/") or None, chunk_size=_PAGE):
                found += [entry["path"] for entry in page]
        yield from sorted(k for k in found if k.startswith(prefix) and not _is_probe(k))

    def put_blob(self, source: Path, sha256: str) -> None:
        """Keep a local file under its digest; a large one in parts."""
        key = require_key(f"{BLOBS}/{sha256}")
        size = source.stat().st_size
        if self.exists(key):
            self._require_blob(key, sha256, size)
            return
        if size <= _PART_BYTES:
            if not self.create(key, b"".join(checked_blocks(source, sha256))):
                self._require_blob(key, sha256, size)
            return
        with translated(self._url(key), "write"):
            # Parts have no create-if-absent, and a blob is the same whoever writes it. An upload
            # whose file turns out to be another at its end is never completed.
            self._store.put(
                key,
                checked_blocks(source, sha256),
                chunk_size=_PART_BYTES,
                max_concurrency=_UPLOADS,
            )

    def _require_blob(self, key: str, sha256: str, size: int) -> None:
        # Whatever is larger is another as well, and is not read.
        require_blob(self.blocks(key, max_bytes=size), sha256, self._url(key))

    def exists(self, key: str) -> bool:
        """Whether an object is there."""
        with translated(self._url(require_key(key)), "read"):
            try:
                self._store.head(key)
            except FileNotFoundError:
                return False
        return True

    def _url(self, key: str) -> str:
        return f"{self.place}/{key}".rstrip("/")


def _is_probe(key: str) -> bool:
    return key.startswith(f"{_PROBES}/")


def _opened(url: str) -> "ObjectStore":
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{url}: an object store needs {error.name}, which is not installed; "
            f"{installing('store')}"
        ) from error
    # The time for a whole request bounds an upload or download of gigabytes.
    client: ClientConfig = {"timeout": "1h", "read_timeout": "60s", "connect_timeout": "10s"}
    endpoint = next(filter(None, map(os.environ.get, _ENDPOINTS)), "")
    if endpoint.startswith("http://") and urlsplit(endpoint).hostname in _LOOPBACK:
        client["allow_http"] = True
    try:
        return from_url(
            url,
            client_options=client,
            retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=60)},
        )
    except (BaseError, ValueError) as error:
        found = str(error).split("\n", 1)[0][:300]
        raise UsageError(f"{url}: expected the URL of a bucket, found {found}") from error
