"""A checkpoint that was read, to be told."""

from collections.abc import Iterable
from dataclasses import dataclass

from weighin.identity.containers.safetensors import element_count
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import Manifest, TensorEntry


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """A checkpoint that was read.

    Attributes:
        manifest: What it is.
        files: The digests of its files; empty if they were not asked for.
        ignored: Paths of the files in its folder that no loader reads.
        ignored_weights: Those of them that hold weights, by their names.
        quantization: Its quantised build in words; empty if it is none.
        file_type: What a GGUF file says of its tensors, and what speaks against it; else empty.
    """

    manifest: Manifest
    files: tuple[CheckpointFileDigest, ...]
    ignored: tuple[str, ...]
    ignored_weights: tuple[str, ...] = ()
    quantization: str = ""
    file_type: str = ""

    @property
    def size_bytes(self) -> int:
        """Size of all files that a loader reads."""
        return sum(file.size_bytes for file in self.manifest.files)


def stored_numbers(tensors: Iterable[TensorEntry]) -> int:
    """How many elements the tensors have, as they are stored."""
    return sum(element_count(tensor.shape) for tensor in tensors)
