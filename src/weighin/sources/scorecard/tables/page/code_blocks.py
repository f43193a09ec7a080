"""Tables in blocks of code of a page: what a harness printed, CSV, or LaTeX."""

from dataclasses import replace

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.syntax.latex.tabular import latex
from weighin.sources.scorecard.tables.syntax.plain.aligned import aligned
from weighin.sources.scorecard.tables.syntax.separated import separated

_PARSES = {"csv": separated, "tsv": separated, "latex": latex, "tex": latex}
_OF_PRINTS = frozenset(
    ("", "text", "txt", "plain", "plaintext", "console", "log", "output", "none", "markdown", "md",
     "terminal", "shell-session", "stdout", "result", "results", "yaml", "yml", "ascii")
)  # fmt: skip
"""What people write behind the fence of a block that is no program."""


def grids_in_code(content: str, written: str, first_line: int, shown: str) -> tuple[Grid, ...]:
    """The tables in a block of code.

    Args:
        content: Of the block.
        written: What stands behind its fence, for example `text`.
        first_line: The line of the file on which the content begins, from 1.
        shown: How the file is named in messages.
    """
    words = written.split()
    language = words[0].casefold().strip("{}.") if words else ""
    parse = _PARSES.get(language) or (aligned if language in _OF_PRINTS else None)
    if parse is None:
        return ()
    try:
        found = parse(content, shown)
    except EvidenceError:
        return ()
    before = first_line - 1
    return tuple(_moved(grid, before, is_loose=parse is aligned) for grid in found.grids)


def _moved(grid: Grid, before: int, *, is_loose: bool) -> Grid:
    """A grid whose lines are those of the file around the block."""
    rows = tuple(tuple(replace(cell, line=cell.line + before) for cell in row) for row in grid.rows)
    surplus = tuple(replace(row, line=row.line + before) for row in grid.surplus)
    return replace(grid, rows=rows, surplus=surplus, is_loose=is_loose)
