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
from weighin.rules.scorecard.rows.averages import averages_of_rows

_LOOSE = re.compile(r"loose")
_STRICT = re.compile(r"strict")
"""Not lm-eval's `strict-match`: its `flexible-extract` takes the last number, maybe another one."""
_PASS_AT = re.compile(r"pass@(\d+)")
_ACCURACY = frozenset({"acc", "accuracy", "pass@1"})
_EXACT = re.compile(r"\b(em|exact[_ ]match)\b")
_F1 = re.compile(r"\bf1\b")
_MOST_METRICS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderingsHold:
    """A strict score is at most the loose one, pass@1 at most pass@8, a mean between its parts.

    Why:
        Some numbers bound each other whatever the model is. Where they do not, two runs, two
        models or two settings stand under one name.

    How:
        Within one artifact, source, benchmark and number of shots: strict <= loose, accuracy <=
        pass@k rising with k, exact match <= F1; a group's score lies between its tasks' smallest
        and largest and is their plain or weighted mean, and its documents are theirs in sum; a
        row's average is the mean of the row, of the columns before it or of other averages; it is
        impossible only where the row was read in full. Rounding is given to both sides.

    Fix:
        Take all numbers from one run, or say which belong to another.
    """

    id: ClassVar[str] = "orderings-hold"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every pair, group and average that can be held together."""
        # A guessed unit can be another for each of two numbers.
        stated = [s for s in stated_numbers(case) if s.number.is_unit_sure]
        for alike in grouped(stated, _run_key).values():
            if len(alike) > 1:
                yield from _ordered(alike)
        yield from averages_of_rows(case)
        for table in grouped(stated, _table_key).values():
            yield from _groups(table)


def _run_key(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    return (*_table_key(stated), stated.subject, number.split, number.protocol.shots)


def _table_key(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    return (
        stated.artifact.name,
        source_key(number.source),
        number.unit,
        number.role,
        number.by,
    )


def _ordered(alike: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    by_metric = grouped(alike, lambda s: s.number.metric)
    # Every pair is tried. Nobody prints so many metrics of one run on one benchmark.
    with_order = [pair for pair in by_metric.items() if _has_order(pair[0])][:_MOST_METRICS]
    for low_metric, lows in with_order:
        for high_metric, highs in with_order:
            if low_metric != high_metric and (why := _bounds(low_metric, high_metric)):
                # Where one metric stands there several times, its first number is held.
                yield _pair(lows[0], highs[0], why)


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


def _has_order(metric: str) -> bool:
    """Whether a metric can be the lower or the higher of a pair."""
    name = metric.casefold()
    named = (_STRICT, _LOOSE, _EXACT, _F1)
    return any(pattern.search(name) for pattern in named) or _attempts(name) > 0


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
    # Its tasks, each printed once, and itself: in a table of thousands of rows hardly ever.
    wholes = [s for s in table if s.is_share and 0 < len(_tasks_of(s)) < len(table)]
    if not wholes:
        return
    printed = grouped(table, lambda s: _part_key(s, plain_name(s.number.benchmark)))
    for whole in wholes:
        benchmark = whole.benchmark
        if benchmark is None:
            continue
        names = (benchmark.id, *benchmark.names)
        parts: list[tuple[BenchmarkTask, StatedNumber]] = []
        for task in benchmark.tasks:
            wanted = dict.fromkeys(plain_name(name + task.name) for name in names)
            parts.extend(
                (task, other)
                for name in wanted
                for other in printed.get(_part_key(whole, name), ())
            )
        if len(parts) == len(benchmark.tasks):
            yield _group(whole, parts)
            yield from _group_documents(whole, [part for _, part in parts])


def _tasks_of(stated: StatedNumber) -> Sequence[BenchmarkTask]:
    return () if stated.benchmark is None else stated.benchmark.tasks


def _part_key(stated: StatedNumber, name: str) -> tuple[str, str, int | None]:
    return (name, stated.number.metric, stated.number.protocol.shots)


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
