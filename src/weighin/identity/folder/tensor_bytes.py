"""The bytes of a checkpoint's tensors, by name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.containers.header import read_header
from weighin.identity.containers.safetensors import TensorSpan, tensor_chunks
from weighin.identity.folder.listing import CheckpointFile, list_adapter, list_checkpoint


def tensor_reader(
    folder: Path, adapter: Path | None = None
) -> Callable[[str], Iterator[memoryview]]:
    """A function from the name of a tensor to its bytes on disk, in pieces of at most 4 MiB.

    It may be called in several threads. Every piece holds its bytes until the next is asked for.

    Args:
        folder: The checkpoint folder.
        adapter: Folder of the adapter that is attached; `None` for none.

    Raises:
        CheckpointError: A folder is missing or malformed. The function raises it for a name that
            no file holds.
    """
    files = list(list_checkpoint(folder).files)
    if adapter is not None:
        files.extend(list_adapter(adapter).files)
    places: dict[str, tuple[CheckpointFile, TensorSpan]] = {
        span.name: (file, span)
        for file in files
        if file.holds_tensors
        for span in read_header(file.place, file.location, name_prefix=file.name_prefix).tensors
    }

    def read(name: str) -> Iterator[memoryview]:
        if name not in places:
            raise CheckpointError(f"{folder}: expected a tensor {name!r}, found none")
        file, span = places[name]
        return tensor_chunks(file.place, span, file.location)

    return read
