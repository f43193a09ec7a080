"""Lists of benchmarks with a score each, as people write them in the place of a table."""

import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.grid import Cell, Grid

_ITEM = re.compile(
    r"(?P<label>[^\W_][^:\uff1a=|]{0,79}?)(?:\s?[:\uff1a=]\s?|\s[\u2013\u2014-]\s|\s?(?:→|->)\s?)"
    r"(?P<value>[0-9]{1,5}(?:\.[0-9]{1,20})?\s?%?(?:\s?(?:±|\+/-)\s?[0-9.]{1,10}\s?%?)?)"
    r"(?P<rest>\s?[(\[][^()\[\]]{1,60}[)\]])?\s?[.;,]?"
)
FEWEST_ITEMS = 2


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
