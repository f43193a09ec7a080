"""Tables in Markdown: those drawn with bars, those in HTML, and those in fenced blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.page.around import Said, Texts, with_around
from weighin.sources.scorecard.tables.page.code_blocks import grids_in_code
from weighin.sources.scorecard.tables.page.lists import grid_of_list
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
_RAW = {
    "html": (
        re.compile(r"<table\b", re.IGNORECASE),
        re.compile(r"</table\s{0,20}>", re.IGNORECASE),
    ),
    "latex": (
        re.compile(r"\\begin\{(?:table\*?|tabular[*x]?|longtable|array)\}"),
        re.compile(r"\\end\{(?:table\*?|tabular[*x]?|longtable|array)\}"),
    ),
}
"""How tables begin and end that are written in another syntax."""
_OF_HTML = re.compile(
    r"<(?P<tag>h[1-6]|summary|b|strong|caption|figcaption)\b[^<>]{0,200}>(?P<text>.{1,400}?)"
    r"</(?P=tag)\s{0,8}>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^<>]{1,400}>")
_DEFINED_NOTE = re.compile(r"^(\s{0,3}\[\^[^\]\s]{1,20}\]):")
_ALERT = re.compile(r"\[!\w{1,20}\]\s*")
_IMAGE = "image"
_RAISED = re.compile(r"(?<=[\w-])\$\s?[\^_]\s?([^$\n]{1,60})\$")
_COMMANDS = re.compile(r"\\(?:text|mathrm|rm|textrm|textbf)\b|[{}]")
"""A part of a name that is raised as in formulas: `MME$^\\text{P}$`."""


@dataclass(slots=True, kw_only=True)
class _Page:
    """The tables of a text on their way, each from line to line, and the texts around them."""

    shown: str
    texts: Texts = field(default_factory=Texts)
    tables: list[tuple[int, int, Grid]] = field(default_factory=list)

    def grids(self) -> list[Grid]:
        """The tables in their order, each with what stands around it."""
        self.tables.sort(key=lambda placed: placed[0])
        around = self.texts.around([(start, end) for start, end, _ in self.tables])
        return [
            with_around(grid, found)
            for (_, _, grid), found in zip(self.tables, around, strict=True)
        ]


def markdown(text: str, shown: str) -> Pasted:
    """The tables in a Markdown text.

    Raises:
        EvidenceError: One is larger than any that a person made, or they are too many.
    """
    require_lines(text, shown)
    source, raw = _without_raw_tables(_without_comments(_without_front_matter(text)))
    lines = source.split("\n")
    require_short_rows(lines, shown)
    # An image as text, for example; no table is in it.
    lines = _with_whole_delimiters([line if len(line) <= LONGEST_ROW else "" for line in lines])
    drawn = sum("|" in line and is_delimiter(below) for line, below in pairwise(lines))
    require_tables(drawn + len(raw), shown)
    page = _Page(shown=shown)
    _draw(lines, 0, page)
    for line, block, syntax in raw:
        end = line + block.count("\n")
        if syntax == "html":
            page.tables.extend(
                (line, end, grid) for grid in html_grids(block, shown, first_line=line)
            )
        else:
            found = grids_in_code(block, syntax, line, shown)
            page.tables.extend((line, end, grid) for grid in found)
    require_tables(len(page.tables), shown)
    return Pasted(
        syntax="Markdown",
        grids=tuple(page.grids()),
        footnotes=dict(footnotes(text)),
        headings=page.texts.headings(),
        prose=tuple((t.place, t.text) for t in page.texts.texts if t.level > Said.INTRODUCTION),
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


def _without_comments(text: str) -> str:
    """The text with lines emptied that begin a comment or stand in one, if it ends."""
    if "<!--" not in text:
        return text
    lines = text.split("\n")
    last = max((n for n, line in enumerate(lines) if "-->" in line), default=-1)
    fence, is_within = "", False
    for number, line in enumerate(lines[: last + 1]):
        fence = fence if is_within else _fence_after(line, fence)
        begins = not fence and not is_within and line.lstrip().startswith("<!--")
        if begins or is_within:
            is_within = "-->" not in line
            lines[number] = line.partition("-->")[2]
    return "\n".join(lines)


def _without_raw_tables(text: str) -> tuple[str, list[tuple[int, str, str]]]:
    """The text with its tables in HTML and LaTeX emptied, and these with their lines and syntax.

    They are taken out first: an empty line within one ends it for a parser of Markdown.
    """
    if not any(start.search(text) for start, _ in _RAW.values()):
        return text, []
    kept: list[str] = []
    tables: list[tuple[int, str, str]] = []
    block: list[str] = []
    syntax, start, fence, depth = "", 0, "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not syntax:
            fence = _fence_after(line, fence)
            opened = (name for name, (begin, _) in _RAW.items() if begin.search(line))
            syntax = "" if fence else next(opened, "")
            if not syntax:
                kept.append(line)
                continue
            start = number
        block.append(line)
        kept.append("")
        begin, end = _RAW[syntax]
        depth += len(begin.findall(line)) - len(end.findall(line))
        if depth <= 0:
            # What is around a table ends where it does.
            tables.append((start, "\n".join(block) + "\n", syntax))
            block, syntax, depth = [], "", 0
    if block:
        tables.append((start, "\n".join(block), syntax))
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


def _draw(lines: Sequence[str], before: int, page: _Page) -> None:
    """Note the tables that are drawn with bars in lines, those in blocks of code, and texts."""
    # To a parser `[^1]: maj@8` defines a link, of which each `[^1]` would be one.
    tokens = _parser().parse("\n".join(_DEFINED_NOTE.sub(r"\1\:", line) for line in lines))
    _note_texts(tokens, before, page)
    for number, token in enumerate(tokens):
        line = before + _line(token) + 1
        if token.type == "html_block":
            _note_html(token.content, line, page)
        elif token.type in {"fence", "code_block"} and not before:
            page.tables.extend(_in_code(token, line, page.shown))
        elif token.type == "table_open":
            rows = list(_rows(tokens, number, lines, before))
            grid = squared(rows, page.shown, header_rows=1)
            if grid is not None:
                height = 0 if token.map is None else token.map[1] - token.map[0]
                page.tables.append((line, line + height, grid))


def _note_texts(tokens: Sequence["Token"], before: int, page: _Page) -> None:
    """Note headings, paragraphs, and lists of a number an item."""
    items: dict[int, list[tuple[int, str]]] = {}
    for number, token in enumerate(tokens):
        line, opening = before + _line(token) + 1, tokens[number - 1]
        if token.type in {"bullet_list_close", "ordered_list_close"}:
            own = items.pop(token.level + 1, [])
            if (grid := grid_of_list(own)) is not None:
                page.tables.append((own[0][0], own[-1][0] + 1, grid))
        elif token.type != "inline":
            continue
        elif opening.type == "heading_open":
            page.texts.add(line, int(opening.tag[1:]), _plain(token)[0])
        elif opening.type == "paragraph_open":
            told, is_bold = _plain(token)
            content = token.content
            if (alert := _ALERT.match(content)) is not None:
                content = content[alert.end() :]
                told = _ALERT.sub("", told)
                is_bold = content[:2] == content[-2:] == "**"
            if tokens[number - 2].type == "list_item_open":
                items.setdefault(opening.level - 1, []).append((line, told))
            # A paragraph of one bold line, or one that introduces what follows, is a heading.
            page.texts.paragraph(line, told, is_bold=is_bold and "\n" not in content)


def _in_code(token: "Token", line: int, shown: str) -> Iterator[tuple[int, int, Grid]]:
    """The tables in a block of code; all of them stand where the block does."""
    end = line + token.content.count("\n") + 2
    inside = _Page(shown=shown)
    if "|" in token.content:
        _draw(_with_whole_delimiters(token.content.split("\n")), line, inside)
    found = [grid for grid in inside.grids() if not grid.is_list]
    for grid in found or grids_in_code(token.content, token.info, line + 1, shown):
        yield line, end, grid


def _note_html(content: str, line: int, page: _Page) -> None:
    """Note headings and bold lines that are written as tags."""
    if len(content) > LONGEST_ROW:
        return
    for found in _OF_HTML.finditer(content):
        place = line + content.count("\n", 0, found.start())
        text = " ".join(unescape(_TAG.sub(" ", found["text"])).split())
        tag = found["tag"].lower()
        if tag[0] == "h":
            page.texts.add(place, int(tag[1:]), text)
        else:
            page.texts.paragraph(place, text, is_bold=True)


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
    text = _RAISED.sub(_behind, "".join(parts))
    return " ".join(text.split()), bold > 0 and not plain


def _behind(found: re.Match[str]) -> str:
    """What is raised as in formulas, in brackets behind its name, where it is made of words."""
    bare = " ".join(_COMMANDS.sub("", found[1]).split())
    return f" ({bare})" if all(c.isalnum() or c in "/,|+- " for c in bare) else found[0]
