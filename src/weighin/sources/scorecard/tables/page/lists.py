"""Lists of benchmarks with a score each, as people write them in the place of a table."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from weighin.evidence.benchmarks import plain_name
from weighin.sources.scorecard.tables.grid import Cell, Grid
from weighin.sources.scorecard.tables.layout.levels.of_title import known_in

_ITEM = re.compile(
    r"(?P<label>[^\W_][^:\uff1a=|]{0,79}?)(?:\s?[:\uff1a=]\s?|\s[\u2013\u2014-]\s|\s?(?:→|->)\s?)"
    r"(?P<value>[0-9]{1,5}(?:\.[0-9]{1,20})?\s?%?(?:\s?(?:±|\+/-)\s?[0-9.]{1,10}\s?%?)?)"
    r"(?P<rest>\s?[(\[][^()\[\]]{1,60}[)\]])?\s?[.;,]?"
)
FEWEST_ITEMS = 2
_BENCHMARK, _PART = "Benchmark", "Subset"


def grid_of_list(items: Sequence[tuple[int, str]]) -> Grid | None:
    """The items of a list that are a label and a number each, as a table of two columns.

    Args:
        items: Line and text of each.

    Returns:
        `None` where they are fewer than two; whether their labels are benchmarks is not asked.
    """
    rows: list[tuple[Cell, ...]] = []
    for line, text in items:
        found = _ITEM.fullmatch(text.strip())
        if found is None:
            continue
        value = f"{found['value']}{found['rest'] or ''}"
        rows.append(
            (
                Cell(text=found["label"].strip(), line=line, column=1),
                Cell(text=value.strip(), line=line, column=2),
            )
        )
    if len(rows) < FEWEST_ITEMS:
        return None
    line = rows[0][0].line
    header = (
        Cell(text="Benchmark", line=line, column=1),
        Cell(text="Score", line=line, column=2),
    )
    return Grid(rows=(header, *rows), header_rows=1, is_loose=True, is_list=True)


def below_one_benchmark(grid: Grid, is_known: Callable[[str], bool]) -> Grid | None:
    """A list of parts of the one known benchmark that is named above it, with that in a column.

    Returns:
        `None` where none is named there, or several are, or its labels are no benchmarks.
    """
    names = [cell.text for cell in grid.rows[0]]
    if _BENCHMARK not in names:
        return None
    place = names.index(_BENCHMARK)
    for text in (grid.title, *reversed(grid.within), grid.beside):
        found = list(known_in(text.split(), is_known))
        if len({plain_name(name) for name in found}) > 1:
            return None
        if found:
            rows = (_with(row, place, found[0]) for row in grid.rows[1:])
            head = _with(grid.rows[0], place, _BENCHMARK)
            named = replace(head[place + 1], text=_PART)
            head = (*head[: place + 1], named, *head[place + 2 :])
            return replace(grid, rows=(head, *rows))
    return None


def _with(row: tuple[Cell, ...], place: int, text: str) -> tuple[Cell, ...]:
    """A row with a cell more before one of its own."""
    before = replace(row[place], text=text)
    return (*row[:place], before, *row[place:])
