"""What a model and its tokenizer are in memory at one moment, whoever loaded them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import torch
from pydantic import JsonValue

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.harness.local.memory import NOT_HASHED, MemoryDigest, digest_in_memory
from weighin.harness.local.placed.hooks import only_places
from weighin.identity.parts.tokenizer import tokenizer_digest

PROBE = "weighin"
"""A text of which the ids say what the policy of special tokens does."""


class Loaded(Protocol):
    """A model as it was loaded, whoever did it; the attributes are those of `LocalModel`."""

    @property
    def loader(self) -> str: ...  # noqa: D102  # see above

    @property
    def device(self) -> str: ...  # noqa: D102  # see above

    @property
    def attention(self) -> str: ...  # noqa: D102  # see above

    @property
    def stack(self) -> str: ...  # noqa: D102  # see above

    @property
    def quantization(self) -> JsonValue: ...  # noqa: D102  # see above

    @property
    def missing_tensors(self) -> tuple[str, ...]: ...  # noqa: D102  # see above

    @property
    def remote_code_executed(self) -> bool: ...  # noqa: D102  # see above

    @property
    def versions(self) -> Mapping[str, str]: ...  # noqa: D102  # see above


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryState:
    """Everything that was observed of the loaded model at one moment.

    Attributes:
        tensors: The tensors.
        tokenizer: Digest of the fast tokenizer, as of its file on disk; `None` for a tokenizer
            that keeps its vocabulary in files only.
        special_tokens: The special-token policy that is in force where lm-eval asks.
        token_policy: That of the tokenizer alone, whoever asks.
        chat_template: Text of the chat template that prompts go through.
        generation_config: As the model would generate, without the library's version.
        structure: Digest of the module tree and of every such hook on it.
        hooks: Names of modules with a forward hook, or with a `forward` that is not their class's:
            both can change what the weights compute. That of accelerate which only moves what it
            is given does not count.
    """

    tensors: MemoryDigest
    tokenizer: str | None
    special_tokens: dict[str, JsonValue]
    token_policy: dict[str, JsonValue]
    chat_template: str
    generation_config: dict[str, JsonValue]
    structure: str
    hooks: tuple[str, ...]


def memory_state(
    model: torch.nn.Module,
    tokenizer: object,
    special_tokens: dict[str, JsonValue],
    *,
    with_tensors: bool = True,
) -> MemoryState:
    """Fingerprint what is in memory now.

    Args:
        model: The model.
        tokenizer: What makes its prompts.
        special_tokens: The policy that is in force where lm-eval asks; empty where it does not.
        with_tensors: Whether the tensors are hashed, too.
    """
    hooks = tuple(
        name or "(model)"
        for name, module in model.named_modules()
        if module._forward_hooks  # noqa: SLF001  # no public way
        or module._forward_pre_hooks  # noqa: SLF001  # the same
        or ("forward" in vars(module) and not only_places(module))
    )
    structure = "\n".join((str(model), type(model).__qualname__, *hooks))
    return MemoryState(
        tensors=digest_in_memory(model) if with_tensors else NOT_HASHED,
        tokenizer=_tokenizer_digest(tokenizer),
        special_tokens=special_tokens,
        token_policy=_token_policy(tokenizer),
        chat_template=_chat_template(tokenizer),
        generation_config=_generation_config(model),
        structure=sha256_hex(structure.encode()),
        hooks=hooks,
    )


def special_tokens_of(tokenizer: Any) -> dict[str, JsonValue]:
    """The special tokens of a tokenizer, and what it adds by itself."""
    found: dict[str, JsonValue] = {}
    for name in ("bos", "eos", "unk", "sep", "cls", "mask"):
        token = getattr(tokenizer, f"{name}_token", None)
        if token is not None:
            found[name] = [str(token), getattr(tokenizer, f"{name}_token_id", None)]
    for name in ("add_bos_token", "add_eos_token", "add_prefix_space"):
        value = getattr(tokenizer, name, None)
        if isinstance(value, bool):
            found[name] = value
    added = {str(i): str(token) for i, token in tokenizer.added_tokens_decoder.items()}
    found["added_tokens"] = sha256_hex(canonical_json(added))
    return found


def _token_policy(tokenizer: Any) -> dict[str, JsonValue]:
    if tokenizer is None:
        return {}
    found = special_tokens_of(tokenizer)
    found["probe"] = [int(number) for number in tokenizer(PROBE)["input_ids"]]
    return found


def _tokenizer_digest(tokenizer: object) -> str | None:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return None if backend is None else _digest_of_serialised(backend.to_str())


# Asked for twice a benchmark, with and without padding; the canonical form of many words takes a
# second. No code can put an answer into this cache.
@lru_cache(maxsize=4)
def _digest_of_serialised(tokenizer: str) -> str:
    return tokenizer_digest(json.loads(tokenizer))


def _chat_template(tokenizer: object) -> str:
    template = getattr(tokenizer, "chat_template", None)
    if template is None:
        return ""
    return template if isinstance(template, str) else json.dumps(template, sort_keys=True)


def _generation_config(model: torch.nn.Module) -> dict[str, JsonValue]:
    config = getattr(model, "generation_config", None)
    value = plain_json(config)
    if not isinstance(value, dict):
        return {}
    return {
        k: v for k, v in value.items() if k not in {"transformers_version", "_from_model_config"}
    }


def plain_json(config: object) -> JsonValue:
    """A configuration of transformers as plain values; `None` for none."""
    if config is None:
        return None
    plain = config.to_dict() if hasattr(config, "to_dict") else config
    value: JsonValue = json.loads(json.dumps(plain, default=str, sort_keys=True))
    return value
