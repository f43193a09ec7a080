"""The facets of a checkpoint of GGUF files, all parts of it together."""

from collections.abc import Mapping
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.containers.header import read_header
from weighin.identity.containers.safetensors import Header
from weighin.identity.fingerprint.weights import HashedFile
from weighin.identity.folder.gguf_parts import is_gguf, merged_metadata
from weighin.identity.folder.listing import list_checkpoint
from weighin.identity.manifest import Manifest, StatedFacets
from weighin.identity.parts.gguf_facets import gguf_facets
from weighin.identity.parts.gguf_file_type import FileType, file_type


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


def is_of_gguf(manifest: Manifest) -> bool:
    """Whether a manifest is of GGUF files."""
    return is_gguf(entry.path for entry in manifest.files if entry.role == "weights")


def gguf_file_type(folder: Path, manifest: Manifest) -> FileType:
    """The file type that a GGUF checkpoint states, held against its tensors; none of any other.

    Args:
        folder: The folder, or the file.
        manifest: Of it.

    Raises:
        CheckpointError: It changed since.
    """
    if not is_of_gguf(manifest):
        return FileType()
    first = min(list_checkpoint(folder).of_role("weights"), key=lambda file: file.path)
    metadata = read_header(first.place, first.location).metadata
    dtypes = [tensor.dtype for tensor in manifest.tensors]
    if gguf_facets(metadata, dtypes, first.place).quantization != manifest.quantization:
        raise CheckpointError(
            f"{folder}: expected the quantization that was read before, found another; "
            "leave the folder alone and try again"
        )
    return file_type(metadata, [(tensor.dtype, tensor.shape) for tensor in manifest.tensors])
