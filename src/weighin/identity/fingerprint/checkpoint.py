"""Fingerprint a checkpoint folder, and read a fingerprint that somebody else took."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from pydantic import JsonValue, ValidationError

from weighin.errors import CheckpointError
from weighin.files.canonical import sha256_hex
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.digests.hashing import Progress
from weighin.identity.digests.merkle import in_order, weights_digest
from weighin.identity.fingerprint.adapter import adapter_entry, fingerprint_adapter
from weighin.identity.fingerprint.changes import changed_files
from weighin.identity.fingerprint.gguf_checkpoint import (
    gguf_facets_of,
    gguf_file_type,
    is_of_gguf,
)
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.fingerprint.states import FileState, file_states
from weighin.identity.fingerprint.weights import HashedFile, dtype_of, hash_weight_files
from weighin.identity.folder.gguf_parts import is_gguf
from weighin.identity.folder.listing import (
    ADAPTER_CONFIG,
    CONFIG,
    GENERATION_CONFIG,
    PROCESSOR_FILES,
    QUANTIZATION_FILES,
    CheckpointFile,
    Listing,
    list_checkpoint,
)
from weighin.identity.manifest import (
    MANIFEST_FORMAT,
    AdapterEntry,
    FileEntry,
    Manifest,
    StatedFacets,
    TensorEntry,
)
from weighin.identity.parts.config import (
    config_digest,
    generation_config_digest,
    json_digest,
    quantization_digest,
    stated_quantization,
)
from weighin.identity.parts.gguf_file_type import FileType
from weighin.identity.parts.quantised_build import packed_words, packings, quantization_words
from weighin.identity.parts.tokenizer import tokenizer_facets

__all__ = [
    "FileState",
    "changed_files",
    "file_states",
    "fingerprint",
    "fingerprint_adapter",
    "load_manifest",
    "quantization_in_words",
]

_DIGEST = re.compile(r"[0-9a-f]{64}")


def fingerprint(
    folder: Path,
    *,
    adapter: Path | None = None,
    with_file_digests: bool = False,
    remembered: RememberedDigests | None = None,
    on_progress: Progress | None = None,
) -> Manifest:
    """The manifest of a checkpoint folder.

    Args:
        folder: What transformers would load: a plain folder or a snapshot of a hub cache. Or a
            GGUF file, or a folder with one: then the facets are what that file states.
        adapter: Folder of a PEFT adapter to attach; `None` for none beside one that lies in the
            folder itself.
        with_file_digests: Also hash the weight files as a whole, in the same pass.
        remembered: Digests of files of tensors that need not be read again; `None` to read all.
        on_progress: Called in this thread with the bytes of weights done and in all.

    Raises:
        CheckpointError: The folder is missing, malformed, ambiguous, of another format, or changes
            while it is read.
    """
    listing = list_checkpoint(folder)
    own_adapter = listing.of_role("adapter")
    if adapter is not None and own_adapter:
        raise CheckpointError(
            f"{folder}: expected one adapter, found {ADAPTER_CONFIG} in the folder beside the "
            f"adapter {adapter}; remove one"
        )
    contents = {
        file.path: read_small_file(file.place, file.location)
        for file in listing.files
        if not file.holds_tensors
    }
    hashed = hash_weight_files(
        listing.of_role("weights"),
        weight_map=listing.weight_map,
        with_file_digests=with_file_digests,
        remembered=remembered,
        on_progress=on_progress,
    )
    hashed_adapter = hash_weight_files(
        [file for file in own_adapter if file.holds_tensors],
        with_file_digests=with_file_digests,
        remembered=remembered,
    )
    attached = (
        adapter_entry(folder, contents, hashed_adapter)
        if own_adapter
        else None
        if adapter is None
        else fingerprint_adapter(adapter, remembered=remembered)
    )
    return _manifest(listing, contents, (*hashed, *hashed_adapter), attached)


def load_manifest(path: Path) -> Manifest:
    """A manifest from its file.

    Raises:
        CheckpointError: The file is not a manifest, or a weights digest in it is not the one of
            the tensors that it lists.
    """
    return manifest_of(read_small_file(path), path)


def manifest_of(content: bytes, path: Path | str) -> Manifest:
    """A manifest from the bytes of its file.

    Args:
        content: The bytes.
        path: Named in errors only.

    Raises:
        CheckpointError: They are no manifest, or a weights digest in it is not the one of the
            tensors that it lists.
    """
    stated_format = parse_json_object(content, path).get("format")
    if stated_format != MANIFEST_FORMAT:
        raise CheckpointError(
            f"{path}: format: expected {MANIFEST_FORMAT}, found {stated_format!r}"
        )
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CheckpointError(f"{path}: {place}: {first['msg']}") from error
    _require_tensors(path, manifest.tensors, manifest.weights)
    if manifest.adapter is not None:
        _require_tensors(path, manifest.adapter.tensors, manifest.adapter.weights)
    return manifest


def quantization_in_words(folder: Path, manifest: Manifest, of_gguf: FileType | None = None) -> str:
    """The quantised build of a checkpoint in words; empty if it is none, and is not said to be.

    Args:
        folder: The checkpoint folder, or the GGUF file.
        manifest: Of it.
        of_gguf: What a GGUF file says of its tensors; `None` to read it.

    Raises:
        CheckpointError: Its configuration changed since.
    """
    packed = packings(manifest.tensors)
    if is_of_gguf(manifest):
        stated = of_gguf or gguf_file_type(folder, manifest)
        is_plain = manifest.quantization is None and not stated.is_contradicted
        return "" if is_plain else packed_words(stated.words, packed)
    if manifest.quantization is None:
        return ""
    listing = list_checkpoint(folder)
    read = {
        file.path: read_small_file(file.place, file.location)
        for role in ("config", "quantization")
        for file in listing.of_role(role)
    }
    config = _parsed(listing.config or CONFIG, read, folder)
    if _quantization(config, read, folder, manifest.tensors) != manifest.quantization:
        raise CheckpointError(
            f"{folder}: expected the quantization that was read before, found another; "
            "leave the folder alone and try again"
        )
    own = stated_quantization(config)
    beside = _all_parsed(QUANTIZATION_FILES, read, folder).values()
    return quantization_words(beside if own is None else (own,), packed)


def _require_tensors(path: Path | str, tensors: tuple[TensorEntry, ...], stated: str) -> None:
    for tensor in tensors:
        if not _DIGEST.fullmatch(tensor.sha256) or any(size < 0 for size in tensor.shape):
            raise CheckpointError(
                f"{path}: tensor {tensor.name!r}: expected a hex SHA-256 and a shape, "
                f"found {tensor.sha256!r} and {list(tensor.shape)}"
            )
    if tensors != in_order(tensors):
        raise CheckpointError(f"{path}: tensors: expected in order of their names, found another")
    found = weights_digest(tensors)
    if found != stated:
        raise CheckpointError(
            f"{path}: weights: expected {found}, the digest of the tensors that it lists, "
            f"found {stated!r}"
        )


def _manifest(
    listing: Listing,
    contents: Mapping[str, bytes],
    hashed: Sequence[HashedFile],
    adapter: AdapterEntry | None,
) -> Manifest:
    shards = {file.path for file in listing.of_role("weights")}
    tensors = in_order(chain.from_iterable(h.tensors for h in hashed if h.path in shards))
    facets = (
        gguf_facets_of({h.path: h for h in hashed if h.path in shards}, listing.folder)
        if is_gguf(shards)
        else _facets(listing, contents, tensors)
    )
    return Manifest(
        weights=weights_digest(tensors),
        tensors=tensors,
        files=_file_entries(listing.files, contents, hashed),
        config=facets.config,
        generation_config=facets.generation_config,
        tokenizer=facets.tokenizer,
        special_tokens=facets.special_tokens,
        chat_template=facets.chat_template,
        remote_code=_remote_code(listing, contents),
        dtype=dtype_of(tensors),
        quantization=facets.quantization,
        adapter=adapter,
    )


def _facets(
    listing: Listing, contents: Mapping[str, bytes], tensors: Sequence[TensorEntry]
) -> StatedFacets:
    tokenizer = tokenizer_facets(contents, listing.folder)
    config = _parsed(listing.config or CONFIG, contents, listing.folder)
    generation = _parsed(GENERATION_CONFIG, contents, listing.folder)
    return StatedFacets(
        config=None
        if config is None
        else config_digest(config, _all_parsed(PROCESSOR_FILES, contents, listing.folder)),
        generation_config=None if generation is None else generation_config_digest(generation),
        tokenizer=tokenizer.tokenizer,
        special_tokens=tokenizer.special_tokens,
        chat_template=tokenizer.chat_template,
        quantization=_quantization(config, contents, listing.folder, tensors),
    )


def _parsed(name: str, contents: Mapping[str, bytes], folder: Path) -> JsonValue:
    return parse_json_object(contents[name], folder / name) if name in contents else None


def _all_parsed(
    names: Sequence[str], contents: Mapping[str, bytes], folder: Path
) -> dict[str, JsonValue]:
    return {name: _parsed(name, contents, folder) for name in names if name in contents}


def _quantization(
    config: JsonValue,
    contents: Mapping[str, bytes],
    folder: Path,
    tensors: Sequence[TensorEntry],
) -> str | None:
    """Of the config's own part; else of the older files beside it; else of what tensors show."""
    digest = quantization_digest(config)
    if digest is not None:
        return digest
    if beside := _all_parsed(QUANTIZATION_FILES, contents, folder):
        return json_digest(beside)
    packed = packings(tensors)
    return json_digest({"tensors": list[JsonValue](packed)}) if packed else None


def _remote_code(listing: Listing, contents: Mapping[str, bytes]) -> str | None:
    code = {file.path: sha256_hex(contents[file.path]) for file in listing.of_role("remote_code")}
    return json_digest(dict(code)) if code else None


def _file_entries(
    files: Sequence[CheckpointFile], contents: Mapping[str, bytes], hashed: Sequence[HashedFile]
) -> tuple[FileEntry, ...]:
    by_path = {h.path: h for h in hashed}
    return tuple(
        FileEntry(
            path=file.path,
            role=file.role,
            size_bytes=by_path[file.path].size_bytes,
            sha256=by_path[file.path].sha256,
        )
        if file.path in by_path
        else FileEntry(
            path=file.path,
            role=file.role,
            size_bytes=len(contents[file.path]),
            sha256=sha256_hex(contents[file.path]),
        )
        for file in files
    )
