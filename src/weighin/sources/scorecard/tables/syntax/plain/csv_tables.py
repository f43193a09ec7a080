"""Tables that a directive of reStructuredText holds as CSV, its headings among its options."""

import csv
import re
from collections.abc import Iterator, Sequence

from weighin.sources.scorecard.tables.grid import Cell, Grid, squared

_DIRECTIVE = re.compile(r"(\s{0,40})\.\. csv-table::[ \t]{0,8}([^\n]{0,400})")
_OPTION = re.compile(r"\s{1,60}:([a-z-]{1,20}):[ \t]{0,8}([^\n]{0,4000})")
_DELIMITERS = {"tab": "\t", "space": " "}
_FEWEST_CELLS = 2
Numbered = Sequence[tuple[int, str]]


def csv_tables(text: str, shown: str) -> tuple[str, list[tuple[int, int, Grid]]]:
    """A text without such tables, and these, each with its first line and the one behind it."""
    lines = text.split("\n")
    found: list[tuple[int, int, Grid]] = []
    for start, end, title in list(_directives(lines)):
        grid = _grid([(n + 1, lines[n]) for n in range(start + 1, end)], title, shown)
        lines[start:end] = [""] * (end - start)
        if grid is not None:
            found.append((start + 1, end + 1, grid))
    return ("\n".join(lines) if found else text), found


def _directives(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Where each begins and ends, and what it is called."""
    place = 0
    while place < len(lines):
        found = _DIRECTIVE.fullmatch(lines[place])
        if found is None:
            place += 1
            continue
        end = place + 1
        while end < len(lines) and (
            not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > len(found[1])
        ):
            end += 1
        yield place, end, found[2].strip()
        place = end


def _grid(block: Numbered, title: str, shown: str) -> Grid | None:
    options: dict[str, tuple[int, str]] = {}
    body: list[tuple[int, str]] = []
    for number, line in block:
        option = _OPTION.fullmatch(line)
        if option is not None and not body:
            options[option[1]] = number, option[2]
        elif line.strip():
            body.append((number, line.strip()))
    delimiter = options.get("delim", (0, ","))[1].strip()
    delimiter = _DELIMITERS.get(delimiter, delimiter[:1] or ",")
    head = [options["header"]] if "header" in options else []
    rows = [list(_cells(number, line, delimiter)) for number, line in (*head, *body)]
    if len(rows) < _FEWEST_CELLS or max(map(len, rows)) < _FEWEST_CELLS:
        return None
    return squared(rows, shown, header_rows=1, title=title)


def _cells(number: int, line: str, delimiter: str) -> Iterator[Cell]:
    try:
        texts = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        texts = [line]
    for place, text in enumerate(texts, start=1):
        yield Cell(text=" ".join(text.split()), line=number, column=place)
