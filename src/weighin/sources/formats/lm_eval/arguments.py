"""The model and its arguments as a results file of lm-eval gives them."""

import json
import re
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.files.json.foreign import Json, as_mapping, as_text
from weighin.identity.facets import Facet, Grade, Identifier, Kind, cached_commit
from weighin.sources.arguments.given import chosen_for, given_in

TRANSFORMERS_BACKENDS = frozenset(
    {
        "hf", "hf-auto", "huggingface", "hf-causal", "hf-causal-experimental", "hf-seq2seq",
        "hf-multimodal", "hf-audiolm-qwen", "hf-mistral3",
    }
)  # fmt: skip
"""Backends of lm-eval that load the model with transformers and add nothing to it."""

# By the parts of their names, old and new: whoever registers another says likewise what it asks.
_SERVED = frozenset(
    {
        "completions", "completion", "chat", "api", "openai", "gpt3", "anthropic", "azure",
        "litellm", "watsonx", "textsynth", "goose", "gooseai", "gemini", "bedrock", "cohere",
        "dashscope", "remote", "server", "client", "endpoint", "inference", "generate", "gguf",
        "ggml",
    }
)  # fmt: skip
_OF_CLIENTS = frozenset({"num_concurrent", "tokenized_requests", "api_key", "auth_token"})
_PLACES = ("base_url", "url", "api_base", "api_url", "endpoint", "server_url")

_ADAPTED = ("peft", "delta")
_LOADED = (
    "pretrained", "model", "path", "load", "model_id", "model_path", "model_name",
    "model_name_or_path", "checkpoint", "checkpoint_path", "ckpt", "checkpoint_dir", "load_path",
)  # fmt: skip
# A run with an adapter goes by the adapter's name, as in lm-eval.
_NAMES = (*_ADAPTED, *_LOADED, "engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArguments:
    """lm-eval's `model` and `model_args`.

    Attributes:
        backend: lm-eval's `model`, for example `hf`; empty if unknown.
        values: Argument by name, as text; those that are none or empty are left out.
        is_written: Whether the file holds the arguments at all.
    """

    backend: str
    values: dict[str, str]
    is_written: bool = True

    @property
    def name(self) -> str | None:
        """Under which name lm-eval would file the results; `None` if there is none."""
        return next((self.values[key] for key in _NAMES if key in self.values), None)

    @property
    def base(self) -> str | None:
        """What the weights were loaded from, without adapters; `None` if unknown."""
        return next((self.values[key] for key in _LOADED if key in self.values), None)

    @property
    def is_folder(self) -> bool:
        """Whether the weights were loaded from a path that is no snapshot of a hub's cache."""
        base = self.base or ""
        return base.startswith((".", "/", "~")) and not cached_commit(base)

    @property
    def url(self) -> str | None:
        """The address that was asked; `None` if there is none."""
        return next((self.values[key] for key in _PLACES if key in self.values), None)

    @property
    def is_local(self) -> bool:
        """Whether the model ran in lm-eval's own process, so that it rendered every prompt itself.

        Every backend does, unless an address, its name, or what only a client sets says otherwise.
        """
        parts = set(re.split(r"[-_\s/]+", self.backend.lower()))
        is_client = bool(_OF_CLIENTS & self.values.keys()) or bool(_SERVED & parts)
        return bool(self.backend) and self.url is None and not is_client

    @property
    def is_transformers(self) -> bool:
        """Whether transformers loaded and ran the model, and nothing else did."""
        return self.backend in TRANSFORMERS_BACKENDS

    def chosen(self, *names: str) -> dict[str, str]:
        """Those of some arguments that were given and not switched off."""
        return {
            name: self.values[name]
            for name in names
            if name in self.values and self.values[name].lower() != "false"
        }


def model_arguments(results: Json) -> ModelArguments:
    """The model and its arguments, whether they were written as text or as an object.

    A text is cut as lm-eval cuts it: at every comma, also one inside a value.
    """
    config = as_mapping(results.get("config"))
    written = config.get("model_args")
    found: dict[str, str] = {}
    if isinstance(written, dict):
        found = {key: _as_text(value).strip() for key, value in written.items()}
    elif isinstance(written, str):
        found = {key: str(value) for key, value in given_in(written).items()}
    return ModelArguments(
        backend=as_text(config.get("model")) or "",
        values={
            key: value
            for key, value in found.items()
            if value and value.lower() not in {"none", "null"}
        },
        is_written=isinstance(written, dict | str),
    )


def _as_text(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def whole_list(results: Json, model: ModelArguments) -> str:
    """Whose whole list of arguments a results file holds; empty if it holds none.

    lm-eval writes `model_args` whole, whatever was set.
    """
    version = as_text(results.get("lm_eval_version"))
    is_known = bool(version) and model.is_written and bool(model.backend)
    return f"lm-eval {version}, {model.backend}" if is_known else ""


def parameters_counted(results: Json, model: ModelArguments) -> Identifier | None:
    """The number of parameters as transformers counted them in memory; `None` if unknown.

    Packed and adapted weights count otherwise, so that counts are compared only among their like.
    """
    counted = as_mapping(results.get("config")).get("model_num_parameters")
    if isinstance(counted, bool) or not isinstance(counted, int) or counted <= 0:
        return None
    how = sorted(
        f"{name}={value}"
        for facet in (Facet.QUANTIZATION, Facet.ADAPTERS)
        for name, value in chosen_for(facet, model.values).items()
    )
    scope = ", ".join(["parameters", f"backend {model.backend or 'unknown'}", *dict.fromkeys(how)])
    return Identifier(kind=Kind.TRAIT, value=counted, grade=Grade.DECLARED, scope=scope)
