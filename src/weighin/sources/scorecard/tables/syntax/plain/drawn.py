"""Tables whose cells stand between bars, as terminals and reStructuredText draw them."""

import re
from collections import Counter
from collections.abc import Sequence

from weighin.sources.scorecard.tables.cells.table_cell import table_cell
from weighin.sources.scorecard.tables.grid import Cell, Grid, squared
from weighin.sources.scorecard.tables.syntax.plain.lines import is_rule

_FEWEST_ROWS = 2
_PARTIAL_RULE = re.compile(
    r"[+├┼┤╞╪╡╟╫╢╠╬╣][-=─═━]{2,}(?:[+├┼┤┬┴╞╪╡╟╫╢╠╬╣][-=─═━]{2,})*[+├┼┤╞╪╡╟╫╢╠╬╣]?"
)
_JUNCTIONS = frozenset("+┼┬┴├┤╪╤╧╞╡╫╥╨╬╦╩╠╣╇╈┳┻╋┏┓┗┛┡┩┠┨┌┐└┘╒╕╘╛╔╗╚╝╭╮╰╯|")
_DOTS = frozenset(".…:⋮")

Written = tuple[int, str]


def drawn(block: Sequence[Written], shown: str, title: str) -> Grid | None:
    """The table of lines with bars between their cells; `None` if they are none."""
    rules: list[int] = []
    lines: list[Written] = []
    junctions: list[int] = []
    for number, line in block:
        if is_rule(line):
            rules.append(len(lines))
            found = [place for place, sign in enumerate(line) if sign in _JUNCTIONS]
            junctions = max(junctions, found, key=len)
        elif "|" in line:
            lines.append((number, _PARTIAL_RULE.sub(_as_bars, line)))
        elif lines and set(line.strip()) <= _DOTS:
            lines.append((number, line))
        elif lines:
            return None
        else:
            title = line.strip()
    rows = [_cells(number, line) for number, line in lines]
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)
    if not width or len(junctions) not in {width[0][0] + 1, width[0][0] - 1}:
        junctions = []
    most = width[0][0] if width else 0
    first = 0
    while first < len(rows) and len(rows[first]) != most:
        placed = _placed(rows[first], lines[first], junctions, most)
        if placed is not None and len(rows[first]) > 1:
            break
        # What stands above the table in the same frame is its title.
        title = " ".join(cell.text for cell in rows[first]).strip() or title
        first += 1
    rows = [
        row if len(row) == most else _placed(row, line, junctions, most) or row
        for row, line in zip(rows[first:], lines[first:], strict=True)
    ]
    rules = [rule - first for rule in rules]
    if len(rows) < _FEWEST_ROWS or most < 2:  # noqa: PLR2004  # one column is no table
        return None
    header_rows = next((rule for rule in rules if rule > 0), 0)
    return squared(_joined(rows, rules), shown, header_rows=header_rows, title=title)


def _as_bars(found: re.Match[str]) -> str:
    """A rule below some cells of a line alone, as the bars at its ends."""
    return f"|{' ' * (len(found[0]) - 2)}|"


def _cells(number: int, line: str) -> list[Cell]:
    bare = line.strip().replace("||", "|")
    cells = bare.removeprefix("|").removesuffix("|").split("|")
    return [
        Cell(text=" ".join(cell.split()), line=number, column=place)
        for place, cell in enumerate(cells, start=1)
    ]


def _placed(
    row: list[Cell], line: Written, junctions: Sequence[int], width: int
) -> list[Cell] | None:
    """A row of fewer cells, each spread over the columns that it covers; `None` if unclear."""
    written = line[1]
    bars = [place for place, sign in enumerate(written) if sign == "|"]
    edges = list(junctions)
    if len(edges) == width - 1:
        edges = [-1, *edges, len(written) + 1]
        bars = [-1, *bars, len(written) + 1]
    if len(edges) != width + 1 or len(bars) != len(row) + 1 or not set(bars) <= set(edges):
        return None
    answer: list[Cell] = []
    for cell, start, end in zip(row, bars, bars[1:], strict=False):
        count = edges.index(end) - edges.index(start)
        for offset in range(count):
            answer.append(
                Cell(
                    text=cell.text,
                    line=cell.line,
                    column=len(answer) + 1,
                    is_continued=offset > 0,
                )
            )
    return answer if len(answer) == width else None


def _joined(rows: list[list[Cell]], rules: Sequence[int]) -> list[list[Cell]]:
    """The rows, each whose cells go on over further lines as one.

    Only where a rule stands below every row do lines between two rules belong together.
    """
    ends = sorted({rule for rule in rules if 0 < rule < len(rows)} | {len(rows)})
    parts = [rows[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    body = parts[1:]
    if len(body) < _FEWEST_ROWS or not any(len(part) > 1 for part in body):
        return rows
    if not all(_has_number(part[0]) and not any(map(_has_number, part[1:])) for part in body):
        return rows
    return [*parts[0], *(_as_one(part) for part in body)]


def _has_number(row: Sequence[Cell]) -> bool:
    return any(table_cell(cell.text).number is not None for cell in row[1:])


def _as_one(part: Sequence[Sequence[Cell]]) -> list[Cell]:
    first = part[0]
    answer: list[Cell] = []
    for place, cell in enumerate(first):
        texts = [row[place].text for row in part if place < len(row)]
        answer.append(Cell(text=" ".join(filter(None, texts)), line=cell.line, column=cell.column))
    return answer
