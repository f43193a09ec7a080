"""Which rows and columns hold differences between others, and no scores."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.column import Column, is_negative
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.no_scores import no_score

NEGATIVE = "differences, for some are negative"
"""Why columns of numbers are left out of which some are below zero."""

Rows = Sequence[Sequence[Cell]]

_SIGNED = re.compile(r"[(\[]?\s?[+\-\u2212\u2013\u2191\u2193\u25b2\u25bc]")
_PLAIN = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,30})?")
_DELTA = re.compile(r"[(\[]?\s?[\u0394\u2206\u03b4]")
_SMALL = 0.5
_FEWEST_ROWS = 4
"""For each that is negative."""


def rows_of_differences(body: Rows) -> frozenset[int]:
    """The rows that are called those of differences, and hold what may be some: signed or small.

    A method may be called `LIFT`: its scores are no smaller than those of others.
    """
    named = [number for number, row in enumerate(body) if _says_difference(row)]
    if not named:
        return frozenset()
    others = [row for number, row in enumerate(body) if number not in set(named)]
    least = _least(others, width=max(map(len, body)))
    return frozenset(
        number
        for number in named
        if _DELTA.match(body[number][0].text) or _are_differences(body[number], least)
    )


def rows_below_zero(body: Rows) -> frozenset[int]:
    """The few rows all of whose numbers are negative, such as one of losses among scores."""
    negative = [number for number, row in enumerate(body) if _is_all_negative(row)]
    return frozenset(negative if len(body) >= _FEWEST_ROWS * len(negative) else ())


def without_differences(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; where most hold differences, the others hold those of which none is negative."""
    negative = sum(column.why == NEGATIVE for column in columns)
    numbers = sum(column.kind is Kind.NUMBERS for column in columns)
    if negative <= numbers:
        return columns
    return [
        replace(column, kind=Kind.SKIPPED, why="differences, as most beside them are")
        if column.kind is Kind.NUMBERS
        else column
        for column in columns
    ]


def _says_difference(row: Sequence[Cell]) -> bool:
    texts = [label_and_marks(cell.text)[0] for cell in row[:2] if not cell.is_continued]
    labels = (text for text in texts if any(map(str.isalpha, text)))
    return any(no_score(label) == "differences" for label in labels)


def _is_all_negative(row: Sequence[Cell]) -> bool:
    numbers = [c.text for c in row[1:] if any(map(str.isdecimal, c.text))]
    return len(numbers) > 1 and all(map(is_negative, numbers))


def _are_differences(row: Sequence[Cell], least: Sequence[float]) -> bool:
    return all(
        _SIGNED.match(text) is not None or value <= _SMALL * least[place]
        for place, text, value in _numbers(row)
    )


def _least(rows: Rows, *, width: int) -> list[float]:
    """The smallest number of each column that has no sign; infinite where there is none."""
    least = [float("inf")] * width
    for row in rows:
        for place, text, value in _numbers(row):
            if _SIGNED.match(text) is None:
                least[place] = min(least[place], value)
    return least


def _numbers(row: Sequence[Cell]) -> Iterator[tuple[int, str, float]]:
    """Place, text and size of the numbers behind the first cell of a row."""
    for place, cell in enumerate(row):
        text = cell.text.strip("*_ ")
        found = _PLAIN.search(text)
        if place and found is not None and not cell.is_continued:
            yield place, text, float(found[0])
