"""The tensors of safetensors files, hashed in parallel."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass

from weighin.errors import CheckpointError
from weighin.identity.files import opened, sha256_of_bytes, state
from weighin.identity.folder import CheckpointFile
from weighin.identity.manifest import TensorEntry
from weighin.identity.merkle import in_order
from weighin.identity.safetensors import Header, element_count, header_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A safetensors file after it was read.

    Attributes:
        path: Relative to the checkpoint folder.
        size_bytes: Size of the file.
        sha256: Hex digest of the file; `None` if it was not asked for.
        tensors: In order of their UTF-8 names.
    """

    path: str
    size_bytes: int
    sha256: str | None
    tensors: tuple[TensorEntry, ...]


@dataclass(frozen=True, slots=True)
class _OpenFile:
    file: CheckpointFile
    descriptor: int
    header: Header
    state: tuple[int, int, int]

    def require_unchanged(self) -> None:
        if state(self.descriptor) != self.state:
            raise CheckpointError(
                f"{self.file.place}: expected to stay as it was, "
                "found that it changed while it was read"
            )


def hash_weight_files(
    files: Sequence[CheckpointFile],
    *,
    weight_map: Mapping[str, str] | None = None,
    with_file_digests: bool = False,
    on_progress: Progress | None = None,
) -> tuple[HashedFile, ...]:
    """Digests of every tensor of some safetensors files.

    Each file is opened once; one thread a core hashes, and each holds one block of 4 MiB.

    Args:
        files: The files.
        weight_map: Shard of each tensor, as an index states it; checked if given and not empty.
        with_file_digests: Also hash the files as a whole, which reads them twice.
        on_progress: Called in this thread with the bytes done and the bytes in all.

    Returns:
        In the order of `files`.

    Raises:
        CheckpointError: A file is not strict safetensors, disagrees with the index, or changes
            while it is read.
    """
    with ExitStack() as stack:
        open_files = tuple(_open(file, stack) for file in files)
        if weight_map:
            headers = {opened_file.file.path: opened_file.header for opened_file in open_files}
            require_index(weight_map, headers)
        digests = _digests(open_files, with_file_digests=with_file_digests, on_progress=on_progress)
        for open_file in open_files:
            open_file.require_unchanged()
    return tuple(_hashed(open_file, digests) for open_file in open_files)


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


def _open(file: CheckpointFile, stack: ExitStack) -> _OpenFile:
    descriptor = stack.enter_context(opened(file.place, file.location))
    before = state(descriptor)
    return _OpenFile(file, descriptor, header_of(descriptor, file.place), before)


_Part = tuple[str, str | None]
"""Path of the file, and the name of the tensor; without one, the file as a whole."""


def _digests(
    open_files: Sequence[_OpenFile], *, with_file_digests: bool, on_progress: Progress | None
) -> Mapping[_Part, str]:
    digests: dict[_Part, str] = {}
    parts: dict[Future[str], tuple[_Part, int]] = {}
    pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="weighin-hash")

    def submit(open_file: _OpenFile, name: str | None, begin: int, end: int) -> None:
        future = pool.submit(
            sha256_of_bytes, open_file.descriptor, open_file.file.place, begin, end
        )
        parts[future] = ((open_file.file.path, name), end - begin)

    try:
        for open_file in open_files:
            for tensor in open_file.header.tensors:
                submit(open_file, tensor.name, tensor.begin, tensor.end)
            if with_file_digests:
                submit(open_file, None, 0, open_file.header.size_bytes)
        done, total = 0, sum(size for _, size in parts.values())
        for future in as_completed(parts):
            part, size = parts[future]
            digests[part] = future.result()
            done += size
            if on_progress is not None:
                on_progress(done, total)
    finally:
        # The descriptors are closed next: no thread may still read.
        pool.shutdown(wait=True, cancel_futures=True)
    return digests


def _hashed(open_file: _OpenFile, digests: Mapping[_Part, str]) -> HashedFile:
    path = open_file.file.path
    return HashedFile(
        path=path,
        size_bytes=open_file.header.size_bytes,
        sha256=digests.get((path, None)),
        tensors=in_order(
            TensorEntry(
                name=tensor.name,
                dtype=tensor.dtype,
                shape=tensor.shape,
                sha256=digests[path, tensor.name],
            )
            for tensor in open_file.header.tensors
        ),
    )
