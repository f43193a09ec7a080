"""A line of plain text as segments, each with the columns of signs in which it stands."""

import re
from dataclasses import dataclass

RULE_SIGNS = frozenset("-=+|_ \t─━═┄┈╌│┃║┌┐└┘├┤┬┴┼┏┓┗┛┡┩╇╈┳┻╋┠┨╭╮╰╯╞╡╪╘╛╒╕╤╧╔╗╚╝╠╣╦╩╬╷╵╶╴╫╥╨╟╢~*")
_SEGMENT = re.compile(r"\S+(?: \S+)*")
NUMBER = re.compile(r"[-+±~]?\d|N/?A|[-–—]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands between two gaps."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line, its number and its segments."""

    number: int
    segments: tuple[Segment, ...]

    @property
    def numbers(self) -> int:
        """How many of its segments begin with a number or say that there is none."""
        return sum(NUMBER.match(segment.text) is not None for segment in self.segments)


def is_rule(line: str) -> bool:
    """Whether a line is drawn."""
    return set(line) <= RULE_SIGNS


def segments_of(number: int, line: str) -> Line:
    """The segments of a line, two spaces or more between them."""
    found: list[Segment] = []
    for match in _SEGMENT.finditer(line):
        text, start = match[0], match.start()
        if found and found[-1].text.endswith("/"):
            # Numbers are set below each other on both sides of a sign.
            before = found.pop()
            text, start = f"{before.text} {text}", before.start
        found.append(Segment(start, match.end(), text))
    return Line(number, tuple(found))
