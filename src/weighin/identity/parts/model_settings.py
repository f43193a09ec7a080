"""What a model's configuration states of how its tensors are laid out and packed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.folder.listing import QUANTIZATION_FILES, list_checkpoint
from weighin.identity.folder.weight_files import CONFIG

_MOST: int = 1 << 20
_ROTARY_BASE, _MOST_BASE = 10_000.0, 1e12


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What a configuration states; zeros and empty texts where it states nothing.

    Attributes:
        model_type: As transformers calls it.
        heads: Attention heads.
        key_value_heads: Heads of keys and values.
        is_new_falcon: Falcon's `new_decoder_architecture`.
        is_multi_query: Falcon's `multi_query`.
        rotary_base: Of rotary positions; 0 if they are scaled as well.
        packed_bits: Bits of a packed number, of compressed-tensors.
        scaled_blocks: Rows and columns that share a scale, of FP8; zeros where it is not stated.
        has_plain_zeros: Whether the zero points of GPTQ are stored as they are, and not less one.
        grouped: Of MLX, by the name of a layer, bits of a number and numbers of a group; without a
            name those of all others.
    """

    model_type: str = ""
    heads: int = 0
    key_value_heads: int = 0
    is_new_falcon: bool = False
    is_multi_query: bool = False
    rotary_base: float = 10_000.0
    packed_bits: int = 0
    scaled_blocks: tuple[int, int] = (0, 0)
    has_plain_zeros: bool = False
    grouped: tuple[tuple[str, int, int], ...] = ()


def model_settings(folder: Path) -> ModelSettings:
    """What the configuration in a checkpoint folder states.

    Raises:
        CheckpointError: The folder or its configuration cannot be read.
    """
    listing = list_checkpoint(folder)
    parsed = {
        file.path: parse_json_object(read_small_file(file.place, file.location), file.place)
        for file in listing.files
        if file.path in {CONFIG, *QUANTIZATION_FILES}
    }
    return settings_of(parsed.pop(CONFIG, {}), tuple(parsed.values()))


def settings_of(
    config: Mapping[str, JsonValue], beside: tuple[Mapping[str, JsonValue], ...] = ()
) -> ModelSettings:
    """What a configuration states.

    Args:
        config: `config.json`.
        beside: The older files that state how the weights are quantised.
    """
    text = config.get("text_config")
    core = {**config, **text} if isinstance(text, dict) else config
    heads = _count(core, "num_attention_heads", "n_head", "n_heads")
    multi_query = core.get("multi_query") is True
    own = _count(core, "num_key_value_heads", "num_kv_heads", "n_kv_heads")
    stated = config.get("quantization_config")
    schemes = (stated, *beside) if isinstance(stated, dict) else beside
    model_type = core.get("model_type")
    return ModelSettings(
        model_type=model_type if isinstance(model_type, str) else "",
        heads=heads,
        key_value_heads=own or heads,
        is_new_falcon=core.get("new_decoder_architecture") is True,
        is_multi_query=multi_query,
        rotary_base=_rotary_base(core),
        packed_bits=max((_packed_bits(scheme) for scheme in schemes), default=0),
        scaled_blocks=next(filter(any, map(_scaled_blocks, schemes)), (0, 0)),
        has_plain_zeros=any(s.get("checkpoint_format") == "gptq_v2" for s in schemes),
        grouped=_grouped(config.get("quantization")),
    )


def _grouped(stated: JsonValue) -> tuple[tuple[str, int, int], ...]:
    """What `quantization` states of all layers, and of single ones; nothing of other modes."""
    if not isinstance(stated, dict):
        return ()
    found: list[tuple[str, int, int]] = []
    layers = {name: one for name, one in stated.items() if isinstance(one, dict)}
    for name, scheme in {"": stated, **layers}.items():
        bits, group = _count(scheme, "bits"), _count(scheme, "group_size")
        is_affine = scheme.get("mode", "affine") == "affine"
        # Zeros fit no tensor: a layer in another mode is not as all others are.
        found.append((name, bits, group) if is_affine else (name, 0, 0))
    return tuple(found) if any(bits and group for _, bits, group in found) else ()


def _count(config: Mapping[str, JsonValue], *names: str) -> int:
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST:
            return value
    return 0


def _rotary_base(config: Mapping[str, JsonValue]) -> float:
    """The base of rotary positions, 10,000 if none is stated; 0 where they are scaled as well."""
    nested = config.get("rope_parameters")
    stated = {**config, **nested} if isinstance(nested, dict) else config
    kind = stated.get("rope_type", stated.get("type", "default"))
    if config.get("rope_scaling") or (isinstance(nested, dict) and kind != "default"):
        return 0.0
    base = stated.get("rope_theta", stated.get("rotary_emb_base", _ROTARY_BASE))
    if isinstance(base, bool) or not isinstance(base, int | float):
        return 0.0
    return float(base) if 1 < base < _MOST_BASE else 0.0


def _scaled_blocks(scheme: Mapping[str, JsonValue]) -> tuple[int, int]:
    """What `weight_block_size` states; zeros if it is not there, or no pair of sizes."""
    size = scheme.get("weight_block_size")
    if not isinstance(size, list) or len(size) != 2:  # noqa: PLR2004  # rows and columns
        return 0, 0
    rows, columns = (_count({"size": one}, "size") for one in size)
    return (rows, columns) if rows and columns else (0, 0)


def _packed_bits(scheme: Mapping[str, JsonValue]) -> int:
    """Bits of the weights if all groups of a scheme of compressed-tensors have the same."""
    groups = scheme.get("config_groups")
    if not isinstance(groups, dict):
        return 0
    bits: set[int] = set()
    for group in groups.values():
        weights = group.get("weights") if isinstance(group, dict) else None
        if isinstance(weights, dict):
            bits.add(_count(weights, "num_bits"))
    return bits.pop() if len(bits) == 1 else 0
