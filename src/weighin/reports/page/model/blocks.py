"""What a section says: lines, facts, tables and bars."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from weighin.identity.facets import Grade
from weighin.reports.page.model.words import Citations, Items, Phrase, Run


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

    @property
    def is_told(self) -> bool:
        """Whether there is something to say."""
        return any(_says_something(piece) for piece in self.words)


def _says_something(piece: Run | Items | Citations) -> bool:
    match piece:
        case Run():
            return bool(piece.text)
        case Items():
            return bool(piece.runs)
        case Citations():
            return bool(piece.places)


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
    """A column of a table.

    Attributes:
        title: Its title; empty if it holds names that need none.
        is_number: Whether it holds numbers.
        is_whole: Whether nothing in it is broken where there is little room: short ids and times.
    """

    title: str
    is_number: bool = False
    is_whole: bool = False


REMARK: Final = "  "
"""Begins the only cell of a row that says more of the row above it."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and columns.

    Attributes:
        columns: The columns.
        rows: Cells, one a column. Where only one says something, and begins with `REMARK`, a
            printer may give it the room of the whole row.
        shown: As many rows as are enough, unless all are asked for; `None` for all.
        noun: What a row is called; empty if how many more there are is not told.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Run, ...], ...]
    shown: int | None = None
    noun: str = ""


def remark_in(row: Iterable[Run]) -> Run | None:
    """What a row says of the row above it; `None` if it is a row of its own."""
    told = [cell for cell in row if cell.text]
    return told[0] if len(told) == 1 and told[0].text.startswith(REMARK) else None


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
