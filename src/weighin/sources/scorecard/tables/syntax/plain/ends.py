"""Columns set to the right one space apart, as frames are printed: each ends where it does."""

import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.syntax.plain.lines import NUMBER, Line, Segment

_WORD = re.compile(r"\S+")
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
    is_headed = head in (ends, ends[1:]) and not any(NUMBER.match(w.text) for w in words[0])
    if not is_headed or any([word.end for word in own] != ends for own in words[1:]):
        return list(lines)
    return [Line(line.number, own) for line, own in zip(lines, words, strict=True)]


def _words(line: Line) -> list[Segment]:
    return [
        Segment(segment.start + found.start(), segment.start + found.end(), found[0])
        for segment in line.segments
        for found in _WORD.finditer(segment.text)
    ]
