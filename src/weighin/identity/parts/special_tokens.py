"""The special-token policy of a tokenizer: which tokens are special, and what is added to a text.

The same policy is spelled in four files, differently by each version of transformers; here the
spellings are made one before they are hashed.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from weighin.identity.parts.config import json_digest

_FLAGS = ("add_bos_token", "add_eos_token", "add_prefix_space", "clean_up_tokenization_spaces")
_ADDED_TOKEN_FIELDS = ("lstrip", "normalized", "rstrip", "single_word", "special")
_LIST_SPELLINGS = ("additional_special_tokens", "extra_special_tokens")

JsonObject = Mapping[str, JsonValue]


def special_tokens_digest(
    tokenizer_config: JsonObject,
    special_tokens_map: JsonObject | None = None,
    added_tokens: JsonObject | None = None,
    tokenizer_json: JsonObject | None = None,
) -> str:
    """Digest of a special-token policy.

    The same for a token spelled as a text and as an object, for
    `additional_special_tokens` and its later name `extra_special_tokens`, and for a setting that
    is null and one that is not there.

    Args:
        tokenizer_config: Content of `tokenizer_config.json`.
        special_tokens_map: Content of `special_tokens_map.json`; `None` if there is none. It
            counts only where `tokenizer_config` has no `added_tokens_decoder`, as on loading.
        added_tokens: Content of `added_tokens.json`; `None` if there is none.
        tokenizer_json: Content of `tokenizer.json`; `None` if there is none. Its added tokens and
            post-processor count.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    stated: dict[str, JsonValue] = dict(tokenizer_config)
    if special_tokens_map is not None and "added_tokens_decoder" not in tokenizer_config:
        stated |= special_tokens_map
    policy: dict[str, JsonValue] = {
        "added": _added(tokenizer_config, added_tokens or {}, tokenizer_json or {}),
        "extra": _extra(stated),
        "flags": {name: stated[name] for name in _FLAGS if stated.get(name) is not None},
        "named": _named(stated),
        "post_processor": (tokenizer_json or {}).get("post_processor"),
    }
    return json_digest(policy)


def _content(token: JsonValue) -> JsonValue:
    return token.get("content") if isinstance(token, dict) else token


def _named(stated: JsonObject) -> dict[str, JsonValue]:
    named = {
        key: _content(token)
        for key, token in stated.items()
        if key.endswith("_token") and key not in _FLAGS
    }
    extra = stated.get("extra_special_tokens")
    if isinstance(extra, dict):
        named |= {key: _content(token) for key, token in extra.items()}
    return {key: token for key, token in named.items() if token is not None}


def _extra(stated: JsonObject) -> list[JsonValue]:
    contents: list[JsonValue] = []
    for spelling in _LIST_SPELLINGS:
        tokens = stated.get(spelling)
        if isinstance(tokens, list):
            contents += [_content(token) for token in tokens]
    return list(dict.fromkeys(sorted(str(content) for content in contents)))


def _added(
    tokenizer_config: JsonObject, added_tokens: JsonObject, tokenizer_json: JsonObject
) -> dict[str, JsonValue]:
    """Added tokens by id; an object with its flags wins over a bare text."""
    found: dict[str, JsonValue] = {
        str(token_id): {"content": content} for content, token_id in added_tokens.items()
    }
    listed = tokenizer_json.get("added_tokens")
    if isinstance(listed, list):
        found |= {
            str(token.get("id")): _token(token) for token in listed if isinstance(token, dict)
        }
    decoder = tokenizer_config.get("added_tokens_decoder")
    if isinstance(decoder, dict):
        found |= {token_id: _token(token) for token_id, token in decoder.items()}
    return found


def _token(token: JsonValue) -> JsonValue:
    if not isinstance(token, dict):
        return {"content": token}
    flags: dict[str, JsonValue] = {
        name: token[name] for name in _ADDED_TOKEN_FIELDS if token.get(name) is not None
    }
    return {"content": token.get("content"), **flags}
