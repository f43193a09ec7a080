"""Digests of the JSON files that say how a checkpoint is to be run."""

from collections.abc import Collection, Mapping

from pydantic import JsonValue

from weighin.files.canonical import canonical_json, sha256_hex

_PATH_OR_VERSION = frozenset({"_name_or_path", "transformers_version"})
_PEFT_VERSION = frozenset({"peft_version"})
_QUANTIZATION_KEYS = (
    "quantization_config", "compression_config", "quantization", "quantization_args",
)  # fmt: skip
_TEXT_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")
_GENERATION_PATH_OR_VERSION = _PATH_OR_VERSION | {"_from_model_config"}


def json_digest(value: JsonValue) -> str:
    """Hex SHA-256 of a JSON value in canonical form.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    return sha256_hex(canonical_json(value))


def config_digest(config: JsonValue, processors: Mapping[str, JsonValue] | None = None) -> str:
    """Digest of a model configuration, whoever saved it and wherever it lay.

    Args:
        config: The content of `config.json`. Fields that name a path or a library version are
            left out, in nested configurations too.
        processors: Content of the files that say how images, videos and sounds become the input
            of a multi-modal model, by file name. Without any, the digest is of `config` alone.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    own = _without(config, _PATH_OR_VERSION)
    if not processors:
        return json_digest(own)
    return json_digest({"config": own, "processors": _without(dict(processors), _PATH_OR_VERSION)})


def generation_config_digest(config: JsonValue) -> str:
    """Digest of a generation configuration, whoever saved it.

    Args:
        config: The content of `generation_config.json`. `_from_model_config`, which says only
            where it came from, is left out like paths and versions.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    return json_digest(_without(config, _GENERATION_PATH_OR_VERSION))


def adapter_config_digest(config: JsonValue) -> str:
    """Digest of the configuration of a PEFT adapter, whichever version of PEFT saved it.

    Args:
        config: The content of `adapter_config.json`.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    return json_digest(_without(config, _PEFT_VERSION))


def stated_quantization(config: JsonValue) -> JsonValue:
    """What a model configuration states about its quantisation; `None` if it states nothing.

    Args:
        config: The content of `config.json` or `params.json`. The statement stands under
            `quantization_config`; in older builds of compressed-tensors under
            `compression_config`; in those of MLX and Mistral under `quantization`; in those of
            Meta under `quantization_args`; of a multi-modal model also in the part of its text
            model, by the same names.
    """
    if not isinstance(config, dict):
        return None
    if config.get("quantization_config") is not None:
        return config["quantization_config"]
    for part in (config, *(config.get(name) for name in _TEXT_PARTS)):
        for name in _QUANTIZATION_KEYS:
            stated = part.get(name) if isinstance(part, dict) else None
            if isinstance(stated, dict):
                return stated
    return None


def quantization_digest(config: JsonValue) -> str | None:
    """Digest of what a model configuration states about its quantisation.

    Args:
        config: The content of `config.json`.

    Returns:
        `None` if it states nothing.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    stated = stated_quantization(config)
    return None if stated is None else json_digest(stated)


def _without(value: JsonValue, names: Collection[str]) -> JsonValue:
    match value:
        case dict():
            return {key: _without(item, names) for key, item in value.items() if key not in names}
        case list():
            return [_without(item, names) for item in value]
        case _:
            return value
