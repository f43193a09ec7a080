"""Judges a table of scores at full precision, thousands of rows, column by column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry
from weighin.evidence.scorecard import (
    Artifact,
    Protocol,
    Scorecard,
    ScorecardNumber,
    ScoreTable,
    Source,
    TableColumn,
    TableRow,
    Unit,
)
from weighin.rules.scorecard.checks.attainable_score import AttainableScore
from weighin.rules.scorecard.checks.denominator_profile import DenominatorProfile
from weighin.rules.scorecard.checks.duplicates_across_names import DuplicatesAcrossNames
from weighin.rules.scorecard.counting.ways import Counting, registered_countings
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, ScorecardReport, Word
from weighin.rules.shared.wording import listed
from weighin.statistics.printed_numbers import (
    Power,
    PrintedNumber,
    attainable_counts,
    power_of,
    random_pass_rate,
    simplest_fraction,
)

_MOST_WHO_FIT = 0.9
_FEWEST_ROWS = 20
_SHOWN_NAMES = 8

_Findings = Iterator[tuple[str, ScorecardFinding]]


def judge_table(table: ScoreTable, registry: BenchmarkRegistry) -> ScorecardReport:
    """What the exact checks say of a table.

    The way of counting is the one of the registry that nine of ten rows of a column fit, and that
    random numbers would not; rows that do not fit it are told. A column in which no way fits
    accuses nobody. Rows of different names with the same scores on every benchmark are told, too.

    Args:
        table: The table. One pass over every benchmark is what its harness makes.
        registry: Benchmarks that are known.

    Returns:
        A report on a scorecard with only those numbers that findings are about.
    """
    columns = [_judged(table, index, registry) for index in range(len(table.columns))]
    findings = [
        *((AttainableScore.id, finding) for finding in _not_attainable(table, columns)),
        *((DuplicatesAcrossNames.id, finding) for finding in _same_scores(table)),
        *((DenominatorProfile.id, _profile(table, column)) for column in columns),
    ]
    told = {number.pointer: number for _, finding in findings for number in finding.numbers}
    scorecard = Scorecard(
        title=table.title,
        file=table.file,
        sha256=table.sha256,
        artifacts=tuple(
            Artifact(name=name, claimed_as=name)
            for name in dict.fromkeys(number.artifact for number in told.values())
        ),
        numbers=tuple(told.values()),
    )
    return ScorecardReport(
        case=ScorecardCase(scorecards=(scorecard,), registry=registry),
        findings=tuple(findings),
        tested=(
            sum(column.numbers for column in columns if column.way is not None),
            sum(column.numbers for column in columns),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _JudgedColumn:
    """A column and the way in which it was counted.

    Attributes:
        column: The column.
        index: Its place.
        way: How its numbers are counted; `None` if no way fits.
        numbers: How many numbers it has.
        others: By index of the row: the numbers that do not fit.
        tried: How many numbers each way fits, in words.
        why_not: Why there is no way.
    """

    column: TableColumn
    index: int
    numbers: int
    way: Counting | None
    others: Mapping[int, PrintedNumber]
    tried: tuple[str, ...] = ()
    why_not: str = ""


def _judged(table: ScoreTable, index: int, registry: BenchmarkRegistry) -> _JudgedColumn:
    column = table.columns[index]
    unit = Fraction(1, 10**table.decimals)
    values = {
        place: PrintedNumber(text=row.printed[index], value=Fraction(row.printed[index]), unit=unit)
        for place, row in enumerate(table.rows)
        if row.printed[index]
    }
    benchmark = _benchmark(registry, column.registered_as)
    ways = () if benchmark is None else tuple(registered_countings(benchmark))
    best, best_others = None, values
    tried: list[str] = []
    for way in ways:
        sample = next(iter(values.values()), None)
        if sample is None or not _is_telling(sample, way):
            continue
        others = {
            place: value
            for place, value in values.items()
            if not attainable_counts(value, way.denominator)
        }
        tried.append(f"{way.words}: {len(values) - len(others):,} fit")
        if len(others) < len(best_others):
            best, best_others = way, others
    why_not = ""
    if benchmark is None:
        why_not = "the registry does not know it"
    elif len(values) < _FEWEST_ROWS or len(best_others) > (1 - _MOST_WHO_FIT) * len(values):
        why_not = "no way of counting in the registry fits nine of ten of its numbers"
    return _JudgedColumn(
        column=column,
        index=index,
        numbers=len(values),
        way=None if why_not else best,
        others={} if why_not else best_others,
        tried=tuple(tried),
        why_not=why_not,
    )


def _is_telling(value: PrintedNumber, way: Counting) -> bool:
    return power_of(random_pass_rate(value, way.denominator)) is Power.STRONG


def _benchmark(registry: BenchmarkRegistry, name: str) -> Benchmark | None:
    """The benchmark of an id or of a task of lm-eval."""
    by_task = (b for b in registry.benchmarks if name in b.lm_eval)
    return registry.find(name) or next(by_task, None)


def _not_attainable(
    table: ScoreTable, columns: Sequence[_JudgedColumn]
) -> Iterator[ScorecardFinding]:
    for place, row in enumerate(table.rows):
        failing = [column for column in columns if place in column.others]
        if not failing:
            continue
        names = listed([column.column.name for column in failing], len(failing))
        yield ScorecardFinding(
            word=Word.IMPOSSIBLE,
            statement=f"{row.name} (line {row.line}): no whole number of right answers over all "
            f"documents gives its {'score' if len(failing) == 1 else 'scores'} on {names}; nearly "
            "all other rows have one",
            arithmetic="; ".join(_steps(column, column.others[place]) for column in failing),
            numbers=tuple(_number(table, row, column.index) for column in failing),
            power=f"a number at random would fit with a chance of {_chance(failing[0], place):.1g}",
            fix="score the row again on all documents, or say which were scored",
        )


def _chance(column: _JudgedColumn, place: int) -> float:
    return (
        1.0
        if column.way is None
        else random_pass_rate(column.others[place], column.way.denominator)
    )


def _steps(column: _JudgedColumn, value: PrintedNumber) -> str:
    if column.way is None:
        return ""
    product = float(value.value * column.way.denominator)
    simplest = simplest_fraction(value)
    told = (
        f"{column.column.name} {column.way.words}: {value.text} × "
        f"{column.way.denominator} = {product:.6f}"
    )
    documents = column.way.documents or 0
    if 1 < simplest.denominator <= documents:
        told += f"; it is {simplest}, so of {simplest.denominator} documents or a multiple of them"
    return told


def _same_scores(table: ScoreTable) -> Iterator[ScorecardFinding]:
    """A finding for every set of names whose rows are the same in every column."""
    by_scores: dict[tuple[str, ...], list[TableRow]] = {}
    for row in table.rows:
        if all(row.printed):
            by_scores.setdefault(row.printed, []).append(row)
    for rows in by_scores.values():
        names = dict.fromkeys(row.name for row in rows)
        if len(names) > 1:
            yield ScorecardFinding(
                word=Word.UNUSUAL,
                statement=f"{listed(tuple(names), _SHOWN_NAMES)} have the same scores on all "
                f"{len(table.columns)} benchmarks, digit for digit",
                arithmetic=f"lines {', '.join(str(row.line) for row in rows)}: "
                + ", ".join(rows[0].printed),
                numbers=tuple(
                    _number(table, row, index) for row in rows for index in range(len(row.printed))
                ),
                fix="compare their checkpoints: weighin compare hf://... hf://...; the same "
                "weights under two names are no fault",
            )


def _profile(table: ScoreTable, column: _JudgedColumn) -> ScorecardFinding:
    name = column.column.name
    if column.way is None:
        return ScorecardFinding(
            word=Word.VOID,
            statement=f"{table.title}: counting says nothing of {name}, for {column.why_not}",
            fix="add the benchmark, with its tasks and averaging, to a registry of your own",
        )
    fitting = column.numbers - len(column.others)
    unit = Fraction(1, 10**table.decimals)
    rate = random_pass_rate(
        PrintedNumber(text="", value=Fraction(0), unit=unit), column.way.denominator
    )
    return ScorecardFinding(
        word=Word.CONSISTENT,
        statement=f"{table.title}: {fitting:,} of {column.numbers:,} numbers on {name} fit one "
        f"pass {column.way.words}",
        arithmetic=f"steps of 1/{column.way.denominator}, held to {table.decimals} decimals; "
        + "; ".join(column.tried),
        power=f"a number at random would fit with a chance of {rate:.1g}",
    )


def _number(table: ScoreTable, row: TableRow, index: int) -> ScorecardNumber:
    column = table.columns[index]
    return ScorecardNumber(
        printed=row.printed[index],
        unit=Unit.SHARE,
        artifact=row.name,
        benchmark=column.name,
        registered_as=column.registered_as,
        protocol=Protocol(passes=1),
        source=Source(title=table.title),
        row=row.name,
        pointer=f"line {row.line}, {column.name}",
    )
