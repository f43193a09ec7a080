"""Revisions of a hub: what is published, without a download, and what lies in the hub cache."""

from datetime import UTC, datetime
from pathlib import Path

from weighin.errors import CheckpointError, UsageError
from weighin.extras import installing
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.published.revision import HubReference, RemoteRevision, is_commit
from weighin.sources.hub.listing import cached_files, listed_revision
from weighin.sources.hub.requests import Hub, default_hub, is_offline
from weighin.sources.hub.tensors import tensors_in_snapshot, tensors_on_hub
from weighin.telemetry import switch_off


def remote_revision(reference: HubReference, hub: Hub | None = None) -> RemoteRevision:
    """What a hub publishes under a reference. Some kilobytes a weight file are read.

    Args:
        reference: A commit, or a branch or tag, which is resolved to the commit of this moment.
        hub: Whom to ask; `None` for the one that huggingface_hub is set to.

    Raises:
        CheckpointError: It is not there or not for everybody, or the hub contradicts itself.
        InfrastructureError: The hub cannot be reached; trying again may help.
        UsageError: huggingface_hub is not installed, or set to offline.
    """
    asked = hub or default_hub()
    time = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    listing = listed_revision(asked, reference)
    found, why_not = tensors_on_hub(asked, reference, listing.commit, listing.files)
    is_renamed = listing.repository != reference.repository
    return RemoteRevision(
        reference=str(reference),
        repository=reference.repository,
        commit=listing.commit,
        is_pinned=reference.is_pinned,
        files=listing.files,
        tensors=found,
        tensors_why_not=why_not,
        source="hub",
        endpoint=asked.place,
        asked=time,
        moved_to=listing.repository if is_renamed else "",
    )


def published_revision(reference: HubReference) -> RemoteRevision:
    """What is published under a reference: as the hub says, or where it is offline, its cache.

    Raises:
        CheckpointError: It is not there or not for everybody, or what is said of it is malformed.
        InfrastructureError: The hub cannot be reached; trying again may help.
        UsageError: huggingface_hub is not installed, or it is offline and the cache knows nothing.
    """
    hub = default_hub()
    known = cached_revision(reference) if is_offline() else None
    return known or remote_revision(reference, hub)


def cached_revision(reference: HubReference) -> RemoteRevision | None:
    """What the hub cache knows of a revision without asking anybody; `None` if nothing.

    Raises:
        CheckpointError: What the cache holds is damaged.
        UsageError: huggingface_hub is not installed.
    """
    repository = _cached_repository(reference)
    commit = _cached_commit(repository, reference)
    listing = None if commit is None else repository / "trees" / f"{commit}.json"
    if commit is None or listing is None or not listing.is_file():
        return None
    files = cached_files(
        dict(parse_json_object(read_small_file(listing), listing)), f"{reference}: {listing}"
    )
    snapshot = repository / "snapshots" / commit
    found, why_not = tensors_in_snapshot(snapshot, reference, files)
    return RemoteRevision(
        reference=str(reference),
        repository=reference.repository,
        commit=commit,
        is_pinned=reference.is_pinned,
        files=files,
        tensors=found,
        tensors_why_not=why_not,
        source="hub cache",
    )


def cached_folder(reference: HubReference) -> Path | None:
    """The folder of a revision in the hub cache, whole or not; `None` if it is not there.

    Raises:
        CheckpointError: What the cache holds is damaged.
        UsageError: huggingface_hub is not installed.
    """
    repository = _cached_repository(reference)
    commit = _cached_commit(repository, reference)
    folder = None if commit is None else repository / "snapshots" / commit
    return folder if folder is not None and folder.is_dir() else None


def cached_commit(reference: HubReference) -> str | None:
    """The commit that a revision stood for when the hub cache last heard; `None` if it never did.

    Raises:
        CheckpointError: What the cache holds is damaged.
        UsageError: huggingface_hub is not installed.
    """
    return _cached_commit(_cached_repository(reference), reference)


def _cached_repository(reference: HubReference) -> Path:
    switch_off()
    try:
        from huggingface_hub import constants
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{reference}: huggingface_hub is not installed; {installing('hub')}"
        ) from error
    cache = Path(str(constants.HF_HUB_CACHE)).expanduser()
    return cache / f"models--{reference.repository.replace('/', '--')}"


def _cached_commit(repository: Path, reference: HubReference) -> str | None:
    """The commit that a revision stood for when it was last downloaded; `None` if it never was."""
    if reference.is_pinned:
        return reference.revision
    ref = repository / "refs" / reference.revision
    if not ref.is_file():
        return None
    commit = read_small_file(ref).decode("utf-8", errors="replace").strip()
    if not is_commit(commit):
        raise CheckpointError(f"{ref}: expected a 40-hex commit, found {commit[:60]!r}")
    return commit
