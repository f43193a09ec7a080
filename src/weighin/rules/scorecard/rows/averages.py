"""Averages that stand beside their parts."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    numbers_of,
    shown,
    source_key,
    stated_numbers,
)

_LINE = re.compile(r"line \d+")
_FEWEST = 2


def averages_of_rows(case: ScorecardCase) -> Iterator[ScorecardFinding]:
    """A finding for every average whose parts are printed in its row, or in its column."""
    stated = [s for s in stated_numbers(case) if s.is_claim]
    passed_over = {
        line[0]
        for card in case.scorecards
        for sentence in card.passed_over
        if (line := _LINE.search(sentence))
    }
    for table in grouped(stated, _table_key).values():
        if not any(s.is_average for s in table):
            continue
        columns = {s.subject for s in table if not s.is_average}
        lines = grouped(table, lambda s: (s.artifact.name, s.number.row, _line(s)))
        models = grouped(table, lambda s: s.artifact.name)
        for average in (s for s in table if s.is_average):
            row = lines[average.artifact.name, average.number.row, _line(average)]
            if _parts(row):
                wanted = columns
            else:
                row = models[average.artifact.name]
                if len({s.subject for s in row}) < len(row):
                    continue
                wanted = {s.subject for s in table if not s.is_average}
            if average.is_share and sum(s.is_average for s in row) == 1:
                has_gaps = _line(average) in passed_over
                yield from _average(average, _parts(row), wanted, has_gaps=has_gaps)


def _table_key(stated: StatedNumber) -> tuple[object, ...]:
    source = stated.number.source
    return (source_key(source), source.place, stated.number.by)


def _line(stated: StatedNumber) -> str:
    found = _LINE.match(stated.number.pointer)
    return "" if found is None else found[0]


def _parts(row: Sequence[StatedNumber]) -> tuple[StatedNumber, ...]:
    return tuple(s for s in row if not s.is_average)


def _average(
    average: StatedNumber, parts: Sequence[StatedNumber], columns: set[str], *, has_gaps: bool
) -> Iterator[ScorecardFinding]:
    same = [s for s in parts if s.is_share]
    if len(same) < _FEWEST:
        return
    is_whole = len(same) == len(parts) and {s.subject for s in same} == columns and not has_gaps
    values = [part.value.value for part in same]
    slack = average.value.rounding + max(part.value.rounding for part in same)
    mean = sum(values, Fraction(0)) / len(values)
    holds = abs(mean - average.value.value) <= slack
    right = shown(mean, average)
    told = f"{average.cited} is"
    if holds:
        word, statement = Word.CONSISTENT, f"{told} the mean of the {len(same)} numbers of its row"
    elif is_whole:
        word = Word.IMPOSSIBLE
        statement = (
            f"{told} impossible as the mean of the {len(same)} numbers of its row, which is {right}"
        )
    else:
        word = Word.UNDECLARED
        statement = (
            f"{told} not the mean of the {len(same)} numbers of its row that could be read, which "
            f"is {right}"
        )
    yield ScorecardFinding(
        word=word,
        statement=statement,
        arithmetic=f"({' + '.join(s.number.printed for s in same)}) / {len(same)} = {right}; "
        f"{shown(slack, average)} for rounding",
        numbers=numbers_of((average, *same)),
        fix="" if holds else f"print {right}, or say of which numbers it is the average",
        kind=""
        if holds
        else "impossible as the mean of their rows"
        if word is Word.IMPOSSIBLE
        else "not the mean of what could be read of their rows",
    )
