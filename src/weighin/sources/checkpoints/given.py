"""The folder that is given for a checkpoint of which the requirements name only the id."""

from pathlib import Path

from weighin.errors import CheckpointError, UsageError
from weighin.identity.comparison.manifests import compare_manifests
from weighin.identity.facets import Facet
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Requirements

_ID = "sha256:"


def named_by_id(requirements: Requirements) -> str | None:
    """The checkpoint id that the requirements name; `None` if they say where it lies."""
    written = requirements.model.checkpoint
    is_id = written is not None and written.startswith(_ID)
    return written.removeprefix(_ID) if written is not None and is_id else None


def given_folder(requirements: Requirements, given: Path | None) -> Path | None:
    """The folder that is given for a checkpoint named by its id; `None` if none is needed.

    Raises:
        UsageError: One is needed and none is given, or the other way round.
        CheckpointError: Nothing is there.
    """
    written = requirements.model.checkpoint
    where = requirements.required_at("model.checkpoint") or str(requirements.source)
    if named_by_id(requirements) is None:
        if given is not None:
            raise UsageError(
                f"--checkpoint {given}: expected requirements that name a checkpoint by its id, "
                f"found {written!r} at {where}; leave the option out"
            )
        return None
    if given is None:
        raise UsageError(
            f"{where}: model.checkpoint names {written}, which says not where it lies; give its "
            "folder with --checkpoint FOLDER"
        )
    if not given.is_dir():
        raise CheckpointError(f"--checkpoint {given}: expected a folder, found none there")
    return given


def require_named_weights(
    requirements: Requirements, folder: Path, found: Manifest, known: Manifest | None
) -> None:
    """Require that a folder can be the checkpoint whose id the requirements name.

    Files that are cut otherwise make another id, and not other weights: where the manifest of the
    named one is at hand it decides, before anything is loaded. Where it is not, the verdict says
    that it is unknown.

    Args:
        requirements: They name a checkpoint by its id.
        folder: What is given for it.
        found: The manifest of the folder.
        known: The manifest of the checkpoint that is named; `None` if it is not at hand.

    Raises:
        CheckpointError: The folder holds other weights.
    """
    if known is None or Facet.WEIGHTS not in compare_manifests(found, known).facets:
        return
    raise CheckpointError(
        f"--checkpoint {folder}: expected the weights of {requirements.model.checkpoint}, root "
        f"{known.weights}, found root {found.weights}; nothing was scored"
    )
