"""Tables in CSV and Markdown as rows of cells with their lines."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from weighin.errors import EvidenceError
from weighin.files.foreign_json import in_brief
from weighin.sources.scorecard.tables.printed_cell import footnote_key

MOST_CELLS = 200_000

_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_CELL_BREAK = re.compile(r"(?<!\\)\|")
_FOOTNOTE = re.compile(
    r"\s*(?:[-*]\s+(?=\[\^|<sup>))?"
    r"(\[\^[^\]\s]{1,20}\](?=:)|<sup>[^<>]{1,20}</sup>|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]{1,3}|\\?\*{1,4}(?=\s*\S)"
    r"|[†‡§¶]{1,4}):?\s*(\S.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table.

    Attributes:
        line: Its line in the file, from 1.
        cells: As printed.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table.

    Attributes:
        header: Its first row.
        rows: The others, each with as many cells as the header.
    """

    header: Row
    rows: tuple[Row, ...]


def csv_grid(text: str, shown: str) -> Grid:
    """The table in a CSV text; its columns are told apart by comma, semicolon or tab.

    Raises:
        EvidenceError: It is no table.
    """
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        before = 0
        for cells in reader:
            rows.append(Row(line=before + 1, cells=tuple(cell.strip() for cell in cells)))
            before = reader.line_num
    except csv.Error as error:
        raise EvidenceError(f"{shown}: expected a table in CSV, found {in_brief(error)}") from error
    return _grid([row for row in rows if any(row.cells)], shown)


def markdown_grids(text: str, shown: str) -> tuple[Grid, ...]:
    """The tables in a Markdown text, which are drawn with `|`.

    Raises:
        EvidenceError: There is none, or one is malformed.
    """
    lines = text.splitlines()
    grids: list[Grid] = []
    block: list[Row] = []
    for number, line in enumerate([*lines, ""], start=1):
        if "|" in line:
            block.append(Row(line=number, cells=_cells(line)))
            continue
        if len(block) > 1 and _DELIMITER.fullmatch(lines[block[1].line - 1]):
            grids.append(_grid([block[0], *block[2:]], shown))
        block = []
    if not grids:
        raise EvidenceError(
            f"{shown}: expected a table whose cells stand between |, with a line of --- under its "
            "header, found none"
        )
    return tuple(grids)


def markdown_footnotes(text: str) -> Iterator[tuple[str, str]]:
    """Key and text of the footnotes below the tables of a Markdown text."""
    for line in text.splitlines():
        if "|" in line or (found := _FOOTNOTE.fullmatch(line)) is None:
            continue
        if (key := footnote_key(found[1].replace("\\", ""))) is not None:
            yield key, found[2].strip()


def _cells(line: str) -> tuple[str, ...]:
    bare = line.strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return tuple(cell.replace("\\|", "|").strip() for cell in _CELL_BREAK.split(bare))


def _grid(rows: list[Row], shown: str) -> Grid:
    if len(rows) < 2:  # noqa: PLR2004  # a header and a row
        raise EvidenceError(f"{shown}: expected a header and at least one row, found fewer")
    header, width = rows[0], len(rows[0].cells)
    if width * len(rows) > MOST_CELLS:
        raise EvidenceError(f"{shown}: expected at most {MOST_CELLS} cells, found more")
    for row in rows[1:]:
        if len(row.cells) > width:
            raise EvidenceError(
                f"{shown}:{row.line}: expected at most {width} cells as in the header, found "
                f"{len(row.cells)}"
            )
    return Grid(
        header=header,
        rows=tuple(
            Row(line=row.line, cells=(*row.cells, *[""] * (width - len(row.cells))))
            for row in rows[1:]
        ),
    )
