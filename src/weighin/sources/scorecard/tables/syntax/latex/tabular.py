"""Tables in LaTeX: every kind of tabular, or rows alone."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.page.around import with_around
from weighin.sources.scorecard.tables.page.latex_page import (
    around_tabulars,
    files_read_in,
    group,
    notes_of,
    printed_latex,
)
from weighin.sources.scorecard.tables.syntax.bounds import require_short_latex, require_tables
from weighin.sources.scorecard.tables.syntax.footnotes import footnotes
from weighin.sources.scorecard.tables.syntax.latex.latex_text import (
    EndlessLatexError,
    latex_text,
    parsed,
)
from weighin.sources.scorecard.tables.syntax.latex.macros import expanded, macros_of
from weighin.sources.scorecard.tables.syntax.spans import Spanning, laid_out

_NAMES = r"(?:tabular[*xy]?|longtable|tblr|longtblr|NiceTabular|tabulary|array|supertabular)"
_BEGIN = re.compile(rf"\\begin\{{({_NAMES})\}}")
_END = re.compile(rf"\\end\{{{_NAMES}\}}")
_WITH_WIDTH = frozenset(("tabular*", "tabularx", "tabulary"))
_LINES = re.compile(
    r"\\cmidrule\s?(?:\([^()]{0,60}\))?\s?(?:\[[^\]]{0,20}\])?\s?\{[^{}]{0,20}\}"
    r"|\\(?:m?kern|[hvm]skip)\s?-?[0-9.]{1,8}\s?(?:pt|em|ex|mu|cm|mm|in|sp|bp)"
    r"|\\(?:cline|cdashline(?:lr)?|Xcline|rowcolor|arrayrulecolor|noalign|addlinespace|rowcolors)\*?"
    r"(?:\[[^\]]{0,40}\])?(?:\{[^{}]{0,60}\}){0,3}(?:\[[0-9.][^\[\]&]{0,20}\]){0,2}"
)
_RULE = re.compile(
    r"\\(?:(?:top|mid|bottom)rule|hdashline|hline|Hline|thickhline)(?![a-zA-Z])"
    r"(?:\s?\[[^\[\]&]{0,40}\])?"
    r"|\\(?:Xhline|xhline|hhline|specialrule)(?![a-zA-Z])\s?(?:\{[^{}&]{0,60}\}){0,3}"
)
_ROW_ENDS = frozenset(("\\", "tabularnewline", "cr"))


def latex(text: str, shown: str) -> Pasted:
    """The tables in LaTeX.

    Raises:
        EvidenceError: They are longer or deeper than any that a person writes, or do not end.
    """
    uncommented = printed_latex(text)
    macros = macros_of(uncommented)
    bodies = [replace(body, text=expanded(body.text, macros)) for body in _bodies(uncommented)]

    def plain(source: str) -> str:
        try:
            return latex_text(parsed(expanded(source, macros))).text
        except EndlessLatexError as error:
            raise EvidenceError(f"{shown}: {source[:40]!r}: {error.told}") from error

    require_tables(len(bodies), shown)
    require_short_latex("".join(body.text for body in bodies), shown)
    around = around_tabulars(uncommented, [(body.begin, body.end) for body in bodies], plain)
    grids = ((_grid(body, shown), found) for body, found in zip(bodies, around, strict=True))
    return Pasted(
        syntax="LaTeX",
        grids=tuple(with_around(grid, found) for grid, found in grids if grid is not None),
        footnotes={**dict(footnotes(uncommented)), **dict(notes_of(uncommented, plain))},
        remarks=files_read_in(uncommented),
    )


def is_latex(text: str) -> bool:
    """Whether a text holds a tabular, or rows of one."""
    if _BEGIN.search(text) is not None:
        return True
    ends = sum(line.rstrip().endswith(("\\\\", "\\tabularnewline")) for line in text.split("\n"))
    return ends > 1 and text.count("&") >= ends


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    text: str
    line: int
    begin: int
    end: int


def _bodies(text: str) -> Iterator[_Body]:
    """What stands between the begin and the end of each tabular that is in no other."""
    if _BEGIN.search(text) is None:
        yield _Body(text=text, line=1, begin=0, end=len(text))
        return
    edges = sorted(
        [(found.start(), found.end(), found[1]) for found in _BEGIN.finditer(text)]
        + [(found.start(), found.end(), "") for found in _END.finditer(text)]
    )
    depth, start, line, counted = 0, 0, 1, 0
    for begin, after, name in edges:
        if name:
            if not depth:
                start = _after_arguments(text, after, 2 if name in _WITH_WIDTH else 1)
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                line += text.count("\n", counted, start)
                counted = start
                yield _Body(text=text[start:begin], line=line, begin=start, end=begin)


def _after_arguments(text: str, place: int, groups: int) -> int:
    while place < len(text) and groups:
        sign = text[place]
        if sign == "[":
            place = max(text.find("]", place), place) + 1
        elif sign == "{":
            place += len(group(text, place)) + 2
            groups -= 1
        elif sign.isspace():
            place += 1
        else:
            break
    return place


@dataclass(slots=True, kw_only=True)
class _Rows:
    """Rows on their way to a grid."""

    rows: list[list[Spanning]] = field(default_factory=list)
    rules_after: list[int] = field(default_factory=list)


def _grid(body: _Body, shown: str) -> Grid | None:
    # Lines between some columns alone say nothing that their cells do not.
    bare = _LINES.sub(_line_ends, _RULE.sub(_plain_rule, body.text))
    try:
        found = _rows(bare, body.line)
    except EndlessLatexError as error:
        raise EvidenceError(f"{shown}:{body.line + error.line}: {error.told}") from error
    placed = _hanging(laid_out([[replace(s, rows=1) for s in row] for row in found.rows], shown),
                      found.rows)  # fmt: skip
    width = max((len(row) for row in placed), default=0)
    wide = [
        [*row, *(Cell(text="", line=row[0].line, column=n + 1) for n in range(len(row), width))]
        for row in placed
        if row
    ]
    header_rows = next((number for number in found.rules_after if number), 0)
    return squared(wide, shown, header_rows=header_rows)


def _plain_rule(found: re.Match[str]) -> str:
    """Any rule across all columns, without how thick it is."""
    return f"\\hline {_line_ends(found)}"


def _line_ends(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _hanging(placed: list[list[Cell]], rows: Sequence[Sequence[Spanning]]) -> list[list[Cell]]:
    """Rows whose empty cells below, or above, a cell that spans them have its text.

    Unlike HTML, LaTeX wants the covered cells written, empty.
    """
    for number, row in enumerate(rows):
        place = 0
        for spanning in row:
            step = 1 if spanning.rows > 0 else -1
            for other in range(number + step, number + spanning.rows, step):
                if not 0 <= other < len(placed):
                    break
                for column in range(place, min(place + spanning.columns, len(placed[other]))):
                    if not placed[other][column].text:
                        placed[other][column] = replace(spanning.cell, is_continued=True)
            place += spanning.columns
    return placed


def _rows(text: str, first_line: int) -> _Rows:
    found = _Rows()
    row: list[Spanning] = []
    cell: list[object] = []
    breaks = [place for place, sign in enumerate(text) if sign == "\n"]

    def end_cell(place: int) -> None:
        made = latex_text(cell)
        line = first_line + bisect_left(breaks, made.place or place)
        row.append(
            Spanning(
                cell=Cell(text=made.text, line=line, column=len(row) + 1, is_bold=made.is_bold),
                rows=made.rows,
                columns=made.columns,
            )
        )
        cell.clear()

    for node in parsed(text):
        name = getattr(node, "macroname", "")
        if getattr(node, "specials_chars", "") == "&":
            end_cell(node.pos)
        elif name in _ROW_ENDS:
            end_cell(node.pos)
            if _says_something(row):
                found.rows.append(list(row))
            row.clear()
        elif name == "hline":
            found.rules_after.append(len(found.rows))
        else:
            cell.append(node)
    end_cell(len(text))
    if _says_something(row):
        found.rows.append(row)
    return found


def _says_something(row: Sequence[Spanning]) -> bool:
    # A row of empty cells is kept where it stands below a cell that covers it.
    return len(row) > 1 or any(spanning.cell.text for spanning in row)
