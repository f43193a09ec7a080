"""A page: what a report says, in the order in which it is said.

A subject fills a page once; every printer prints it by its own rules. So a page holds neither
styles nor markup, and nothing is cut from it: it says whose words a text is, what an answer is
(outcome, level, grade), and how much of a list is enough. A text without a `Run` is ours, unless
it is said to be foreign.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from weighin.identity.facets import Grade
from weighin.reports.page.brief import Brief
from weighin.rules.interface import Level, Outcome


class Voice(StrEnum):
    """Whose words a text is. What is not ours is shown by every printer and obeyed by none."""

    OURS = "ours"
    FOREIGN = "foreign"
    """Words from logs, files or the hub, or a sentence that may hold some."""
    NAME = "name"
    """A foreign name, path, digest or value, which is copied letter by letter."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, and the outcome whose colour it wears; `None` if it bears on none."""

    text: str
    voice: Voice
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Texts in a row, of which the first `shown` are enough; `None` for all."""

    runs: tuple[Run, ...]
    shown: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a page rests on; foreign. Printers number them as they are first needed."""

    title: str
    date: str
    commit: str
    url: str


@dataclass(frozen=True, slots=True)
class Citations:
    """Where something was read: sources, each with the places in it."""

    places: tuple[tuple[Source, tuple[str, ...]], ...]


Phrase = tuple[Run | Items | Citations, ...]


def ours(text: str, outcome: Outcome | None = None) -> Run:
    """Words of ours."""
    return Run(text, Voice.OURS, outcome)


def foreign(text: str, outcome: Outcome | None = None) -> Run:
    """Words that are not ours, or a sentence that may hold some."""
    return Run(text, Voice.FOREIGN, outcome)


def name(text: str) -> Run:
    """A name, path, digest or value."""
    return Run(text, Voice.NAME)


@dataclass(frozen=True, slots=True)
class Weight:
    """How early a block is cut where a printer has room for so much only.

    Attributes:
        noun: What one piece of it is called.
        order: The lower, the later it is cut. Blocks without a weight never are.
    """

    noun: str
    order: int


class Part(StrEnum):
    """What a fact is to the statement above it."""

    DETAIL = "detail"
    SCOPE = "scope"
    """What the statement is about, and where that is required."""
    EVIDENCE = "evidence"
    """What was expected, what was found, and where."""
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it stands for; printers leave it out if that is empty.

    Attributes:
        label: A word or two.
        words: What it stands for.
        part: What it is to the statement above it.
        grade: How it is known; `None` if that is no question.
    """

    label: Run
    words: Phrase
    part: Part = Part.DETAIL
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what they stand for, one below the other."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences or things, one below the other.

    Attributes:
        lines: All of them.
        shown: As many as are enough, unless all are asked for; `None` for all.
        is_list: Whether they are things of one kind.
        weight: How early they are cut.
    """

    lines: tuple[Phrase, ...]
    shown: int | None = None
    is_list: bool = False
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; without a title if it holds names that need none."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and columns.

    Attributes:
        columns: The columns.
        rows: Cells, one a column.
        shown: As many rows as are enough, unless all are asked for; `None` for all.
        noun: What a row is called; empty if how many more there are is not told.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Run, ...], ...]
    shown: int | None = None
    noun: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A quantity.

    Attributes:
        name: Of what.
        share: Of a full bar, from 0 to 1; `None` if it is not known. More than 0 is seen, however
            little it is.
        value: The quantity in figures or words.
        remark: What it is over.
    """

    name: Run
    share: float | None
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Quantities to be compared at a glance."""

    bars: tuple[Bar, ...]


class CellState(StrEnum):
    """How a facet of one benchmark relates to the norm: what most benchmarks agree on."""

    DIFFERENT = "different"
    DISPUTED = "disputed"
    """Two things disagree, which need not mean that the facet is another."""
    UNKNOWN = "unknown"
    SAME = "same"
    NOT_APPLICABLE = "not-applicable"


OUTCOME_OF: Final = {
    CellState.DIFFERENT: Outcome.VIOLATED,
    CellState.DISPUTED: Outcome.UNDECIDED,
    CellState.UNKNOWN: Outcome.UNDECIDED,
    CellState.SAME: Outcome.MET,
    CellState.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}
"""The outcome whose mark a state wears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One facet of one benchmark.

    Attributes:
        state: What the rules found.
        grade: The weakest grade among the records of the benchmark; `absent` without a record.
        summary: What was observed, in a few foreign words; several records' are joined by ` / `.
        is_waived: Whether somebody accepts that the facet is not the same.
        has_value: Whether what was observed is shown: others observed something else, or nothing.
    """

    state: CellState
    grade: Grade
    summary: str
    is_waived: bool
    has_value: bool = False

    @property
    def is_disputed(self) -> bool:
        """Whether it wears the mark of what disagrees without a decision."""
        return self.state is CellState.DISPUTED and not self.is_waived

    @property
    def outcome(self) -> Outcome:
        """The outcome whose colour it wears."""
        return Outcome.WAIVED if self.is_waived else OUTCOME_OF[self.state]

    @property
    def grade_word(self) -> str:
        """Its grade in a word; empty where the facet does not apply."""
        if self.is_waived:
            return "waived"
        return "" if self.state is CellState.NOT_APPLICABLE else self.grade.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One benchmark.

    Attributes:
        name: Its name; foreign.
        values: What is known of it, one a column.
        words: The same in words, where there is no room for columns; foreign.
        cells: One a facet.
    """

    name: str
    values: tuple[Run, ...]
    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Benchmark by facet.

    Attributes:
        title: What a row is called.
        columns: What is known of each row.
        facets: What a row may agree on with the others.
        rows: The benchmarks.
        weight: How early rows are cut.
    """

    title: str
    columns: tuple[Column, ...]
    facets: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepts what is not met, why (foreign), and the last day that holds (ISO 8601)."""

    owner: str
    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of fact without a full stop, what stands below it, and who accepts it if any."""

    sentence: Run
    facts: tuple[Fact, ...]
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Statements of one outcome.

    Attributes:
        rule: The rule that they are by; empty if each says so itself.
        outcome: The outcome that they have, or whose mark and colour they wear.
        level: How much it counts.
        statements: At least one.
        is_disputed: Whether they are undecided because two things disagree.
        in_brief: The same in fewer sentences, which are enough unless all are asked for; empty if
            there are none.
        shown: As many statements as are enough, unless all are asked for; `None` for all.
    """

    rule: str
    outcome: Outcome
    statements: tuple[Statement, ...]
    level: Level = Level.ERROR
    is_disputed: bool = False
    in_brief: tuple[Run, ...] = ()
    shown: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Statements in groups.

    Attributes:
        groups: The groups, worst first.
        title: Of its own, where a printer has room for more titles than that of the section.
        weight: How early statements are cut.
    """

    groups: tuple[Group, ...]
    title: str = ""
    weight: Weight | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report.

    Attributes:
        title: What it is about.
        outcome: The verdict; `None` if it is none.
        extent: How much was judged.
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
        counts: Number of findings by outcome, worst first; empty if that is no question.
        closing: What the report does not say, without a full stop.
        checked: The files that were read, for who keeps the page.
    """

    title: Phrase = ()
    outcome: Outcome | None = None
    extent: str = ""
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
    closing: str = ""
    checked: tuple[Phrase, ...] = ()
