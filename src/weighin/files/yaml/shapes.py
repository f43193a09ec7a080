"""Whether a document has the shape of a model: its keys, its types, its ranges."""

import inspect
import itertools
import json
import re
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from weighin.files.yaml.document import Document
from weighin.files.yaml.problems import (
    Keys,
    Problem,
    did_you_mean,
    shown,
    shown_text,
    way_out,
)

ModelT = TypeVar("ModelT", bound=BaseModel)

_EXPECTED = {
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "int_type": "whole number",
    "int_from_float": "whole number",
    "float_type": "number",
    "bool_type": "true or false",
    "tuple_type": "list",
    "list_type": "list",
    "too_short": "at least one item",
    "model_type": "mapping",
    "dict_type": "mapping",
    "date_type": "date such as 2027-01-31",
    "date_parsing": "date such as 2027-01-31",
    "date_from_datetime_parsing": "date such as 2027-01-31",
    "date_from_datetime_inexact": "date such as 2027-01-31",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
# More than are ever told; keeps the time for a hostile file bounded.
_MOST_EXAMINED = 200
_QUOTED = re.compile(r"'([^']*)'")
_STRICT = ConfigDict(strict=True, allow_inf_nan=False)


def check_shape(document: Document, model: type[ModelT]) -> ModelT | list[Problem]:
    """The document as a model, or everything in which it has not the model's shape."""
    try:
        # Strict JSON: lists become tuples, text becomes dates and enums; nothing else is coerced.
        return model.model_validate_json(json.dumps(document.root))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return _problems(document, details, (), lambda keys: _fields_at(model, keys))


def check_value(document: Document, keys: Keys, annotation: object) -> list[Problem]:
    """In what the value at some keys is not of a type, without coercion."""
    try:
        adapter: TypeAdapter[object] = TypeAdapter(cast("type[object]", annotation), config=_STRICT)
        adapter.validate_json(json.dumps(document.get(*keys)))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return _problems(document, details, keys, lambda _: {})
    return []


def _problems(
    document: Document,
    details: Iterable[ErrorDetails],
    within: Keys,
    fields_at: Callable[[Keys], dict[str, str]],
) -> list[Problem]:
    by_keys: dict[Keys, list[ErrorDetails]] = {}
    for detail in itertools.islice(details, _MOST_EXAMINED):
        keys = _keys(document, within, detail)
        by_keys.setdefault(keys, []).append(detail)
    inner = {keys[:depth] for keys in by_keys for depth in range(len(keys))}
    problems: list[Problem] = []
    for keys, found in by_keys.items():
        fields = fields_at(keys[:-1])
        match found[0]["type"]:
            case "extra_forbidden":
                text = f"unknown key; {way_out(str(keys[-1]), tuple(fields))}"
                problems.append(document.key_problem(keys, text))
            case "missing":
                if not _is_misspelt(document, keys, tuple(fields)):
                    problems.append(document.problem(keys, _missing(keys, fields)))
            # A value that has the shape of one branch of a union fails the others as a whole.
            case _ if keys not in inner:
                problems.append(document.problem(keys, _mismatch(document, keys, found)))
    return problems


def _keys(document: Document, within: Keys, detail: ErrorDetails) -> Keys:
    """The keys in the file; pydantic adds the branches of unions to them."""
    keys = within
    for part in detail["loc"]:
        if (*keys, part) in document.places:
            keys = (*keys, part)
    return (*keys, detail["loc"][-1]) if detail["type"] == "missing" else keys


def _fields_at(model: type[BaseModel], keys: Keys) -> dict[str, str]:
    """What is known at some keys: text on each field, by its name."""
    for key in keys:
        if isinstance(key, int):
            continue
        field = model.model_fields.get(key)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return {}
        model = inner
    texts = field_texts(model)
    return {name: texts.get(name, "") for name in model.model_fields}


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in typing.get_args(annotation))
    return next((model for model in found if model), None)


def _is_misspelt(document: Document, keys: Keys, known: Sequence[str]) -> bool:
    """Whether an unknown key beside it is told to mean the missing one."""
    beside = document.get(*keys[:-1])
    return isinstance(beside, dict) and any(
        name not in known and did_you_mean(name, known) == keys[-1]
        for name in itertools.islice(beside, _MOST_EXAMINED)
    )


def _missing(keys: Keys, fields: dict[str, str]) -> str:
    text = fields.get(str(keys[-1]), "").rstrip(".")
    return f"missing; write {keys[-1]}: {text[:1].lower()}{text[1:]}".rstrip(": ")


def _mismatch(document: Document, keys: Keys, found: list[ErrorDetails]) -> str:
    value = document.get(*keys)
    expected = " or ".join(dict.fromkeys(_expected(detail) for detail in found))
    choices = [choice for detail in found for choice in _choices(detail)]
    text = f"expected {expected}, found {shown(value)}"
    if hint := _hint(expected, value, choices, document.otherwise.get(keys, "")):
        text = f"{text}; {hint}"
    return text


def _hint(expected: str, value: JsonValue, choices: list[str], otherwise: str) -> str:
    if isinstance(value, str):
        if suggestion := did_you_mean(value, choices):
            return f"did you mean {suggestion}?"
        if expected == "true or false":
            meant = otherwise or value.lower()
            return f"write {meant} without quotes" if meant in {"true", "false"} else ""
        if otherwise == "a number":
            return "write it in decimal, without a leading zero, colon or underscore"
    if expected == "text" and isinstance(value, bool | int | float):
        return "quote it if it is text"
    return ""


def _expected(detail: ErrorDetails) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"{words} {context[name]}"
    if choices := _choices(detail):
        return ", ".join(choices[:-1]) + (" or " if choices[:-1] else "") + choices[-1]
    if kind == "string_pattern_mismatch":
        return f"text that matches {context['pattern']}"
    return shown_text(detail["msg"])


def _choices(detail: ErrorDetails) -> list[str]:
    if detail["type"] not in {"enum", "literal_error"}:
        return []
    expected = str(detail.get("ctx", {}).get("expected", ""))
    # Only texts stand in quotes there: a version is a number.
    return _QUOTED.findall(expected) or ([expected] if expected else [])


_FIELD = re.compile(r"^ {4}(?P<name>\w+): ", re.MULTILINE)


def summary(model: type[BaseModel]) -> str:
    """The docstring before its sections, on one line."""
    return _one_line(_docstring(model).split("\n\nAttributes:")[0])


def field_texts(model: type[object]) -> dict[str, str]:
    """What the Attributes section says, by field; each on one line."""
    attributes = _docstring(model).partition("\nAttributes:\n")[2]
    starts = list(_FIELD.finditer(attributes))
    ends = [start.start() for start in starts[1:]] + [len(attributes)]
    return {
        start["name"]: _one_line(attributes[start.end() : end])
        for start, end in zip(starts, ends, strict=True)
    }


def _docstring(model: type[object]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
