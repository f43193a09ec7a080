"""The part of YAML that people write by hand, read line by line: fast, or not at all.

A complete reader of YAML in Python takes ten times longer. What is not plainly block mappings,
block lists and scalars on one line is left to it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pydantic import JsonValue

from weighin.files.yaml.scalars import Scalar, plain_scalar

_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*):(?: +(\S.*))?")
# No indicator of YAML at its start, and nothing but what is printed in ASCII.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_./(+]|-(?=[0-9.]))[ -~]*")
_QUOTED = re.compile(r"\"([ !#-\[\]-~]*)\"|'([ -&(-~]*)'")
_NOT_PLAIN = (": ", " #", ":\t")
_DEEPEST = 20
_LONGEST_KEPT = 64


class NotPlainError(Exception):
    """The text may be YAML, but not of the part that is read here; never leaves the sources."""


def plain_yaml(text: str) -> JsonValue:
    """What a YAML text says, exactly as a complete reader would have it.

    Raises:
        NotPlainError: Only a complete reader can tell.
    """
    lines: list[_Line] = []
    for line in text.split("\n"):
        content = line.strip(" ")
        if content:
            lines.append(_Line(len(line) - len(line.lstrip(" ")), content))
    if not lines or lines[0].indent:
        raise NotPlainError
    reader = _Reader(lines)
    value = reader.node(0)
    if reader.at != len(lines):
        raise NotPlainError
    return value


class _Line(NamedTuple):
    """A line that is not empty, and the spaces before it."""

    indent: int
    content: str

    @property
    def is_item(self) -> bool:
        return self.content.startswith("- ")


@dataclass(slots=True)
class _Reader:
    lines: list[_Line]
    at: int = 0

    def next(self) -> _Line | None:
        return self.lines[self.at] if self.at < len(self.lines) else None

    def node(self, depth: int) -> JsonValue:
        """The list or mapping that begins at the next line."""
        if depth > _DEEPEST:
            raise NotPlainError
        line = self.lines[self.at]
        found = self.items(line.indent, depth) if line.is_item else self.pairs(line.indent, depth)
        after = self.next()
        if after is not None and after.indent > line.indent:
            raise NotPlainError
        return found

    def items(self, indent: int, depth: int) -> list[JsonValue]:
        found: list[JsonValue] = []
        while (line := self.next()) is not None and line.indent == indent and line.is_item:
            content = line.content[2:].lstrip(" ")
            if _PAIR.fullmatch(content) is None:
                found.append(_scalar(content))
                self.at += 1
                self.require_at_most(indent)
            else:
                # What stands behind the dash is the first line of a mapping.
                within = _Line(indent + len(line.content) - len(content), content)
                self.lines[self.at] = within
                found.append(self.node(depth + 1))
        return found

    def pairs(self, indent: int, depth: int) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        while (line := self.next()) is not None and line.indent == indent and not line.is_item:
            pair = _PAIR.fullmatch(line.content)
            if pair is None or pair[1] in found or not _is_text(pair[1]):
                raise NotPlainError
            self.at += 1
            after = self.next()
            if pair[2] is not None:
                found[pair[1]] = _scalar(pair[2])
                self.require_at_most(indent)
            elif after is not None and (
                after.indent > indent or (after.indent == indent and after.is_item)
            ):
                found[pair[1]] = self.node(depth + 1)
            else:
                found[pair[1]] = None
        return found

    def require_at_most(self, indent: int) -> None:
        """A scalar that goes on in the next line is not read here."""
        after = self.next()
        if after is not None and after.indent > indent:
            raise NotPlainError


def _plain_scalar(text: str) -> Scalar:
    """The same words stand in every card."""
    return _short_scalar(text) if len(text) <= _LONGEST_KEPT else plain_scalar(text)


_short_scalar = lru_cache(maxsize=2048)(plain_scalar)


def _is_text(key: str) -> bool:
    scalar = _plain_scalar(key)
    return isinstance(scalar.value, str) and not scalar.otherwise


def _scalar(text: str) -> JsonValue:
    if text in {"[]", "{}"}:
        return [] if text == "[]" else {}
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return quoted[1] if quoted[1] is not None else quoted[2]
    is_plain = _PLAIN.fullmatch(text) is not None and not text.endswith(":")
    if not is_plain or any(sign in text for sign in _NOT_PLAIN):
        raise NotPlainError
    scalar = _plain_scalar(text)
    if scalar.problem:
        raise NotPlainError
    return scalar.value
