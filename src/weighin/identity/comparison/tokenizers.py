"""What differs between two tokenizers, token by token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.files.canonical import canonical_json

# Every call may set these, and the vocabulary is told apart.
_NOT_TOLD = frozenset({"padding", "truncation", "version", "added_tokens", "model"})
_VOCABULARY = frozenset({"vocab", "merges"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerChanges:
    """What differs between two tokenizers.

    Attributes:
        added: Tokens that only the second has, in the order of its ids.
        gone: Tokens that only the first has.
        renumbered: Tokens that both have under other ids.
        merges_added: Merges that only the second has, in its order.
        merges_gone: Merges that only the first has.
        is_reordered: Whether the merges that both have stand in another order.
        parts: Other parts that differ, for example `normalizer`.
    """

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renumbered: tuple[str, ...] = ()
    merges_added: tuple[str, ...] = ()
    merges_gone: tuple[str, ...] = ()
    is_reordered: bool = False
    parts: tuple[str, ...] = ()


def tokenizer_changes(first: JsonValue, second: JsonValue) -> TokenizerChanges:
    """What differs between two tokenizers.

    Args:
        first: The content of a `tokenizer.json`.
        second: That of another.
    """
    ours, theirs = _vocabulary(first), _vocabulary(second)
    merges, others = _merges(first), _merges(second)
    known, beside = set(merges), set(others)
    return TokenizerChanges(
        added=tuple(token for token in theirs if token not in ours),
        gone=tuple(token for token in ours if token not in theirs),
        renumbered=tuple(t for t, number in ours.items() if t in theirs and theirs[t] != number),
        merges_added=tuple(merge for merge in others if merge not in known),
        merges_gone=tuple(merge for merge in merges if merge not in beside),
        is_reordered=[m for m in merges if m in beside] != [m for m in others if m in known],
        parts=tuple(_parts(first, second)),
    )


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else []


def _vocabulary(tokenizer: JsonValue) -> dict[str, JsonValue]:
    """Id by token, added tokens last; of a unigram model, whose ids are the order, its order."""
    vocabulary = _object(_object(tokenizer).get("model")).get("vocab")
    found: dict[str, JsonValue] = {}
    if isinstance(vocabulary, dict):
        found |= vocabulary
    for number, entry in enumerate(_list(vocabulary)):
        token = next(iter(_list(entry)), None)
        if isinstance(token, str):
            found[token] = number
    for entry in map(_object, _list(_object(tokenizer).get("added_tokens"))):
        content = entry.get("content")
        if isinstance(content, str):
            found[content] = entry.get("id")
    return found


def _merges(tokenizer: JsonValue) -> list[str]:
    """The merges as text: newer files hold pairs, older ones texts."""
    merges = _list(_object(_object(tokenizer).get("model")).get("merges"))
    return [
        " ".join(map(str, merge)) if isinstance(merge, list) else str(merge) for merge in merges
    ]


def _parts(first: JsonValue, second: JsonValue) -> list[str]:
    """Names of the parts beside the vocabulary that differ, those of the model with their key."""
    ours, theirs = _object(first), _object(second)
    names = [name for name in {**ours, **theirs} if name not in _NOT_TOLD]
    found = [name for name in names if _text(ours, name) != _text(theirs, name)]
    mine, others = _object(ours.get("model")), _object(theirs.get("model"))
    keys = [key for key in {**mine, **others} if key not in _VOCABULARY]
    return [*found, *(f"model.{key}" for key in keys if _text(mine, key) != _text(others, key))]


def _text(part: Mapping[str, JsonValue], name: str) -> bytes:
    return canonical_json(part.get(name))
