"""Snapshots in the hub cache. Here alone is decided whether one may stand for a revision."""

from dataclasses import dataclass
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.manifest import Manifest
from weighin.identity.published.matched import loader_role
from weighin.identity.published.revision import HubReference, RemoteRevision, weight_sets
from weighin.sources.hub.revisions import cached_folder, cached_revision


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


def published_snapshot(reference: HubReference) -> Snapshot | None:
    """The snapshot of a revision in the hub cache, read and hashed; `None` if none is whole.

    Whole means that everything is there that a loader reads. Where the cache keeps no list of the
    files, a missing one cannot be seen.

    Raises:
        CheckpointError: A file of it is not the one that was published, or what the cache holds is
            damaged.
        UsageError: huggingface_hub is not installed.
    """
    if (folder := cached_folder(reference)) is None:
        return None
    revision = cached_revision(reference)
    if revision is not None and not _is_whole(folder, revision):
        return None
    try:
        manifest, files = fingerprint_with_files(folder)
    except CheckpointError:
        # What is published beside the weights may make it ambiguous which are meant, and without a
        # list of the files it may not be whole: its metadata is left.
        return None
    if revision is not None:
        _require_published(files, revision, folder)
    return Snapshot(folder, manifest, files, revision)


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
        file = published.get(digest.path)
        stated = None if file is None else file.lfs_sha256 or file.blob_id
        if stated is None or (digest.git_sha1 is None and file and file.lfs_sha256 is None):
            continue
        if stated not in {digest.sha256, digest.git_sha1}:
            raise CheckpointError(
                f"{folder / digest.path}: expected {stated}, as published, found sha256 "
                f"{digest.sha256}; remove the revision from the hub cache and download it again"
            )
