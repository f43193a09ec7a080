"""Ink for a terminal: foreign text becomes visible, and ASCII where the stream carries no more."""

from dataclasses import dataclass
from typing import Final

from rich.text import Text

from weighin.reports.shared.foreign_text import clipped, in_ascii, visible
from weighin.reports.shared.wording import DISPUTED, MARKS
from weighin.rules.interface import Outcome

_ASCII_MARKS: Final = {
    Outcome.VIOLATED: "X",
    Outcome.UNDECIDED: "?",
    Outcome.WAIVED: "~",
    Outcome.PARTIAL: ".",
    Outcome.MET: "+",
    Outcome.NOT_APPLICABLE: "-",
}
_ASCII_DISPUTED: Final = "!"
_LONGEST: Final = 20_000
"""A terminal takes longer for each further line of one text; JSON has all of it."""
STYLES: Final = {
    Outcome.VIOLATED: "red",
    Outcome.UNDECIDED: "yellow",
    Outcome.WAIVED: "magenta",
    Outcome.PARTIAL: "cyan",
    Outcome.MET: "green",
    Outcome.NOT_APPLICABLE: "dim",
}


@dataclass(frozen=True, slots=True)
class Pen:
    """Turns strings into text that is shown literally.

    Attributes:
        is_ascii: Whether the stream carries ASCII only.
    """

    is_ascii: bool

    def text(self, words: str, style: str = "") -> Text:
        """Words as they are: no markup, no emoji codes, no control characters."""
        return Text(self.plain(words), style=style, overflow="fold")

    def plain(self, words: str) -> str:
        """The characters that `text` shows: of a name of megabytes its beginning."""
        shown = visible(clipped(words, _LONGEST))
        return in_ascii(shown) if self.is_ascii else shown

    def mark(self, outcome: Outcome) -> Text:
        """The symbol of an outcome. Words always stand beside it: colour is never alone."""
        marks = _ASCII_MARKS if self.is_ascii else MARKS
        return Text(marks[outcome], style=f"bold {STYLES[outcome]}")

    def disputed(self) -> Text:
        """The symbol of what is undecided because two things disagree."""
        mark = _ASCII_DISPUTED if self.is_ascii else DISPUTED
        return Text(mark, style=f"bold {STYLES[Outcome.UNDECIDED]}")

    def line(self, *parts: Text) -> Text:
        """Parts one after the other."""
        joined = Text(overflow="fold")
        for part in parts:
            joined.append_text(part)
        return joined
