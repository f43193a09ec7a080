"""Tables that empty lines part: their headings above a first, and a second before the means."""

from collections.abc import Iterable, Iterator, Sequence

from weighin.sources.scorecard.tables.syntax.plain.lines import (
    Line,
    Segment,
    is_rule,
    segments_of,
)

_FEWEST_HEADINGS = 2
_FEWEST_ROWS = 2
Block = list[tuple[int, str]]


def with_parted_rows(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks; a line of headings alone is of the rows below it that stand in its columns.

    Whatever follows these, and stands in the same columns, is of the same table.
    """
    last: Block = []
    heads: Sequence[Segment] = ()
    for block in blocks:
        if heads and _are_rows(block, heads, is_first=len(last) == 1):
            last.extend(block)
            continue
        if last:
            yield last
        above, last = _cut_before_headings(list(block))
        if above:
            yield above
        heads = _headings(last)
    if last:
        yield last


def _cut_before_headings(block: Block) -> tuple[Block, Block]:
    """A block as the text above its last line, and this one where it is of headings alone."""
    texts = [line for _, line in block[:-1]]
    are_text = bool(texts) and all(len(segments_of(0, line).segments) < 2 for line in texts)  # noqa: PLR2004  # no gap
    return (block[:-1], block[-1:]) if are_text and _headings(block[-1:]) else ([], block)


def _headings(block: Block) -> Sequence[Segment]:
    """The headings in a block of a single line, below which columns may stand."""
    written = [line for line in block if not is_rule(line[1])]
    if len(written) != 1 or len(block) != 1:
        return ()
    line = segments_of(*written[0])
    is_one = len(line.segments) >= _FEWEST_HEADINGS and not line.numbers
    return line.segments if is_one else ()


def _are_rows(block: Block, heads: Sequence[Segment], *, is_first: bool) -> bool:
    """Whether lines hold a name each and numbers that end where headings do."""
    lines = [segments_of(number, line) for number, line in block if not is_rule(line)]
    if len(lines) < _FEWEST_ROWS or not all(_stands_below(line, heads) for line in lines):
        return False
    full = sum(line.numbers >= len(heads) for line in lines)
    return full > 0 and (not is_first or full == len(lines))


def _stands_below(line: Line, heads: Sequence[Segment]) -> bool:
    ends = {head.end for head in heads}
    numbers = line.segments[1:]
    is_named = bool(numbers) and line.segments[0].end <= heads[0].end
    return is_named and all(number.end in ends for number in numbers)
