"""The facets of a checkpoint of GGUF files, all parts of it together."""

from collections.abc import Mapping
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.containers.safetensors import Header
from weighin.identity.fingerprint.weights import HashedFile
from weighin.identity.folder.gguf_parts import merged_metadata
from weighin.identity.manifest import StatedFacets
from weighin.identity.parts.gguf_facets import gguf_facets


def gguf_facets_of(parts: Mapping[str, Header | HashedFile], folder: Path) -> StatedFacets:
    """The facets that the files of a GGUF checkpoint state.

    Args:
        parts: Header of each file, or the file after it was read, by its path in the folder.
        folder: Named in errors only.

    Raises:
        CheckpointError: The files are not all parts of one checkpoint of a model.
    """
    dtypes = [tensor.dtype for part in parts.values() for tensor in part.tensors]
    if not dtypes:
        raise CheckpointError(f"{folder / min(parts)}: expected tensors, found none")
    metadata = merged_metadata(
        {path: part.metadata for path, part in parts.items()}, len(dtypes), folder
    )
    return gguf_facets(metadata, dtypes, folder / min(parts))
