"""The identity of a PEFT adapter."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.digests.merkle import in_order, weights_digest
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.fingerprint.weights import HashedFile, hash_weight_files
from weighin.identity.folder.listing import ADAPTER_CONFIG, list_adapter
from weighin.identity.manifest import AdapterEntry
from weighin.identity.parts.config import adapter_config_digest


def fingerprint_adapter(
    folder: Path, *, remembered: RememberedDigests | None = None
) -> AdapterEntry:
    """The identity of a PEFT adapter in a folder of its own.

    Args:
        folder: The folder.
        remembered: As for `fingerprint`.

    Raises:
        CheckpointError: The folder is missing, malformed or of another format.
    """
    listing = list_adapter(folder)
    contents = {
        file.path: read_small_file(file.place, file.location)
        for file in listing.files
        if not file.holds_tensors
    }
    hashed = hash_weight_files(
        [file for file in listing.files if file.holds_tensors], remembered=remembered
    )
    return adapter_entry(folder, contents, hashed)


def adapter_entry(
    folder: Path, contents: Mapping[str, bytes], hashed: Sequence[HashedFile]
) -> AdapterEntry:
    """The identity of an adapter whose files were read.

    Args:
        folder: Named in errors only.
        contents: Bytes of the small files by their path in the folder.
        hashed: The weights.

    Raises:
        CheckpointError: `adapter_config.json` is not what its name promises, or there are no
            tensors.
    """
    place = folder / ADAPTER_CONFIG
    config = parse_json_object(contents[ADAPTER_CONFIG], place)
    base = config.get("base_model_name_or_path")
    if base is not None and not isinstance(base, str):
        raise CheckpointError(
            f"{place}: base_model_name_or_path: expected a text, found {type(base).__name__}"
        )
    tensors = in_order(chain.from_iterable(h.tensors for h in hashed))
    return AdapterEntry(
        config_sha256=adapter_config_digest(config),
        weights=weights_digest(tensors),
        base_model=base or "",
        tensors=tensors,
    )
