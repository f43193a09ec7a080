"""Where the checkpoint that requirements name lies."""

from pathlib import Path

from weighin.errors import CheckpointError, RequirementsError
from weighin.identity.folder.mistaken_places import meant_by
from weighin.log import masked
from weighin.requirements.model import Requirements


def checkpoint_folder(requirements: Requirements) -> tuple[Path, str | None]:
    """The folder of the required checkpoint, and the hub revision that it is a snapshot of.

    Raises:
        RequirementsError: The requirements name no checkpoint that can be loaded.
        CheckpointError: It is not at hand.
    """
    written = requirements.model.checkpoint
    where = requirements.required_at("model.checkpoint") or str(requirements.source)
    if written is None or written.startswith("sha256:"):
        raise RequirementsError(
            f"{where}: model.checkpoint: expected a folder or hf://org/name@<40-hex> to run, "
            f"found {written!r}"
        )
    if not written.startswith("hf://"):
        folder = requirements.resolve(written)
        if not folder.is_dir():
            raise CheckpointError(
                f"{where}: model.checkpoint: expected a checkpoint folder, found nothing at "
                f"{folder}{meant_by(written)}"
            )
        return folder, None
    return _snapshot(written.removeprefix("hf://"), where), written.removeprefix("hf://")


def _snapshot(reference: str, where: str) -> Path:
    from huggingface_hub import snapshot_download  # only for hub references
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    name, _, revision = reference.rpartition("@")
    try:
        return Path(
            snapshot_download(
                name,
                revision=revision,
                # What transformers would not read need not travel.
                ignore_patterns=["*.bin", "*.pth", "*.pt", "*.gguf", "*.onnx", "*.msgpack", "*.h5"],
            )
        )
    # A proxy of a scheme that nothing here speaks is a `ValueError`, and SOCKS an `ImportError`.
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError, ImportError) as error:
        raise CheckpointError(
            f"{where}: model.checkpoint: hf://{reference} is neither in the hub cache nor could it "
            f"be downloaded: {' '.join(masked(str(error)).split())[:300]}"
        ) from error
