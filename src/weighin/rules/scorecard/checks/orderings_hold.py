"""The rule `orderings-hold`."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from weighin.evidence.benchmarks import BenchmarkTask, plain_name
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    numbers_of,
    shown,
    source_key,
    stated_numbers,
)

_AVERAGES = frozenset({"average", "avg", "mean", "overall"})
_LOOSE = re.compile(r"loose|flexible(-extract)?")
_STRICT = re.compile(r"strict(-match)?")
_PASS_AT = re.compile(r"pass@(\d+)")
_ACCURACY = frozenset({"acc", "accuracy", "pass@1"})
_EXACT = re.compile(r"\b(em|exact[_ ]match)\b")
_F1 = re.compile(r"\bf1\b")
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderingsHold:
    """A strict score is at most the loose one, pass@1 at most pass@8, a mean between its parts.

    Why:
        Some numbers bound each other whatever the model is. Where they do not, two runs, two
        models or two settings stand under one name.

    How:
        Within one artifact, source, benchmark and number of shots: strict <= loose or flexible,
        accuracy <= pass@k rising with k, exact match <= F1; a group's score lies between its
        tasks' smallest and largest and is their plain or weighted mean, and its documents are
        theirs in sum; a row's average is the mean of the row. Rounding is given to both sides.

    Fix:
        Take all numbers from one run, or say which belong to another.
    """

    id: ClassVar[str] = "orderings-hold"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every pair, group and average that can be held together."""
        stated = stated_numbers(case)
        for alike in grouped(stated, _run_key).values():
            yield from _ordered(alike)
        for table in grouped(stated, _table_key).values():
            yield from _groups(table)
            for row in grouped(table, lambda s: s.number.row).values():
                yield from _average(row)


def _run_key(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    return (*_table_key(stated), stated.subject, number.split, number.protocol.shots)


def _table_key(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    return (stated.artifact.name, source_key(number.source), number.unit, number.role, number.by)


def _ordered(alike: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    for low in alike:
        for high in alike:
            if low is not high and (why := _bounds(low.number.metric, high.number.metric)):
                yield _pair(low, high, why)


def _bounds(low: str, high: str) -> str:
    """Why a score of one metric is at most that of the other; empty if it need not be."""
    ours, theirs = low.casefold(), high.casefold()
    if (
        _STRICT.search(ours)
        and _LOOSE.search(theirs)
        and _without_mode(ours) == _without_mode(theirs)
    ):
        return "a strict reading accepts no answer that a loose one refuses"
    first, second = _attempts(ours), _attempts(theirs)
    if first and second and first < second:
        return f"the best of {second} answers is no worse than the best of {first}"
    if _EXACT.search(ours) and _F1.search(theirs):
        return "an exact match has an F1 of 1"
    return ""


def _without_mode(metric: str) -> str:
    return plain_name(_STRICT.sub("", _LOOSE.sub("", metric)))


def _attempts(metric: str) -> int:
    match = _PASS_AT.search(metric)
    if match is None:
        return int(metric.strip() in _ACCURACY)
    return int(match[1])


def _pair(low: StatedNumber, high: StatedNumber, why: str) -> ScorecardFinding:
    slack = low.value.rounding + high.value.rounding
    holds = low.value.value <= high.value.value + slack
    names = f"{low.number.metric} and {high.number.metric}"
    return ScorecardFinding(
        word=Word.CONSISTENT if holds else Word.IMPOSSIBLE,
        statement=f"{low.cited}: {names} are in order"
        if holds
        else f"{low.cited}: {low.number.metric} {low.number.printed} is above "
        f"{high.number.metric} {high.number.printed}, but {why}",
        arithmetic=f"{low.number.printed} {'<=' if holds else '>'} {high.number.printed}, with "
        f"{shown(slack, low)} for rounding",
        numbers=numbers_of((low, high)),
        fix="" if holds else "take both from one run of one model",
    )


def _groups(table: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    """Findings on the scores of benchmarks with tasks, where the tasks are printed as well."""
    for whole in table:
        benchmark = whole.benchmark
        if benchmark is None or not benchmark.tasks or not whole.is_share:
            continue
        names = (benchmark.id, *benchmark.names)
        parts: list[tuple[BenchmarkTask, StatedNumber]] = []
        for task in benchmark.tasks:
            wanted = {plain_name(name + task.name) for name in names}
            parts.extend(
                (task, other)
                for other in table
                if plain_name(other.number.benchmark) in wanted
                and other.number.metric == whole.number.metric
                and other.number.protocol.shots == whole.number.protocol.shots
            )
        if len(parts) == len(benchmark.tasks):
            yield _group(whole, parts)
            yield from _group_documents(whole, [part for _, part in parts])


def _group(
    whole: StatedNumber, parts: Sequence[tuple[BenchmarkTask, StatedNumber]]
) -> ScorecardFinding:
    values = [part.value.value for _, part in parts]
    weights = [part.number.documents or task.documents for task, part in parts]
    slack = whole.value.rounding + max(part.value.rounding for _, part in parts)
    plain = sum(values, Fraction(0)) / len(values)
    weighted = sum((v * w for v, w in zip(values, weights, strict=True)), Fraction(0))
    weighted /= sum(weights)
    fitting = [
        name
        for name, mean in (("plain mean", plain), ("mean by documents", weighted))
        if abs(mean - whole.value.value) <= slack
    ]
    is_between = min(values) - slack <= whole.value.value <= max(values) + slack
    word, told = Word.CONSISTENT, f"is the {' and the '.join(fitting)} of its {len(parts)} tasks"
    if not is_between:
        word, told = Word.IMPOSSIBLE, "is not between the smallest and largest of its tasks"
    elif not fitting:
        word = Word.UNDECLARED
        told = "is neither the plain mean of its tasks nor that by documents"
    return ScorecardFinding(
        word=word,
        statement=f"{whole.cited} {told}",
        arithmetic=f"plain mean {shown(plain, whole)}, by documents {shown(weighted, whole)}, "
        f"from {shown(min(values), whole)} to {shown(max(values), whole)}; "
        f"{shown(slack, whole)} for rounding",
        numbers=numbers_of((whole, *(part for _, part in parts))),
        fix="" if fitting else "say how the group's score is made, or take all from one run",
    )


def _group_documents(
    whole: StatedNumber, parts: Sequence[StatedNumber]
) -> Iterator[ScorecardFinding]:
    sizes = [part.number.documents for part in parts if part.number.documents is not None]
    if whole.number.documents is None or len(sizes) < len(parts):
        return
    total = math.fsum(sizes)
    holds = total == whole.number.documents
    yield ScorecardFinding(
        word=Word.CONSISTENT if holds else Word.IMPOSSIBLE,
        statement=f"{whole.cited}: its {whole.number.documents} documents are "
        + ("those of its tasks" if holds else "not as many as its tasks have in sum"),
        arithmetic=f"{' + '.join(map(str, sizes))} = {total:.0f}",
        numbers=numbers_of((whole, *parts)),
        fix="" if holds else "say which documents were left out or counted twice",
    )


def _average(row: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    averages = [s for s in row if plain_name(s.number.benchmark) in _AVERAGES]
    parts = [s for s in row if s not in averages]
    if not row[0].number.row or len(averages) != 1 or len(parts) < _FEWEST:
        return
    average = averages[0]
    values = [part.value.value for part in parts]
    slack = average.value.rounding + max(part.value.rounding for part in parts)
    mean = sum(values, Fraction(0)) / len(values)
    is_between = min(values) - slack <= average.value.value <= max(values) + slack
    word, told = Word.CONSISTENT, f"is the mean of the {len(parts)} numbers of its row"
    if not is_between:
        word, told = Word.IMPOSSIBLE, "is not between the smallest and largest of its row"
    elif abs(mean - average.value.value) > slack:
        word = Word.UNDECLARED
        told = f"is not the mean of the {len(parts)} numbers of its row"
    yield ScorecardFinding(
        word=word,
        statement=f"{average.cited} {told}",
        arithmetic=f"mean {shown(mean, average)}, {shown(slack, average)} for rounding",
        numbers=numbers_of((average, *parts)),
        fix="" if word is Word.CONSISTENT else "say of which numbers it is the average",
    )
