"""Columns set to the right one space apart, as frames are printed: each ends where it does."""

import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.syntax.plain.lines import NUMBER, Line, Segment

_WORD = re.compile(r"\S+")
_NUMBER = re.compile(
    r"[-\u2212]?(?:[0-9]{1,7}(?:\.[0-9]{1,30})?|\.[0-9]{1,30})%?|N/?A|nan|-{1,2}", re.IGNORECASE
)
_FEWEST_LINES = 3
_FEWEST_COLUMNS = 3


def apart_at_ends(lines: Sequence[Line]) -> list[Line]:
    """The lines, each word apart where all lines have as many, which end in the same places.

    Above the numbers of its rows a frame has no heading.
    """
    words = [tuple(_words(line)) for line in lines]
    if len(lines) < _FEWEST_LINES or len(words[-1]) < _FEWEST_COLUMNS:
        return list(lines)
    ends = [word.end for word in words[-1]]
    head = [word.end for word in words[0]]
    if any(NUMBER.match(word.text) for word in words[0]):
        return list(lines)
    is_right = head in (ends, ends[1:]) and all([w.end for w in own] == ends for own in words[1:])
    if not is_right and not all(_is_row(own, len(head)) for own in words[1:]):
        return list(lines)
    return [Line(line.number, own) for line, own in zip(lines, words, strict=True)]


def _is_row(words: Sequence[Segment], headings: int) -> bool:
    """Whether a line is a name of one word and a number below each other heading."""
    numbers = [_NUMBER.fullmatch(word.text) for word in words[1:]]
    return len(words) == headings and all(numbers) and NUMBER.match(words[0].text) is None


def _words(line: Line) -> list[Segment]:
    return [
        Segment(segment.start + found.start(), segment.start + found.end(), found[0])
        for segment in line.segments
        for found in _WORD.finditer(segment.text)
    ]
