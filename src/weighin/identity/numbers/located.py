"""Where the tensors of a checkpoint lie, held against its manifest."""

from collections.abc import Mapping
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.containers.header import read_header
from weighin.identity.folder.listing import list_checkpoint
from weighin.identity.manifest import Manifest
from weighin.identity.numbers.rows import LocatedTensor


def located_tensors(manifest: Manifest, folder: Path) -> Mapping[str, LocatedTensor]:
    """The tensors of a manifest by name, where they lie; their bytes are not read yet.

    Args:
        manifest: What the checkpoint must hold.
        folder: The folder or file that it was made of.

    Raises:
        CheckpointError: A tensor is missing, or has another dtype or shape.
    """
    expected = {tensor.name: tensor for tensor in manifest.tensors}
    found: dict[str, LocatedTensor] = {}
    for file in list_checkpoint(folder).of_role("weights"):
        header = read_header(file.place, file.location, name_prefix=file.name_prefix)
        for span in header.tensors:
            if span.name in expected:
                sha256 = expected[span.name].sha256
                found[span.name] = LocatedTensor(file.place, file.location, span, sha256)
    for name, entry in expected.items():
        if name not in found:
            raise CheckpointError(
                f"{folder}: tensor {name!r}: expected as in the manifest, found none"
            )
        span = found[name].span
        if (span.dtype, span.shape) != (entry.dtype, entry.shape):
            raise CheckpointError(
                f"{found[name].place}: tensor {name!r}: expected {entry.dtype} "
                f"{list(entry.shape)} as in the manifest, found {span.dtype} {list(span.shape)}"
            )
    return found
