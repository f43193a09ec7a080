"""Keys that stand twice in an object of a foreign JSON file: other readers take another value."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.files.json.foreign import pointer_part

_KEY = re.compile(rb'(?<!\\)"[ \t\n\r]*:')
_KEY_AFTER_BACKSLASH = re.compile(rb'\\\\"[ \t\n\r]*:')
_SPACE_BEFORE_COLON = (b" :", b"\t:", b"\n:", b"\r:")
_MOST_TOLD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTwice:
    """A key that stands more than once in one object.

    Attributes:
        pointer: JSON pointer of it.
        values: What stands there, in the order of the file; readers of JSON take the last.
    """

    pointer: str
    values: tuple[JsonValue, ...]

    @property
    def are_equal(self) -> bool:
        """Whether all readers take the same."""
        first = _spelled(self.values[0])
        return all(_spelled(value) == first for value in self.values)


def keys_twice(content: bytes, value: JsonValue) -> tuple[KeyTwice, ...]:
    """The keys that stand more than once in one object, the first hundred of them.

    Args:
        content: The bytes of a JSON document.
        value: What was read from them.
    """
    written = _written_keys(content)
    return () if written is not None and written == _count_keys(value) else _found(content)


def _written_keys(content: bytes) -> int | None:
    """How many keys all objects have as written; `None` if that cannot be counted quickly."""
    # A quote within a text is escaped, so what ends in one and a colon is a key.
    if any(space in content for space in _SPACE_BEFORE_COLON):
        if _KEY_AFTER_BACKSLASH.search(content):
            return None
        return sum(1 for _ in _KEY.finditer(content))
    if rb'\\":' in content:
        return None
    return content.count(b'":') - content.count(rb"\":")


def _count_keys(value: JsonValue) -> int:
    found = 0
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            found += len(item)
            stack.extend(child for child in item.values() if isinstance(child, dict | list))
        elif isinstance(item, list):
            stack.extend(child for child in item if isinstance(child, dict | list))
    return found


class _Object(dict[str, JsonValue]):
    """An object that knows which of its keys stood there more than once."""

    twice: dict[str, tuple[JsonValue, ...]]

    def __init__(self, pairs: list[tuple[str, JsonValue]]) -> None:
        super().__init__(pairs)
        self.twice = {}
        if len(self) < len(pairs):
            values: dict[str, list[JsonValue]] = {}
            for key, value in pairs:
                values.setdefault(key, []).append(value)
            self.twice = {key: tuple(all_) for key, all_ in values.items() if len(all_) > 1}


def _found(content: bytes) -> tuple[KeyTwice, ...]:
    found: list[KeyTwice] = []
    whole = json.loads(content.decode("utf-8"), object_pairs_hook=_Object)
    for pointer, item in _objects(whole):
        for key, values in item.twice.items():
            found.append(KeyTwice(pointer=f"{pointer}/{pointer_part(key)}", values=values))
            if len(found) == _MOST_TOLD:
                return tuple(found)
    return tuple(found)


def _objects(whole: JsonValue) -> Iterator[tuple[str, _Object]]:
    """Every object with its pointer, in the order of the file."""
    stack: list[tuple[str, JsonValue]] = [("", whole)]
    while stack:
        pointer, item = stack.pop()
        children: list[tuple[str, JsonValue]] = []
        if isinstance(item, _Object):
            yield pointer, item
            children = [(f"{pointer}/{pointer_part(key)}", child) for key, child in item.items()]
        elif isinstance(item, list):
            children = [(f"{pointer}/{number}", child) for number, child in enumerate(item)]
        stack.extend(reversed([c for c in children if isinstance(c[1], dict | list)]))


def _spelled(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)
