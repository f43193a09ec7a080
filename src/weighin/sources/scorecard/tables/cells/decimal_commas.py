"""Numbers with a comma before their decimals, as half of Europe writes them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted

_WITH_COMMA = re.compile(r"(?<![\d,.])([0-9]{1,4}),([0-9]{1,6})(?![\d,])")
_WITH_BOTH = re.compile(r"(?<![\d,.])([0-9]{1,3}(?:\.[0-9]{3}){1,3}),([0-9]{1,6})(?![\d,])")
"""Points stand between thousands: `1.234,5`."""
_SURELY = re.compile(r"(?:[0-9]{1,4}),(?:[0-9]{1,2}|[0-9]{4,6})(?![\d,])\s?%?.{0,40}")
_WITH_POINT = re.compile(r"[0-9]{1,4}\.[0-9]{1,6}(?![\d,.])\s?%?.{0,40}")


def with_points(pasted: Pasted) -> Pasted:
    """The same with points before decimals, in each table whose numbers have commas there.

    A table with one number that has a point is left as it is: its commas stand between thousands.
    """
    grids = tuple(_with_points(grid) for grid in pasted.grids)
    if grids == pasted.grids:
        return pasted
    remark = "a comma stands before decimals; numbers are shown with a point"
    return replace(pasted, grids=grids, remarks=(*pasted.remarks, remark))


def _with_points(grid: Grid) -> Grid:
    texts = [cell.text.strip("*_ ") for row in grid.rows[1:] for cell in row[1:]]
    commas = sum(
        _SURELY.fullmatch(text) is not None or _WITH_BOTH.match(text) is not None for text in texts
    )
    points = any(_WITH_POINT.fullmatch(text) for text in texts)
    if commas < 2 or points:  # noqa: PLR2004  # one is a slip
        return grid
    return replace(grid, rows=tuple(tuple(_cells(row)) for row in grid.rows))


def _cells(row: tuple[Cell, ...]) -> Iterator[Cell]:
    for cell in row:
        is_number = cell.text.strip("*_ +-−–±")[:1].isdecimal()
        text = _WITH_BOTH.sub(_with_point, cell.text) if is_number else cell.text
        text = _WITH_COMMA.sub(r"\1.\2", text) if is_number else text
        yield replace(cell, text=text)


def _with_point(found: re.Match[str]) -> str:
    return f"{found[1].replace('.', '')}.{found[2]}"
