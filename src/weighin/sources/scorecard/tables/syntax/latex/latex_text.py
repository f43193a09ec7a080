"""What a piece of LaTeX prints, on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from weighin.sources.scorecard.tables.syntax.latex.names import context
from weighin.sources.scorecard.tables.syntax.latex.writing import NAME_END, NAME_START, Writing

if TYPE_CHECKING:
    from pylatexenc.latexwalker import LatexNode, LatexWalker

_UNKNOWN = re.compile(f"{NAME_START}([^{NAME_END}]{{0,60}}){NAME_END}")
_TAG = re.compile(r"</?su[bp]>")
_MOST_LOOKS, _FREE_LOOKS = 8, 1_000
"""Looks at a sign that a parser takes; what people print takes one at most."""
_DEEPEST = 60


class EndlessLatexError(Exception):
    """Groups, environments or formulas that are deep in each other, or that do not end.

    Attributes:
        line: The line of the text, from 0.
        told: What was expected and found.
    """

    def __init__(self, line: int, told: str) -> None:
        super().__init__(told)
        self.line = line
        self.told = told


@dataclass(slots=True, kw_only=True)
class LatexText:
    """What a piece of LaTeX prints.

    Attributes:
        text: On one line; raised text stands in `<sup>`, lowered text in `<sub>`, and what is
            struck out between `~~`.
        is_bold: Whether all of it is bold.
        rows: Rows that it spans.
        columns: Columns that it spans.
        place: Where its first sign stands; `None` if it prints nothing.
    """

    text: str
    is_bold: bool
    rows: int
    columns: int
    place: int | None


def parsed(text: str) -> "Sequence[LatexNode]":
    """The nodes of LaTeX.

    Raises:
        EndlessLatexError: They are too deep in each other, or do not end.
    """
    from pylatexenc.latexwalker import LatexWalkerError

    try:
        nodes, _, _ = _walker()(
            text, latex_context=context(), tolerant_parsing=True
        ).get_latex_nodes()
    except LatexWalkerError:
        return ()
    return tuple(nodes)


@cache
def _walker() -> "type[LatexWalker]":
    from pylatexenc.latexwalker import LatexWalker

    class Walker(LatexWalker):  # type: ignore[misc]  # pylatexenc has no types
        """A parser that gives up.

        Of a macro whose arguments do not end it parses the rest of the text twice, and of those in
        that rest again: the time doubles with each.
        """

        looks = 0
        depth = 0

        def get_token(self, pos: int, *given: object, **named: object) -> object:
            self.looks += 1
            if self.looks > _MOST_LOOKS * len(self.s) + _FREE_LOOKS:
                told = "expected each group, bracket and formula to end, found some that do not"
                raise EndlessLatexError(self.s.count("\n", 0, pos), told)
            return super().get_token(pos, *given, **named)

        def get_latex_nodes(self, pos: int = 0, *given: object, **named: object) -> object:
            self.depth += 1
            if self.depth > _DEEPEST:
                told = f"expected groups at most {_DEEPEST} deep in each other, found more"
                raise EndlessLatexError(self.s.count("\n", 0, pos), told)
            try:
                return super().get_latex_nodes(pos, *given, **named)
            finally:
                self.depth -= 1

    return Walker


def latex_text(nodes: Sequence[object]) -> LatexText:
    """What the nodes of a cell print."""
    writing = Writing()
    writing.add_all(nodes, 0)
    return LatexText(
        text=" ".join(_with_names("".join(writing.parts)).split()),
        is_bold=writing.bold > 0 and not writing.plain,
        rows=writing.rows,
        columns=writing.columns,
        place=writing.place,
    )


def _with_names(text: str) -> str:
    """A text with the names of macros that nobody knows: beside a number they print nothing."""
    if NAME_START not in text:
        return text
    rest = _UNKNOWN.sub("", _TAG.sub("", text))
    is_number = any(c.isdecimal() for c in rest) and not any(c.isalpha() for c in rest)
    return _UNKNOWN.sub(" " if is_number else r"\1", text)
