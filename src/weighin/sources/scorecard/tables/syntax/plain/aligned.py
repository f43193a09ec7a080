"""Tables in plain text: columns aligned with spaces, or drawn with lines."""

import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.grid import Grid, Pasted
from weighin.sources.scorecard.tables.page.around import (
    LONGEST_TITLE,
    Said,
    Texts,
    is_caption,
    with_around,
)
from weighin.sources.scorecard.tables.syntax.bounds import require_lines, require_tables
from weighin.sources.scorecard.tables.syntax.footnotes import footnotes
from weighin.sources.scorecard.tables.syntax.plain.blocks import blocks_of, with_last_rows
from weighin.sources.scorecard.tables.syntax.plain.csv_tables import csv_tables
from weighin.sources.scorecard.tables.syntax.plain.drawn import drawn
from weighin.sources.scorecard.tables.syntax.plain.lines import is_rule
from weighin.sources.scorecard.tables.syntax.plain.one_a_line import one_a_line
from weighin.sources.scorecard.tables.syntax.plain.parted import with_parted_rows
from weighin.sources.scorecard.tables.syntax.plain.prints.all_prints import all_prints
from weighin.sources.scorecard.tables.syntax.plain.spaced import spaced

_MOST_LINES = 6
_DEEPEST_HEADING = 6
_GAP = re.compile(r"\S {2,}\S")


def aligned(text: str, shown: str) -> Pasted:
    """The tables in a plain text.

    Raises:
        EvidenceError: It has too many lines.
    """
    require_lines(text, shown)
    texts = Texts()
    text, tables = csv_tables(text, shown)
    text, prints = all_prints(text)
    tables.extend(prints)
    require_tables(len(tables), shown)
    for block in with_last_rows(with_parted_rows(blocks_of(text))):
        above, rows, below = _captions_apart(block)
        if above:
            texts.paragraph(*_as_text(above))
        grid = _grid(rows, shown) if rows else None
        if grid is not None:
            tables.append((rows[0][0], rows[-1][0] + 1, grid))
            require_tables(len(tables), shown)
        elif rows:
            _note(rows, texts)
        if below:
            texts.paragraph(*_as_text(below))
    tables.sort(key=lambda told: told[0])
    around = texts.around([(start, end) for start, end, _ in tables])
    return Pasted(
        syntax="plain text",
        grids=tuple(
            with_around(grid, found) for (_, _, grid), found in zip(tables, around, strict=True)
        ),
        footnotes=dict(footnotes(text)),
        prose=tuple(
            (told.place, told.text) for told in texts.texts if told.level == Said.PARAGRAPH
        ),
    )


def _grid(block: Sequence[tuple[int, str]], shown: str) -> Grid | None:
    return drawn(block, shown, "") or spaced(block, shown, "") or one_a_line(block, shown, "")


def _note(block: Sequence[tuple[int, str]], texts: Texts) -> None:
    """Note a block that is no table: one line is a heading, more are a paragraph."""
    line, text = _as_text([entry for entry in block if not is_rule(entry[1])])
    marks = len(text) - len(text.lstrip("#"))
    if marks and text[marks : marks + 1] == " ":
        texts.add(line, min(marks, _DEEPEST_HEADING), text[marks:].strip())
    elif len(block) == 1 or any(is_rule(written) for _, written in block):
        texts.add(line, Said.INTRODUCTION, text.rstrip(": ")[:LONGEST_TITLE])
    else:
        texts.paragraph(line, text)


def _as_text(block: Sequence[tuple[int, str]]) -> tuple[int, str]:
    """Where lines begin, and they as one."""
    text = " ".join(" ".join(line.split()) for _, line in block[:_MOST_LINES])
    return (block[0][0] if block else 1), text


def _captions_apart(
    block: list[tuple[int, str]],
) -> tuple[list[tuple[int, str]], list[tuple[int, str]], list[tuple[int, str]]]:
    """A block without the caption that stands above or below its rows, and these two."""
    start, end = 0, len(block)
    if is_caption(block[0][1].strip()):
        # It goes on over lines without gaps in them.
        start = next(
            (
                number
                for number, (_, line) in enumerate(block[1:], start=1)
                if is_rule(line) or "|" in line or _GAP.search(line.strip()) is not None
            ),
            len(block),
        )
    last = range(max(start, end - _MOST_LINES), end)
    found = next((n for n in last[1:] if is_caption(block[n][1].strip())), None)
    if found is not None and found > start + 1:
        end = found
    return block[:start], block[start:end], block[end:]
