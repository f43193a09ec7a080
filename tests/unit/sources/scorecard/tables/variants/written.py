"""A grid written in each syntax that people use."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence

from weighin.sources.scorecard.tables.grid import Cell, Grid

Rows = tuple[tuple[Cell, ...], ...]
Written = tuple[str, str]
"""A text and the ending of its file."""

_LATEX = str.maketrans(
    {"\\": "\\textbackslash ", "~": "\\textasciitilde "} | {c: f"\\{c}" for c in "%#_&$"}
)


def as_markdown(grid: Grid) -> Written:
    """Rows between bars; a cell that spans others stands in the first of them."""
    rows = [[_own(cell).replace("|", "\\|") for cell in row] for row in grid.rows]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * grid.width)
    return _headed(grid, "## ") + "\n".join(lines) + "\n", ".md"


def as_csv(grid: Grid) -> Written:
    """Commas; a cell that spans others is written out in each of them."""
    out = io.StringIO()
    csv.writer(out).writerows([cell.text for cell in row] for row in grid.rows)
    return out.getvalue(), ".csv"


def as_html(grid: Grid) -> Written:
    """Rows and cells with their spans."""
    lines = ["<table>"]
    if grid.title:
        lines.append(f"<caption>{grid.title}</caption>")
    for number, row in enumerate(grid.rows):
        tag = "th" if number < max(grid.header_rows, 1) else "td"
        cells = []
        for place, cell in enumerate(row):
            if cell.is_continued:
                continue
            wide, tall = _span(grid, number, place)
            spans = (f' colspan="{wide}"' if wide > 1 else "") + (
                f' rowspan="{tall}"' if tall > 1 else ""
            )
            text = f"<b>{cell.text}</b>" if cell.is_bold else cell.text
            cells.append(f"<{tag}{spans}>{text}</{tag}>")
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join([*lines, "</table>"]) + "\n", ".html"


def as_latex(grid: Grid) -> Written:
    """A tabular with booktabs, multicolumn and multirow."""
    lines = ["\\begin{table}", f"\\caption{{{_tex(grid.title)}}}" if grid.title else "%",
             f"\\begin{{tabular}}{{{'l' * grid.width}}}", "\\toprule"]  # fmt: skip
    for number, row in enumerate(grid.rows):
        if number == max(grid.header_rows, 1):
            lines.append("\\midrule")
        cells: list[str] = []
        place = 0
        while place < len(row):
            cell = row[place]
            wide, tall = (1, 1) if cell.is_continued else _span(grid, number, place)
            text = "" if cell.is_continued else _tex(cell.text)
            if cell.is_bold and text:
                text = f"\\textbf{{{text}}}"
            if tall > 1:
                text = f"\\multirow{{{tall}}}{{*}}{{{text}}}"
            if wide > 1:
                text = f"\\multicolumn{{{wide}}}{{c}}{{{text}}}"
            cells.append(text)
            place += wide
        lines.append(" & ".join(cells) + " \\\\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", "\\end{table}"]) + "\n", ".tex"


def as_text(grid: Grid) -> Written:
    """Columns aligned with spaces, with a rule below the header."""
    rows = [[_own(cell) for cell in row] for row in grid.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(grid.width)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(max(grid.header_rows, 1), "-" * (sum(widths) + 2 * len(widths)))
    return "\n".join(lines) + "\n", ".txt"


def as_box(grid: Grid) -> Written:
    """A frame drawn with signs."""
    rows = [[_own(cell).replace("|", "/") for cell in row] for row in grid.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(grid.width)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [
        "| " + " | ".join(t.ljust(w) for t, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(max(grid.header_rows, 1), rule)
    return "\n".join([rule, *lines, rule]) + "\n", ".txt"


SYNTAXES: Mapping[str, Callable[[Grid], Written]] = {
    "markdown": as_markdown,
    "csv": as_csv,
    "html": as_html,
    "latex": as_latex,
    "text": as_text,
    "box": as_box,
}


def _headed(grid: Grid, sign: str) -> str:
    return f"{sign}{grid.title}\n\n" if grid.title else ""


def _own(cell: Cell) -> str:
    return "" if cell.is_continued else cell.text


def _span(grid: Grid, row: int, place: int) -> tuple[int, int]:
    """Columns and rows that a cell covers."""
    text = grid.rows[row][place].text

    def covers(r: int, c: int) -> bool:
        cell = grid.rows[r][c]
        return cell.is_continued and cell.text == text

    wide = 1
    while place + wide < grid.width and covers(row, place + wide):
        wide += 1
    tall = 1
    while row + tall < len(grid.rows) and all(covers(row + tall, place + w) for w in range(wide)):
        tall += 1
    return wide, tall


def _tex(text: str) -> str:
    text = text.translate(_LATEX)
    text = re.sub(r"<sup>(.*?)</sup>", r"\\textsuperscript{\1}", text)
    return re.sub(r"<sub>(.*?)</sub>", r"\\textsubscript{\1}", text)


def rows_of(texts: Sequence[Sequence[str]]) -> Rows:
    """Rows of plain cells."""
    return tuple(
        tuple(Cell(text=t, line=n, column=c) for c, t in enumerate(row, start=1))
        for n, row in enumerate(texts, start=1)
    )
