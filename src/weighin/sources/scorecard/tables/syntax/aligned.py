"""Tables in plain text: columns aligned with spaces, or drawn with lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.syntax.bounds import require_lines, require_tables
from weighin.sources.scorecard.tables.syntax.footnotes import footnotes

_RULE_SIGNS = frozenset("-=+|_ \t─━═┄┈╌│┃║┌┐└┘├┤┬┴┼┏┓┗┛┡┩╇╈┳┻╋┠┨╭╮╰╯╞╡╪╘╛╒╕╤╧╔╗╚╝╠╣╦╩╬~*")
_BARS = str.maketrans(dict.fromkeys("│┃║", "|"))
_SEGMENT = re.compile(r"\S+(?: \S+)*")
_NUMBER = re.compile(r"[-+±~]?\d|N/?A|[-–—]$", re.IGNORECASE)
_FEWEST_ROWS = 2
_MOST_FRAMES = 4
_MEASURED = re.compile(r"[0-9]\s?(?:ms|s|t/s|tok/s|GB|MB|%)$")
_REMARK = re.compile(r"<-|←|\(")
_LAST_SCORE = re.compile(r"(.*\S) ([0-9]{1,3}\.[0-9]{1,8}%?)")
_COMMENT = re.compile(r"\s{0,40}(#|//|%|;|--|>|\*) ")


@dataclass(frozen=True, slots=True)
class _Segment:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    segments: tuple[_Segment, ...]

    @property
    def numbers(self) -> int:
        return sum(_NUMBER.match(segment.text) is not None for segment in self.segments)


def aligned(text: str, shown: str) -> Pasted:
    """The tables in a plain text.

    Raises:
        EvidenceError: It has too many lines.
    """
    require_lines(text, shown)
    grids: list[Grid] = []
    title = ""
    for block in _with_last_rows(_blocks(text)):
        grid = _drawn(block, shown, title) or _spaced(block, shown, title)
        if grid is not None:
            grids.append(grid)
            require_tables(len(grids), shown)
            title = ""
        elif len(block) == 1:
            title = block[0][1].strip().rstrip(":")[:200]
    return Pasted(syntax="plain text", grids=tuple(grids), footnotes=dict(footnotes(text)))


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """Lines that follow each other, out of frames and comments in which all of them stand."""
    lines = text.expandtabs(8).translate(_BARS).split("\n")
    for block in _parted(enumerate(lines, start=1)):
        yield from _bare(block, _MOST_FRAMES)


def _with_last_rows(
    blocks: Iterable[list[tuple[int, str]]],
) -> Iterator[list[tuple[int, str]]]:
    """The blocks; a row apart, with as many numbers as those above it, is of their table."""
    last: list[tuple[int, str]] = []
    for block in blocks:
        rows = [_segments(number, line) for number, line in block if not _is_rule(line)]
        above = [_segments(number, line) for number, line in last if not _is_rule(line)]
        if (
            len(rows) == 1
            and len(above) > _FEWEST_ROWS
            and rows[0].numbers > 1
            and (rows[0].numbers, len(rows[0].segments))
            == (above[-1].numbers, len(above[-1].segments))
        ):
            last = [*last, *block]
            continue
        if last:
            yield last
        last = block
    if last:
        yield last


def _parted(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    block: list[tuple[int, str]] = []
    for number, line in lines:
        if not line.strip():
            if block:
                yield block
            block = []
        else:
            block.append((number, line))
    if block:
        yield block


def _bare(block: list[tuple[int, str]], frames: int) -> Iterator[list[tuple[int, str]]]:
    """The blocks in a block whose lines all begin as comments or stand in one frame."""
    inner = _uncommented(block) or _unframed(block)
    if inner is None or not frames:
        yield block
        return
    for part in _parted(inner):
        yield from _bare(part, frames - 1)


def _uncommented(block: Sequence[tuple[int, str]]) -> list[tuple[int, str]] | None:
    """The lines without the sign of a comment before each; `None` if they are no comments."""
    found = _COMMENT.match(block[0][1])
    if found is None or len(block) <= _FEWEST_ROWS:
        return None
    sign = found[1]
    if not all(line.lstrip().startswith(sign) for _, line in block):
        return None
    return [(number, line.replace(sign, " " * len(sign), 1)) for number, line in block]


def _unframed(block: Sequence[tuple[int, str]]) -> list[tuple[int, str]] | None:
    """The lines out of a frame around them; `None` if their bars stand between cells."""
    inner: list[tuple[int, str]] = []
    told = 0
    for number, line in block:
        bare = line.strip()
        if _is_rule(line) and "|" not in bare:
            inner.append((number, line))
            continue
        if len(bare) < 2 or bare[0] != "|" or bare[-1] != "|":  # noqa: PLR2004  # two bars
            return None
        start, end = line.index("|"), line.rindex("|")
        within = line[start + 1 : end]
        kept = within.strip()
        is_framed = kept[:1] == "|" and kept[-1:] == "|"
        if "|" in kept and not is_framed and not _is_rule(kept):
            return None
        told += bool(kept) and not _is_rule(kept)
        inner.append((number, " " * (start + 1) + within))
    return inner if told else None


def _is_rule(line: str) -> bool:
    return set(line) <= _RULE_SIGNS


def _drawn(block: Sequence[tuple[int, str]], shown: str, title: str) -> Grid | None:
    """The table of lines with bars between their cells."""
    rows: list[list[Cell]] = []
    rules: list[int] = []
    for number, line in block:
        if _is_rule(line):
            rules.append(len(rows))
        elif "|" in line:
            bare = line.strip()
            cells = bare.removeprefix("|").removesuffix("|").split("|")
            rows.append(
                [
                    Cell(text=" ".join(cell.split()), line=number, column=place)
                    for place, cell in enumerate(cells, start=1)
                ]
            )
        elif rows and set(line.strip()) <= {".", "…", ":"}:
            continue
        elif rows:
            return None
        else:
            title = line.strip()
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    while rows and len(rows[0]) != width:
        # What stands above the table in the same frame is its title.
        title = " ".join(cell.text for cell in rows.pop(0)).strip() or title
        rules = [rule - 1 for rule in rules]
    header_rows = next((rule for rule in rules if rule > 0), 0)
    if len(rows) < _FEWEST_ROWS or width < 2:  # noqa: PLR2004  # one column is no table
        return None
    return squared(rows, shown, header_rows=header_rows, title=title)


def _spaced(block: Sequence[tuple[int, str]], shown: str, title: str) -> Grid | None:
    """The table of lines whose cells are aligned with spaces."""
    lines = _tidied([_segments(number, line) for number, line in block if not _is_rule(line)])
    rules = [number for number, line in block if _is_rule(line)]
    is_spaced = any(len(line.segments) > 1 for line in lines)
    while is_spaced and len(lines[0].segments) == 1 and len(lines) > _FEWEST_ROWS:
        title = lines[0].segments[0].text
        lines = lines[1:]
    widths = Counter(len(line.segments) for line in lines if line.numbers)
    if max(widths, default=0) < 2:  # noqa: PLR2004  # one column is no table
        lines = _words(lines)
        widths = Counter(len(line.segments) for line in lines if line.numbers)
        if len(widths) != 1 or max(widths) < 2 or sum(widths.values()) < _FEWEST_ROWS:  # noqa: PLR2004
            return None
    numbered = [line for line in lines if line.numbers]
    if numbered and all(line.segments[0].text.endswith(":") for line in numbered):
        return None  # a list of names and values has no header
    head = lines[0].segments
    if lines[0].numbers and len(head) == _FEWEST_ROWS and _MEASURED.search(head[-1].text):
        return None  # what would be the header is a measurement
    bands = _bands([line for line in lines if len(line.segments) == max(widths)])
    first = next((i for i, line in enumerate(lines) if line.numbers), 0)
    rows = [
        _spread(_row(line, bands), line, bands) if number < first - 1 else _row(line, bands)
        for number, line in enumerate(lines)
    ]
    header_rows = next(
        (count for rule in rules if (count := sum(line.number < rule for line in lines))), 0
    )
    return squared(rows, shown, header_rows=header_rows, title=title)


def _segments(number: int, line: str) -> _Line:
    found = (_Segment(f.start(), f.end(), f[0]) for f in _SEGMENT.finditer(line))
    return _Line(number, tuple(found))


def _tidied(lines: Sequence[_Line]) -> list[_Line]:
    """Lines without remarks behind their last number, and without a number at a long name."""
    bare = [
        replace(line, segments=line.segments[:-1])
        if len(line.segments) > _FEWEST_ROWS
        and _REMARK.match(line.segments[-1].text)
        and _NUMBER.match(line.segments[-2].text)
        else line
        for line in lines
    ]
    widths = Counter(len(line.segments) for line in bare if line.numbers)
    usual = widths.most_common(1)[0][0] if widths else 0
    second = min(
        (line.segments[1].start for line in bare if len(line.segments) == usual > 1), default=0
    )
    answer: list[_Line] = []
    for line in bare:
        found = None
        if usual > _FEWEST_ROWS and len(line.segments) == usual - 1 and line.numbers:
            found = _LAST_SCORE.fullmatch(line.segments[0].text)
        if found is None or line.segments[0].start + found.start(2) < second:
            answer.append(line)
            continue
        start, end = line.segments[0].start, line.segments[0].end
        parts = (
            _Segment(start, start + len(found[1]), found[1]),
            _Segment(end - len(found[2]), end, found[2]),
        )
        answer.append(replace(line, segments=(*parts, *line.segments[1:])))
    return answer


def _words(lines: Sequence[_Line]) -> list[_Line]:
    """Lines with one space between cells: the numbers at their ends, the words before as one."""
    answer: list[_Line] = []
    numbers = Counter(
        next((i for i, w in enumerate(reversed(line.segments[0].text.split(" ")))
              if _NUMBER.match(w) is None), 0)
        for line in lines
        if line.numbers or any(_NUMBER.match(w) for w in line.segments[0].text.split(" "))
    )  # fmt: skip
    cells = numbers.most_common(1)[0][0] if numbers else 0
    for line in lines:
        words = line.segments[0].text.split(" ")
        head = len(words) - cells
        if head < 1 or not cells:
            answer.append(line)
            continue
        texts = [" ".join(words[:head]), *words[head:]]
        places = [_Segment(10_000 * i, 10_000 * i + 1, text) for i, text in enumerate(texts)]
        answer.append(_Line(line.number, tuple(places)))
    return answer


def _bands(lines: Sequence[_Line]) -> list[tuple[int, int]]:
    """The columns of signs in which the cells of the fullest lines stand."""
    width = len(lines[0].segments)
    return [
        (
            min(line.segments[column].start for line in lines),
            max(line.segments[column].end for line in lines),
        )
        for column in range(width)
    ]


def _spread(row: list[Cell], line: _Line, bands: Sequence[tuple[int, int]]) -> list[Cell]:
    """An upper row of a header, each empty cell but the first with the nearest text."""
    heads = [segment for segment in line.segments if segment.end > bands[0][1]]
    answer = list(row)
    for place in range(1, len(bands)):
        if not answer[place].text and heads:
            middle = sum(bands[place]) / 2
            nearest = min(heads, key=lambda s: abs((s.start + s.end) / 2 - middle))
            answer[place] = replace(answer[place], text=nearest.text, is_continued=True)
    return answer


def _row(line: _Line, bands: Sequence[tuple[int, int]]) -> list[Cell]:
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
