"""A checkpoint folder held against what a hub publishes, file by file."""

from enum import StrEnum
from pathlib import Path

from weighin.files.strict_model import StrictModel
from weighin.identity.digests.hashing import Progress
from weighin.identity.facets import Agreement, Facet
from weighin.identity.fingerprint.file_digests import fingerprint_with_files
from weighin.identity.fingerprint.verification import Change
from weighin.identity.published.matched import UnequalFile, compare_with_published, unequal_files
from weighin.identity.published.revision import (
    HubReference,
    RemoteRevision,
    download_command,
    parse_reference,
)


class PublishedAnswer(StrEnum):
    """What holding a folder against a published revision shows, from worst to best."""

    CHANGED = "the folder is not what is published"
    UNKNOWN = "whether the folder is what is published is unknown"
    UNCHANGED = "the folder is what is published"


class PublishedFileChange(StrictModel):
    """A file that a loader reads and that is not the published one.

    Attributes:
        path: Relative to the folder.
        change: What became of it.
    """

    path: str
    change: Change


class PublishedVerification(StrictModel):
    """A checkpoint folder held against a published revision.

    Attributes:
        answer: The answer.
        reference: `hf://org/name@REV`.
        commit: The commit that it stands for.
        is_pinned: Whether the reference itself is that commit; a branch or tag may move.
        statement: Who states what is published, and when it was kept if it was.
        checkpoint_id: Of the folder.
        weights: Whether its weight files are the published ones; `different` if the names, dtypes
            or shapes of the tensors differ.
        reason: What that rests on.
        tensors: Names of the tensors that only one has, or whose dtype or shape differs.
        facets: Other facets that differ.
        facets_unknown: Other facets of which it is not known, for example of a published adapter.
        weight_files: Weight files with other bytes than any published file; empty if `weights` is
            `same`. They may hold the same tensors.
        files: Files beside the weights that are not the published ones, in order of their paths.
    """

    answer: PublishedAnswer
    reference: str
    commit: str
    is_pinned: bool
    statement: str
    checkpoint_id: str
    weights: Agreement
    reason: str
    tensors: tuple[str, ...]
    facets: tuple[Facet, ...]
    facets_unknown: tuple[Facet, ...]
    weight_files: tuple[str, ...]
    files: tuple[PublishedFileChange, ...]

    @property
    def download(self) -> str:
        """The command that downloads what is published."""
        repository = parse_reference(self.reference).repository
        return download_command(HubReference(repository, self.commit))


def verify_against_published(
    revision: RemoteRevision,
    folder: Path,
    *,
    adapter: Path | None = None,
    on_progress: Progress | None = None,
) -> PublishedVerification:
    """What of a folder is not what a revision publishes. Every byte of the folder is read.

    A branch or tag names no one artifact, so that a folder is never shown to be what it publishes.

    Args:
        revision: What is published.
        folder: The folder.
        adapter: Folder of an adapter to attach.
        on_progress: Called with the bytes of weights done and in all.

    Raises:
        CheckpointError: The folder is missing, malformed or of an unknown format.
    """
    manifest, digests = fingerprint_with_files(folder, adapter=adapter, on_progress=on_progress)
    compared = compare_with_published(manifest, digests, revision)
    # Of a GGUF file that is the published one, the files beside it are not read.
    is_whole = compared.weights is Agreement.SAME and not (
        compared.facets or compared.facets_unknown
    )
    files = () if is_whole else tuple(map(_change, unequal_files(manifest, digests, revision)))
    is_changed = compared.weights is Agreement.DIFFERENT or compared.facets or files
    sha256 = {file.lfs_sha256 for file in revision.files}
    other = [d.path for d in digests if d.role == "weights" and d.sha256 not in sha256]
    is_known = compared.weights is Agreement.SAME and revision.is_pinned and is_whole
    return PublishedVerification(
        answer=PublishedAnswer.CHANGED
        if is_changed
        else PublishedAnswer.UNCHANGED
        if is_known
        else PublishedAnswer.UNKNOWN,
        reference=revision.reference,
        commit=revision.commit,
        is_pinned=revision.is_pinned,
        statement=revision.statement,
        checkpoint_id=manifest.checkpoint_id,
        weights=compared.weights,
        reason=compared.reason,
        tensors=compared.tensors,
        facets=compared.facets,
        facets_unknown=compared.facets_unknown,
        weight_files=() if compared.weights is Agreement.SAME else tuple(other),
        files=files,
    )


def _change(file: UnequalFile) -> PublishedFileChange:
    if not file.is_here:
        change = Change.MISSING
    elif not file.is_published:
        change = Change.APPEARED
    else:
        change = Change.CHANGED
    return PublishedFileChange(path=file.path, change=change)
