"""The header of a weight file, whatever container its name says that it is."""

from dataclasses import replace
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.files.opened import opened
from weighin.identity.containers import safetensors
from weighin.identity.containers.gguf import header as gguf_header
from weighin.identity.containers.safetensors import Header
from weighin.identity.containers.torch import header as torch_zip

SAFETENSORS_SUFFIX = ".safetensors"
TORCH_SUFFIXES = (".bin", ".pt", ".pth")
GGUF_SUFFIX = ".gguf"


def holds_tensors(name: str) -> bool:
    """Whether a file of this name is one whose tensors can be read."""
    return name.endswith((SAFETENSORS_SUFFIX, *TORCH_SUFFIXES, GGUF_SUFFIX))


def read_header(path: Path, location: Path | None = None, *, name_prefix: str = "") -> Header:
    """The header of a weight file.

    Args:
        path: The file, as the user knows it.
        location: Where its bytes lie, if `path` is a link that was already followed.
        name_prefix: Put before the name of each tensor.

    Raises:
        CheckpointError: As `header_of`.
    """
    with opened(path, location) as descriptor:
        return header_of(descriptor, path, name_prefix=name_prefix)


def header_of(descriptor: int, path: Path, *, name_prefix: str = "") -> Header:
    """The header of an open weight file.

    Args:
        descriptor: Of the file.
        path: Its suffix tells the container; a link in a hub cache has it, and its target not.
        name_prefix: Put before the name of each tensor.

    Raises:
        CheckpointError: The file is not exactly what its container allows, or its suffix is that
            of no container.
    """
    if path.name.endswith(SAFETENSORS_SUFFIX):
        header = safetensors.header_of(descriptor, path)
    elif path.name.endswith(TORCH_SUFFIXES):
        header = torch_zip.header_of(descriptor, path)
    elif path.name.endswith(GGUF_SUFFIX):
        header = gguf_header.header_of(descriptor, path)
    else:
        known = ", ".join((SAFETENSORS_SUFFIX, *TORCH_SUFFIXES, GGUF_SUFFIX))
        raise CheckpointError(f"{path}: expected weights in a file of {known}, found another name")
    if not name_prefix:
        return header
    return replace(
        header,
        tensors=tuple(replace(span, name=name_prefix + span.name) for span in header.tensors),
    )
