"""A table apart from how it is written: rows of cells, spans resolved, each with its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.cells.number_text import number_text

MOST_CELLS = 200_000
MOST_TABLES = 2_000

_WRAPPED = re.compile(r"<(su[bp])>")
# A mark is short; raised words are a part of the name.
_RAISED_WORDS = re.compile(r"<sup>(?=[^<>]{9})([^<>]{1,200})</sup>")

_STRUCK = re.compile(r"~~([^~]{1,200})~~")

# A digit raised within a word is a part of it: the name is τ²-bench.
_POWER = re.compile(r"(?<=[^\W\d_])<sup>([0-9]{1,2})</sup>(?=[^\W_]|-[^\W\d_])")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell.

    Attributes:
        text: Its text on one line; raised text stands in `<sup>`, lowered text in `<sub>`.
        line: Its line in the file, from 1.
        column: Which cell of its row it is as written, from 1.
        is_bold: Whether all of it is set in bold.
        is_header: Whether the syntax says that it heads a row or a column.
        is_continued: Whether it is covered by a cell to its left or above, which spans it and
            whose text it has.
    """

    text: str
    line: int
    column: int
    is_bold: bool = False
    is_header: bool = False
    is_continued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """A row with more cells than its header, which tells nobody what each of them is.

    Attributes:
        line: Its line in the file.
        found: Number of its cells.
        expected: Number of cells of the header.
    """

    line: int
    found: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table.

    Attributes:
        rows: All rows, the header first, each with as many cells.
        header_rows: Rows that the syntax says to be the header; 0 if it says nothing.
        title: Its caption, or the heading above it; empty if there is none.
        surplus: Rows that are left out, for they have more cells than the header.
        unclear: Why it cannot be told which cells its headings stand above; empty if it can.
        within: The headings above its title, from the outer to the inner.
        beside: What is said directly above and below it, its caption among it.
        is_loose: Whether it may be no table at all, but lines of code or of a list: it is told
            of only where it names a known benchmark.
        is_list: Whether it was written as a list.
    """

    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int = 0
    title: str = ""
    surplus: tuple[Surplus, ...] = ()
    unclear: str = ""
    within: tuple[str, ...] = ()
    beside: str = ""
    is_loose: bool = False
    is_list: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What a file holds.

    Attributes:
        syntax: How it is written, in words.
        grids: Its tables in the order of the file.
        footnotes: Text by mark.
        remarks: What one must know of how it was read, for example its encoding.
        headings: Its headings: the line, the level from 1, and the text of each.
        prose: Paragraphs, each with its line.
        model: The model whose page it is, as the page itself says; empty if it does not.
    """

    syntax: str
    grids: tuple[Grid, ...]
    footnotes: dict[str, str]
    remarks: tuple[str, ...] = ()
    headings: tuple[tuple[int, int, str], ...] = ()
    prose: tuple[tuple[int, str], ...] = ()
    model: str = ""


def squared(
    rows: Sequence[Sequence[Cell]], shown: str, *, header_rows: int = 0, title: str = ""
) -> Grid | None:
    """The grid of rows whose cells may be fewer or more than those of the first.

    Returns:
        `None` where there are fewer than two rows.

    Raises:
        EvidenceError: There are too many cells.
    """
    kept = [[_unwrapped(cell) for cell in row] for row in rows if any(cell.text for cell in row)]
    if len(kept) < 2:  # noqa: PLR2004  # a header and a row
        return None
    width = len(kept[0])
    require_cells(width * len(kept), shown)
    right: list[tuple[Cell, ...]] = []
    surplus: list[Surplus] = []
    for row in kept:
        cells = list(row)
        while len(cells) > width and not cells[-1].text:
            cells.pop()
        if len(cells) > width:
            surplus.append(Surplus(line=cells[0].line, found=len(cells), expected=width))
            continue
        line = cells[0].line if cells else 1
        missing = range(len(cells) + 1, width + 1)
        cells.extend(Cell(text="", line=line, column=column) for column in missing)
        right.append(tuple(cells))
    right = _without_doubles(right)
    return Grid(rows=tuple(right), header_rows=header_rows, title=title, surplus=tuple(surplus))


def _without_doubles(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """The rows without columns in which no cell begins: two that are always spanned are one."""
    double = [
        place
        for place in range(1, len(rows[0]))
        if rows[0][place].is_continued and all(_is_double(row, place) for row in rows)
    ]
    if not double:
        return rows
    return [tuple(c for place, c in enumerate(row) if place not in double) for row in rows]


def _is_double(row: Sequence[Cell], place: int) -> bool:
    cell, left = row[place], row[place - 1]
    return cell.is_continued and (cell.line, cell.column) == (left.line, left.column)


def _unwrapped(cell: Cell) -> Cell:
    """A cell all of whose text is raised or lowered, which makes it small and no mark, as plain."""
    text = "" if cell.text == "\\" else cell.text
    while (found := _WRAPPED.match(text)) is not None and _is_whole(text, found[1]):
        text = text[len(found[0]) : -len(found[0]) - 1].strip()
    if "~~" in text:
        text = _without_struck(text)
    if "<sup>" in text:
        text = _RAISED_WORDS.sub(r" \1", text)
        text = _POWER.sub(lambda found: found[1].translate(_RAISED), text)
    text = number_text(text)
    return cell if text == cell.text else replace(cell, text=text)


def _without_struck(text: str) -> str:
    """A text without what is struck out in it; a number that is all of it stays between `~~`."""
    rest = " ".join(_STRUCK.sub(" ", text).split())
    if any(character.isalnum() for character in rest):
        return rest
    return text if any(c.isdecimal() for c in text[:8]) else text.replace("~~", "")


def _is_whole(text: str, tag: str) -> bool:
    """Whether what opens at the start of a text closes at its end."""
    depth = 0
    for found in re.finditer(rf"<(/?){tag}>", text):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end() == len(text)
    return False


def require_cells(count: int, shown: str) -> None:
    """Refuse tables that no person made.

    Raises:
        EvidenceError: They have too many cells.
    """
    if count > MOST_CELLS:
        raise EvidenceError(f"{shown}: expected at most {MOST_CELLS} cells, found more")
