"""Tables in Markdown: those drawn with bars, those in HTML, and those in fenced blocks."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.syntax.bounds import (
    LONGEST_ROW,
    require_lines,
    require_short_rows,
    require_tables,
)
from weighin.sources.scorecard.tables.syntax.footnotes import footnotes
from weighin.sources.scorecard.tables.syntax.html import html_grids

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DELIMITER_SIGNS = frozenset("|:- \t")
_FENCE = re.compile(r" {0,12}(`{3,}|~{3,})")
_TABLE_START = re.compile(r"<table\b", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s{0,20}>", re.IGNORECASE)
_DEFINED_NOTE = re.compile(r"^(\s{0,3}\[\^[^\]\s]{1,20}\]):")
_LONGEST_TITLE = 200
_IMAGE = "image"


def markdown(text: str, shown: str) -> Pasted:
    """The tables in a Markdown text.

    Raises:
        EvidenceError: One is larger than any that a person made, or they are too many.
    """
    require_lines(text, shown)
    source, raw_tables = _without_html_tables(_without_front_matter(text))
    lines = source.split("\n")
    require_short_rows(lines, shown)
    # An image as text, for example; no table is in it.
    lines = _with_whole_delimiters([line if len(line) <= LONGEST_ROW else "" for line in lines])
    drawn = sum("|" in line and is_delimiter(below) for line, below in pairwise(lines))
    require_tables(drawn + len(raw_tables), shown)
    grids = [
        *_drawn(lines, 0, shown),
        *(
            (line, grid)
            for line, table, title in raw_tables
            for grid in html_grids(table, shown, first_line=line, title=title)
        ),
    ]
    grids.sort(key=lambda placed: placed[0])
    return Pasted(
        syntax="Markdown",
        grids=tuple(grid for _, grid in grids),
        footnotes=dict(footnotes(text)),
    )


def is_markdown(text: str) -> bool:
    """Whether a text has a line of dashes and bars below another with bars."""
    lines = text.split("\n")
    return any("|" in line and is_delimiter(below) for line, below in pairwise(lines))


def is_delimiter(line: str) -> bool:
    """Whether a line is that of dashes and bars below the header of a table."""
    bare = line.strip().lstrip("> ")
    return "-" in bare and "|" in bare and set(bare) <= _DELIMITER_SIGNS


def _without_front_matter(text: str) -> str:
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---", 3)
    if end < 0:
        return text
    return "\n" * text.count("\n", 0, end + 1) + text[end + 4 :]


def _without_html_tables(text: str) -> tuple[str, list[tuple[int, str, str]]]:
    """The text with its HTML tables emptied, and these with their lines and headings.

    They are taken out first: an empty line within one ends it for a parser of Markdown.
    """
    if _TABLE_START.search(text) is None:
        return text, []
    kept: list[str] = []
    tables: list[tuple[int, str, str]] = []
    lines, block, start, heading, fence = text.split("\n"), "", 0, "", ""
    for number, line in enumerate(lines, start=1):
        if not block:
            fence = _fence_after(line, fence)
            if line.startswith("#"):
                heading = line.strip("# ")[:_LONGEST_TITLE]
        if not block and (fence or _TABLE_START.search(line) is None):
            kept.append(line)
            continue
        if not block:
            start = number
        block += line + "\n"
        kept.append("")
        if _TABLE_END.search(line) is not None:
            tables.append((start, block, heading))
            block = ""
    if block:
        tables.append((start, block, heading))
    return "\n".join(kept), tables


def _fence_after(line: str, fence: str) -> str:
    """The fence of code that is open after a line; empty if there is none."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) else fence


def _with_whole_delimiters(lines: list[str]) -> list[str]:
    """The lines, each delimiter with as many cells as its header, which parsers require."""
    for number in range(1, len(lines)):
        if is_delimiter(lines[number]) and "|" in (header := lines[number - 1]):
            cells, found = _cell_count(header), _cell_count(lines[number])
            if cells != found:
                before = lines[number][: len(lines[number]) - len(lines[number].lstrip("> \t"))]
                lines[number] = before + "|" + "---|" * cells
    return lines


def _drawn(lines: Sequence[str], before: int, shown: str) -> Iterator[tuple[int, Grid]]:
    """The tables that are drawn with bars in lines, each with its first line."""
    title = ""
    # To a parser `[^1]: maj@8` defines a link, of which each `[^1]` would be one.
    tokens = _parser().parse("\n".join(_DEFINED_NOTE.sub(r"\1\:", line) for line in lines))
    for number, token in enumerate(tokens):
        if token.type == "inline" and tokens[number - 1].type == "heading_open":
            title = _plain(token)[0]
        elif token.type == "inline" and tokens[number - 1].type == "paragraph_open":
            # A paragraph of one bold line, or one that introduces what follows, is a heading.
            told, is_bold = _plain(token)
            is_run = "pretrained=" in told
            if "\n" not in token.content and (is_bold or told.endswith(":") or is_run):
                title = told.rstrip(":")
        elif token.type in {"fence", "code_block"} and "|" in token.content and not before:
            inside = _with_whole_delimiters(token.content.split("\n"))
            yield from _drawn(inside, before + _line(token) + 1, shown)
        elif token.type == "table_open":
            rows = list(_rows(tokens, number, lines, before))
            grid = squared(rows, shown, header_rows=1, title=title[:_LONGEST_TITLE])
            if grid is not None:
                yield before + _line(token) + 1, grid


def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # People indent tables: no block of code begins with spaces alone.
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")


def _line(token: "Token") -> int:
    return 0 if token.map is None else token.map[0]


def _rows(
    tokens: Sequence["Token"], opening: int, lines: Sequence[str], before: int
) -> Iterator[list[Cell]]:
    """Rows of the table that a token opens, with cells that the parser drops."""
    row: list[Cell] = []
    place = 0
    for number in range(opening, len(tokens)):
        token = tokens[number]
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            row, place = [], _line(token)
        elif token.type == "inline":
            text, is_bold = _plain(token)
            row.append(
                Cell(text=text, line=before + place + 1, column=len(row) + 1, is_bold=is_bold)
            )
        elif token.type == "tr_close":
            # A surplus cell is dropped by the parser without a word; the line still has it.
            written = _cells_of(lines[place])
            row.extend(
                Cell(text=cell.strip(), line=before + place + 1, column=number)
                for number, cell in enumerate(written[len(row) :], start=len(row) + 1)
            )
            yield row


def _cell_count(line: str) -> int:
    return len(_cells_of(line))


def _cells_of(line: str) -> list[str]:
    from markdown_it.rules_block.table import escapedSplit

    bare = line.strip().lstrip("> ").strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return list(escapedSplit(bare))


_OF_TAGS = {"sup": ("<sup>", "</sup>"), "sub": ("<sub>", "</sub>"), "br": (" ", " "),
            "s": ("~~", "~~"), "del": ("~~", "~~"), "strike": ("~~", "~~")}  # fmt: skip
_OF_TOKENS = {"softbreak": " ", "hardbreak": " ", "s_open": "~~", "s_close": "~~"}
_BOLD = {"strong_open": 1, "strong_close": -1}


def _plain(token: "Token") -> tuple[str, bool]:
    """The text of an inline token, and whether all of it is bold."""
    parts: list[str] = []
    bold, plain, depth = 0, 0, 0
    for child in token.children or ():
        if child.type in _BOLD:
            depth += _BOLD[child.type]
        elif child.type in _OF_TOKENS:
            parts.append(_OF_TOKENS[child.type])
        elif child.type == "html_inline":
            tag = child.content.strip("<>/ ").split(" ")[0].lower()
            is_end = child.content.startswith("</")
            parts.append(_OF_TAGS.get(tag, ("", ""))[is_end])
            depth += (-1 if is_end else 1) * (tag in {"b", "strong"})
        elif child.type != _IMAGE and child.content:
            parts.append(child.content)
            count = sum(c.isalnum() for c in child.content)
            bold, plain = (bold + count, plain) if depth else (bold, plain + count)
    return " ".join("".join(parts).split()), bold > 0 and not plain
