"""The tensors of weight files, hashed in parallel."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weighin.errors import CheckpointError
from weighin.files.opened import opened, state
from weighin.identity.containers.header import header_of
from weighin.identity.containers.safetensors import Header, element_count
from weighin.identity.digests.hashing import (
    FileDigests,
    FileParts,
    Progress,
    hash_parts,
    hash_small_file,
    on_all_cores,
    require_unchanged,
)
from weighin.identity.digests.merkle import in_order
from weighin.identity.folder.listing import CheckpointFile
from weighin.identity.folder.weight_names import require_no_slice_names
from weighin.identity.manifest import TensorEntry


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A weight file after it was read.

    Attributes:
        path: Relative to the checkpoint folder.
        size_bytes: Size of the file.
        sha256: Hex digest of the file; `None` if it was not asked for.
        tensors: In order of their UTF-8 names.
        metadata: As in its header.
    """

    path: str
    size_bytes: int
    sha256: str | None
    tensors: tuple[TensorEntry, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """A file whose header was read; a small one was hashed, too, before it was closed."""

    file: CheckpointFile
    header: Header
    parts: FileParts
    digests: FileDigests | None

    @property
    def small_bytes(self) -> int:
        """Bytes that were hashed already."""
        return 0 if self.digests is None else self.parts.bytes_to_hash


def hash_weight_files(
    files: Sequence[CheckpointFile],
    *,
    weight_map: Mapping[str, str] | None = None,
    with_file_digests: bool = False,
    on_progress: Progress | None = None,
) -> tuple[HashedFile, ...]:
    """Digests of every tensor of some weight files.

    Every byte is read once. One thread a core hashes, and each holds at most 3 MiB.

    Args:
        files: The files.
        weight_map: Shard of each tensor, as an index states it; checked if given and not empty.
        with_file_digests: Also hash the files as a whole, while their tensors are hashed.
        on_progress: Called in this thread with the bytes done and the bytes in all.

    Returns:
        In the order of `files`.

    Raises:
        CheckpointError: A file is not what its format allows, disagrees with the index, or changes
            while it is read.
    """

    def read(file: CheckpointFile, buffer: memoryview) -> _ReadFile:
        return _read(file, buffer, with_file_digests=with_file_digests)

    read_files = on_all_cores(read, files)
    if weight_map:
        require_index(weight_map, {read.file.path: read.header for read in read_files})
    done_bytes = sum(read.small_bytes for read in read_files)

    def report(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(done_bytes + done, done_bytes + total)

    large = [number for number, read in enumerate(read_files) if read.digests is None]
    digests = dict(
        zip(
            large,
            hash_parts([read_files[number].parts for number in large], on_progress=report),
            strict=True,
        )
    )
    for read_file in read_files:
        require_unchanged(read_file.parts)
    return tuple(
        _hashed(read_file, read_file.digests or digests[number])
        for number, read_file in enumerate(read_files)
    )


def require_index(weight_map: Mapping[str, str], headers: Mapping[str, Header]) -> None:
    """Require that shards hold exactly the tensors that the index places in them.

    Args:
        weight_map: Shard of each tensor.
        headers: Header of each shard.

    Raises:
        CheckpointError: A tensor is missing from its shard, or is not in the index.
    """
    found = {(tensor.name, shard) for shard, header in headers.items() for tensor in header.tensors}
    for name, shard in weight_map.items():
        if (name, shard) not in found:
            raise CheckpointError(
                f"{shard}: tensor {name!r}: expected in this shard by the index, found none"
            )
    for name, shard in sorted(found):
        if weight_map.get(name) != shard:
            raise CheckpointError(
                f"{shard}: tensor {name!r}: expected only tensors that the index places in this "
                f"shard, found one that it places in {weight_map.get(name) or 'none'}"
            )


def dtype_of(tensors: Iterable[TensorEntry]) -> str:
    """The dtypes of tensors, most parameters first, for example `BF16+F32`."""
    parameters: Counter[str] = Counter()
    for tensor in tensors:
        parameters[tensor.dtype] += element_count(tensor.shape)
    return "+".join(sorted(parameters, key=lambda dtype: (-parameters[dtype], dtype)))


def _read(file: CheckpointFile, buffer: memoryview, *, with_file_digests: bool) -> _ReadFile:
    with opened(file.place, file.location) as descriptor:
        before = state(descriptor)
        header = header_of(descriptor, file.place, name_prefix=file.name_prefix)
        if not file.name_prefix:
            require_no_slice_names((tensor.name for tensor in header.tensors), file.place)
        parts = FileParts(
            place=file.place,
            location=file.location,
            state=before,
            parts=tuple((tensor.begin, tensor.end) for tensor in header.tensors),
            is_hashed_whole=with_file_digests,
        )
        is_small = before.size_bytes <= len(buffer)
        digests = hash_small_file(descriptor, parts, buffer) if is_small else None
    return _ReadFile(file, header, parts, digests)


def _hashed(read: _ReadFile, digests: FileDigests) -> HashedFile:
    return HashedFile(
        path=read.file.path,
        size_bytes=read.header.size_bytes,
        sha256=digests.whole,
        tensors=in_order(
            TensorEntry(
                name=tensor.name,
                dtype=tensor.dtype,
                shape=tensor.shape,
                sha256=digests.parts[tensor.begin, tensor.end],
            )
            for tensor in read.header.tensors
        ),
        metadata=read.header.metadata,
    )
