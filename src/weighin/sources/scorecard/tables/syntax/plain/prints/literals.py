"""Results that a program printed as one literal: JSON, or a dictionary or list of Python."""

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.words import (
    is_measure,
    is_unbounded_metric,
    named_kind,
)
from weighin.sources.scorecard.tables.syntax.plain.prints.printed import Print, Value

_START = re.compile(r"(?P<before>[^{}\[\]]{0,200}?)(?P<sign>\{|\[\s{0,4}\{|\[$)")
_NAME = re.compile(r"[\s#*>`-]{0,12}([^\W_][\w .+/()@-]{0,79}?)\s?[:=]\s{0,4}")
_ERROR = re.compile(r"_?(?:std_?err|standard_error)|(?:^|_)se(?=$|,)")
_NUMBER = re.compile(rb"-?(?:[0-9]{1,12}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
# Signs of literals alone: operators, and calls of what was called, may nest without any bracket.
_LITERAL = re.compile(
    r"(?:[{}\[\](),:\s]++|[+-]?+[0-9.][\w.]{0,60}+(?:(?<=[eE])[+-][0-9]{1,4})?+|[+-]?+[^\W\d][\w.]{0,60}+"
    r"|'[^'\n]*+'|\"[^\"\n]*+\")*+"
)
_CALLS_OF_CALLS = re.compile(r"[)\]}]\s{0,40}[(\[{]")
_MOST_SIGNS, _MOST_SCANNED, _DEEPEST, _LONGEST_KEY = 20_000, 2_000_000, 8, 80
_OPEN, _CLOSED = "{[(", "}])"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text or a number in a literal, with its line."""

    text: str
    line: int
    is_number: bool


def literals(lines: Sequence[str]) -> Iterator[Print]:
    """The literals in a text that hold results, each from its first line to its last."""
    number, budget = 0, _MOST_SCANNED
    while number < len(lines) and budget > 0:
        may_be = "{" in lines[number][:400] or lines[number].strip() == "["
        start = _START.match(lines[number]) if may_be else None
        if start is None:
            number += 1
            continue
        written, end, scanned = _balanced(lines, number, start.end("before"))
        budget -= scanned
        found = None if not written else _print(written, start["before"], number, end)
        if found is not None:
            yield found
        number = end if found is not None else number + 1


def _balanced(lines: Sequence[str], first: int, column: int) -> tuple[str, int, int]:
    """A literal from where it opens to where it closes, the line behind it, and signs read."""
    depth, quote, read = 0, "", 0
    parts: list[str] = []
    for number in range(first, len(lines)):
        line = lines[number] if number > first else " " * column + lines[first][column:]
        if "\\" in line:
            break
        for place, sign in enumerate(line):
            read += 1
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "'\"":
                quote = sign
            elif sign in _OPEN:
                depth += 1
            elif sign in _CLOSED:
                depth -= 1
                if not depth:
                    is_end = not line[place + 1 :].strip(" .,;`")
                    text = "\n".join([*parts, line[: place + 1]])
                    return (text if is_end else ""), number + 1, read
            if depth > _DEEPEST or read > _MOST_SIGNS:
                return "", number + 1, read
        parts.append(line)
        quote = ""
    return "", first + 1, read


def _print(written: str, before: str, first: int, end: int) -> Print | None:
    if _LITERAL.fullmatch(written) is None or _CALLS_OF_CALLS.search(written) is not None:
        return None
    try:
        tree = ast.parse(written.replace("\n", " ").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lead = len(written) - len(written.lstrip())
    source = written.replace("\n", " ").strip().encode()
    starts = [0]
    place = -lead
    for line in written.split("\n"):
        place += len(line.encode()) + 1
        starts.append(place)
    node = _Reading(source, starts[1:-1], first + 1).node(tree)
    name = _NAME.fullmatch(before)
    values = tuple(_values(node, "" if name is None else name[1].strip()))
    if not values:
        return None
    is_loose = not any(value.metric for value in values)
    decimals = sum("." in value.value for value in values)
    if decimals * 2 < len(values):
        return None
    return Print(start=first + 1, end=end + 1, values=values, is_loose=is_loose)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The nodes of a literal as what they hold.

    Attributes:
        source: Its text on one line.
        ends: Where its lines end in that.
        first: The line of the file on which it begins.
    """

    source: bytes
    ends: Sequence[int]
    first: int

    def node(self, tree: ast.expr) -> object:
        """A mapping, a list, a leaf, or `None` for what says nothing."""
        if isinstance(tree, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in tree.keys]
            return {
                str(key)[:_LONGEST_KEY]: self.node(value)
                for key, value in zip(keys, tree.values, strict=True)
                if isinstance(key, (str, int))
            }
        if isinstance(tree, (ast.List, ast.Tuple)):
            return [self.node(value) for value in tree.elts]
        if isinstance(tree, ast.Call) and len(tree.args) == 1 and not tree.keywords:
            # A number of a library for numbers, by its name.
            return self.node(tree.args[0])
        line = self.first + bisect_right(self.ends, tree.col_offset)
        written = self.source[tree.col_offset : tree.end_col_offset]
        if _NUMBER.fullmatch(written) is not None:
            return Leaf(written.decode(), line, is_number=True)
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
            return Leaf(tree.value[:200], line, is_number=False)
        return None


def _values(node: object, name: str) -> Iterator[Value]:
    if isinstance(node, list):
        for entry in node:
            if isinstance(entry, dict):
                yield from _values(entry, name)
        return
    if not isinstance(node, dict):
        return
    results = node.get("results")
    if isinstance(results, dict):
        node = results
    model = _text_of(node, Kind.MODEL).replace("__", "/").strip("/")
    benchmark = _text_of(node, Kind.BENCHMARK) or _alias(node) or name
    yield from _leaves(node, (benchmark,) if benchmark else (), model)


def _text_of(node: Mapping[str, object], kind: Kind) -> str:
    """What a mapping names in a text of its own, as what a kind of column holds."""
    for key, value in node.items():
        if isinstance(value, Leaf) and not value.is_number and _kind_of(key) is kind:
            return value.text
    return ""


def _kind_of(key: str) -> Kind | None:
    words = key.replace("_", " ")
    return named_kind(words) or (Kind.BENCHMARK if words == "eval name" else None)


def _alias(node: Mapping[str, object]) -> str:
    alias = node.get("alias")
    return alias.text.strip(" -") if isinstance(alias, Leaf) else ""


def _leaves(node: Mapping[str, object], path: tuple[str, ...], model: str) -> Iterator[Value]:
    errors = {
        _ERROR.sub("", key): value.text
        for key, value in node.items()
        if isinstance(value, Leaf) and _ERROR.search(key) is not None
    }
    for key, value in node.items():
        if isinstance(value, dict):
            inner = _alias(value) or key
            yield from _leaves(value, (*path, inner), model)
        elif isinstance(value, Leaf) and value.is_number and _ERROR.search(key) is None:
            metric = key.partition(",")[0]
            is_named = is_measure(metric) or is_unbounded_metric(metric) or metric == "metric"
            benchmark = " ".join(path if is_named else (*path, key))
            yield Value(
                line=value.line,
                value=value.text,
                benchmark=benchmark,
                metric=key if is_named else "",
                model=model,
                stderr=errors.get(key, ""),
            )
