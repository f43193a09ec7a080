"""Changes of JSON that keep it JSON, most of the time."""

import copy
import json
import random
from typing import Any

from tests.fuzz.safetensors_drafts import RAW

_MARK = "\ue000"


def mutated_json(text: str, chance: random.Random) -> str:
    """JSON text with some values replaced, moved, repeated or removed.

    Raises:
        ValueError: The text is not JSON.
        RecursionError: It is nested too deeply.
    """
    value = json.loads(text)
    raw: list[str] = []
    for _ in range(chance.choice((1, 1, 2, 4))):
        value = _changed(value, raw, chance)
    spelled = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    for index, token in enumerate(raw):
        mark = f"{_MARK}{index}{_MARK}"
        spelled = spelled.replace(json.dumps(mark), token).replace(f'"{mark}"', token)
    return spelled


def _places(value: object) -> list[tuple[Any, Any]]:
    """Every container and key below a value."""
    found: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        match stack.pop():
            case dict() as members:
                found += [(members, key) for key in members]
                stack += members.values()
            case list() as items:
                found += [(items, index) for index in range(len(items))]
                stack += items
    return found


def _changed(value: object, raw: list[str], chance: random.Random) -> object:
    value = copy.deepcopy(value)
    places = _places(value)
    if not places or chance.random() < 0.02:
        return _token(raw, chance)
    container, key = chance.choice(places)
    other, other_key = chance.choice(places)
    match chance.randrange(6):
        case 0:
            container[key] = _token(raw, chance)
        case 1:
            container[key] = copy.deepcopy(other[other_key])
        case 2:
            del container[key]
        case 3 if isinstance(container, dict):
            container[chance.choice(("", "x", "__proto__", str(other_key), "é" * 300))] = (
                container.pop(key)
            )
        case 4 if isinstance(container, list):
            container.insert(chance.randrange(len(container) + 1), _token(raw, chance))
        case _:
            found = container[key]
            container[key] = [found] if chance.random() < 0.5 else {"x": found}
    return value


def _token(raw: list[str], chance: random.Random) -> str:
    raw.append(chance.choice(RAW))
    return f"{_MARK}{len(raw) - 1}{_MARK}"
