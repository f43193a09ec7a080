"""Whether a model expects a begin-of-sequence token, by its own tokenizer and template."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import jinja2
from pydantic import JsonValue
from transformers import AutoTokenizer

from weighin.errors import EvidenceError
from weighin.files.json.foreign import as_mapping, read_json
from weighin.harness.quiet import quiet

Render = Callable[[list[dict[str, str]]], str]
_PROBE = "weighin"
_TOKENIZER_CONFIG = "tokenizer_config.json"
_FAILURES_OF_TEMPLATES = (
    jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


class Tokenizer(Protocol):
    """What is asked of a tokenizer of transformers."""

    bos_token: str | None
    bos_token_id: int | None

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, with those that the tokenizer adds by itself."""


def tokenizer_as_saved(folder: Path, *, trust_remote_code: bool) -> Tokenizer:
    """The tokenizer of a checkpoint without settings of a run, which change what it adds."""
    with quiet():
        found: Tokenizer = AutoTokenizer.from_pretrained(
            str(folder.resolve()), trust_remote_code=trust_remote_code
        )
    return found


def expected_bos(tokenizer: Tokenizer, folder: Path, render: Render) -> int | None:
    """How many begin-of-sequence tokens the model expects.

    One, if the tokenizer adds it by itself or the chat template writes it. Else none, if the
    tokenizer's own settings say that it is not added.

    Args:
        tokenizer: The tokenizer, as saved.
        folder: Where it is saved.
        render: Text of a conversation through the chat template.

    Returns:
        0 or 1; `None` if neither is said.
    """
    bos, bos_id = tokenizer.bos_token, tokenizer.bos_token_id
    if bos and bos_id is not None:
        if tokenizer.encode(_PROBE)[:1] == [bos_id]:
            return 1
        template = str(getattr(tokenizer, "chat_template", None) or "")
        # No template is run that cannot write it.
        is_named = bos in template or "bos_token" in template
        if is_named and _rendered(render).startswith(bos):
            return 1
    return 0 if _own_settings(folder).get("add_bos_token") is False else None


def _rendered(render: Render) -> str:
    try:
        with quiet():
            return render([{"role": "user", "content": _PROBE}])
    except _FAILURES_OF_TEMPLATES:
        # A template is code: one that cannot render a single question says nothing here.
        return ""


def _own_settings(folder: Path) -> dict[str, JsonValue]:
    try:
        return dict(as_mapping(read_json(folder / _TOKENIZER_CONFIG)))
    except EvidenceError:
        return {}
