"""A page as a whole: its head, its sections, and what explains it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from weighin.identity.facets import Grade
from weighin.reports.page.brief import Brief
from weighin.reports.page.model.blocks import Bars, Facts, Lines, Table
from weighin.reports.page.model.findings import Findings
from weighin.reports.page.model.guide import Guide
from weighin.reports.page.model.matrix import Matrix
from weighin.reports.page.model.words import Phrase, Run
from weighin.reports.shared.wording import counted
from weighin.rules.interface import Outcome

Block = Lines | Facts | Table | Bars | Matrix | Findings


def is_empty(block: Block) -> bool:
    """Whether a block says nothing; the titles of a table say something without a row."""
    match block:
        case Lines(told) | Facts(told) | Bars(told):
            return not told
        case Matrix():
            return not block.rows
        case Findings():
            return not block.groups
        case Table():
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page.

    Attributes:
        title: For a heading; empty for none.
        title_of_some: The title instead where not all rows of a table are shown; empty for none.
        label: What kind of thing the title names; foreign.
        meaning: What the title means, in a sentence.
        blocks: What it says.
        parts: Sections below it.
        shown: As many parts as are enough, unless all are asked for; `None` for all.
        noun: What a part is called.
        is_aside: Whether it moves no verdict. A printer may have such sections last.
        is_folded: Whether it is there for who asks for all.
    """

    title: Phrase = ()
    title_of_some: Phrase = ()
    label: str = ""
    meaning: str = ""
    blocks: tuple[Block, ...] = ()
    parts: tuple["Section", ...] = ()
    shown: int | None = None
    noun: str = ""
    is_aside: bool = False
    is_folded: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether none of its blocks says anything, so that a printer leaves it out."""
        return bool(self.blocks) and not self.parts and all(map(is_empty, self.blocks))


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: what it shows (foreign), and a relative reference from the page to its file."""

    title: str
    target: str


def tally(counts: Iterable[tuple[Outcome, int]], warnings: int) -> str:
    """Findings by outcome in words, warnings apart: `27 met, 1 warning`; `none` without any."""
    told = [f"{number} {outcome.replace('-', ' ')}" for outcome, number in counts if number]
    if warnings:
        told.append(counted(warnings, "warning"))
    return ", ".join(told) or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report.

    Attributes:
        title: What it is about.
        outcome: The verdict; `None` if it is none.
        extent: How much was judged.
        reservation: What takes from the outcome, in a word or two; empty if nothing does.
        evidence: The weakest grade of what it rests on, and the same in words; `None` if that is no
            question.
        sentences: The answer in a sentence or two, without full stops.
        source: What was judged, by which norm.
        brief: What is enough for a first look; `None` if the page is short enough.
        figures: Pictures.
        lead: What stands above all sections.
        sections: The parts.
        quotes: Foreign sentences that nobody checked.
        quoted_from: Whose sentences these are, as an introduction.
        counts: Number of findings by outcome, worst first, without warnings and notes; empty if
            that is no question.
        warnings: Number of warnings, which move no outcome.
        closing: What the report does not say, without a full stop.
        checked: The files that were read, for who keeps the page.
        guide: What explains the page.
    """

    title: Phrase = ()
    outcome: Outcome | None = None
    extent: str = ""
    reservation: str = ""
    evidence: tuple[Grade, str] | None = None
    sentences: tuple[Run, ...] = ()
    source: Phrase = ()
    brief: Brief | None = None
    figures: tuple[Figure, ...] = ()
    lead: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    quotes: tuple[str, ...] = ()
    quoted_from: str = ""
    counts: tuple[tuple[Outcome, int], ...] = ()
    warnings: int = 0
    closing: str = ""
    checked: tuple[Phrase, ...] = ()
    guide: Guide = field(default_factory=Guide)

    @property
    def tally(self) -> str:
        """Its findings by outcome in words; empty if that is no question."""
        return tally(self.counts, self.warnings) if self.counts else ""
