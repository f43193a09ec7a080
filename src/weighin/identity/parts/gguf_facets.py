"""The facets that the keys of a GGUF file state, and their digests."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.canonical import strict_json
from weighin.identity.containers.gguf.types import is_quantised
from weighin.identity.manifest import StatedFacets
from weighin.identity.parts.chat_template import DEFAULT_TEMPLATE, chat_templates_digest
from weighin.identity.parts.config import json_digest

ARCHITECTURE = "general.architecture"
_TYPE = "general.type"
_SAMPLING = "general.sampling."
_QUANTIZATION = ("general.file_type", "general.quantization_version")
_TOKENIZER = "tokenizer."
_TEMPLATE = "tokenizer.chat_template"
_TEMPLATE_NAMES = "tokenizer.chat_templates"
_POLICY_ENDS = ("_token_id", "_token_ids")
_POLICY_BEGIN = "tokenizer.ggml.add_"
_POLICY = "tokenizer.ggml.remove_extra_whitespaces"

# Who made the file, of what, and how its bytes are laid out: no part of how the model runs.
_NOT_CONFIG = frozenset(
    {
        _TYPE,
        "general.alignment",
        "general.author",
        "general.basename",
        "general.datasets",
        "general.description",
        "general.doi",
        "general.finetune",
        "general.languages",
        "general.license",
        "general.name",
        "general.organization",
        "general.quantized_by",
        "general.repo_url",
        "general.size_label",
        "general.tags",
        "general.url",
        "general.uuid",
        "general.version",
        *_QUANTIZATION,
    }
)
_NOT_CONFIG_BEGINS = (
    "general.base_model.",
    "general.dataset.",
    "general.license.",
    _SAMPLING,
    "general.source.",
    "quantize.imatrix.",
    "split.",
    _TOKENIZER,
)

_Selected = Mapping[str, JsonValue]


def gguf_facets(metadata: Mapping[str, str], dtypes: Iterable[str], place: Path) -> StatedFacets:
    """Digests of what the keys of a GGUF checkpoint state.

    Every digest but that of a chat template is of canonical JSON: an object of the keys that
    count with their values, where an array is `{"count", "sha256", "type"}`.

    - config: all keys, without those that name authors, sources or files, and without the layout
      of the file.
    - generation config: the keys of recommended sampling, `general.sampling.*`.
    - tokenizer: `tokenizer.*` without special tokens and chat templates.
    - special tokens: ids of tokens, `add_*`, and `remove_extra_whitespaces`.
    - chat template: as in a folder, so that one text has one digest.
    - quantization: `general.file_type`, `general.quantization_version`, and as `dtypes` the
      quantised dtypes in order; if a tensor has one.

    Args:
        metadata: Canonical JSON of each value by key, as in the header of the file.
        dtypes: Those of the tensors.
        place: Named in errors only.

    Raises:
        CheckpointError: The file is not one of a model, or a chat template is not a text.
    """
    values = {key: strict_json(text) for key, text in metadata.items()}
    _require_model(values, place)
    policy = _where(values, _is_policy)
    tokenizer = _where(
        values,
        lambda key: key.startswith(_TOKENIZER) and not _is_policy(key) and not _is_template(key),
    )
    sampling = _where(values, lambda key: key.startswith(_SAMPLING))
    return StatedFacets(
        config=json_digest(_where(values, _is_config)),
        generation_config=json_digest(sampling) if sampling else None,
        tokenizer=json_digest(tokenizer) if tokenizer else None,
        special_tokens=json_digest(policy) if policy else None,
        chat_template=chat_templates_digest(_templates(values, place)),
        quantization=_quantization(values, dtypes),
    )


def _require_model(values: _Selected, place: Path) -> None:
    if not isinstance(values.get(ARCHITECTURE), str):
        raise CheckpointError(
            f"{place}: {ARCHITECTURE}: expected a text, found {values.get(ARCHITECTURE)!r}"
        )
    if values.get(_TYPE, "model") != "model":
        raise CheckpointError(
            f"{place}: {_TYPE}: expected 'model', found {values[_TYPE]!r}; "
            "give the file of the model"
        )


def _where(values: _Selected, condition: Callable[[str], bool]) -> dict[str, JsonValue]:
    return {key: value for key, value in values.items() if condition(key)}


def _is_config(key: str) -> bool:
    return key not in _NOT_CONFIG and not key.startswith(_NOT_CONFIG_BEGINS)


def _is_policy(key: str) -> bool:
    return key.startswith(_TOKENIZER) and (
        key.endswith(_POLICY_ENDS) or key.startswith(_POLICY_BEGIN) or key == _POLICY
    )


def _is_template(key: str) -> bool:
    return key in {_TEMPLATE, _TEMPLATE_NAMES} or key.startswith(f"{_TEMPLATE}.")


def _templates(values: _Selected, place: Path) -> dict[str, str]:
    templates: dict[str, str] = {}
    for key, text in values.items():
        if not _is_template(key) or key == _TEMPLATE_NAMES:
            continue
        if not isinstance(text, str):
            raise CheckpointError(f"{place}: {key}: expected a text, found {type(text).__name__}")
        name = DEFAULT_TEMPLATE if key == _TEMPLATE else key.removeprefix(f"{_TEMPLATE}.")
        if name in templates:
            raise CheckpointError(f"{place}: {key}: expected one template of that name, found two")
        templates[name] = text
    return templates


def _quantization(values: _Selected, dtypes: Iterable[str]) -> str | None:
    quantised = sorted({dtype for dtype in dtypes if is_quantised(dtype)})
    if not quantised:
        return None
    stated = _where(values, lambda key: key in _QUANTIZATION)
    return json_digest({**stated, "dtypes": list[JsonValue](quantised)})
