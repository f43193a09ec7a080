"""The checkpoints that requirements name, as far as they are at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weighin.errors import CheckpointError, WeighinError
from weighin.identity.digests.hashing import Progress as Hashing
from weighin.identity.fingerprint.checkpoint import fingerprint, load_manifest
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.folder.listing import root_of
from weighin.identity.folder.mistaken_places import meant_by
from weighin.identity.manifest import Manifest
from weighin.identity.published.kept import is_kept_revision, load_revision
from weighin.identity.published.revision import (
    HUB_SCHEME,
    HubReference,
    RemoteRevision,
    download_command,
    is_on_hub,
    parse_reference,
)
from weighin.requirements.model import Requirements

if TYPE_CHECKING:
    from weighin.sources.hub.snapshot import Snapshot

_ID = "sha256:"
# Each is asked for by some requests; a row that names more names no artifact.
_MOST_COMMITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What is at hand of a checkpoint that requirements name.

    Attributes:
        manifest: Its manifest; `None` if its tensors are not at hand.
        files: Digests of its files, if they were asked for and it is a folder.
        revision: What a hub publishes of it; `None` if that was not needed or is not known. Beside
            a manifest, what the hub cache lists of the same revision.
        why_not: Why there is no manifest; empty if there is one.
    """

    manifest: Manifest | None = None
    files: tuple[CheckpointFileDigest, ...] = ()
    revision: RemoteRevision | None = None
    why_not: str = ""


def released_checkpoint(
    requirements: Requirements,
    manifests: Mapping[str, Manifest],
    kept: Sequence[RemoteRevision] = (),
    *,
    online: bool,
    on_hashing: Hashing | None = None,
) -> AtHand:
    """What is at hand of `model.released`.

    Args:
        requirements: The requirements.
        manifests: Of the evidence, by checkpoint id.
        kept: What hubs said before, as the evidence holds it.
        online: Whether a hub may be asked about a revision that is not in the hub cache.
        on_hashing: Called with bytes hashed and bytes in all, where it is a folder.

    Raises:
        CheckpointError: It is a folder or file, and malformed.
    """
    written = requirements.model.released
    if written is None:
        return AtHand(why_not="the requirements name no model.released")
    where = f"model.released {written!r}"
    if is_on_hub(written):
        way_out = f"ask the hub with `weighin check {requirements.source} --online`"
        return _on_hub(written, where, kept, online=online, way_out=way_out)
    if (path := _kept_release(requirements)) is not None:
        return _of_kept(path, online=online)
    at_hand = _without_folder(requirements, written, where, manifests)
    if at_hand is not None:
        return at_hand
    return AtHand(manifest=fingerprint(requirements.resolve(written), on_progress=on_hashing))


def is_release_published(requirements: Requirements) -> bool:
    """Whether `model.released` is what a hub lists, so that digests of the files are compared.

    Raises:
        CheckpointError: It is a file, and unreadable or no JSON object.
    """
    return is_on_hub(requirements.model.released) or _kept_release(requirements) is not None


def _kept_release(requirements: Requirements) -> Path | None:
    """The file that `model.released` names, if it keeps what a hub said."""
    written = requirements.model.released
    if written is None or is_on_hub(written) or written.startswith(_ID):
        return None
    path = requirements.resolve(written)
    is_json = path.is_file() and root_of(path) == path
    return path if is_json and is_kept_revision(path) else None


def declared_checkpoint(
    requirements: Requirements,
    manifests: Mapping[str, Manifest],
    *,
    with_files: bool,
    on_hashing: Hashing | None = None,
) -> AtHand:
    """What is at hand of `model.checkpoint`. No hub is asked.

    Args:
        requirements: The requirements.
        manifests: Of the evidence, by checkpoint id.
        with_files: Whether digests of its files are needed, too.
        on_hashing: Called with bytes hashed and bytes in all, where it is a folder.

    Raises:
        CheckpointError: It is a folder or file, and malformed.
    """
    written = requirements.model.checkpoint
    if written is None:
        return AtHand(why_not="the requirements name no model.checkpoint")
    where = f"model.checkpoint {written!r}"
    if is_on_hub(written):
        way_out = f"download it: {download_command(parse_reference(written))}"
        return _on_hub(written, where, (), online=False, way_out=way_out)
    if (at_hand := _without_folder(requirements, written, where, manifests)) is not None:
        return at_hand
    folder = requirements.resolve(written)
    adapter = requirements.model.adapter
    attached = requirements.resolve(adapter) if adapter else None
    if not with_files:
        manifest = fingerprint(folder, adapter=attached, on_progress=on_hashing)
        return AtHand(manifest=manifest)
    manifest, files = fingerprint_with_files(folder, adapter=attached, on_progress=on_hashing)
    return AtHand(manifest=manifest, files=files)


def _without_folder(
    requirements: Requirements, written: str, where: str, manifests: Mapping[str, Manifest]
) -> AtHand | None:
    """What is at hand where no folder is to be hashed; `None` if one is."""
    if written.startswith(_ID):
        found = manifests.get(written.removeprefix(_ID))
        why_not = "" if found else f"{where}: the evidence holds no manifest of that id"
        return AtHand(manifest=found, why_not=why_not)
    path = requirements.resolve(written)
    if not path.exists():
        return AtHand(why_not=f"{where}: nothing is at {path}{meant_by(written)}")
    if path.is_file() and root_of(path) == path:
        return AtHand(manifest=load_manifest(path))
    return None


def _on_hub(
    written: str, where: str, kept: Sequence[RemoteRevision], *, online: bool, way_out: str
) -> AtHand:
    """The snapshot in the hub cache, whole and as published; else what the hub publishes.

    What keeps either from being known is a reason, not an error: the verdict is then undecided.
    """
    from weighin.sources.hub.requests import is_installed  # rarely needed

    try:
        reference = parse_reference(written)
        snapshot = _snapshot(reference, online=online) if is_installed() else None
        if snapshot is not None:
            return AtHand(
                manifest=snapshot.manifest, files=snapshot.files, revision=snapshot.revision
            )
        known = _listed(reference, kept, online=online)
    except WeighinError as error:
        return AtHand(why_not=f"{where}: {error}")
    if known is None:
        return AtHand(
            why_not=f"{where}: that revision is not in the local hub cache, and the evidence keeps "
            f"no answer of a hub about it; {way_out}"
        )
    return AtHand(revision=known, why_not=f"{where}: only its metadata is at hand")


def _snapshot(reference: HubReference, *, online: bool) -> "Snapshot | None":
    """What the hub cache holds of a revision, held against what the hub says if it may be asked."""
    from weighin.sources.hub.revisions import cached_folder, remote_revision  # rarely needed
    from weighin.sources.hub.snapshot import published_snapshot

    asks = online and cached_folder(reference) is not None
    return published_snapshot(reference, remote_revision(reference) if asks else None)


def _listed(
    reference: HubReference, kept: Sequence[RemoteRevision], *, online: bool
) -> RemoteRevision | None:
    """What the hub lists, else its cache, else the evidence; `None` if nobody knows.

    Raises:
        WeighinError: The hub was to be asked and does not answer, or two of them contradict.
    """
    from weighin.sources.hub.requests import is_installed
    from weighin.sources.hub.revisions import cached_revision, remote_revision  # rarely needed

    cached = cached_revision(reference) if is_installed() else None
    if cached is not None and cached.tensors is not None:
        return cached
    if online:
        return remote_revision(reference)
    known = [] if cached is None else [cached]
    known += [one for one in kept if one.reference == str(reference)]
    for one in known[1:]:
        if not one.states_the_same_files_as(known[0]):
            raise CheckpointError(
                f"{one.kept_in} and {known[0].kept_in or 'the hub cache'} list other files under "
                "one commit; ask the hub with --online"
            )
    # The most that is known: of two that list the same files, the one with the tensors.
    return min(known, key=lambda one: one.tensors is None, default=None)


def listed_commits(
    commits: Sequence[str], kept: Sequence[RemoteRevision], *, online: bool
) -> tuple[dict[str, RemoteRevision], tuple[str, ...]]:
    """What hubs list of some commits, by `org/name@<40-hex>` in small letters.

    Args:
        commits: As `org/name@<40-hex>`; after the first sixteen none is looked for.
        kept: What hubs said before, as the evidence holds it.
        online: Whether a hub may be asked.

    Returns:
        Those that are known, and sentences on those that a hub does not tell.
    """
    found: dict[str, RemoteRevision] = {}
    notes: list[str] = []
    for commit in commits[:_MOST_COMMITS]:
        try:
            known = _listed(parse_reference(f"{HUB_SCHEME}{commit}"), kept, online=online)
        except WeighinError as error:
            notes.append(f"the commit {commit} is not settled: {error}")
            continue
        if known is not None:
            found[commit.lower()] = known
    return found, tuple(notes)


def _of_kept(path: Path, *, online: bool) -> AtHand:
    """What a file keeps of a revision; online, as long as the hub still says the same.

    Raises:
        CheckpointError: The file is malformed, or the hub says something else.
    """
    kept = load_revision(path)
    if not online:
        return AtHand(revision=kept, why_not=f"{path}: only its metadata is at hand")
    from weighin.sources.hub.revisions import remote_revision

    reference = HubReference(repository=kept.repository, revision=kept.commit)
    try:
        asked = remote_revision(reference)
    except WeighinError as error:
        return AtHand(why_not=f"{path}: {error}")
    if not asked.states_the_same_files_as(kept):
        return AtHand(
            why_not=f"{path}: the file lists other files of {reference} than {asked.endpoint} does"
        )
    told = asked if kept.is_pinned else kept
    return AtHand(revision=told, why_not=f"{path}: only its metadata is at hand")
