"""Tables in HTML: a saved page, what a browser copies, or a table in Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.page.around import LONGEST_TITLE, Texts, with_around
from weighin.sources.scorecard.tables.page.code_blocks import grids_in_code
from weighin.sources.scorecard.tables.page.saved_pages import as_tables, caption_of, written_math
from weighin.sources.scorecard.tables.syntax.bounds import require_flat_html, require_tables
from weighin.sources.scorecard.tables.syntax.footnotes import footnotes
from weighin.sources.scorecard.tables.syntax.shown import is_hidden, is_smaller
from weighin.sources.scorecard.tables.syntax.spans import MOST_SPANNED, Spanning, laid_out

if TYPE_CHECKING:
    from lxml.etree import HTMLParser, _Element

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = frozenset(
    ("p", "li", "dt", "dd", "div", "blockquote", "center", "summary", "figcaption", "small",
     "table", "figure", "section", "article", "ul", "ol", "details", "body", "td", "th", "aside")
) | _HEADINGS  # fmt: skip
_SKIPPED = frozenset(
    ("script", "style", "template", "svg", "img", "button", "select", "noscript", "math")
)
_BREAKS = frozenset(("br", "p", "div", "li", "tr"))
_BOLD = frozenset(("b", "strong"))
_AROUND = {
    **dict.fromkeys(_BREAKS, (" ", " ")),
    **dict.fromkeys(("s", "del", "strike"), ("~~", "~~")),
    "sup": ("<sup>", "</sup>"),
    "sub": ("<sub>", "</sub>"),
}
_COUNT = re.compile(r"\s{0,8}([0-9]{1,4})")
_OF_HUB = re.compile(r"\s{0,20}([^\s<>|/]{1,120}/[^\s<>|/]{1,120}) \u00b7 Hugging Face\s{0,20}")
_DEEPEST = 250
_FIRST = 4_000
_PAGE = re.compile(r"<(?:!doctype html|html|head|body|script|div)\b", re.IGNORECASE)
_WITH_TABLE = re.compile(
    r"<table\b|ltx_tabular|role=['\"]?(?:table|grid|treegrid)\b", re.IGNORECASE
)
_WITH_ROWS = re.compile(r"<t[rdh]\b", re.IGNORECASE)


def html(text: str, shown: str) -> Pasted:
    """The tables in HTML.

    Raises:
        EvidenceError: It is larger or deeper than any page.
    """
    require_flat_html(text, shown)
    root = _parsed(text)
    if root is None:
        return Pasted(syntax="HTML", grids=(), footnotes={})
    as_tables(root)
    page = _Page(shown=shown)
    page.read(root)
    title = root.find(".//title")
    of_hub = None if title is None else _OF_HUB.fullmatch(_text(title)[0])
    return Pasted(
        syntax="HTML",
        grids=tuple(page.grids()),
        footnotes=page.footnotes(),
        headings=page.texts.headings(),
        prose=tuple(page.lines),
        model="" if of_hub is None else of_hub[1],
    )


@dataclass(slots=True, kw_only=True)
class _Page:
    """The tables of a page on their way, and the texts around them, by their order in it."""

    shown: str
    texts: Texts = field(default_factory=Texts)
    lines: list[tuple[int, str]] = field(default_factory=list)
    tables: list[tuple[int, int, Grid]] = field(default_factory=list)

    def read(self, root: "_Element") -> None:
        """Note tables and texts."""
        end, count = -1, 0
        for place, element in enumerate(root.iter()):
            if place <= end or not isinstance(element.tag, str):
                continue
            if element.tag in _HEADINGS:
                self.texts.add(place, int(element.tag[1:]), _text(element)[0])
            elif element.tag == "table" and next(element.iterdescendants("table"), None) is None:
                count += 1
                require_tables(count, self.shown)
                end = place + sum(1 for _ in element.iterdescendants())
                grid = _grid(element, self.shown, 1)
                if grid is not None:
                    self.tables.append((place, end, grid))
                    self._note_rows(element)
            elif element.tag == "pre":
                end = place + sum(1 for _ in element.iterdescendants())
                self._note_print(element, place, end)
            elif element.tag in _BLOCKS and next(element.iterdescendants(*_BLOCKS), None) is None:
                text, is_bold = _text(element)
                if text:
                    self.texts.paragraph(place, text, is_bold=is_bold)
                    self.lines.append((element.sourceline or 1, text))

    def _note_print(self, block: "_Element", place: int, end: int) -> None:
        """Note the tables in a block of code."""
        text = "".join(block.itertext())
        found = grids_in_code(text, "", block.sourceline or 1, self.shown)
        require_tables(len(self.tables) + len(found), self.shown)
        self.tables.extend((place, end, grid) for grid in found)

    def _note_rows(self, table: "_Element") -> None:
        """Note the cells that are rows of their own, for some hold footnotes."""
        for row in table.iter("tr"):
            if len(row) == 1:
                self.lines.append((row.sourceline or 1, _text(row)[0]))

    def grids(self) -> Iterator[Grid]:
        """The tables, each with what stands around it."""
        around = self.texts.around([(start, end) for start, end, _ in self.tables])
        for (_, _, grid), found in zip(self.tables, around, strict=True):
            yield with_around(grid, found)

    def footnotes(self) -> dict[str, str]:
        """The footnotes in lines and rows of their own."""
        return dict(footnotes("\n".join(text for _, text in self.lines)))


def is_html(text: str) -> bool:
    """Whether a text holds a table in HTML."""
    return _WITH_TABLE.search(text) is not None or _WITH_ROWS.search(text) is not None


def is_page(text: str) -> bool:
    """Whether a text is a page of a browser, with or without a table."""
    return _PAGE.search(text[:_FIRST]) is not None


def html_grids(text: str, shown: str, *, first_line: int = 1) -> Iterator[Grid]:
    """The tables in a part of a page, each with its own caption alone.

    Args:
        text: It.
        shown: How its file is named in messages.
        first_line: Its line in the file.

    Raises:
        EvidenceError: It is larger or deeper than any page.
    """
    require_flat_html(text, shown)
    root = _parsed(text)
    if root is None:
        return
    as_tables(root)
    for number, element in enumerate(root.iter("table"), start=1):
        if next(element.iterdescendants("table"), None) is None:
            require_tables(number, shown)
            grid = _grid(element, shown, first_line)
            if grid is not None:
                yield grid


def _parsed(text: str) -> "_Element | None":
    from lxml import etree

    # Without a table around it, rows that a browser copies are no rows to a parser.
    if _WITH_TABLE.search(text) is None and _WITH_ROWS.search(text) is not None:
        text = f"<table>{text}</table>"
    try:
        root: _Element | None = etree.fromstring(text.encode("utf-8", "replace"), _parser())
    except etree.LxmlError:
        return None
    return root


def _parser() -> "HTMLParser":
    from lxml import etree

    return etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )


def _grid(table: "_Element", shown: str, first_line: int) -> Grid | None:
    rows: list[list[Spanning]] = []
    ends: set[int] = set()
    headers, part = 0, None
    for row, cells in _rows(table):
        # A cell spans no rows of another part, as browsers have it.
        if rows and row.getparent() is not part:
            ends.add(len(rows) - 1)
        part = row.getparent()
        line = first_line - 1 + (row.sourceline or 1)
        rows.append([_spanning(cell, number, line) for number, cell in enumerate(cells, start=1)])
        is_head = (row.getparent() is not None and row.getparent().tag == "thead") or (
            bool(cells) and all(cell.tag == "th" for cell in cells)
        )
        headers += is_head and headers == len(rows) - 1
    placed = _without_overhang(laid_out(rows, shown, ends), headers)
    width = max((len(row) for row in placed[: max(headers, 1)]), default=0)
    if not headers or _are_wider(placed[headers:], width):
        width = max((len(row) for row in placed), default=0)
    wide = [
        [*row, *(Cell(text="", line=row[0].line, column=n + 1) for n in range(len(row), width))]
        for row in placed
        if row
    ]
    caption = caption_of(table)
    title = "" if caption is None else _text(caption)[0][:LONGEST_TITLE]
    return squared(wide, shown, header_rows=headers, title=title)


def _without_overhang(rows: list[list[Cell]], headers: int) -> list[list[Cell]]:
    """The rows without what spans more columns than the header has."""
    width = max((len(row) for row in rows[:headers]), default=0)
    return [
        row[:width] if headers and all(cell.is_continued for cell in row[width:]) else row
        for row in rows
    ]


def _are_wider(rows: Sequence[list[Cell]], width: int) -> bool:
    """Whether most rows have more cells than the header; of few each is a slip and is told."""
    wider = sum(any(cell.text for cell in row[width:]) for row in rows)
    return wider * 2 >= len(rows)


def _rows(table: "_Element") -> Iterator[tuple["_Element", list["_Element"]]]:
    """The rows of a table with their cells; cells in no row are one, as browsers have it."""
    loose: list[_Element] = []
    for element in table.iter("tr", "td", "th"):
        parent = element.getparent()
        if is_hidden(element):
            continue
        if element.tag != "tr":
            if parent is not None and parent.tag != "tr":
                loose.append(element)
            continue
        if loose:
            yield loose[0], loose
            loose = []
        yield (
            element,
            [cell for cell in element if cell.tag in {"td", "th"} and not is_hidden(cell)],
        )
    if loose:
        yield loose[0], loose


def _spanning(cell: "_Element", number: int, row_line: int) -> Spanning:
    text, is_bold = _text(cell)
    return Spanning(
        cell=Cell(
            text=text,
            line=row_line,
            column=number,
            is_bold=is_bold,
            is_header=cell.tag == "th",
        ),
        # Of no rows are all that follow.
        rows=_span(cell.get("rowspan")) or MOST_SPANNED,
        columns=_span(cell.get("colspan")),
    )


def _span(written: str | None) -> int:
    found = _COUNT.match(written or "")
    return int(found[1]) if found is not None else 1


def _text(element: "_Element") -> tuple[str, bool]:
    """The text of an element on one line, and whether all of it is bold."""
    parts: list[str] = []
    counts = {True: 0, False: 0}

    def add(text: str | None, *, is_bold: bool) -> None:
        if text:
            parts.append(text)
            counts[is_bold] += sum(character.isalnum() for character in text)

    def walk(node: "_Element", depth: int, *, is_bold: bool) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if is_hidden(node):
            return
        if tag in _SKIPPED or depth > _DEEPEST:
            add(written_math(node) if tag == "math" else "", is_bold=is_bold)
            return
        is_bold = is_bold or tag in _BOLD
        tag = "sub" if is_smaller(node, "".join(parts[-2:])) else tag
        before, behind = _AROUND.get(tag, ("", ""))
        parts.append(before)
        add(node.text, is_bold=is_bold)
        for child in node:
            walk(child, depth + 1, is_bold=is_bold)
            add(child.tail, is_bold=is_bold)
        parts.append(behind)

    walk(element, 0, is_bold=False)
    return " ".join("".join(parts).split()), counts[True] > 0 and not counts[False]
