"""Snapshots in the hub cache. Here alone is decided whether one may stand for a revision.

The cache names every blob by what it holds: a file of LFS by its SHA-256, any other by its id as a
git blob. A list of files that lies beside them is no witness: whoever can write there wrote both.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.manifest import Manifest
from weighin.identity.published.matched import loader_role
from weighin.identity.published.revision import HubReference, RemoteRevision, weight_sets
from weighin.sources.hub.requests import is_offline
from weighin.sources.hub.revisions import cached_folder, cached_revision, published_revision

_BLOB_NAME = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
_WAY_OUT = "remove the revision from the hub cache and download it again"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that may stand for a revision: whole, loadable, and of the published files.

    Attributes:
        folder: Where it lies in the hub cache.
        manifest: Its manifest.
        files: Digests of its files.
        revision: What the cache lists of the revision; `None` if it keeps no list, so that the
            files were held against nothing.
    """

    folder: Path
    manifest: Manifest
    files: tuple[CheckpointFileDigest, ...]
    revision: RemoteRevision | None


def published_snapshot(
    reference: HubReference, listing: RemoteRevision | None = None
) -> Snapshot | None:
    """The snapshot of a revision in the hub cache, read and hashed; `None` if none is whole.

    Whole means that everything is there that a loader reads. Where the cache keeps no list of the
    files, a missing one cannot be seen.

    Args:
        reference: The revision.
        listing: What the hub itself says of it, if it was asked.

    Raises:
        CheckpointError: A file of it is not the one that was published, or nothing says that it
            is, or what the cache holds is damaged.
        UsageError: huggingface_hub is not installed.
    """
    if (folder := cached_folder(reference)) is None:
        return None
    revision = listing or cached_revision(reference)
    if revision is not None and not _is_whole(folder, revision):
        return None
    try:
        manifest, files = fingerprint_with_files(folder)
    except CheckpointError:
        # What is published beside the weights may make it ambiguous which are meant, and without a
        # list of the files it may not be whole: its metadata is left.
        return None
    if listing is None:
        require_intact(files, folder)
    if revision is not None:
        _require_published(files, revision, folder)
    return Snapshot(folder, manifest, files, revision)


def known_revision(reference: HubReference) -> RemoteRevision:
    """What is published under a reference, as `published_revision` says it.

    Offline, a snapshot in the cache that is whole is read, and must be what its names say.

    Raises:
        CheckpointError: As for `published_revision`, or a file of the snapshot is another one.
        InfrastructureError: As for `published_revision`.
        UsageError: As for `published_revision`.
    """
    if is_offline():
        published_snapshot(reference)
    return published_revision(reference)


def require_intact(digests: tuple[CheckpointFileDigest, ...], folder: Path) -> None:
    """Require that the files of a snapshot are what the names of their blobs say.

    Args:
        digests: Of the files of the snapshot; those of an adapter beside it are passed over.
        folder: The snapshot.

    Raises:
        CheckpointError: One is another file, or is no link to a blob.
    """
    for digest in digests:
        place = folder / digest.path
        if digest.role == "adapter" and not os.path.lexists(place):
            continue
        name = _blob_name(place)
        if name is None:
            raise CheckpointError(
                f"{place}: expected a link to a blob of the hub cache, whose name says what was "
                "published, found a copy, of which only the hub can tell; give the folder itself, "
                "or download the revision into a cache with links"
            )
        # Files of tensors that are small may lie in git itself.
        found = digest.sha256 if len(name) == hashlib.sha256().digest_size * 2 else None
        if name != (found or digest.git_sha1 or _git_sha1(place)):
            raise _another_file(place, name, digest)


def _blob_name(place: Path) -> str | None:
    """What the name of its blob says of a file; `None` if it is no link to one.

    The first link counts: a blob may itself be a link into a store that repositories share.
    """
    if not place.is_symlink():
        return None
    blob = Path(os.path.normpath(place.parent / place.readlink()))
    is_blob = blob.parent.name == "blobs" and _BLOB_NAME.fullmatch(blob.name)
    return blob.name if is_blob else None


def _git_sha1(place: Path) -> str:
    try:
        with place.open("rb") as stream:
            header = f"blob {os.fstat(stream.fileno()).st_size}\0".encode()
            started = hashlib.sha1(header, usedforsecurity=False)
            return hashlib.file_digest(stream, started.copy).hexdigest()
    except OSError as error:
        raise CheckpointError(f"{place}: cannot be read: {error.strerror}") from error


def _another_file(place: Path, stated: str, found: CheckpointFileDigest) -> CheckpointError:
    return CheckpointError(
        f"{place}: expected {stated}, as published, found sha256 {found.sha256}; {_WAY_OUT}"
    )


def _is_whole(folder: Path, revision: RemoteRevision) -> bool:
    paths = [file.path for file in revision.files]
    read = [path for path in paths if loader_role(path) or path.endswith(".index.json")]
    read += next(iter(weight_sets(paths)), ())
    return all((folder / path).exists() for path in read)


def _require_published(
    digests: tuple[CheckpointFileDigest, ...], revision: RemoteRevision, folder: Path
) -> None:
    """Require that files of a snapshot are those that were published.

    Args:
        digests: Of the files of the snapshot.
        revision: What was published.
        folder: Named in errors.

    Raises:
        CheckpointError: One is another file.
    """
    published = {file.path: file for file in revision.files}
    for digest in digests:
        place, file = folder / digest.path, published.get(digest.path)
        if file is None:
            raise CheckpointError(
                f"{place}: expected a file that was published, found one that is not in the list "
                f"of the revision; {_WAY_OUT}"
            )
        found = digest.sha256 if file.lfs_sha256 else digest.git_sha1 or _git_sha1(place)
        if (stated := file.lfs_sha256 or file.blob_id) != found:
            raise _another_file(place, stated, digest)
