"""The first look at a page in a terminal: never more lines than one screen has."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from weighin.reports.page.brief import Brief, Point, Points
from weighin.reports.page.model import Page
from weighin.reports.page.pen import STYLES, Pen
from weighin.reports.shared.wording import counted, listed

# Only what wraps a text; nothing is printed to it.
_PAPER: Final = Console(file=StringIO(), width=100)
_LONGEST_TITLE: Final = 1
_LONGEST_SENTENCE: Final = 2
_SHOWN_REMARKS: Final = 3
_LONGEST_CLOSING: Final = 2
_SHORTEST_PART: Final = 4
# Levels of detail by which what contradicts is told in more of it than what is missing.
_HANDICAP: Final = 3
_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much is told of some points.

    Attributes:
        words: Lines of each sentence.
        below: How many things below it.
        lines: Lines of each of these.
        detailed: Of how many points there is something below.
        points: How many points.
    """

    words: int
    below: int
    lines: int
    detailed: int
    points: int


_ALL: Final = 12
# A thing that is not named at all is worse than one of which little is said.
_DETAILS: Final = (
    _Detail(4, 4, 3, _ALL, _ALL),
    _Detail(3, 4, 2, _ALL, _ALL),
    _Detail(2, 3, 2, _ALL, _ALL),
    _Detail(2, 2, 2, _ALL, _ALL),
    _Detail(2, 1, 2, _ALL, _ALL),
    _Detail(2, 1, 1, _ALL, _ALL),
    _Detail(1, 1, 1, _ALL, _ALL),
    *(_Detail(1, 1, 1, detailed, _ALL) for detailed in (6, 5, 4, 3, 2, 1)),
    *(_Detail(1, 0, 0, 0, points) for points in range(_ALL, 0, -1)),
)


@dataclass(frozen=True, slots=True)
class BriefView:
    """Prints the first look at a page for one width.

    Attributes:
        pen: The pen.
        width: Columns.
    """

    pen: Pen
    width: int

    def told(self, page: Page, brief: Brief, title: Text, source: Text) -> Iterator[Text]:
        """The lines, at most as many as the page says.

        Args:
            page: The page.
            brief: What is enough of it.
            title: Its first line.
            source: What was judged.
        """
        head = list(self._head(page, title, source))
        end = [Text(), *self._clipped(brief.tally, "bold", 1)]
        end += self._clipped(brief.closing, "dim", _LONGEST_CLOSING)
        left = brief.longest - len(head) - len(end)
        told = self._parts([p for p in brief.parts if not p.is_aside and p.points], left)
        for part in brief.parts:
            if part.is_aside and part.points and len(told) + _SHORTEST_PART <= left:
                told += self._parts([part], left - len(told))
        yield from head
        # What a run is for is told also where lines wrap and none is left.
        if brief.figures and (not told or len(told) < left):
            yield self.pen.text(f"{_INDENT}{self._figures(brief.figures)}")
        yield from told
        yield from end

    def _head(self, page: Page, title: Text, source: Text) -> Iterator[Text]:
        yield from self._cut(title, _LONGEST_TITLE)
        style = STYLES[page.outcome] if page.outcome else ""
        sentences = [sentence.text for sentence in page.sentences]
        for words in sentences[:1]:
            yield from self._clipped(words, style, _LONGEST_SENTENCE, _INDENT)
        remarks = sentences[1:]
        shown = remarks if len(remarks) <= _SHOWN_REMARKS else remarks[: _SHOWN_REMARKS - 1]
        for words in shown:
            yield from self._clipped(words, style, 1, _INDENT)
        if rest := len(remarks) - len(shown):
            yield from self._clipped(f"and {counted(rest, 'more remark')}", style, 1, _INDENT)
        yield from self._cut(source, 1, _INDENT)

    def _figures(self, figures: tuple[str, ...]) -> str:
        """As many as fit into one line, and how many more there are."""
        # A figure takes a column at least, and a row may have thousands.
        for shown in range(min(len(figures), self.width), 0, -1):
            words = listed(figures[:shown], None)
            if rest := len(figures) - shown:
                words += f" and {rest} more"
            if cell_len(self.pen.plain(words)) <= self.width - len(_INDENT):
                return words
        return counted(len(figures), "score")

    def _parts(self, parts: list[Points], left: int) -> list[Text]:
        """As much of each part as fits; where there is little room, the later ones lose first."""
        levels = [0] * len(parts)
        last = len(_DETAILS) - 1
        while True:
            details = (_DETAILS[level] for level in levels)
            told = [ln for pair in zip(parts, details, strict=True) for ln in self._part(*pair)]
            if len(told) <= left or all(level == last for level in levels):
                return told
            # The one of which most is told; of equals the last. The first keeps a few more.
            told_of = ((lv + _HANDICAP * (not n), -n) for n, lv in enumerate(levels) if lv < last)
            levels[-min(told_of)[1]] += 1

    def _part(self, part: Points, detail: _Detail) -> Iterator[Text]:
        yield Text()
        yield self.pen.text(part.title, "bold")
        shown = part.points[: detail.points]
        for number, point in enumerate(shown):
            yield from self._point(point, detail, detail.below * (number < detail.detailed))
        if rest := len(part.points) - len(shown):
            yield self.pen.text(f"{_INDENT}and {counted(rest, f'more {part.noun}')}", "dim")
        if part.closing:
            yield from self._clipped(part.closing, "", 1, _INDENT)

    def _point(self, point: Point, detail: _Detail, below: int) -> Iterator[Text]:
        mark = self.pen.disputed() if point.is_disputed else self.pen.mark(point.outcome)
        first, *others = self._clipped(point.words or "…", "", detail.words, _INDENT)
        yield self.pen.line(mark, Text(" "), first[len(_INDENT) :])
        yield from others
        for words in point.below[:below]:
            yield from self._clipped(words, "dim", detail.lines, _INDENT * 2)

    def _clipped(self, words: str, style: str, longest: int, indent: str = "") -> Iterator[Text]:
        if words:
            yield from self._cut(self.pen.text(words, style), longest, indent)

    def _cut(self, text: Text, longest: int, indent: str = "") -> Iterator[Text]:
        """The first lines of a text, the last of which says if there is more."""
        width = max(self.width - len(indent), 2)
        lines = list(text.wrap(_PAPER, width, overflow="fold"))
        if len(lines) > longest:
            taken = 0
            for line in lines[: longest - 1]:
                line.rstrip()
                taken = text.plain.index(line.plain, taken) + len(line)
            lines = [*lines[: longest - 1], self._filling(text[taken:], width)]
        for line in lines:
            line.rstrip()
            yield self.pen.line(Text(indent), line)

    def _filling(self, text: Text, width: int) -> Text:
        """A line of what does not fit into one, broken where the line ends."""
        more = self.pen.plain("…")
        line = text[len(text.plain) - len(text.plain.lstrip()) :]
        line.truncate(max(width - len(more), 0))
        line.rstrip()
        line.append(more[:width])
        return line
