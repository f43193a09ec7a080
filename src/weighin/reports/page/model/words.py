"""Words of a page, and whose they are.

A text without a `Run` is ours, unless it is said to be foreign.
"""

from dataclasses import dataclass
from enum import StrEnum

from weighin.rules.interface import Outcome


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
