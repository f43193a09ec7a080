"""Lines of a text that follow each other, out of the frames and comments around them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from weighin.sources.scorecard.tables.syntax.plain.lines import is_rule, segments_of

_BARS = str.maketrans(dict.fromkeys("│┃║╷┆┊", "|"))
_LEADERS = re.compile(r"(?<=[^\s.]) ?\.{4,} ?(?=[^\s.])")
_DIGITS = re.compile(r"[0-9]")
_FEWEST_ROWS = 2
_MOST_FRAMES = 4
_COMMENT = re.compile(r"\s{0,40}(#|//|%|;|--|>|\*) ")


def blocks_of(text: str) -> Iterator[list[tuple[int, str]]]:
    """Lines that follow each other, out of frames and comments in which all of them stand."""
    lines = text.expandtabs(8).translate(_BARS).split("\n")
    for block in _parted(enumerate(lines, start=1)):
        for part in _cut_after_frames(_without_leaders(_unprefixed(block))):
            yield from _bare(part, _MOST_FRAMES)


def with_last_rows(
    blocks: Iterable[list[tuple[int, str]]],
) -> Iterator[list[tuple[int, str]]]:
    """The blocks; a row apart, with as many numbers as those above it, is of their table."""
    last: list[tuple[int, str]] = []
    for block in blocks:
        rows = [segments_of(number, line) for number, line in block if not is_rule(line)]
        above = [segments_of(number, line) for number, line in last if not is_rule(line)]
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


def _unprefixed(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines without what a log writes before each, the same but for its digits."""
    before = {_DIGITS.sub("0", line.partition("|")[0]) for _, line in block}
    if len(block) <= _FEWEST_ROWS or len(before) > 1 or not all("|" in line for _, line in block):
        return block
    place = block[0][1].index("|")
    if not any(character.isalnum() for character in block[0][1][:place]):
        return block
    if not _DIGITS.search(block[0][1][:place]):
        return block
    return [(number, " " * place + line[place:]) for number, line in block]


def _without_leaders(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines without the dots that lead from one column to the next."""
    led = sum(_LEADERS.search(line) is not None for _, line in block)
    if led * 2 < len(block):
        return block
    return [(n, _LEADERS.sub(lambda found: " " * max(len(found[0]), 2), line)) for n, line in block]


def _cut_after_frames(block: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Parts of a block, each of which ends where a frame does and other lines follow."""
    start, has_bars, has_rule = 0, False, False
    last = max((n for n, (_, line) in enumerate(block) if "|" in line or is_rule(line)), default=0)
    for place, (_, line) in enumerate(block):
        is_other = "|" not in line and not is_rule(line) and bool(line.strip(" .…:"))
        if has_bars and is_other and (is_rule(block[place - 1][1]) or (has_rule and place > last)):
            yield block[start:place]
            start, has_bars, has_rule = place, False, False
        has_rule = has_rule or is_rule(line)
        has_bars = has_bars or ("|" in line and not is_rule(line))
    yield block[start:]


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
        if is_rule(line) and "|" not in bare:
            inner.append((number, line))
            continue
        if len(bare) < 2 or bare[0] != "|" or bare[-1] != "|":  # noqa: PLR2004  # two bars
            return None
        start, end = line.index("|"), line.rindex("|")
        within = line[start + 1 : end]
        kept = within.strip()
        is_framed = kept[:1] == "|" and kept[-1:] == "|"
        if "|" in kept and not is_framed and not is_rule(kept):
            return None
        told += bool(kept) and not is_rule(kept)
        inner.append((number, " " * (start + 1) + within))
    return inner if told else None
