"""YAML files of weighin's own formats beside the requirements: every problem told with its line."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, JsonValue

from weighin.errors import WeighinError
from weighin.files.yaml.document import Document, read_document
from weighin.files.yaml.problems import Keys, Place, Problem, told, without_echoes
from weighin.files.yaml.shapes import check_shape

ModelT = TypeVar("ModelT", bound=BaseModel)

# Where ruamel.yaml begins a new line.
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NUMBER = re.compile(r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class StrictFile:
    """A YAML file that has not been held against its format yet.

    Attributes:
        shown: How it is named in messages.
        document: What it says.
        refuse: The exception that tells its problems.
    """

    shown: str
    document: Document
    refuse: type[WeighinError]

    def as_model(
        self, model: type[ModelT], further: Callable[[ModelT], Iterable[Problem]] | None = None
    ) -> ModelT:
        """The file as a model.

        Args:
            model: Its format.
            further: What else must hold once the shape is right; its problems are told too.

        Raises:
            WeighinError: It is not; a line a problem, `file:line:column: key: problem`.
        """
        found = check_shape(self.document, model)
        problems = without_echoes(self.document.problems, found if isinstance(found, list) else ())
        if problems or isinstance(found, list):
            self.fail(problems)
        if further is not None and (problems := list(further(found))):
            self.fail(problems)
        return found

    def fail(self, problems: Iterable[Problem]) -> NoReturn:
        """Tell problems.

        Raises:
            WeighinError: Always.
        """
        raise self.refuse(told(self.shown, problems))


def strict_file(content: bytes, shown: Path | str, refuse: type[WeighinError]) -> StrictFile:
    """A YAML file of which each key has a meaning.

    Args:
        content: Its bytes.
        shown: How it is named in messages.
        refuse: The exception that tells its problems.

    Raises:
        WeighinError: It is not YAML in UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"not UTF-8: byte 0x{content[error.start]:02x}; save the file as UTF-8"
        raise refuse(told(str(shown), [Problem(Place(line, 1), (), found)])) from error
    document = read_document(text)
    if isinstance(document, Problem):
        raise refuse(told(str(shown), [document]))
    return StrictFile(str(shown), document, refuse)


def with_printed_numbers(
    file: StrictFile, content: bytes, is_printed: Callable[[Keys], bool]
) -> StrictFile:
    """The file with unquoted numbers as they are written: `57.20` keeps its zero, `+13` its sign.

    Args:
        file: The file.
        content: Its bytes.
        is_printed: Whether what stands at some keys is a printed number.
    """
    lines = _LINE_BREAK.split(content.decode("utf-8-sig"))
    document = file.document

    def written(keys: Keys, value: float) -> JsonValue:
        place = document.place(keys)
        found = _NUMBER.match(lines[place.line - 1], place.column - 1)
        # What was found must be what was read; else the number stays one, and is refused as such.
        return found[0] if found is not None and float(found[0]) == value else value

    def changed(value: JsonValue, keys: Keys) -> JsonValue:
        if isinstance(value, dict):
            return {key: changed(item, (*keys, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [changed(item, (*keys, index)) for index, item in enumerate(value)]
        if isinstance(value, bool) or not isinstance(value, int | float) or not is_printed(keys):
            return value
        return written(keys, value)

    return replace(file, document=replace(document, root=changed(document.root, ())))
