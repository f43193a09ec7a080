"""Names, dtypes and shapes of the tensors of a revision, from the headers of its files."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.containers.safetensors import Header, header_length, parse_header, read_header
from weighin.identity.folder.listing import located
from weighin.identity.published.revision import HubReference, RemoteFile, RemoteTensor, weight_sets
from weighin.sources.hub.requests import Hub, RangeIgnoredError

FIRST_REQUEST_BYTES = 100_000
MAX_HEADERS_BYTES = 512 * 1024 * 1024

_REQUESTS_AT_ONCE = 8
_LENGTH_BYTES = 8

Tensors = tuple[tuple[RemoteTensor, ...] | None, str]
"""The tensors, or `None` and why not."""


def tensors_on_hub(
    hub: Hub, reference: HubReference, commit: str, files: Sequence[RemoteFile]
) -> Tensors:
    """The tensors of the weight files that a loader would read; only their headers are requested.

    Raises:
        WeighinError: The hub cannot be reached or refuses, or a file is not strict safetensors of
            the size that the hub lists.
    """
    chosen, why_not = _chosen(files)
    if why_not:
        return None, why_not

    def header(file: RemoteFile) -> Header:
        url = hub.file_url(reference, commit, file.path)
        what = f"{reference}: {file.path}"
        size = file.size_bytes
        first = hub.file_range(url, 0, min(size, FIRST_REQUEST_BYTES), size, what) if size else b""
        end = _LENGTH_BYTES + header_length(first, size, what)
        if end * len(chosen) > MAX_HEADERS_BYTES:
            raise CheckpointError(
                f"{what}: expected headers of at most {MAX_HEADERS_BYTES} bytes in all, found "
                f"one of {end} in {len(chosen)} files"
            )
        if end > len(first):
            first += hub.file_range(url, len(first), end, size, what)
        return parse_header(first[_LENGTH_BYTES:end], size, what)

    try:
        return _tensors(_all_headers(chosen, header), str(reference)), ""
    except RangeIgnoredError as error:
        return None, str(error)


def tensors_in_snapshot(
    snapshot: Path, reference: HubReference, files: Sequence[RemoteFile]
) -> Tensors:
    """The tensors of the weight files, where all of them lie in the hub cache.

    Raises:
        CheckpointError: One of them is not strict safetensors of the size that is listed.
    """
    chosen, why_not = _chosen(files)
    missing = [file.path for file in chosen if not (snapshot / file.path).exists()]
    if why_not or missing:
        return None, why_not or f"{missing[0]} is not in the hub cache"

    def header(file: RemoteFile) -> Header:
        place = snapshot / file.path
        found = read_header(place, located(snapshot, file.path))
        if found.size_bytes != file.size_bytes:
            raise CheckpointError(
                f"{place}: expected {file.size_bytes} bytes, as published, found "
                f"{found.size_bytes}; remove it from the hub cache"
            )
        return found

    return _tensors({file.path: header(file) for file in chosen}, str(reference)), ""


def _chosen(files: Sequence[RemoteFile]) -> tuple[tuple[RemoteFile, ...], str]:
    """The files to read headers of, and why there are none."""
    by_path = {file.path: file for file in files}
    sets = weight_sets(by_path)
    if not sets:
        return (), "it holds no weight files under names that transformers gives"
    if not sets[0][0].endswith(".safetensors"):
        return (), f"{sets[0][0]} has no header that could be read alone"
    return tuple(by_path[path] for path in sets[0]), ""


def _all_headers(
    files: Sequence[RemoteFile], header: Callable[[RemoteFile], Header]
) -> Mapping[str, Header]:
    pool = ThreadPoolExecutor(max_workers=_REQUESTS_AT_ONCE, thread_name_prefix="weighin-hub")
    try:
        futures = {file.path: pool.submit(header, file) for file in files}
        return {path: future.result() for path, future in futures.items()}
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _tensors(headers: Mapping[str, Header], what: str) -> tuple[RemoteTensor, ...]:
    found: dict[str, RemoteTensor] = {}
    for path, header in headers.items():
        for span in header.tensors:
            if span.name in found:
                raise CheckpointError(
                    f"{what}: tensor {span.name!r}: expected in one file, found in "
                    f"{found[span.name].file} and {path}"
                )
            found[span.name] = RemoteTensor(
                name=span.name, dtype=span.dtype, shape=span.shape, file=path
            )
    return tuple(sorted(found.values(), key=lambda tensor: tensor.name.encode("utf-8")))
