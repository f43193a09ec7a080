"""Columns one space apart, told by the columns of signs in which no line has one."""

import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.syntax.plain.lines import Line, Segment

_SCORE = re.compile(r"[-\u2212]?\d{0,6}\.\d{1,20}%?|N/?A|nan", re.IGNORECASE)
_FEWEST_LINES = 3
_LONGEST = 400


def apart_at_gaps(lines: Sequence[Line]) -> list[Line]:
    """The lines, a score apart from the name before it where a heading stands above it."""
    gaps = _gaps(lines)
    if len(lines) < _FEWEST_LINES or not gaps or max(gaps) > _LONGEST:
        return list(lines)
    used = {
        place
        for place in gaps
        if sum(_is_cut(line, place) for line in lines) > 1 and _is_headed(lines, place)
    }
    return [_cut(line, used) for line in lines] if used else list(lines)


def _gaps(lines: Sequence[Line]) -> set[int]:
    """Columns of signs within segments in which all lines have a space."""
    inner: set[int] = set()
    written: set[int] = set()
    for line in lines:
        for segment in line.segments:
            for place, sign in enumerate(segment.text, start=segment.start):
                (inner if sign == " " else written).add(place)
    return inner - written


def _is_cut(line: Line, place: int) -> bool:
    """Whether a name ends and a score begins at a column of signs."""
    return any(
        segment.start < place < segment.end
        and _SCORE.fullmatch(segment.text[place - segment.start + 1 :].split(" ")[0]) is not None
        for segment in line.segments
    )


def _is_headed(lines: Sequence[Line], place: int) -> bool:
    """Whether a line above stands over the score that begins behind a column of signs."""
    first = next(number for number, line in enumerate(lines) if _is_cut(line, place))
    return any(
        segment.start > place - 1 and segment.start <= place + len("100.00")
        for line in lines[:first]
        for segment in line.segments
    )


def _cut(line: Line, gaps: set[int]) -> Line:
    answer: list[Segment] = []
    for segment in line.segments:
        start = segment.start
        for place in sorted(gaps):
            if start < place < segment.end and _is_cut(line, place):
                text = segment.text[start - segment.start : place - segment.start]
                answer.append(Segment(start, place, text))
                start = place + 1
        answer.append(Segment(start, segment.end, segment.text[start - segment.start :]))
    return Line(line.number, tuple(answer))
