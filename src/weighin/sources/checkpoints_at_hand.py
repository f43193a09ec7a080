"""The checkpoints that requirements name, as far as they are at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import CheckpointError, WeighinError
from weighin.identity.checkpoint import fingerprint, load_manifest
from weighin.identity.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.folder import root_of
from weighin.identity.hub_revision import (
    HubReference,
    RemoteRevision,
    is_on_hub,
    parse_reference,
)
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Requirements

_ID = "sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What is at hand of a checkpoint that requirements name.

    Attributes:
        manifest: Its manifest; `None` if its tensors are not at hand.
        files: Digests of its files, if they were asked for and it is a folder.
        revision: What a hub publishes of it; `None` if that was not needed or is not known.
        why_not: Why there is no manifest; empty if there is one.
    """

    manifest: Manifest | None = None
    files: tuple[CheckpointFileDigest, ...] = ()
    revision: RemoteRevision | None = None
    why_not: str = ""


def released_checkpoint(
    requirements: Requirements, manifests: Mapping[str, Manifest], *, online: bool
) -> AtHand:
    """What is at hand of `model.released`.

    Args:
        requirements: The requirements.
        manifests: Of the evidence, by checkpoint id.
        online: Whether a hub may be asked about a revision that is not in the hub cache.

    Raises:
        CheckpointError: It is a folder or file, and malformed.
    """
    written = requirements.model.released
    if written is not None and is_on_hub(written):
        return _on_hub(written, f"model.released {written!r}", online=online)
    return _at_hand(requirements, "model.released", written, manifests, with_files=False)


def declared_checkpoint(
    requirements: Requirements, manifests: Mapping[str, Manifest], *, with_files: bool
) -> AtHand:
    """What is at hand of `model.checkpoint`. No hub is asked.

    Args:
        requirements: The requirements.
        manifests: Of the evidence, by checkpoint id.
        with_files: Whether digests of its files are needed, too.

    Raises:
        CheckpointError: It is a folder or file, and malformed.
    """
    written = requirements.model.checkpoint
    if written is not None and is_on_hub(written):
        return _on_hub(written, f"model.checkpoint {written!r}", online=False)
    return _at_hand(requirements, "model.checkpoint", written, manifests, with_files=with_files)


def _at_hand(
    requirements: Requirements,
    field: str,
    written: str | None,
    manifests: Mapping[str, Manifest],
    *,
    with_files: bool,
) -> AtHand:
    where = f"{field} {written!r}"
    if written is None:
        return AtHand(why_not=f"the requirements name no {field}")
    if written.startswith(_ID):
        found = manifests.get(written.removeprefix(_ID))
        why_not = "" if found else f"{where}: the evidence holds no manifest of that id"
        return AtHand(manifest=found, why_not=why_not)
    path = requirements.resolve(written)
    if not path.exists():
        return AtHand(why_not=f"{where}: nothing is at {path}")
    if path.is_file() and root_of(path) == path:
        return AtHand(manifest=load_manifest(path))
    adapter = requirements.model.adapter if field == "model.checkpoint" else None
    return _of_folder(path, adapter and requirements.resolve(adapter), with_files=with_files)


def _of_folder(folder: Path, adapter: Path | str | None, *, with_files: bool) -> AtHand:
    attached = None if not adapter else Path(adapter)
    if not with_files:
        return AtHand(manifest=fingerprint(folder, adapter=attached))
    manifest, files = fingerprint_with_files(folder, adapter=attached)
    return AtHand(manifest=manifest, files=files)


def _on_hub(written: str, where: str, *, online: bool) -> AtHand:
    """The snapshot in the hub cache, whole and as published; else what the hub publishes.

    What keeps either from being known is a reason, not an error: the verdict is then undecided.
    """
    from weighin.sources.hub import cached_revision, remote_revision  # rarely needed

    try:
        reference = parse_reference(written)
        if (snapshot := _snapshot(reference)) is not None:
            return snapshot
        known = cached_revision(reference)
        if online and (known is None or known.tensors is None):
            known = remote_revision(reference)
    except WeighinError as error:
        return AtHand(why_not=f"{where}: {error}")
    if known is None:
        return AtHand(
            why_not=f"{where}: that revision is not in the local hub cache; ask the hub about it "
            "with --online"
        )
    return AtHand(revision=known, why_not=f"{where}: only its metadata is at hand")


def _snapshot(reference: HubReference) -> AtHand | None:
    """A snapshot in the hub cache with its digests; `None` if none is whole.

    Raises:
        CheckpointError: A file of it is not the one that was published.
    """
    from weighin.sources.hub import cached_revision, cached_snapshot, require_published

    folder = cached_snapshot(reference)
    if folder is None:
        return None
    try:
        found = _of_folder(folder, None, with_files=True)
    except CheckpointError:
        # What is published beside the weights may make them ambiguous, and without a list of the
        # files it may not be whole: its metadata is left.
        return None
    if (revision := cached_revision(reference)) is not None:
        require_published(found.files, revision, folder)
    return found
