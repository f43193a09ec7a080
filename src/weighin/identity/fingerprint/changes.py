"""Whether a checkpoint folder is still what its manifest says, file by file."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.files.canonical import sha256_hex
from weighin.files.opened import read_small_file
from weighin.identity.containers.header import holds_tensors, read_header
from weighin.identity.containers.safetensors import Header
from weighin.identity.digests.hashing import Progress
from weighin.identity.fingerprint.adapter import fingerprint_adapter
from weighin.identity.fingerprint.gguf_checkpoint import gguf_facets_of
from weighin.identity.fingerprint.weights import HashedFile, hash_weight_files, require_index
from weighin.identity.folder.gguf_parts import is_gguf
from weighin.identity.folder.listing import (
    ADAPTER_CONFIG,
    CheckpointFile,
    list_checkpoint,
    located,
    root_of,
)
from weighin.identity.folder.weight_names import name_prefixes
from weighin.identity.manifest import AdapterEntry, FileEntry, Manifest, TensorEntry


def changed_files(
    before: Manifest,
    folder: Path,
    *,
    adapter: Path | None = None,
    unmoved: AbstractSet[str] = frozenset(),
    on_progress: Progress | None = None,
) -> tuple[str, ...]:
    """What happened to the files of a checkpoint since its manifest was made.

    A file that cannot be read is a change, not an error.

    Args:
        before: The manifest.
        folder: The folder, or the GGUF file, that it was made of.
        adapter: Folder of the adapter that was attached, if there was one.
        unmoved: Paths of files in the folder that need not be read, as they are known to be as they
            were. Everything else is read again.
        on_progress: Called in this thread with the bytes of weights that were read, and in all.

    Returns:
        One sentence for each change, in order of the paths; empty if nothing changed. For
        example `model.safetensors: tensor 'x' changed`, `config.json: missing`.
    """
    entries = {entry.path: entry for entry in before.files}
    present, changes = _present(before.files, root_of(folder))
    changes += _listing_changes(entries, folder, has_missing=bool(changes))
    for role, tensors in (
        ("weights", before.tensors),
        ("adapter", before.adapter.tensors if before.adapter is not None else ()),
    ):
        expected = [e for e in before.files if e.role == role and holds_tensors(e.path)]
        if any(entry.path not in unmoved for entry in expected):
            files = [file for file in present if file.role == role and file.holds_tensors]
            is_whole = len(files) == len(expected)
            read = _read_in_turn(
                files, entries, unmoved, on_progress if role == "weights" else None
            )
            changes += _tensor_changes(read, entries, tensors, is_whole=is_whole)
    for file in present:
        if not file.holds_tensors and file.path not in unmoved:
            changes += _content_changes(file, entries[file.path])
    if adapter is not None:
        changes += _attached_changes(before.adapter, adapter)
    return tuple(sorted(changes)) or _index_changes(folder) or _key_changes(before, present)


def _present(
    entries: Sequence[FileEntry], folder: Path
) -> tuple[tuple[CheckpointFile, ...], list[str]]:
    """The files that are still there, and what became of the others."""
    prefixes = name_prefixes(entry.path for entry in entries if entry.role == "weights")
    present: list[CheckpointFile] = []
    changes: list[str] = []
    for entry in entries:
        place = folder / entry.path
        try:
            location = located(folder, entry.path)
        except CheckpointError as error:
            changes.append(
                _relative(error, folder) if os.path.lexists(place) else f"{entry.path}: missing"
            )
        else:
            prefix = prefixes.get(entry.path, "")
            present.append(CheckpointFile(entry.path, entry.role, place, location, prefix))
    return tuple(present), changes


def _listing_changes(
    entries: Mapping[str, FileEntry], folder: Path, *, has_missing: bool
) -> list[str]:
    try:
        listing = list_checkpoint(folder)
    except CheckpointError as error:
        # A listing fails for want of a file, too; that is already said.
        return [] if has_missing else [_relative(error, root_of(folder))]
    return [f"{file.path}: appeared" for file in listing.files if file.path not in entries]


def _read_in_turn(
    files: Sequence[CheckpointFile],
    entries: Mapping[str, FileEntry],
    unmoved: AbstractSet[str],
    on_progress: Progress | None,
) -> Iterator[tuple[CheckpointFile, Header | HashedFile | CheckpointError]]:
    """Each file, with its header alone where that will do, or with why it could not be read."""
    to_read = sum(entries[file.path].size_bytes for file in files if file.path not in unmoved)
    before = 0
    for file in files:
        entry = entries[file.path]
        try:
            if file.path in unmoved:
                yield file, read_header(file.place, file.location, name_prefix=file.name_prefix)
                continue
            yield file, _hashed(file, entry, _part_of(on_progress, before, entry, to_read))
        except CheckpointError as error:
            yield file, error
        before += entry.size_bytes


def _hashed(file: CheckpointFile, entry: FileEntry, on_progress: Progress | None) -> HashedFile:
    (hashed,) = hash_weight_files(
        [file], with_file_digests=entry.sha256 is not None, on_progress=on_progress
    )
    return hashed


def _part_of(
    on_progress: Progress | None, before: int, entry: FileEntry, total: int
) -> Progress | None:
    """The progress of one file, told as that of all."""
    if on_progress is None:
        return None

    def tell(done: int, of: int) -> None:
        # Of a file whose digest is taken, too, every byte counts twice.
        on_progress(before + (entry.size_bytes * done // of if of else 0), total)

    return tell


def _tensor_changes(
    files: Iterable[tuple[CheckpointFile, Header | HashedFile | CheckpointError]],
    entries: Mapping[str, FileEntry],
    tensors: Sequence[TensorEntry],
    *,
    is_whole: bool,
) -> Iterator[str]:
    known = {tensor.name: tensor for tensor in tensors}
    unseen = dict.fromkeys(known)
    paths: list[str] = []
    for file, found in files:
        entry = entries[file.path]
        paths.append(file.path)
        if isinstance(found, CheckpointError):
            is_whole = False
            yield _relative(found, file.place.parent)
            continue
        if isinstance(found, HashedFile):
            changes = list(_changes_in(found, known, unseen))
            is_same = (found.size_bytes, found.sha256) == (entry.size_bytes, entry.sha256)
            if not changes and not is_same:
                yield f"{file.path}: changed, but none of its tensors did"
            yield from changes
        for tensor in found.tensors:
            unseen.pop(tensor.name, None)
    if is_whole:
        place = paths[0] if len(paths) == 1 else "weights"
        yield from (f"{place}: tensor {name!r} missing" for name in unseen)


def _changes_in(
    hashed: HashedFile, known: Mapping[str, TensorEntry], unseen: Mapping[str, None]
) -> Iterator[str]:
    for tensor in hashed.tensors:
        if tensor.name not in known:
            yield f"{hashed.path}: tensor {tensor.name!r} appeared"
        elif tensor.name not in unseen:
            yield f"{hashed.path}: tensor {tensor.name!r} appeared a second time"
        elif tensor != known[tensor.name]:
            yield f"{hashed.path}: tensor {tensor.name!r} changed"


def _content_changes(file: CheckpointFile, entry: FileEntry) -> Iterator[str]:
    try:
        content = read_small_file(file.place, file.location)
    except CheckpointError as error:
        yield f"{file.path}: {str(error).removeprefix(f'{file.place}: ')}"
        return
    if sha256_hex(content) != entry.sha256:
        yield f"{file.path}: changed"


def _attached_changes(before: AdapterEntry | None, folder: Path) -> Iterator[str]:
    try:
        after = fingerprint_adapter(folder)
    except CheckpointError as error:
        yield f"adapter: {_relative(error, folder)}"
        return
    if before is None:
        yield "adapter: appeared"
        return
    if (before.config_sha256, before.base_model) != (after.config_sha256, after.base_model):
        yield f"adapter: {ADAPTER_CONFIG}: changed"
    old = {tensor.name: tensor for tensor in before.tensors}
    new = {tensor.name: tensor for tensor in after.tensors}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"adapter: tensor {name!r} missing"
        elif name not in old:
            yield f"adapter: tensor {name!r} appeared"
        elif old[name] != new[name]:
            yield f"adapter: tensor {name!r} changed"


def _index_changes(folder: Path) -> tuple[str, ...]:
    """What is left to ask if nothing else changed: whether tensors moved between shards."""
    try:
        listing = list_checkpoint(folder)
        if listing.weight_map:
            headers = {
                file.path: read_header(file.place, file.location, name_prefix=file.name_prefix)
                for file in listing.of_role("weights")
            }
            require_index(listing.weight_map, headers)
    except CheckpointError as error:
        return (_relative(error, root_of(folder)),)
    return ()


def _key_changes(before: Manifest, present: Sequence[CheckpointFile]) -> tuple[str, ...]:
    """What is left to ask of a GGUF file, which states the facets itself."""
    files = [file for file in present if file.role == "weights"]
    if not is_gguf(file.path for file in files):
        return ()
    folder = files[0].place.parent
    try:
        headers = {file.path: read_header(file.place, file.location) for file in files}
        stated = gguf_facets_of(headers, folder)
    except CheckpointError as error:
        return (_relative(error, folder),)
    return tuple(
        f"{files[0].path}: {field.name} changed"
        for field in fields(stated)
        if getattr(stated, field.name) != getattr(before, field.name)
    )


def _relative(error: CheckpointError, folder: Path) -> str:
    """The message without the path of this machine."""
    return str(error).removeprefix(f"{folder}/").removeprefix(f"{folder}: ")
