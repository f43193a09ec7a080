"""What a piece of LaTeX prints, on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weighin.sources.scorecard.tables.syntax.latex.names import context
from weighin.sources.scorecard.tables.syntax.latex.writing import NAME_END, NAME_START, Writing

if TYPE_CHECKING:
    from pylatexenc.latexwalker import LatexNode

_UNKNOWN = re.compile(f"{NAME_START}([^{NAME_END}]{{0,60}}){NAME_END}")
_TAG = re.compile(r"</?su[bp]>")


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
    """The nodes of LaTeX, whose depth must be bounded."""
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    try:
        nodes, _, _ = LatexWalker(
            text, latex_context=context(), tolerant_parsing=True
        ).get_latex_nodes()
    except LatexWalkerError:
        return ()
    return tuple(nodes)


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
