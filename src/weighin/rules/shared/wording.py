"""How findings name benchmarks, digests, numbers and values; how a docstring is read."""

import re
import shlex
from collections.abc import Mapping
from inspect import cleandoc

from weighin.evidence.differences.words.wording import (
    count,
    described,
    digest,
    listed,
    literal,
    number,
    told_apart,
)

__all__ = [
    "count",
    "described",
    "digest",
    "listed",
    "literal",
    "number",
    "run_only",
    "sections_of",
    "told_apart",
]

_SECTION = re.compile(r"^(Why|How|Fix|Attributes):\n((?:[ ]{4}.*\n|\n)*)", re.MULTILINE)


def run_only(requirements: str, benchmark: str) -> str:
    """The command that scores one benchmark of requirements, as they are given."""
    return f"weighin run {requirements} --only {shlex.quote(benchmark)}"


def sections_of(documented: type) -> tuple[str, Mapping[str, str]]:
    """The first sentence of a class's documentation, and its sections by name."""
    text = cleandoc(documented.__doc__ or "") + "\n"
    sections = {name: _as_one_line(body) for name, body in _SECTION.findall(text)}
    return _as_one_line(text.split("\n\n", maxsplit=1)[0]), sections


def _as_one_line(text: str) -> str:
    return " ".join(text.split())
