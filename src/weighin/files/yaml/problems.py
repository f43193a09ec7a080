"""A problem of a requirements file, and the words in which problems are told."""

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

Keys: TypeAlias = tuple[str | int, ...]
"""The way from the root of a file to a value: keys of mappings, indices of lists."""

MOST_PROBLEMS_TOLD = 100
_LONGEST_SHOWN = 60
_LONGEST_COMPARED = 100
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file.

    Attributes:
        line: From 1.
        column: From 1.
    """

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file.

    Attributes:
        place: Where.
        keys: The value that it is about; empty for the file as a whole.
        text: What was expected, what was found, and a way out.
    """

    place: Place
    keys: Keys
    text: str


def told(source: str, problems: Iterable[Problem]) -> str:
    """The problems of a file, one a line, in the order of their places.

    Args:
        source: The file, as the user named it.
        problems: The problems.
    """
    lines = [
        f"{source}:{problem.place.line}:{problem.place.column}: "
        f"{f'{dotted(problem.keys)}: ' if problem.keys else ''}{problem.text}"
        for problem in sorted(problems, key=lambda problem: problem.place)
    ]
    if len(lines) > MOST_PROBLEMS_TOLD:
        lines[MOST_PROBLEMS_TOLD:] = [f"{source}: further problems are not shown; mend these first"]
    return "\n".join(lines)


def without_echoes(*groups: Iterable[Problem]) -> list[Problem]:
    """The problems of the groups, without those on a value that an earlier group is about."""
    kept: list[Problem] = []
    for group in groups:
        told_already = {problem.keys for problem in kept}
        kept += [problem for problem in group if problem.keys not in told_already]
    return kept


def dotted(keys: Keys) -> str:
    """The way to a value on one line: `benchmarks.1.num_fewshot`."""
    return ".".join(
        part if _PLAIN_KEY.fullmatch(part) else shown_text(part)
        for part in (str(key) for key in keys)
    )


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The known word that comes closest to `word`; empty if none is close."""
    folded = {_folded(name): name for name in reversed(known)}
    close = difflib.get_close_matches(_folded(word[:_LONGEST_COMPARED]), list(folded), n=1)
    return folded[close[0]] if close else ""


def _folded(word: str) -> str:
    return word.lower().replace("-", "_")


def way_out(word: str, known: Sequence[str]) -> str:
    """A suggestion for an unknown word, else all the known ones."""
    if suggestion := did_you_mean(word, known):
        return f"did you mean {suggestion}?"
    return f"known: {', '.join(known)}"


def shown_text(text: str) -> str:
    """A text in single quotes, on one line, shortened if it is long."""
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
    # What is not printable includes line breaks, lone surrogates and writing-direction marks.
    return f"'{''.join(c if c.isprintable() else f'<U+{ord(c):04X}>' for c in short)}'"


def shown(value: JsonValue) -> str:
    """What kind of value was found, and the value if it is short."""
    match value:
        case None:
            return "nothing"
        case bool():
            return json.dumps(value)
        case int():
            return f"whole number {value}"
        case float():
            return f"number {value}"
        case str():
            return f"text {shown_text(value)}" if value else "an empty text"
        case list():
            return "a list" if value else "an empty list"
        case _:
            return "a mapping" if value else "an empty mapping"
