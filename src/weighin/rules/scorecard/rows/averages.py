"""Averages that stand beside their parts."""

import re
from collections import Counter
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
_LEFT_OUT = "left out here"
"""What is told of a row or column of dots."""
_TOLD_TWICE = "are told there too"
"""What is told of numbers of a table that stand above it in the card's metadata as well."""
_OVERALL = re.compile(r"overall|total")
"""What may be of all documents, and no mean of groups of which some are larger."""
_FEWEST = 2
_MANY = 3


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
        if _LEFT_OUT in sentence or _TOLD_TWICE in sentence:
            gaps.is_any = gaps.is_anywhere = True
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
    columns_of: dict[object, dict[object, list[ScorecardFinding]]] = {}
    held = _Held()
    for key, table in grouped(stated, _table_key).items():
        if not any(s.is_average for s in table):
            continue
        columns = {s.subject for s in table if not s.is_average}
        lines = grouped(table, lambda s: (s.artifact.name, s.number.row, _line(s)))
        models = grouped(table, lambda s: s.artifact.name)
        for average in (s for s in table if s.is_average and s.is_share):
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
            tables = columns_of.setdefault((key[0], average.subject), {})
            of_table = tables.setdefault(key, [])
            said = tuple(_of_row(average, row, wanted, has_gaps=has_gaps))
            held.note(key, average, row, said, has_gaps=has_gaps)
            of_table.extend(said)
    yield from held.findings()
    for tables in columns_of.values():
        is_other = _are_of_something_else([f for found in tables.values() for f in found])
        for found in tables.values():
            yield from _of_column(found, is_other=is_other or _are_of_something_else(found))


@dataclass(slots=True)
class _Held:
    """Of which columns the averages of a column are the means, where some are and others are not.

    Attributes:
        columns: By table and average: of which subjects it was the mean, with how often.
        silent: Averages of which nothing was said, each with its row.
    """

    columns: dict[object, Counter[tuple[str, ...]]] = field(default_factory=dict)
    silent: list[tuple[object, StatedNumber, Sequence[StatedNumber]]] = field(default_factory=list)

    def note(
        self,
        table: object,
        average: StatedNumber,
        row: Sequence[StatedNumber],
        said: Sequence[ScorecardFinding],
        *,
        has_gaps: bool,
    ) -> None:
        """Keep what was said of one average."""
        key = (table, average.subject)
        if any(finding.word is Word.CONSISTENT for finding in said):
            parts = said[0].numbers[1:]
            of = tuple(s.subject for s in row if any(s.number is part for part in parts))
            self.columns.setdefault(key, Counter())[of] += 1
        elif not said and not has_gaps:
            self.silent.append((key, average, row))

    def findings(self) -> Iterator[ScorecardFinding]:
        """A finding for every average that is not the mean of what it is in most rows."""
        silent = Counter(key for key, _, _ in self.silent)
        for key, average, row in self.silent:
            if key not in self.columns:
                continue
            of, times = self.columns[key].most_common(1)[0]
            parts = tuple(s for s in row if s.subject in of and s is not average)
            if len(parts) == len(of) and all(s.is_share for s in parts):
                finding = _not_the_mean(average, parts, is_whole=times >= _FEWEST)
                told = finding.statement.replace(" that could be read", "", 1)
                where = "one other" if times == 1 else f"{times:,} other names"
                finding = replace(finding, statement=f"{told}; of {where} it is that mean")
                yield _undeclared(finding) if silent[key] > times else finding


def _are_of_something_else(findings: Sequence[ScorecardFinding]) -> bool:
    """Whether averages are of something else than of their rows: most of several do not follow.

    One is enough where it is not said to be an average, but what all come to.

    More benchmarks than are printed, or weights, give a column of which few numbers follow, by
    chance; slips give one of which most do.
    """
    failed = sum(f.word is Word.IMPOSSIBLE for f in findings)
    labels = {f.numbers[0].benchmark.casefold() for f in findings if f.numbers}
    fewest = 1 if labels and all(map(_OVERALL.fullmatch, labels)) else _MANY
    return failed >= fewest and failed > sum(f.word is Word.CONSISTENT for f in findings)


def _of_column(
    findings: Sequence[ScorecardFinding], *, is_other: bool
) -> Iterator[ScorecardFinding]:
    for finding in findings:
        is_kept = not is_other or finding.word is not Word.IMPOSSIBLE
        yield finding if is_kept else _undeclared(finding)


def _undeclared(finding: ScorecardFinding) -> ScorecardFinding:
    """An average that does not follow, where most do not: of what it is one is not said."""
    told = finding.statement.replace(" is impossible as the mean", " is not the mean", 1)
    return replace(
        finding,
        word=Word.UNDECLARED,
        statement=f"{told}; most averages here are not that, so they are of something else",
        kind="not the means of their rows, as most averages here are not",
        fix="say of which numbers it is the average, and with which weights",
    )


def _of_row(
    average: StatedNumber, row: Sequence[StatedNumber], columns: set[str], *, has_gaps: bool
) -> Iterator[ScorecardFinding]:
    """What is said of an average: of all parts of its row, or of those that it stands behind."""
    at = next(place for place, one in enumerate(row) if one is average)
    since = max((place + 1 for place, one in enumerate(row[:at]) if one.is_average), default=0)
    before, after = _parts(row[since:at]), _parts(row[at:])
    averages = tuple(s for s in row if s.is_average and s is not average)
    parts = _parts(row)
    until = next((n for n in range(at + 1, len(row)) if row[n].is_average), len(row))
    for some in (parts, before, row[at + 1 : until], _parts(row[:at]), averages):
        if _holds(average, some):
            yield _mean(average, some)
            return
    # Of which columns it is the mean, nothing says where it stands between them or beside another.
    if averages or not [s for s in parts if s.is_share]:
        return
    same = [s for s in parts if s.is_share]
    if len(same) < _FEWEST:
        return
    if has_gaps:
        yield replace(
            _mean(average, same),
            word=Word.VOID,
            statement=f"{average.cited} cannot be held against its row, of which something was "
            "passed over",
            kind="of rows of which something was passed over, so that nothing is held against them",
            fix="see what was passed over: --show-reading; --column and --unit correct it",
        )
        return
    is_whole = len(same) == len(parts) and {s.subject for s in same} == columns
    # Where some columns are of F1 and others of accuracy, nothing says of which it is the mean.
    is_whole &= len({s.number.metric for s in same}) == 1
    is_of_some = bool(before and after) and _is_between(average, same)
    yield _not_the_mean(average, same, is_whole=is_whole and not is_of_some)


def _table_key(stated: StatedNumber) -> tuple[object, ...]:
    source = stated.number.source
    return (source_key(source), source.place, stated.number.by)


def _line(stated: StatedNumber) -> str:
    found = _LINE.match(stated.number.pointer)
    return "" if found is None else found[0]


def _parts(row: Sequence[StatedNumber]) -> tuple[StatedNumber, ...]:
    return tuple(s for s in row if not s.is_average)


def _of(parts: Sequence[StatedNumber]) -> Fraction:
    return sum((part.value.value for part in parts), Fraction(0)) / len(parts)


def _slack(average: StatedNumber, parts: Sequence[StatedNumber]) -> Fraction:
    """What rounding can have changed, also where a 0 was added to what had been rounded."""
    return _rounding(average) + max(map(_rounding, parts))


def _rounding(stated: StatedNumber) -> Fraction:
    return (stated.value.without_last_zero or stated.value).rounding


def _holds(average: StatedNumber, parts: Sequence[StatedNumber]) -> bool:
    """Whether it is the mean of some numbers, as far as all of them are rounded."""
    same = [s for s in parts if s.is_share]
    if len(same) < _FEWEST:
        return False
    return abs(_of(same) - average.value.value) <= _slack(average, same)


def _is_between(average: StatedNumber, parts: Sequence[StatedNumber]) -> bool:
    """Whether it can be the mean of some of these numbers, of whichever."""
    values, slack = [part.value.value for part in parts], _slack(average, parts)
    return min(values) - slack <= average.value.value <= max(values) + slack


def _mean(average: StatedNumber, parts: Sequence[StatedNumber]) -> ScorecardFinding:
    """The finding on an average that is the mean of some numbers."""
    same = [s for s in parts if s.is_share]
    return ScorecardFinding(
        word=Word.CONSISTENT,
        statement=f"{average.cited} is the mean of the {len(same)} numbers of its row",
        arithmetic=f"({' + '.join(s.number.printed for s in same)}) / {len(same)} = "
        f"{shown(_of(same), average)}; {shown(_slack(average, same), average)} for rounding",
        numbers=numbers_of((average, *same)),
        kind="the means of their rows",
    )


def _not_the_mean(
    average: StatedNumber, parts: Sequence[StatedNumber], *, is_whole: bool
) -> ScorecardFinding:
    right = shown(_of(parts), average)
    told = f"{average.cited} is {'impossible as' if is_whole else 'not'} the mean of the "
    told += f"{len(parts)} numbers of its row{'' if is_whole else ' that could be read'}, which is "
    return replace(
        _mean(average, parts),
        word=Word.IMPOSSIBLE if is_whole else Word.UNDECLARED,
        statement=told + right,
        fix=f"print {right}, or say of which numbers it is the average",
        kind="impossible as the mean of their rows"
        if is_whole
        else "not the mean of what could be read of their rows",
    )
