"""A YAML file as plain values with their places, without the parts of YAML that surprise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from pydantic import JsonValue
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError, YAMLStreamError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from weighin.files.yaml.problems import Keys, Place, Problem, shown_text
from weighin.files.yaml.scalars import Scalar, plain_scalar

_DEEPEST = 30
_MOST_EVENTS = 200_000
_START = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says.

    Attributes:
        root: The value; `None` for an empty file.
        places: Where each value begins. A mapping or list in block style, and an absent value,
            begin at their key, since their first line is that of their first item.
        key_places: Where each key of a mapping begins.
        otherwise: What other readers take an unquoted text for: `true`, `false`, `a number` or
            `a date`; without the texts on which all readers agree.
        problems: What was refused on reading.
    """

    root: JsonValue
    places: Mapping[Keys, Place]
    key_places: Mapping[Keys, Place]
    otherwise: Mapping[Keys, str]
    problems: tuple[Problem, ...]

    def get(self, *keys: str | int) -> JsonValue:
        """The value at some keys; `None` if there is none."""
        value = self.root
        for key in keys:
            if isinstance(value, dict) and isinstance(key, str):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def length(self, *keys: str | int) -> int:
        """The number of items of the list at some keys; 0 if there is no list."""
        value = self.get(*keys)
        return len(value) if isinstance(value, list) else 0

    def values(self) -> Iterator[tuple[Keys, JsonValue]]:
        """Every value but the root, with its keys."""
        return ((keys, self.get(*keys)) for keys in self.places if keys)

    def place(self, keys: Keys) -> Place:
        """Where a value or the nearest that holds it begins."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, _START)

    def problem(self, keys: Keys, text: str) -> Problem:
        """A problem at a value."""
        return Problem(self.place(keys), keys, text)

    def key_problem(self, keys: Keys, text: str) -> Problem:
        """A problem at the key of a value."""
        return Problem(self.key_places.get(keys, self.place(keys)), keys, text)


def read_document(text: str, *, most_events: int = _MOST_EVENTS) -> Document | Problem:
    """What a YAML text says, or why it is not YAML.

    Args:
        text: All of a file.
        most_events: How many scalars, keys, and begins and ends of lists and mappings it may hold.

    Anchors, aliases, tags, merge keys, directives, duplicate keys, keys that are not text, and
    more than one document are refused.
    """
    try:
        # Only the events of the parser: it builds no Python object and expands no alias.
        reader = _Reader(_events(text, most_events))
        root = reader.document()
    except _RefusedError as error:
        return error.problem_at
    except MarkedYAMLError as error:
        return Problem(_place(error.problem_mark or error.context_mark), (), _syntax(error))
    except ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return Problem(place, (), f"not YAML: {shown_text(chr(error.character))} is not allowed")
    except (YAMLError, YAMLStreamError) as error:
        return Problem(_START, (), f"not YAML: {' '.join(str(error).split())}")
    return Document(
        root, reader.places, reader.key_places, reader.otherwise, tuple(reader.problems)
    )


class _Yaml(YAML):
    """A parser that looks for no plug-ins, which it would load from where packages lie."""

    def official_plug_ins(self) -> list[str]:
        """None."""
        return []


def _events(text: str, most: int) -> Iterator[Event]:
    place = _START
    try:
        for number, event in enumerate(_Yaml(typ="safe", pure=True).parse(text), 1):
            place = _place(event.end_mark)
            if number > most:
                problem = f"larger than {most} keys and values; split the file"
                raise _RefusedError(Problem(place, (), problem))
            yield event
    except (ValueError, OverflowError) as error:
        # ruamel.yaml lets chr() fail on an escape such as "\\U00110000".
        problem = "not YAML: an escape after this place names no character"
        raise _RefusedError(Problem(place, (), problem)) from error


class _RefusedError(Exception):
    """Reading cannot go on; never leaves this module."""

    def __init__(self, problem_at: Problem) -> None:
        super().__init__(problem_at.text)
        self.problem_at = problem_at


def _place(mark: StreamMark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else _START


def _syntax(error: MarkedYAMLError) -> str:
    problem = " ".join(str(error.problem or error.context).split())
    if r"'\t'" in problem:
        return "not YAML: a tab; indent with spaces"
    return f"not YAML: {problem}"


@dataclass(slots=True)
class _Reader:
    events: Iterator[Event]
    places: dict[Keys, Place] = field(default_factory=dict)
    key_places: dict[Keys, Place] = field(default_factory=dict)
    otherwise: dict[Keys, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> JsonValue:
        root: JsonValue = None
        has_document = False
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if has_document:
                    _refuse(event, "a second document; expected one, so remove the `---`")
                if event.version or event.tags:
                    self.refuse(event, (), "directives are refused; remove the lines with %")
                has_document = True
            elif isinstance(event, NodeEvent):
                root = self.value(event, (), None)
        return root

    def value(self, event: Event, keys: Keys, key_place: Place | None) -> JsonValue:
        if len(keys) > _DEEPEST:
            _refuse(event, f"nested more than {_DEEPEST} levels deep")
        start = _place(event.start_mark)
        self.places[keys] = start
        if isinstance(event, AliasEvent):
            self.refuse(event, keys, "aliases are refused; write the value out")
            return None
        if isinstance(event, NodeEvent) and event.anchor is not None:
            self.refuse(event, keys, "anchors are refused; remove it and write the value out")
        if getattr(event, "ctag", None) is not None:
            self.refuse(event, keys, "tags are refused; remove what begins with !")
        if isinstance(event, ScalarEvent):
            return self.scalar(event, keys, key_place)
        if key_place and not getattr(event, "flow_style", False):
            self.places[keys] = key_place
        if isinstance(event, MappingStartEvent):
            return self.mapping(keys)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(keys)
        return _refuse(event, "expected a value")

    def scalar(self, event: ScalarEvent, keys: Keys, key_place: Place | None) -> JsonValue:
        text = _joined(str(event.value))
        if text is None:
            self.refuse(event, keys, "not text: holds a lone surrogate")
            return ""
        if event.style is not None:
            return text
        scalar: Scalar = plain_scalar(text)
        if not text and key_place:
            self.places[keys] = key_place
        if scalar.problem:
            self.refuse(event, keys, scalar.problem)
        if scalar.otherwise:
            self.otherwise[keys] = scalar.otherwise
        return scalar.value

    def sequence(self, keys: Keys) -> list[JsonValue]:
        items: list[JsonValue] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self.value(event, (*keys, len(items)), None))
        return items

    def mapping(self, keys: Keys) -> dict[str, JsonValue]:
        items: dict[str, JsonValue] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.key(event, keys)
            here = _place(event.start_mark)
            if key is None:
                self.skip()
            elif key in items:
                first = self.key_places[*keys, key].line
                self.problems.append(
                    Problem(here, (*keys, key), f"duplicate key; it stands on line {first} too")
                )
                self.skip()
            else:
                self.key_places[*keys, key] = here
                items[key] = self.value(next(self.events), (*keys, key), here)
        return items

    def key(self, event: Event, keys: Keys) -> str | None:
        """The text of a key; `None` if it is refused."""
        if not isinstance(event, ScalarEvent):
            self.refuse(event, keys, "a key that is not text; expected a word before the colon")
            if not isinstance(event, AliasEvent):
                self.skip(event)
            return None
        key = _joined(str(event.value))
        if key is None:
            told = shown_text(str(event.value))
            self.refuse(event, keys, f"not text: key {told} holds a lone surrogate")
            return None
        if event.anchor is not None or event.ctag is not None:
            self.refuse(event, (*keys, key), "anchors and tags are refused; remove it")
        if event.style is None and key == "<<":
            self.refuse(event, (*keys, key), "merge keys are refused; write the keys out")
            return None
        return key

    def skip(self, start: Event | None = None) -> None:
        """Leaves out one value, which begins with `start` or else with the next event."""
        depth = 0
        event = start or next(self.events)
        while True:
            depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
            depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
            if depth == 0:
                return
            event = next(self.events)

    def refuse(self, event: Event, keys: Keys, text: str) -> None:
        self.problems.append(Problem(_place(event.start_mark), keys, text))


def _joined(text: str) -> str | None:
    """The text with pairs of surrogates, as JSON escapes them, joined; `None` if one is alone."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


def _refuse(event: Event, text: str) -> NoReturn:
    raise _RefusedError(Problem(_place(event.start_mark), (), text))
