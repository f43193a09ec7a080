"""The tokenizer of a checkpoint: the digests of its three facets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.canonical import sha256_hex
from weighin.files.opened import parse_json_object
from weighin.identity.folder.file_names import POLICY_FILES, TOKENIZER_FILE, VOCABULARY_FILES
from weighin.identity.parts.chat_template import (
    chat_template_digest,
    chat_templates,
    chat_templates_digest,
)
from weighin.identity.parts.config import json_digest
from weighin.identity.parts.special_tokens import special_tokens_digest

__all__ = [
    "POLICY_FILES",
    "TOKENIZER_FILE",
    "VOCABULARY_FILES",
    "TokenizerFacets",
    "chat_template_digest",
    "chat_templates_digest",
    "special_tokens_digest",
    "tokenizer_digest",
    "tokenizer_facets",
    "vocabulary_digest",
]


@dataclass(frozen=True, slots=True)
class TokenizerFacets:
    """Digests of what turns a text into tokens; each `None` if the folder has no such part.

    Attributes:
        tokenizer: Of the tokenizer proper.
        special_tokens: Of the special-token policy.
        chat_template: Of the chat templates.
    """

    tokenizer: str | None
    special_tokens: str | None
    chat_template: str | None


def tokenizer_digest(tokenizer_json: JsonValue) -> str:
    """Digest of a tokenizer proper.

    Args:
        tokenizer_json: The content of `tokenizer.json`, or what a fast tokenizer in memory
            serialises to. `padding` and `truncation`, which every call may set, are nulled.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    if isinstance(tokenizer_json, dict):
        tokenizer_json = {**tokenizer_json, "padding": None, "truncation": None}
    return json_digest(tokenizer_json)


def vocabulary_digest(contents: Mapping[str, bytes]) -> str:
    """Digest of the vocabulary files of a tokenizer that has no `tokenizer.json`.

    Args:
        contents: Bytes by file name.
    """
    return json_digest({name: sha256_hex(content) for name, content in contents.items()})


def tokenizer_facets(contents: Mapping[str, bytes], folder: Path) -> TokenizerFacets:
    """Digests of the tokenizer's facets.

    Args:
        contents: Bytes of the checkpoint's files by their path in the folder.
        folder: Named in errors only.

    Raises:
        CheckpointError: A file is not what its name promises; or the tokenizer depends on the
            version of the library.
    """
    parsed = {
        name: parse_json_object(contents[name], folder / name)
        for name in (TOKENIZER_FILE, *POLICY_FILES)
        if name in contents
    }
    config_name, map_name, added_name = POLICY_FILES
    config = parsed.get(config_name, {})
    if config.get("fast_tokenizer_files"):
        raise CheckpointError(
            f"{folder / config_name}: fast_tokenizer_files: expected none, found a choice of "
            "tokenizers by library version; keep one as tokenizer.json and remove the field"
        )
    tokenizer: str | None = None
    if TOKENIZER_FILE in parsed:
        tokenizer = tokenizer_digest(parsed[TOKENIZER_FILE])
    elif vocabulary := {name: contents[name] for name in VOCABULARY_FILES if name in contents}:
        tokenizer = vocabulary_digest(vocabulary)
    special_tokens: str | None = None
    if parsed:
        special_tokens = special_tokens_digest(
            config,
            special_tokens_map=parsed.get(map_name),
            added_tokens=parsed.get(added_name),
            tokenizer_json=parsed.get(TOKENIZER_FILE),
        )
    return TokenizerFacets(
        tokenizer=tokenizer,
        special_tokens=special_tokens,
        chat_template=chat_templates_digest(chat_templates(contents, config, folder)),
    )
