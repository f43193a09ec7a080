"""A document in which the command line states some values otherwise than the file does."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from weighin.errors import RequirementsError, UsageError
from weighin.files.yaml.document import Document, read_document
from weighin.files.yaml.dumped import yaml_text
from weighin.files.yaml.problems import (
    Keys,
    Place,
    Problem,
    dotted,
    shown,
    shown_text,
    told,
    way_out,
)

OPTION: Final = "--set"
_LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Overridden:
    """A document with what was stated otherwise.

    Attributes:
        document: The document; what is new in it has the place of what holds it.
        sources: By the keys of each value that is new: what states it, `--set model.dtype`. Not
            the value: it may be a secret in the wrong place.
        texts: What was stated, each `KEY=VALUE`.
    """

    document: Document
    sources: Mapping[Keys, str]
    texts: tuple[str, ...] = ()

    def source_of(self, keys: Keys) -> str:
        """What states a value, or holds it; empty where the file does."""
        return next(
            (self.sources[k] for n in range(len(keys), 0, -1) if (k := keys[:n]) in self.sources),
            "",
        )

    def told(self, file: str, problems: Sequence[Problem]) -> str:
        """The problems, one a line, those of the file first.

        Args:
            file: The file, as the user named it.
            problems: The problems.
        """
        of_file = [problem for problem in problems if not self.source_of(problem.keys)]
        lines = [told(file, of_file)] if of_file else []
        for problem in problems:
            if source := self.source_of(problem.keys):
                is_itself = self.sources.get(problem.keys) == source
                below = "" if is_itself else f"{dotted(problem.keys)}: "
                lines.append(f"{source}: {below}{problem.text}")
        return "\n".join(lines)

    def text(self) -> bytes:
        """The document as YAML that reads as it does, and says first what was stated otherwise."""
        root = self.document.root
        comments = "".join(f"# {OPTION} {json.dumps(text)}\n" for text in self.texts)
        body = yaml_text(root) if isinstance(root, dict) else ""
        return f"# A requirements file as changed by:\n{comments}{body}".encode()


def overridden(document: Document, texts: Sequence[str], named: str = "") -> Overridden:
    """A document with some values stated otherwise.

    Args:
        document: What the file says.
        texts: Each `KEY=VALUE`: the keys from the root with dots between them, and the value as
            YAML on one line. An item of a list is named by its number.
        named: The list at the root whose items may also be named by their key `task`; empty for
            none.

    Raises:
        UsageError: A text is no key and value, or two state one value.
        RequirementsError: A key leads to nothing that could hold a value.
    """
    if not texts:
        return Overridden(document, {})
    root = deepcopy(document.root)
    places, key_places = dict(document.places), dict(document.key_places)
    otherwise, problems = dict(document.otherwise), list(document.problems)
    sources: dict[Keys, str] = {}
    for text in texts:
        key, value = _parsed(text)
        source = f"{OPTION} {key}"
        keys = _keys(root, key, source, named)
        if any(keys == other for other in sources):
            raise UsageError(f"{OPTION} {key}: expected one value, found two")
        made = _put(root, keys, value.root, source)
        for stated in (places, key_places, otherwise):
            for below in [k for k in stated if k[: len(made)] == made]:
                del stated[below]
        problems = [p for p in problems if p.keys[: len(made)] != made]
        here = _place_of(places, made)
        for n in range(len(made), len(keys) + 1):
            places[keys[:n]] = here
            sources[keys[:n]] = source
        places |= {(*keys, *below): here for below in value.places}
        otherwise |= {(*keys, *below): told for below, told in value.otherwise.items()}
        problems += [Problem(here, (*keys, *p.keys), p.text) for p in value.problems]
    document = Document(root, places, key_places, otherwise, tuple(problems))
    return Overridden(document, sources, tuple(texts))


def _parsed(text: str) -> tuple[str, Document]:
    key, sign, written = text.partition("=")
    if not sign or not key.strip("."):
        raise UsageError(
            f"{OPTION} {shown_text(text)}: expected KEY=VALUE, as model.dtype=float32, found no "
            f"{'key' if sign else '='}"
        )
    if len(text) > _LONGEST or not text.isprintable():
        raise UsageError(
            f"{OPTION} {shown_text(text)}: expected one printable line of at most {_LONGEST} "
            "characters"
        )
    # A value is no document: neither `---` nor a key of its own begins one.
    value = read_document(f"- {written}\n")
    if isinstance(value, Problem):
        raise RequirementsError(f"{OPTION} {key}: {value.text}")
    if not isinstance(value.root, list) or len(value.root) != 1:
        raise RequirementsError(f"{OPTION} {key}: expected one value")
    return key, Document(
        value.root[0],
        {keys[1:]: place for keys, place in value.places.items() if keys},
        {},
        {keys[1:]: told for keys, told in value.otherwise.items()},
        tuple(Problem(p.place, p.keys[1:], p.text) for p in value.problems),
    )


def _keys(root: JsonValue, key: str, source: str, named: str) -> Keys:
    parts: list[str | int] = []
    rest, holder = key, root
    while rest:
        if isinstance(holder, list):
            part, rest = _item(holder, rest, source, parts, named)
            holder = holder[part]
            parts.append(part)
            continue
        word, _, rest = rest.partition(".")
        if not word:
            raise UsageError(f"{source}: expected keys with a dot between them, found two dots")
        parts.append(word)
        holder = holder.get(word) if isinstance(holder, dict) else None
    return tuple(parts)


def _item(
    items: list[JsonValue], rest: str, source: str, above: list[str | int], named: str
) -> tuple[int, str]:
    """The number of an item, and what of the key follows."""
    word, _, after = rest.partition(".")
    if word.isascii() and word.isdigit() and int(word) < len(items):
        return int(word), after
    where = dotted(tuple(above))
    tasks: dict[str, list[int]] = {}
    if tuple(above) == (named,):
        for number, item in enumerate(items):
            if isinstance(item, dict) and isinstance(task := item.get("task"), str):
                tasks.setdefault(task, []).append(number)
    # The longest: a task may have a dot in its name.
    for task in sorted(tasks, key=len, reverse=True):
        if rest == task or rest.startswith(f"{task}."):
            numbers = tasks[task]
            if len(numbers) > 1:
                which = " or ".join(f"{where}.{number}" for number in numbers)
                raise RequirementsError(
                    f"{source}: {task} stands there {len(numbers)} times; write {which}"
                )
            return numbers[0], rest[len(task) + 1 :]
    hint = f"; {way_out(word, list(tasks))}" if tasks else ""
    raise RequirementsError(
        f"{source}: {where}: expected an item from 0 to {len(items) - 1}, found "
        f"{shown_text(word)}{hint}"
    )


def _put(root: JsonValue, keys: Keys, value: JsonValue, source: str) -> Keys:
    """Put a value at some keys.

    Returns:
        The keys of the outermost value that is new.
    """
    holder, made = root, keys
    for n, (key, after) in enumerate(zip(keys, (*keys[1:], None), strict=True)):
        is_last = after is None
        if isinstance(holder, dict) and isinstance(key, str):
            if is_last:
                holder[key] = value
            elif key not in holder:
                holder[key] = {}
                made = min(made, keys[: n + 1], key=len)
            holder = holder[key]
        elif isinstance(holder, list) and isinstance(key, int):
            if is_last:
                holder[key] = value
            holder = holder[key]
        else:
            above = dotted(keys[:n])
            raise RequirementsError(f"{source}: {above}: expected a mapping, found {shown(holder)}")
    return made


def _place_of(places: Mapping[Keys, Place], keys: Keys) -> Place:
    while keys and keys not in places:
        keys = keys[:-1]
    return places.get(keys, Place(1, 1))
