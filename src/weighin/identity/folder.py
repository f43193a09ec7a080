"""Which files of a checkpoint folder a loader reads, and where they lie."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.identity.chat_template import LEGACY_TEMPLATE_FILE, TEMPLATE_FILE, TEMPLATE_FOLDER
from weighin.identity.files import parse_json_object, read_small_file
from weighin.identity.tokenizer import POLICY_FILES, TOKENIZER_FILE, VOCABULARY_FILES

CONFIG = "config.json"
GENERATION_CONFIG = "generation_config.json"
SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
QUANTIZATION_FILES = ("hf_quant_config.json", "quant_config.json", "quantize_config.json")

_MAX_NAMES = 5
_INDEX_SUFFIX = ".safetensors.index.json"
_OTHER_WEIGHTS = (".bin", ".ckpt", ".gguf", ".h5", ".msgpack", ".onnx", ".pt", ".pth")
_ROLES = {
    CONFIG: "config",
    GENERATION_CONFIG: "generation_config",
    TOKENIZER_FILE: "tokenizer",
    **dict.fromkeys(POLICY_FILES, "tokenizer"),
    **dict.fromkeys(VOCABULARY_FILES, "tokenizer"),
    TEMPLATE_FILE: "chat_template",
    LEGACY_TEMPLATE_FILE: "chat_template",
    **dict.fromkeys(QUANTIZATION_FILES, "quantization"),
    ADAPTER_CONFIG: "adapter",
}


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file that a loader reads.

    Attributes:
        path: Relative to the folder, POSIX separators.
        role: As in `FileEntry`.
        place: The file as the user knows it, named in errors.
        location: Where the bytes lie, after all links.
    """

    path: str
    role: str
    place: Path
    location: Path

    @property
    def holds_tensors(self) -> bool:
        """Whether it is a safetensors file."""
        return self.path.endswith(".safetensors")


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a checkpoint folder.

    Attributes:
        folder: As given.
        files: In order of their paths.
        index: Name of the index of the shards; `None` if there is a single file.
        weight_map: Shard of each tensor, as the index states it; empty without an index.
    """

    folder: Path
    files: tuple[CheckpointFile, ...]
    index: str | None
    weight_map: Mapping[str, str]

    def of_role(self, role: str) -> tuple[CheckpointFile, ...]:
        """The files of one role."""
        return tuple(file for file in self.files if file.role == role)


def list_checkpoint(folder: Path) -> Listing:
    """The files that transformers reads when it loads a checkpoint.

    Raises:
        CheckpointError: The folder is missing, holds no safetensors weights or more than it would
            load, or a link points out of it.
    """
    names = _names(folder)
    index, weight_map, shards = _chosen_weights(folder, names)
    roles = {name: role for name, role in _ROLES.items() if name in names}
    roles |= dict.fromkeys(shards, "weights")
    if index is not None:
        roles[index] = "index"
    if ADAPTER_CONFIG in names:
        _require_adapter_weights(folder, names)
        roles[ADAPTER_WEIGHTS] = "adapter"
    surplus = sorted(n for n in names if n.endswith(".safetensors") and n not in roles)
    if surplus:
        raise CheckpointError(
            f"{folder}: expected no weights beside {', '.join(sorted(shards))}, found "
            f"{_quoted(surplus)}: it is ambiguous which are meant; move them out of the folder"
        )
    roles |= dict.fromkeys(_template_paths(folder), "chat_template")
    roles |= {path: "remote_code" for path in file_paths(folder) if path.endswith(".py")}
    return _listing(folder, roles, index, weight_map)


def list_adapter(folder: Path) -> Listing:
    """The files of a PEFT adapter: its configuration and its weights.

    Raises:
        CheckpointError: One is missing, or a link points out of the folder.
    """
    names = _names(folder)
    if ADAPTER_CONFIG not in names:
        raise CheckpointError(f"{folder}: expected {ADAPTER_CONFIG}, found none: not an adapter")
    _require_adapter_weights(folder, names)
    return _listing(folder, dict.fromkeys((ADAPTER_CONFIG, ADAPTER_WEIGHTS), "adapter"), None, {})


def file_paths(folder: Path) -> Iterator[str]:
    """Every file below a folder, hidden folders aside, as a path relative to it.

    A link to a folder is refused, not followed: what lies behind it may be anything.

    Raises:
        CheckpointError: A folder cannot be listed, or is a link.
    """

    def refuse(error: OSError) -> NoReturn:
        raise CheckpointError(f"{error.filename}: cannot be listed: {error.strerror}") from error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (Path(parent) / name).is_symlink():
                raise CheckpointError(
                    f"{Path(parent) / name}: expected a folder, found a link to one; "
                    "replace it with the folder itself, or remove it"
                )
        for name in sorted(files):
            yield (Path(parent) / name).relative_to(folder).as_posix()


def _names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise CheckpointError(
            f"{folder}: expected a checkpoint folder: {error.strerror}"
        ) from error


def _chosen_weights(
    folder: Path, names: frozenset[str]
) -> tuple[str | None, Mapping[str, str], frozenset[str]]:
    """The index (if any), its weight map, and the names of the weight files."""
    chosen = _stated_weights(folder, names)
    if chosen is None:
        chosen = next((name for name in (SINGLE_FILE, INDEX_FILE) if name in names), None)
    if chosen is None:
        raise CheckpointError(f"{folder}: {_why_no_weights(names)}")
    if not chosen.endswith(_INDEX_SUFFIX):
        return None, {}, frozenset({chosen})
    weight_map = _weight_map(folder, chosen)
    shards = frozenset(weight_map.values())
    if missing := sorted(shards - names):
        raise CheckpointError(
            f"{folder / chosen}: expected the shards that it names, missing: {_quoted(missing)}"
        )
    return chosen, weight_map, shards


def _stated_weights(folder: Path, names: frozenset[str]) -> str | None:
    """The file that `transformers_weights` in the config names, which wins over the defaults."""
    if CONFIG not in names:
        return None
    place = folder / CONFIG
    stated = parse_json_object(read_small_file(place, located(folder, CONFIG)), place).get(
        "transformers_weights"
    )
    if stated is None:
        return None
    if (
        isinstance(stated, str)
        and stated in names
        and stated.endswith((".safetensors", _INDEX_SUFFIX))
    ):
        return stated
    raise CheckpointError(
        f"{place}: transformers_weights: expected the name of a safetensors file in the folder, "
        f"found {stated!r}"
    )


def _why_no_weights(names: frozenset[str]) -> str:
    wanted = f"expected {SINGLE_FILE} or {INDEX_FILE}"
    others = sorted(name for name in names if name.endswith(_OTHER_WEIGHTS))
    if ADAPTER_CONFIG in names:
        return (
            f"{wanted}, found an adapter only; give the folder of its base model as the "
            "checkpoint and this one as its adapter"
        )
    if others:
        return (
            f"{wanted}, found {_quoted(others)}; this version reads safetensors: "
            "save the checkpoint again with save_pretrained"
        )
    return f"{wanted}, found neither"


def _weight_map(folder: Path, index: str) -> Mapping[str, str]:
    place = folder / index
    weight_map = parse_json_object(read_small_file(place, located(folder, index)), place).get(
        "weight_map"
    )
    if not isinstance(weight_map, dict) or not weight_map:
        raise CheckpointError(f"{place}: weight_map: expected an object of shards, found none")
    return {tensor: _shard(shard, tensor, place) for tensor, shard in weight_map.items()}


def _shard(shard: JsonValue, tensor: str, place: Path) -> str:
    if (
        isinstance(shard, str)
        and shard.endswith(".safetensors")
        and not set(shard) & {"/", "\\", "\0"}
    ):
        return shard
    raise CheckpointError(
        f"{place}: tensor {tensor!r}: expected the plain name of a safetensors file in the "
        f"folder, found {shard!r}"
    )


def _require_adapter_weights(folder: Path, names: frozenset[str]) -> None:
    if ADAPTER_WEIGHTS not in names:
        others = sorted(name for name in names if name.startswith("adapter_model."))
        raise CheckpointError(
            f"{folder / ADAPTER_CONFIG}: expected {ADAPTER_WEIGHTS} beside it, "
            f"found {_quoted(others) if others else 'none'}; this version reads safetensors"
        )


def _template_paths(folder: Path) -> tuple[str, ...]:
    templates = folder / TEMPLATE_FOLDER
    if not templates.is_dir():
        return ()
    return tuple(f"{TEMPLATE_FOLDER}/{n}" for n in _names(templates) if n.endswith(".jinja"))


def _listing(
    folder: Path, roles: Mapping[str, str], index: str | None, weight_map: Mapping[str, str]
) -> Listing:
    files = tuple(
        CheckpointFile(
            path=path, role=roles[path], place=folder / path, location=located(folder, path)
        )
        for path in sorted(roles)
    )
    return Listing(folder=folder, files=files, index=index, weight_map=weight_map)


def located(folder: Path, path: str) -> Path:
    """Where a file of a checkpoint folder lies, after all links.

    Links may lead anywhere inside the folder and, from a snapshot of a hub cache, to the blobs of
    its repository or to those that all repositories of the cache share.

    Raises:
        CheckpointError: The file is missing, its name is not text, or it lies elsewhere.
    """
    place = folder / path
    if "\0" in path:
        raise CheckpointError(f"{folder}: expected file names, found {path!r}")
    try:
        path.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CheckpointError(f"{folder}: expected file names in UTF-8, found {path!r}") from error
    try:
        root = Path(os.path.realpath(folder, strict=True))
        target = Path(os.path.realpath(place, strict=True))
    except OSError as error:
        raise CheckpointError(f"{place}: cannot be found: {error.strerror}") from error
    if not any(target.is_relative_to(tree) for tree in _allowed_trees(root)):
        raise CheckpointError(
            f"{place}: points out of the checkpoint folder; replace the link with the file itself"
        )
    return target


def _allowed_trees(root: Path) -> tuple[Path, ...]:
    snapshots, repository = root.parent, root.parent.parent
    if snapshots.name == "snapshots" and repository.name.startswith("models--"):
        return root, repository, repository.parent / "blobs"
    return (root,)


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_MAX_NAMES])
    more = len(names) - _MAX_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
