"""Digests of a checkpoint's files as others state them: a hub, a release page.

They stand beside the manifest, not in it: two saves of the same tensors differ in their files, and
the checkpoint id does not depend on how it was looked at.
"""

import hashlib
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.files.canonical import sha256_hex
from weighin.files.opened import read_small_file
from weighin.files.strict_model import StrictModel
from weighin.identity.digests.hashing import Progress
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.folder.listing import ADAPTER_CONFIG, located, root_of
from weighin.identity.manifest import FileEntry, Manifest


class CheckpointFileDigest(StrictModel):
    """One file of a checkpoint.

    Attributes:
        path: Relative to the folder, POSIX separators.
        role: As in `FileEntry`.
        size_bytes: Size of the file.
        sha256: Hex digest of the file's bytes.
        git_sha1: Id of the file as a git blob; `None` for files of tensors, which hubs store
            outside git.
    """

    path: str
    role: str
    size_bytes: int
    sha256: str
    git_sha1: str | None


def fingerprint_with_files(
    folder: Path,
    *,
    adapter: Path | None = None,
    remembered: RememberedDigests | None = None,
    on_progress: Progress | None = None,
) -> tuple[Manifest, tuple[CheckpointFileDigest, ...]]:
    """The manifest of a checkpoint folder, and the digests of its files beside it.

    Args:
        folder: As for `fingerprint`.
        adapter: As for `fingerprint`.
        remembered: As for `fingerprint`.
        on_progress: As for `fingerprint`.

    Returns:
        The manifest that `fingerprint` gives without file digests, and a digest a file of it.

    Raises:
        CheckpointError: As for `fingerprint`.
    """
    manifest = fingerprint(
        folder,
        adapter=adapter,
        with_file_digests=True,
        remembered=remembered,
        on_progress=on_progress,
    )
    root = root_of(folder)
    files = tuple(_file_digest(root, entry) for entry in manifest.files)
    plain = tuple(
        entry.model_copy(update={"sha256": None}) if _holds_tensors(entry) else entry
        for entry in manifest.files
    )
    return manifest.model_copy(update={"files": plain}), files


def are_files_of(digests: tuple[CheckpointFileDigest, ...], manifest: Manifest) -> bool:
    """Whether file digests can be those of the files that a manifest lists."""
    listed = {(entry.path, entry.role): entry for entry in manifest.files}
    return len(digests) == len(listed) and all(
        (entry := listed.get((digest.path, digest.role))) is not None
        and entry.size_bytes == digest.size_bytes
        and entry.sha256 in {None, digest.sha256}
        for digest in digests
    )


def git_blob_sha1(content: bytes) -> str:
    """Id of bytes as a git blob."""
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _holds_tensors(entry: FileEntry) -> bool:
    return entry.role == "weights" or (entry.role == "adapter" and entry.path != ADAPTER_CONFIG)


def _file_digest(folder: Path, entry: FileEntry) -> CheckpointFileDigest:
    if entry.sha256 is None:
        raise RuntimeError(f"{entry.path}: fingerprinted without its digest")
    git_sha1 = None
    if not _holds_tensors(entry):
        place = folder / entry.path
        content = read_small_file(place, located(folder, entry.path))
        if sha256_hex(content) != entry.sha256:
            raise CheckpointError(
                f"{place}: expected to stay as it was, found that it changed while it was read"
            )
        git_sha1 = git_blob_sha1(content)
    return CheckpointFileDigest(
        path=entry.path,
        role=entry.role,
        size_bytes=entry.size_bytes,
        sha256=entry.sha256,
        git_sha1=git_sha1,
    )
