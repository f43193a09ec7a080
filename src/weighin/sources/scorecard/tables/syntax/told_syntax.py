"""Which syntax a text is written in, by the text itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.grid import Pasted
from weighin.sources.scorecard.tables.syntax.html import html, is_html, is_page
from weighin.sources.scorecard.tables.syntax.latex.tabular import is_latex, latex
from weighin.sources.scorecard.tables.syntax.markdown import is_markdown, markdown
from weighin.sources.scorecard.tables.syntax.plain.aligned import aligned
from weighin.sources.scorecard.tables.syntax.plain.lines import is_rule
from weighin.sources.scorecard.tables.syntax.plain.prints.all_prints import are_mostly_prints
from weighin.sources.scorecard.tables.syntax.separated import (
    delimiter_of,
    is_separated,
    separated,
)

Parse: TypeAlias = Callable[[str, str], Pasted]

NO_TABLE = (
    "expected a table with a header and at least one row (in Markdown, whose cells stand between "
    "|, CSV, HTML, LaTeX or aligned text), found none"
)

_COMMENTED = re.compile(
    r"^[ \t]{0,16}(?:#|//) {0,4}(\|[^\n]{1,4000}\|[ \t\r]{0,400})$", re.MULTILINE
)
"""Rows between bars in the comments of a program."""
_BY_ENDING: Mapping[str, Parse] = {
    ".csv": separated,
    ".tsv": separated,
    ".md": markdown,
    ".markdown": markdown,
    ".tex": latex,
    ".html": html,
    ".htm": html,
    ".xhtml": html,
}


def pasted(text: str, shown: str, ending: str = "") -> Pasted:
    """The tables in a text.

    Args:
        text: It.
        shown: How its file is named in messages.
        ending: Of the file's name, with its point; empty if it has none.

    Raises:
        EvidenceError: There is no table in it, or none that a person made.
    """
    text = _COMMENTED.sub(r"\1", text)
    parse = _BY_ENDING.get(ending) or _by_text(text)
    found = parse(text, shown)
    if not found.grids and parse is markdown:
        # Whatever stands in columns; most of it is prose or code.
        inside = aligned(text, shown)
        grids = tuple(replace(grid, is_loose=True) for grid in inside.grids)
        found = replace(inside, grids=grids, headings=found.headings, prose=found.prose)
    elif parse is html and is_page(text):
        # Of its code no line is a row.
        pass
    elif not found.grids and parse is not separated and not found.remarks:
        found = aligned(text, shown)
        if not found.grids:
            found = markdown(text, shown)
    if not found.grids:
        raise EvidenceError(f"{shown}: {'; '.join((NO_TABLE, *found.remarks))}")
    return found


def _by_text(text: str) -> Parse:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<", "version:0.9")) and is_html(text):
        return html
    if is_latex(text):
        return latex
    if is_markdown(text):
        return markdown
    if is_html(text):
        return html
    if (
        is_separated(text)
        and not is_rule(text.strip().partition("\n")[0])
        and not are_mostly_prints(text)
    ):
        return _between_bars if delimiter_of(text) == "|" else separated
    return aligned


def _between_bars(text: str, shown: str) -> Pasted:
    """Tables whose cells stand between bars: drawn, with rules and frames, or without."""
    found = aligned(text, shown)
    return found if found.grids else separated(text, shown)
