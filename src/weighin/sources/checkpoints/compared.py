"""The two sides of a comparison: folders, manifests, and revisions of a hub."""

from dataclasses import dataclass
from pathlib import Path

from weighin.errors import UsageError
from weighin.identity.comparison.checkpoints import Given, Progress, compare_checkpoints
from weighin.identity.comparison.report import ComparisonReport
from weighin.identity.digests.hashing import Progress as Hashing
from weighin.identity.fingerprint.checkpoint import fingerprint, load_manifest
from weighin.identity.fingerprint.file_digests import fingerprint_with_files
from weighin.identity.published.comparison import (
    Stated,
    compare_stated,
    stated_checkpoint,
    stated_revision,
)
from weighin.identity.published.revision import RemoteRevision, is_on_hub, parse_reference


@dataclass(frozen=True, slots=True)
class Place:
    """What a user gave to be compared.

    Attributes:
        written: As it was written; a path, or `hf://org/name@REV`.
        folder: Where its bytes lie; `None` if they are not at hand.
        revision: What a hub publishes, if the bytes are not at hand.
    """

    written: str
    folder: Path | None
    revision: RemoteRevision | None = None


def compare_places(  # noqa: PLR0913  # each is a choice of whoever asks
    first: str,
    second: str,
    *,
    adapter: Path | None = None,
    parents: tuple[str, ...] = (),
    on_progress: Progress | None = None,
    on_hashing: Hashing | None = None,
) -> ComparisonReport:
    """How two checkpoints differ, each where it was said to be.

    A revision that lies whole in the hub cache is read there. Of another, what the hub publishes is
    held against the other side: then only equal files are the same, and the rest is unknown.

    Args:
        first: A folder, a .gguf file, a manifest, or `hf://org/name@REV`.
        second: The same.
        adapter: Folder of a PEFT adapter to attach to the first.
        parents: Checkpoints that the second may be a merge of.
        on_progress: As `compare_checkpoints` calls it.
        on_hashing: Called with bytes hashed and bytes in all, of one checkpoint after the other.

    Raises:
        CheckpointError: One is missing or malformed, or changes while it is read.
        InfrastructureError: The hub cannot be reached; trying again may help.
        UsageError: huggingface_hub is not installed, or bytes are needed that are not at hand.
    """
    ours, theirs = _place(first), _place(second)
    if ours.revision is None and theirs.revision is None:
        return compare_checkpoints(
            _given(ours, on_hashing, adapter),
            _given(theirs, on_hashing),
            parents=[_given(_place(parent), on_hashing) for parent in parents],
            on_progress=on_progress,
        )
    if adapter is not None or parents:
        missing = (ours if ours.revision else theirs).written
        raise UsageError(
            f"{missing}: expected its bytes, to be compared with an adapter or parents, found them "
            "not in the hub cache; download the revision first"
        )
    if theirs.revision is not None:
        return compare_stated(_stated(ours, on_hashing), theirs.revision, is_first=True)
    if ours.revision is None:
        raise UsageError(f"{first}: expected a revision of a hub")
    return compare_stated(_stated(theirs, on_hashing), ours.revision, is_first=False)


def _place(written: str) -> Place:
    if not is_on_hub(written):
        return Place(written, Path(written))
    from weighin.sources.hub.revisions import published_revision  # rarely needed
    from weighin.sources.hub.snapshot import published_snapshot

    reference = parse_reference(written)
    if (snapshot := published_snapshot(reference)) is not None:
        return Place(written, snapshot.folder)
    return Place(written, None, published_revision(reference))


def _given(place: Place, on_hashing: Hashing | None, adapter: Path | None = None) -> Given:
    path = place.folder
    if path is None:
        raise UsageError(f"{place.written}: expected a checkpoint whose bytes are at hand")
    if path.is_file() and path.suffix == ".json":
        if adapter is not None:
            raise UsageError(
                f"{place.written}: expected a folder to attach {adapter} to, found a manifest alone"
            )
        return Given.at(place.written, load_manifest(path), None)
    manifest = fingerprint(path, adapter=adapter, on_progress=on_hashing)
    return Given.at(place.written, manifest, path, adapter)


def _stated(place: Place, on_hashing: Hashing | None) -> Stated:
    if place.revision is not None:
        return stated_revision(place.revision)
    path = place.folder
    if path is None:
        raise UsageError(f"{place.written}: expected a checkpoint whose bytes are at hand")
    if path.is_file() and path.suffix == ".json":
        return stated_checkpoint(place.written, load_manifest(path), ())
    return stated_checkpoint(place.written, *fingerprint_with_files(path, on_progress=on_hashing))
