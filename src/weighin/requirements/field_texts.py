"""What the docstring of a model, or of a rule, says about each of its fields."""

import inspect
import re

from pydantic import BaseModel

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
