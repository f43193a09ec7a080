"""Averages that stand beside their parts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
_PASSED_OVER = re.compile(
    r"(?P<line>line \d+)(?P<cell>, cell \d+)?(?P<more>, and [\d,]+ more)?: (?:(?P<of>[\d,]+) of )?"
    r"(?P<what>row|column|table)?"
)
_FEWEST = 2


@dataclass(slots=True)
class _Gaps:
    """What was passed over where averages and their parts stand.

    Attributes:
        lines: The lines of which it is told.
        is_anywhere: Whether it can be of other lines as well, of which the first alone is told.
        is_any: Whether any row or cell was passed over, so that a column may lack a part.
    """

    lines: set[str] = field(default_factory=set)
    is_anywhere: bool = False
    is_any: bool = False


def _gaps(case: ScorecardCase) -> _Gaps:
    gaps = _Gaps()
    for sentence in (sentence for card in case.scorecards for sentence in card.passed_over):
        found = _PASSED_OVER.match(sentence)
        if found is None or found["what"] in {"column", "table"}:
            continue
        gaps.is_any = True
        gaps.lines.add(found["line"])
        is_of_several = found["more"] is not None or found["of"] not in {None, "1"}
        gaps.is_anywhere |= is_of_several and found["what"] != "row"
    return gaps


def averages_of_rows(case: ScorecardCase) -> Iterator[ScorecardFinding]:
    """A finding for every average whose parts are printed in its row, or in its column."""
    stated = [s for s in stated_numbers(case) if s.is_claim]
    gaps = _gaps(case)
    for table in grouped(stated, _table_key).values():
        if not any(s.is_average for s in table):
            continue
        columns = {s.subject for s in table if not s.is_average}
        lines = grouped(table, lambda s: (s.artifact.name, s.number.row, _line(s)))
        models = grouped(table, lambda s: s.artifact.name)
        for average in (s for s in table if s.is_average):
            row = lines[average.artifact.name, average.number.row, _line(average)]
            has_gaps = gaps.is_anywhere or _line(average) in gaps.lines
            if _parts(row):
                wanted = columns
            else:
                row = models[average.artifact.name]
                if len({s.subject for s in row}) < len(row):
                    continue
                wanted = {s.subject for s in table if not s.is_average}
                has_gaps = gaps.is_any
            if average.is_share and sum(s.is_average for s in row) == 1:
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
    found = ScorecardFinding(
        word=Word.CONSISTENT,
        statement=f"{average.cited} is the mean of the {len(same)} numbers of its row",
        arithmetic=f"({' + '.join(s.number.printed for s in same)}) / {len(same)} = {right}; "
        f"{shown(slack, average)} for rounding",
        numbers=numbers_of((average, *same)),
        kind="the means of their rows",
    )
    if holds:
        yield found
    elif has_gaps:
        yield replace(
            found,
            word=Word.VOID,
            statement=f"{average.cited} cannot be held against its row, of which something was "
            "passed over",
            kind="of rows of which something was passed over, so that nothing is held against them",
            fix="see what was passed over: --show-reading; --column and --unit correct it",
        )
    else:
        yield _not_the_mean(found, average, len(same), right, is_whole=is_whole)


def _not_the_mean(
    found: ScorecardFinding, average: StatedNumber, parts: int, right: str, *, is_whole: bool
) -> ScorecardFinding:
    told = f"{average.cited} is {'impossible as' if is_whole else 'not'} the mean of the {parts} "
    told += f"numbers of its row{'' if is_whole else ' that could be read'}, which is {right}"
    return replace(
        found,
        word=Word.IMPOSSIBLE if is_whole else Word.UNDECLARED,
        statement=told,
        fix=f"print {right}, or say of which numbers it is the average",
        kind="impossible as the mean of their rows"
        if is_whole
        else "not the mean of what could be read of their rows",
    )
