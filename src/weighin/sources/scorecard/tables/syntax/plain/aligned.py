"""Tables in plain text: columns aligned with spaces, or drawn with lines."""

from collections import Counter
from collections.abc import Sequence

from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.syntax.bounds import require_lines, require_tables
from weighin.sources.scorecard.tables.syntax.footnotes import footnotes
from weighin.sources.scorecard.tables.syntax.plain.blocks import blocks_of, with_last_rows
from weighin.sources.scorecard.tables.syntax.plain.lines import is_rule
from weighin.sources.scorecard.tables.syntax.plain.spaced import spaced

_FEWEST_ROWS = 2


def aligned(text: str, shown: str) -> Pasted:
    """The tables in a plain text.

    Raises:
        EvidenceError: It has too many lines.
    """
    require_lines(text, shown)
    grids: list[Grid] = []
    title = ""
    for block in with_last_rows(blocks_of(text)):
        grid = _drawn(block, shown, title) or spaced(block, shown, title)
        if grid is not None:
            grids.append(grid)
            require_tables(len(grids), shown)
            title = ""
        elif len(block) == 1:
            title = block[0][1].strip().rstrip(":")[:200]
    return Pasted(syntax="plain text", grids=tuple(grids), footnotes=dict(footnotes(text)))


def _drawn(block: Sequence[tuple[int, str]], shown: str, title: str) -> Grid | None:
    """The table of lines with bars between their cells."""
    rows: list[list[Cell]] = []
    rules: list[int] = []
    for number, line in block:
        if is_rule(line):
            rules.append(len(rows))
        elif "|" in line:
            bare = line.strip()
            cells = bare.removeprefix("|").removesuffix("|").split("|")
            rows.append(
                [
                    Cell(text=" ".join(cell.split()), line=number, column=place)
                    for place, cell in enumerate(cells, start=1)
                ]
            )
        elif rows and set(line.strip()) <= {".", "…", ":"}:
            continue
        elif rows:
            return None
        else:
            title = line.strip()
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    while rows and len(rows[0]) != width:
        # What stands above the table in the same frame is its title.
        title = " ".join(cell.text for cell in rows.pop(0)).strip() or title
        rules = [rule - 1 for rule in rules]
    header_rows = next((rule for rule in rules if rule > 0), 0)
    if len(rows) < _FEWEST_ROWS or width < 2:  # noqa: PLR2004  # one column is no table
        return None
    return squared(rows, shown, header_rows=header_rows, title=title)
