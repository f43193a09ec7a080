"""Which files of a checkpoint folder hold its weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.containers.header import SAFETENSORS_SUFFIX, holds_tensors
from weighin.identity.folder.gguf_parts import gguf_parts
from weighin.identity.folder.places import file_paths, located, quoted
from weighin.identity.folder.weight_names import (
    ADAPTER_CONFIG,
    ADAPTER_WEIGHTS,
    OTHER_FORMATS,
    SLICE,
    are_one_checkpoint,
    safetensors_files,
    torch_files,
)

CONFIG = "config.json"
INDEX_FILE = "model.safetensors.index.json"
META_CONFIG = "params.json"
SINGLE_FILE = "model.safetensors"

# What transformers looks for, in its order.
_DEFAULTS = (SINGLE_FILE, INDEX_FILE, "pytorch_model.bin", "pytorch_model.bin.index.json")
_INDEX_SUFFIX = ".index.json"
_SAFETENSORS_INDEX = f"{SAFETENSORS_SUFFIX}{_INDEX_SUFFIX}"
_INDEXES = (_SAFETENSORS_INDEX, f".bin{_INDEX_SUFFIX}")


@dataclass(frozen=True, slots=True)
class WeightFiles:
    """The weights of a checkpoint folder.

    Attributes:
        names: Of the files that hold them.
        index: Name of the index of the shards; `None` if there is none.
        weight_map: Shard of each tensor, as the index states it; empty without an index.
        config: Name of the configuration that belongs to them.
    """

    names: frozenset[str]
    index: str | None
    weight_map: Mapping[str, str]
    config: str


def weight_files(folder: Path, names: frozenset[str]) -> WeightFiles:
    """The files that hold the weights of a checkpoint.

    As transformers: the file that the config names, else `model.safetensors`, its index, else
    `pytorch_model.bin`, its index. Else what Meta ships: `consolidated.NN.pth`, with `params.json`
    as the configuration. Else the one GGUF file or all parts of it. Else the one index there is;
    else the one file of safetensors or of `torch.save`, or all its shards by their names, like
    `model-00001-of-00002.safetensors`.

    Args:
        folder: The checkpoint folder.
        names: Of the files in it.

    Raises:
        CheckpointError: There are none, or it is ambiguous which are meant.
    """
    chosen = _stated(folder, names)
    if chosen is None:
        chosen = next((name for name in _DEFAULTS if name in names), None)
    if chosen is not None:
        found = _from_transformers(folder, names, chosen)
    else:
        found = _from_meta(folder, names) or _under_other_names(folder, names)
    if others := _surplus(names, found.names):
        raise CheckpointError(
            f"{folder}: expected no weights beside {quoted(sorted(found.names))}, found "
            f"{quoted(others)}: it is ambiguous which are meant; move them out of the folder"
        )
    return found


def _stated(folder: Path, names: frozenset[str]) -> str | None:
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
        and stated.endswith((SAFETENSORS_SUFFIX, _SAFETENSORS_INDEX))
    ):
        return stated
    raise CheckpointError(
        f"{place}: transformers_weights: expected the name of a safetensors file in the folder, "
        f"found {stated!r}"
    )


def _from_transformers(
    folder: Path, names: frozenset[str], chosen: str, config: str = CONFIG
) -> WeightFiles:
    if not chosen.endswith(_INDEX_SUFFIX):
        return WeightFiles(frozenset({chosen}), None, {}, config)
    weight_map = _weight_map(folder, chosen)
    shards = frozenset(weight_map.values())
    if missing := sorted(shards - names):
        raise CheckpointError(
            f"{folder / chosen}: expected the shards that it names, missing: {quoted(missing)}"
        )
    return WeightFiles(shards, chosen, weight_map, config)


def _from_meta(folder: Path, names: frozenset[str]) -> WeightFiles | None:
    numbers = {name: int(match[2]) for name in names if (match := SLICE.fullmatch(name))}
    if not numbers:
        return None
    if sorted(numbers.values()) != list(range(len(numbers))):
        raise CheckpointError(
            f"{folder}: expected the slices consolidated.00.pth to "
            f"consolidated.{len(numbers) - 1:02}.pth, found {quoted(sorted(numbers))}"
        )
    config = META_CONFIG if META_CONFIG in names else CONFIG
    return WeightFiles(frozenset(numbers), None, {}, config)


def _under_other_names(folder: Path, names: frozenset[str]) -> WeightFiles:
    if parts := gguf_parts(names, folder):
        return WeightFiles(parts, None, {}, CONFIG)
    indexes = sorted(name for name in names if name.endswith(_INDEXES))
    if len(indexes) == 1:
        return _from_transformers(folder, names, indexes[0], _config_of(names))
    candidates = indexes or [*safetensors_files(names - {*ADAPTER_WEIGHTS}), *torch_files(names)]
    if not indexes and are_one_checkpoint(candidates, folder):
        return WeightFiles(frozenset(candidates), None, {}, _config_of(names))
    wanted = f"expected {SINGLE_FILE} or {INDEX_FILE}"
    if candidates:
        raise CheckpointError(
            f"{folder}: {wanted}, found {quoted(candidates)}: it is ambiguous which are meant; "
            "keep one of them"
        )
    raise _without_weights(folder, names, wanted)


def _without_weights(folder: Path, names: frozenset[str], wanted: str) -> CheckpointError:
    if ADAPTER_CONFIG in names:
        return CheckpointError(
            f"{folder}: {wanted}, found an adapter only; give the folder of its base model as the "
            "checkpoint and this one as its adapter"
        )
    if others := sorted(name for name in names if name.endswith(OTHER_FORMATS)):
        return CheckpointError(
            f"{folder}: {wanted}, found {quoted(others)}; this version reads safetensors, GGUF "
            "and the zip files of torch.save: save the checkpoint again with save_pretrained"
        )
    below = sorted(path for path in file_paths(folder) if "/" in path and holds_tensors(path))
    if below:
        return CheckpointError(
            f"{folder}: {wanted}, found neither, but weights in folders below: {quoted(below)}; "
            "give the folder of the model that is meant"
        )
    found = f", but {quoted(sorted(names))}" if names else ""
    return CheckpointError(f"{folder}: {wanted}, found neither{found}")


def _config_of(names: frozenset[str]) -> str:
    """Name of the configuration of weights that Meta or Mistral may have named."""
    return META_CONFIG if META_CONFIG in names and CONFIG not in names else CONFIG


def _surplus(names: frozenset[str], chosen: frozenset[str]) -> list[str]:
    """Weights beside the chosen ones that some loader could prefer to them."""
    others = [name for name in safetensors_files(names) if name not in chosen]
    if not any(name.endswith(SAFETENSORS_SUFFIX) for name in chosen):
        # Beside safetensors, transformers and all others ignore them.
        others += [name for name in torch_files(names) if name not in chosen]
    return others


def _weight_map(folder: Path, index: str) -> Mapping[str, str]:
    place = folder / index
    suffix = SAFETENSORS_SUFFIX if index.endswith(_SAFETENSORS_INDEX) else ".bin"
    weight_map = parse_json_object(read_small_file(place, located(folder, index)), place).get(
        "weight_map"
    )
    if not isinstance(weight_map, dict) or not weight_map:
        raise CheckpointError(f"{place}: weight_map: expected an object of shards, found none")
    return {tensor: _shard(shard, suffix, tensor, place) for tensor, shard in weight_map.items()}


def _shard(shard: JsonValue, suffix: str, tensor: str, place: Path) -> str:
    if isinstance(shard, str) and shard.endswith(suffix) and not set(shard) & {"/", "\\", "\0"}:
        return shard
    raise CheckpointError(
        f"{place}: tensor {tensor!r}: expected the plain name of a {suffix.removeprefix('.')} "
        f"file in the folder, found {shard!r}"
    )
