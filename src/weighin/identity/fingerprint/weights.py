"""The tensors of weight files, hashed in parallel."""

import time
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
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.fingerprint.remembered.entry import HashedBefore
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
    asked_ns: int
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
    remembered: RememberedDigests | None = None,
    on_progress: Progress | None = None,
) -> tuple[HashedFile, ...]:
    """Digests of every tensor of some weight files.

    Every byte is read once. One thread a core hashes, and each holds at most 3 MiB.

    Args:
        files: The files.
        weight_map: Shard of each tensor, as an index states it; checked if given and not empty.
        with_file_digests: Also hash the files as a whole, while their tensors are hashed.
        remembered: What was read before and is as it was is not read again, headers and small
            files aside; `None` to read all.
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

    large = [read for read in read_files if read.digests is None]
    if remembered is None:
        hashed = hash_parts([read.parts for read in large], on_progress=report)
        digests = {read.file.path: found for read, found in zip(large, hashed, strict=True)}
    else:
        for small in (read for read in read_files if read.digests is not None):
            remembered.note_read(small.parts)
        digests = _recalled_or_hashed(large, remembered, report)
        if not large:
            report(0, 0)
    for read_file in read_files:
        require_unchanged(read_file.parts)
    return tuple(
        _hashed(read_file, read_file.digests or digests[read_file.file.path])
        for read_file in read_files
    )


def _recalled_or_hashed(
    files: Sequence[_ReadFile], remembered: RememberedDigests, report: Progress
) -> dict[str, FileDigests]:
    """Digests by path: those that are remembered, and those of the files that must be read.

    Where several processes begin at once, one reads and the others wait for what it finds.
    """
    recalled = _recalled(files, remembered)
    if len(recalled) == len(files):
        return _noted(files, recalled, remembered)
    with remembered.turn([file.parts for file in files]) as sign_of_life:
        # Whoever had the turn before may have read what was missing.
        recalled = _recalled(files, remembered)
        to_read = [file for file in files if file.file.path not in recalled]

        def progress(done: int, total: int) -> None:
            sign_of_life()
            report(done, total)

        hashed = hash_parts([file.parts for file in to_read], on_progress=progress)
        for file, digests in zip(to_read, hashed, strict=True):
            remembered.note_read(file.parts)
            remembered.keep(file.parts, digests, file.asked_ns)
    read_now = {file.file.path: found for file, found in zip(to_read, hashed, strict=True)}
    return _noted(files, recalled, remembered) | read_now


def _noted(
    files: Sequence[_ReadFile],
    recalled: Mapping[str, HashedBefore],
    remembered: RememberedDigests,
) -> dict[str, FileDigests]:
    """The remembered digests, by path; it is noted that they were used."""
    found: dict[str, FileDigests] = {}
    for file in files:
        entry = recalled.get(file.file.path)
        digests = None if entry is None else entry.digests_of(file.parts)
        if entry is not None and digests is not None:
            remembered.note_recalled(file.parts, entry)
            found[file.file.path] = digests
    return found


def _recalled(files: Sequence[_ReadFile], remembered: RememberedDigests) -> dict[str, HashedBefore]:
    found = ((file.file.path, remembered.recall(file.parts)) for file in files)
    return {path: entry for path, entry in found if entry is not None}


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
    asked_ns = time.time_ns()
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
    return _ReadFile(file, header, parts, asked_ns, digests)


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
