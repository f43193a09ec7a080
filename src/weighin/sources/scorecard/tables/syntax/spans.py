"""Cells that span rows and columns, laid out on a grid."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.grid import Cell, require_cells

MOST_SPANNED = 1_000
"""Rows or columns that one cell may span; browsers stop there too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spanning:
    """A cell as written.

    Attributes:
        cell: It.
        rows: Number of rows that it covers.
        columns: Number of columns that it covers.
    """

    cell: Cell
    rows: int = 1
    columns: int = 1


def laid_out(
    rows: Iterable[Sequence[Spanning]], shown: str, ends: Container[int] = ()
) -> list[list[Cell]]:
    """Rows of cells, each place that a cell covers with its text.

    Args:
        rows: The cells as written.
        shown: How the file is named in messages.
        ends: Numbers of the rows, from 0, below which no cell from above reaches.

    Raises:
        EvidenceError: There are too many cells.
    """
    answer: list[list[Cell]] = []
    # By column: a cell from a row above that still covers it, and how many more rows it does.
    hanging: dict[int, tuple[Cell, int]] = {}
    cells = 0
    for number, row in enumerate(rows):
        placed: dict[int, Cell] = {}
        for column, (cell, left) in list(hanging.items()):
            placed[column] = cell
            if left > 1:
                hanging[column] = (cell, left - 1)
            else:
                del hanging[column]
        column = 0
        for spanning in row:
            while column in placed:
                column += 1
            columns = min(max(spanning.columns, 1), MOST_SPANNED)
            covering = min(max(spanning.rows, 1), MOST_SPANNED)
            continued = replace(spanning.cell, is_continued=True)
            for offset in range(columns):
                placed[column + offset] = spanning.cell if not offset else continued
                if covering > 1:
                    hanging[column + offset] = (continued, covering - 1)
            column += columns
            require_cells(cells + column, shown)
        if number in ends:
            hanging.clear()
        width = max(placed, default=-1) + 1
        cells += width
        require_cells(cells, shown)
        line = next((spanning.cell.line for spanning in row), 1)
        answer.append(
            [
                placed.get(place, Cell(text="", line=line, column=place + 1))
                for place in range(width)
            ]
        )
    return answer
