"""A table whose cells are aligned with spaces."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from weighin.sources.scorecard.tables.grid import Cell, Grid, squared
from weighin.sources.scorecard.tables.layout.words import is_shots
from weighin.sources.scorecard.tables.syntax.plain.ends import apart_at_ends
from weighin.sources.scorecard.tables.syntax.plain.gaps import apart_at_gaps
from weighin.sources.scorecard.tables.syntax.plain.lines import (
    NUMBER,
    Line,
    Segment,
    is_rule,
    segments_of,
)

_FEWEST_ROWS = 2
_MEASURED = re.compile(r"[0-9]\s?(?:ms|s|t/s|tok/s|GB|MB|%)$")
_PLAIN = re.compile(r"[-+±~$(]?\d[\d.,]*\s?[%)*†‡]{0,3}(?:\s?±.{1,12})?|N/?A|[-–—]", re.IGNORECASE)
_ALONE = re.compile(r"[-\u2212]?\d{1,12}(?:\.\d{1,20})?%?")
_REMARK = re.compile(r"<-|←|\(")
_LAST_SCORE = re.compile(r"(.*\S) ([0-9]{1,3}\.[0-9]{1,8}%?)")


def spaced(block: Sequence[tuple[int, str]], shown: str, title: str) -> Grid | None:
    """The table of lines whose cells are aligned with spaces."""
    written = [segments_of(number, line) for number, line in block if not is_rule(line)]
    while len(written) > _FEWEST_ROWS and len(written[0].segments) == 1 < len(written[1].segments):
        title = written[0].segments[0].text
        written = written[1:]
    lines = _tidied(apart_at_gaps(apart_at_ends(written)))
    rules = [number for number, line in block if is_rule(line)]
    is_spaced = any(len(line.segments) > 1 for line in lines)
    while is_spaced and len(lines[0].segments) == 1 and len(lines) > _FEWEST_ROWS:
        title = lines[0].segments[0].text
        lines = lines[1:]
    widths = Counter(len(line.segments) for line in lines if line.numbers)
    if max(widths, default=0) < 2:  # noqa: PLR2004  # one column is no table
        lines = _words(lines)
        widths = Counter(len(line.segments) for line in lines if line.numbers)
        if len(widths) != 1 or max(widths) < 2 or sum(widths.values()) < _FEWEST_ROWS:  # noqa: PLR2004  # one column is no table
            return None
    numbered = [line for line in lines if line.numbers]
    if numbered and all(line.segments[0].text.endswith(":") for line in numbered):
        return None  # a list of names and values has no header
    head = lines[0].segments
    if lines[0].numbers and len(head) == _FEWEST_ROWS and _MEASURED.search(head[-1].text):
        return None  # what would be the header is a measurement
    bands = _bands([line for line in lines if len(line.segments) == max(widths)])
    first = next((i for i, line in enumerate(lines) if line.numbers), 0)
    heads = next((i for i, line in enumerate(lines) if _holds_numbers(line)), 0)
    unclear = ""
    if heads:
        lines[heads - 1] = _apart(lines[heads - 1], bands)
        unclear = _glued(lines[heads - 1], bands, lines[heads:])
    rows = [
        _spread(_row(line, bands), line, bands) if number < first - 1 else _row(line, bands)
        for number, line in enumerate(lines)
    ]
    header_rows = next(
        (count for rule in rules if (count := sum(line.number < rule for line in lines))), 0
    )
    grid = squared(rows, shown, header_rows=header_rows, title=title)
    return grid if grid is None or not unclear else replace(grid, unclear=unclear)


def _holds_numbers(line: Line) -> bool:
    """Whether most cells of a line but the first are numbers, and no names that begin with one."""
    texts = [segment.text for segment in line.segments[1:]]
    return sum(_PLAIN.fullmatch(text) is not None for text in texts) * 2 > len(texts)


def _apart(line: Line, bands: Sequence[tuple[int, int]]) -> Line:
    """A line of headings with one space between some, cut where columns below begin or end."""
    answer: list[Segment] = []
    for segment in line.segments:
        if len(segment.text) != segment.end - segment.start:
            # Joined of several, it is not cut by places again.
            answer.append(segment)
            continue
        starts = {start for start, _ in bands if segment.start < start < segment.end}
        cuts = [
            start - segment.start
            for start in sorted(starts)
            if segment.text[start - segment.start - 1] == " "
        ]
        ends = {end for _, end in bands if segment.start < end < segment.end}
        if len(cuts) < len(starts) and ends:
            # Columns of numbers end below the ends of their headings.
            cuts = [
                end - segment.start + 1
                for end in sorted(ends)
                if segment.text[end - segment.start] == " "
            ]
            starts = ends
        if len(line.segments) == len(bands) or len(cuts) < len(starts):
            answer.append(segment)
            continue
        places = [0, *cuts, len(segment.text)]
        for begin, end in pairwise(places):
            text = segment.text[begin:end].rstrip()
            start = segment.start + begin
            answer.append(Segment(start, start + len(text), text))
    return Line(line.number, tuple(answer))


def _glued(line: Line, bands: Sequence[tuple[int, int]], body: Sequence[Line]) -> str:
    """Why the headings of a line cannot be told apart; empty if they can."""
    if len(line.segments) >= len(bands):
        return ""
    rows = [row for row in body if len(row.segments) == len(bands)]
    numbers = [
        place
        for place in range(len(bands))
        if sum(NUMBER.match(row.segments[place].text) is not None for row in rows) * 2 > len(rows)
    ]
    for place in numbers:
        start, end = bands[place]
        within = [s.text for s in line.segments if start <= s.start and s.end <= end]
        if len(within) > 1:
            return f"{' and '.join(within)[:60]!r} stand above one column of numbers"
    for segment in line.segments:
        over = [p for p in numbers if segment.start < bands[p][1] and bands[p][0] < segment.end]
        if len(over) > 1:
            return (
                f"{segment.text[:60]!r} stands above {len(over)} columns of numbers; put two "
                "spaces or more between the headings of columns"
            )
    return ""


def _tidied(lines: Sequence[Line]) -> list[Line]:
    """Lines without remarks behind their last number, and without a number at a long name."""
    bare = [
        replace(line, segments=line.segments[:-1])
        if len(line.segments) > _FEWEST_ROWS
        and _REMARK.match(line.segments[-1].text)
        and NUMBER.match(line.segments[-2].text)
        else line
        for line in lines
    ]
    widths = Counter(len(line.segments) for line in bare if line.numbers)
    usual = widths.most_common(1)[0][0] if widths else 0
    second = min(
        (line.segments[1].start for line in bare if len(line.segments) == usual > 1), default=0
    )
    answer: list[Line] = []
    for line in [_numbers_apart(line, usual) for line in bare]:
        found = None
        if usual > _FEWEST_ROWS and len(line.segments) == usual - 1 and line.numbers:
            found = _LAST_SCORE.fullmatch(line.segments[0].text)
        if found is None or line.segments[0].start + found.start(2) < second:
            answer.append(line)
            continue
        start, end = line.segments[0].start, line.segments[0].end
        parts = (
            Segment(start, start + len(found[1]), found[1]),
            Segment(end - len(found[2]), end, found[2]),
        )
        answer.append(replace(line, segments=(*parts, *line.segments[1:])))
    return answer


def _numbers_apart(line: Line, usual: int) -> Line:
    """A line whose length tells that numbers stand one space apart, with each of them by itself."""
    missing = usual - len(line.segments)
    if missing < 1:
        return line
    answer: list[Segment] = []
    for segment in line.segments:
        parts = segment.text.split(" ")
        if 1 < len(parts) <= missing + 1 and all(_ALONE.fullmatch(part) for part in parts):
            place = segment.start
            for part in parts:
                answer.append(Segment(place, place + len(part), part))
                place += len(part) + 1
        else:
            answer.append(segment)
    return Line(line.number, tuple(answer)) if len(answer) == usual else line


def _words(lines: Sequence[Line]) -> list[Line]:
    """Lines with one space between cells: the numbers at their ends, the words before as one."""
    answer: list[Line] = []
    texts_of = [_heading_words(line.segments[0].text.split(" ")) for line in lines]
    numbers = Counter(
        next((i for i, w in enumerate(reversed(words)) if _PLAIN.fullmatch(w) is None), 0)
        for words in texts_of
        if any(map(_PLAIN.fullmatch, words))
    )
    cells = numbers.most_common(1)[0][0] if numbers else 0
    for line, words in zip(lines, texts_of, strict=True):
        head = len(words) - cells
        if head < 1 or not cells:
            answer.append(line)
            continue
        texts = [" ".join(words[:head]), *words[head:]]
        places = [Segment(10_000 * i, 10_000 * i + 1, text) for i, text in enumerate(texts)]
        answer.append(Line(line.number, tuple(places)))
    return answer


def _heading_words(words: Sequence[str]) -> list[str]:
    """Words, of a heading those together that say how its column was made: `MMLU 5-shot`."""
    answer: list[str] = []
    is_heading = not any(map(_PLAIN.fullmatch, words[1:]))
    for word in words:
        if answer and is_heading and (is_shots(word) or word[:1] in "(↑↓%["):
            answer[-1] = f"{answer[-1]} {word}"
        else:
            answer.append(word)
    return answer


def _bands(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The columns of signs in which the cells of the fullest lines stand."""
    width = len(lines[0].segments)
    return [
        (
            min(line.segments[column].start for line in lines),
            max(line.segments[column].end for line in lines),
        )
        for column in range(width)
    ]


def _spread(row: list[Cell], line: Line, bands: Sequence[tuple[int, int]]) -> list[Cell]:
    """An upper row of a header, each empty cell but the first with the nearest text."""
    heads = [segment for segment in line.segments if segment.end > bands[0][1]]
    answer = list(row)
    firsts = [p for p, (start, _) in enumerate(bands) if any(h.start == start for h in heads)]
    if len(firsts) == len(heads) > 1:
        # Each begins where its first column does, and goes on until the next.
        for place in range(firsts[0], len(bands)):
            head = heads[sum(first <= place for first in firsts) - 1]
            answer[place] = replace(answer[place], text=head.text, is_continued=place not in firsts)
        return answer
    lasts = [p for p, (_, end) in enumerate(bands) if any(h.end == end for h in heads)]
    if len(lasts) == len(heads) > 1:
        # Set to the right, each ends where its first column does.
        for place in range(lasts[0], len(bands)):
            head = heads[sum(last <= place for last in lasts) - 1]
            answer[place] = replace(answer[place], text=head.text, is_continued=place not in lasts)
        return answer
    for place in range(1, len(bands)):
        if not answer[place].text and heads:
            middle = sum(bands[place]) / 2
            nearest = min(heads, key=lambda s: abs((s.start + s.end) / 2 - middle))
            answer[place] = replace(answer[place], text=nearest.text, is_continued=True)
    return answer


def _row(line: Line, bands: Sequence[tuple[int, int]]) -> list[Cell]:
    """The cells of a line: each covers the columns that it overlaps, or stands in the nearest."""
    if len(line.segments) == len(bands):
        return [
            Cell(text=segment.text, line=line.number, column=place)
            for place, segment in enumerate(line.segments, start=1)
        ]
    texts = [""] * len(bands)
    continued = [False] * len(bands)
    for segment in line.segments:
        over = [
            place
            for place, (start, end) in enumerate(bands)
            if segment.start < end and start < segment.end
        ]
        if len(over) > 1 and over[0] == 0 and segment.start > bands[0][0]:
            # A long label reaches below the heading of the column to its right.
            over = over[1:]
        if not over:
            middle = (segment.start + segment.end) / 2
            over = [min(range(len(bands)), key=lambda p: abs(sum(bands[p]) / 2 - middle))]
        for number, place in enumerate(over):
            texts[place] = f"{texts[place]} {segment.text}".strip()
            continued[place] = number > 0
    return [
        Cell(text=text, line=line.number, column=place + 1, is_continued=continued[place])
        for place, text in enumerate(texts)
    ]
