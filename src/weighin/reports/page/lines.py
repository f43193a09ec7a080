"""A page as lines that are never wrapped nor coloured: for digests and paths, which are copied."""

from collections.abc import Iterator
from typing import Final

from weighin.reports.page.model import (
    Bars,
    Block,
    Facts,
    Findings,
    Lines,
    Matrix,
    Page,
    Phrase,
    Section,
    Table,
)
from weighin.reports.page.references import References
from weighin.reports.shared.foreign_text import visible

_LABEL: Final = 18
_FIGURES: Final = 14


def render(page: Page, *, verbose: bool = False) -> str:
    """A page of lines, facts and tables; foreign text is shown and never obeyed.

    Args:
        page: What is told.
        verbose: Whether lists are told in full.

    Raises:
        TypeError: The page has a block that needs the width of a terminal.
    """
    lines = [_words(page.title)] if page.title else []
    lines += (sentence.text for sentence in page.sentences)
    lines += (line for block in page.lead for line in _block(block, verbose=verbose))
    lines += (line for section in page.sections for line in _section(section, verbose=verbose))
    return "".join(f"{visible(line)}\n" for line in lines)


def _section(section: Section, *, verbose: bool) -> Iterator[str]:
    if section.title:
        yield _words(section.title)
    indent = "  " if section.title else ""
    for block in section.blocks:
        yield from (f"{indent}{line}" for line in _block(block, verbose=verbose))
    for part in section.parts:
        yield from (f"{indent}{line}" for line in _section(part, verbose=verbose))


def _block(block: Block, *, verbose: bool) -> Iterator[str]:
    match block:
        case Lines():
            mark = "- " if block.is_list else ""
            shown = None if verbose else block.shown
            yield from (f"{mark}{_words(line)}" for line in block.lines[:shown])
            if shown is not None and (rest := len(block.lines) - shown) > 0:
                way = "; --json lists all" if block.is_list else ", which --json names"
                yield f"{mark}and {rest} more{way}"
        case Facts():
            yield from (f"{f.label.text:<{_LABEL}} {_words(f.words)}" for f in block.facts)
        case Table():
            figures = [column.is_number for column in block.columns]
            for row in block.rows:
                cells = zip(row, figures, strict=True)
                yield "  " + "  ".join(
                    f"{cell.text:>{_FIGURES}}" if is_number else cell.text
                    for cell, is_number in cells
                )
        case Bars() | Matrix() | Findings():
            raise TypeError(f"{type(block).__name__}: expected lines, facts or a table")


def _words(phrase: Phrase) -> str:
    return References().phrase(phrase)
