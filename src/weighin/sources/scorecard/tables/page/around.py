"""The headings, captions and paragraphs of a page, and which of them a table has."""

# ruff: noqa: E501  # captions in many languages
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from weighin.sources.scorecard.tables.grid import Grid

LONGEST_TITLE = 200
_LONGEST_BESIDE = 1_200
_LONGEST_INTRODUCTION = 120
_LONGEST_LINE = 60
_CAPTION = re.compile(
    r"[*_>\s]{0,6}(?:Table|Tab\.|Tbl\.|Tabelle|Tableau|Tabla|Tabela|Tabella|Tabel|Таблица|表格?|図表|표)"
    r"\s?(?:S\.?|A\.?)?(?:[0-9]{1,3}|[IVX]{1,5})(?:[a-z]|[.][0-9]{1,2})?[*_]{0,3}\s?[.:\uff1a|\u3000\u2014\u2013 -]",
    re.IGNORECASE,
)


class Said(IntEnum):
    """What a text of a page is; below 7 it is a heading of that level."""

    INTRODUCTION = 7
    """One bold line, or the summary of what is folded away."""
    CAPTION = 8
    PARAGRAPH = 9


@dataclass(frozen=True, slots=True)
class Text:
    """A text that stands above or below tables.

    Attributes:
        place: Where it stands, in lines or in whatever grows with them.
        level: Of a heading, or one of `Said`.
        text: It, on one line.
    """

    place: int
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around a table.

    Attributes:
        title: Its caption, or what heads it; empty if nothing does.
        within: The headings above that, from the outer to the inner.
        beside: What is said directly above and below it.
    """

    title: str = ""
    within: tuple[str, ...] = ()
    beside: str = ""


def with_around(grid: Grid, around: Around) -> Grid:
    """A table with what stands around it; its own title stands below that of the page."""
    beside = " \n ".join(filter(None, (grid.title, grid.beside, around.beside)))
    if not grid.title:
        return replace(grid, title=around.title, within=around.within, beside=beside)
    within = (*around.within, *filter(None, (around.title,)), *grid.within)
    return replace(grid, within=within, beside=beside)


@dataclass(slots=True)
class Texts:
    """The texts of a page, noted in their order.

    Attributes:
        texts: They.
    """

    texts: list[Text] = field(default_factory=list)

    def add(self, place: int, level: int, text: str) -> None:
        """Note a text."""
        if text:
            self.texts.append(Text(place, level, text))

    def paragraph(self, place: int, text: str, *, is_bold: bool = False) -> None:
        """Note a paragraph, which is a caption or a heading where its form says so."""
        if is_caption(text):
            self.add(place, Said.CAPTION, text)
        elif is_bold:
            self.add(place, Said.INTRODUCTION, text.rstrip(":\uff1a "))
        else:
            self.add(place, Said.PARAGRAPH, text)

    def headings(self) -> tuple[tuple[int, int, str], ...]:
        """Place, level and text of each heading."""
        return tuple(
            (told.place, told.level, told.text)
            for told in self.texts
            if told.level < Said.INTRODUCTION
        )

    def around(self, tables: Sequence[tuple[int, int]]) -> list[Around]:
        """What stands around each of the tables of a page, given where they begin and end."""
        page = _Page(self.texts, tables)
        return [page.around(start, end) for start, end in tables]


class _Page:
    """Texts and tables of a page, found by their places."""

    def __init__(self, texts: Sequence[Text], tables: Sequence[tuple[int, int]]) -> None:
        self._texts = sorted(texts, key=lambda told: told.place)
        self._places = [told.place for told in self._texts]
        self._captions = [told for told in self._texts if told.level == Said.CAPTION]
        self._of_captions = [told.place for told in self._captions]
        self._starts = sorted(start for start, _ in tables)
        self._ends = sorted(end for _, end in tables)
        first = self._starts[0] if self._starts else 0
        self._are_above = bool(self._captions) and self._captions[0].place < first
        # For each text the heading that holds after it, and for each heading the one above it.
        self._heads: list[int] = []
        self._above: dict[int, int] = {}
        now = -1
        for number, told in enumerate(self._texts):
            if told.level <= Said.INTRODUCTION:
                while now >= 0 and self._texts[now].level >= told.level:
                    now = self._above[now]
                self._above[number] = now
                now = number
            self._heads.append(now)

    def around(self, start: int, end: int) -> Around:
        """What stands around the table from one place to another."""
        last = bisect_left(self._places, start) - 1
        heads: list[str] = []
        now = self._heads[last] if last >= 0 else -1
        while now >= 0:
            heads.insert(0, self._texts[now].text[:LONGEST_TITLE])
            now = self._above[now]
        caption = self._caption(start, end)
        if last >= 0 and self._places[last] >= self._before(start):
            heads.extend(_short_line(self._texts[last]))
        title = caption[:LONGEST_TITLE] or (heads.pop() if heads else "")
        beside = self._beside(last, start, end, caption)
        return Around(title=title, within=tuple(heads), beside=beside)

    def _caption(self, start: int, end: int) -> str:
        """The caption nearer to this table than to those before and after it."""
        before = self._before(start)
        number = bisect_left(self._of_captions, start) - 1
        above = self._captions[number] if number >= 0 else None
        if above is not None and above.place >= before:
            is_last = before >= 0 and above.place - before < start - above.place
            if self._are_above or not is_last:
                return above.text
        number = bisect_left(self._of_captions, end)
        below = self._captions[number] if number < len(self._captions) else None
        after = self._after(end)
        if below is not None and (after is None or below.place < after):
            is_near = after is None or below.place - end < after - below.place
            if not self._are_above or is_near:
                return below.text
        return ""

    def _before(self, start: int) -> int:
        """Where the table before ends; -1 if there is none."""
        number = bisect_right(self._ends, start) - 1
        return self._ends[number] if number >= 0 else -1

    def _after(self, end: int) -> int | None:
        """Where the next table begins; `None` if there is none."""
        number = bisect_left(self._starts, end)
        return self._starts[number] if number < len(self._starts) else None

    def _beside(self, last: int, start: int, end: int, caption: str) -> str:
        said = [caption]
        if last >= 0 and self._places[last] >= self._before(start):
            said.append(self._texts[last].text)
        below = bisect_left(self._places, end)
        if below < len(self._texts) and self._texts[below].level >= Said.CAPTION:
            after = self._after(end)
            if after is None or self._places[below] < after:
                said.append(self._texts[below].text)
        return " \n ".join(filter(None, dict.fromkeys(said)))[:_LONGEST_BESIDE]


def _short_line(told: Text) -> tuple[str, ...]:
    """A paragraph as a heading where it is as short as one and no sentence; none otherwise."""
    text = told.text
    if told.level == Said.PARAGRAPH and is_introduction(text):
        return (text.rstrip(":\uff1a "),)
    is_short = len(text) <= _LONGEST_LINE and not text.endswith((".", ",", ";", "!", "?", "\u3002"))
    is_name = text[:1].isalnum() and not text[:1].islower()
    is_line = told.level == Said.PARAGRAPH and is_short and is_name
    return (text,) if is_line else ()


def is_caption(text: str) -> bool:
    """Whether a text is numbered as captions are."""
    return _CAPTION.match(text) is not None


def is_introduction(text: str) -> bool:
    """Whether a paragraph introduces what follows it, and is short enough to name that."""
    return text.endswith((":", "\uff1a")) and len(text) <= _LONGEST_INTRODUCTION
