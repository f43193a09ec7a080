"""Which columns tell apart rows that have the same labels."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.layout.column import OF_WORDS, Column
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.words import (
    is_mean,
    is_measure,
    is_metric,
)

_ROUND = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?\s?[%kKmMbBx×]?|[-–—]?")
_WHOLE = re.compile(r"[0-9]{1,6}\s?[%kKmMbBx×]?")
_LEARNED = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?\s?[BT]|[?-]")
_FRACTION = re.compile(r"[1-9][0-9]{0,5}\.[0-9]{0,2}[1-9]0?")
_NAMED = re.compile(r"[^\W\d_]{2}|[A-Z][0-9]{2}")
_FLAGS = "yes or no"
_OF_SETTINGS = frozenset((_FLAGS, "sizes", "how it was trained", "settings of the run", "targets"))
_OF_RUNS = "ids"
_WITH_LETTERS = re.compile(r"[^\W\d_]{2}")


def with_settings(table: Table, columns: list[Column], is_known: IsKnown) -> list[Column]:
    """The columns; those that alone tell rows apart which have the same labels are settings.

    `7B` and `13B` tell the models of a family apart, a sparsity the runs of one model.
    """
    last = max((c.place for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE}), default=0)
    # Words behind all numbers are remarks.
    labels = [
        c.place
        for c in columns
        if c.kind in OF_WORDS | {Kind.SHOTS} and not (c.why == "words" and c.place > last)
    ]
    heads = _heads(table, labels)
    # Where no words head rows, they are told apart by what was switched on.
    may_be = _OF_SETTINGS if labels else frozenset((_FLAGS,))
    if len(set(heads)) == len(heads):
        return columns
    answer = list(columns)
    chosen = _chosen(table, columns, is_known) | _chosen_of_measures(table, columns, is_known)
    is_long = any(c.kind is Kind.BENCHMARK for c in columns)
    is_stated = any(is_metric(c.name) for c in columns if c.kind is Kind.NUMBERS)
    # What was chosen for a run tells it apart before what it came to.
    for column in sorted(columns, key=lambda c: c.why == "sizes"):
        may_tell = column.kind is Kind.SKIPPED and column.why in may_be
        may_tell = may_tell or (bool(labels) and _is_no_ranking(table, column))
        may_tell = may_tell or (bool(labels) and column.place in chosen)
        may_tell = may_tell or (bool(labels) and _names_hardware(table, column))
        may_tell = may_tell or (
            bool(labels)
            and is_long
            and is_stated
            and column.kind is Kind.NUMBERS
            and not any(is_known(name) or is_measure(name) for name in column.names)
            and _are_round(table, column)
        )
        more = [
            (*head, row[column.place].text) for head, row in zip(heads, table.body, strict=True)
        ]
        if may_tell and len(set(more)) > len(set(heads)):
            heads = more
            answer[column.place] = replace(column, kind=Kind.SETTING, why="")
    if labels and len(set(heads)) < len(heads):
        # Runs that nothing else tells apart have a name of their own.
        for column in columns:
            more = [(*h, row[column.place].text) for h, row in zip(heads, table.body, strict=True)]
            if _names_runs(table, column) and len(set(more)) > len(set(heads)):
                answer[column.place] = replace(column, kind=Kind.SETTING, why="")
                break
    flags = [c for c in columns if c.kind is Kind.SKIPPED and c.why == _FLAGS]
    if any(answer[flag.place].kind is Kind.SETTING for flag in flags):
        # What was switched on is told in full, or not at all.
        for flag in flags:
            answer[flag.place] = replace(flag, kind=Kind.SETTING, why="")
    return answer


def _names_runs(table: Table, column: Column) -> bool:
    texts = [row[column.place].text for row in table.body]
    is_id = column.kind is Kind.SKIPPED and column.why == _OF_RUNS
    return is_id and all(map(_WITH_LETTERS.search, texts))


def _is_no_ranking(table: Table, column: Column) -> bool:
    """Whether what is called a rank begins above 1 and comes again: that of an adapter."""
    texts = [row[column.place].text for row in table.body]
    told = [text for text in texts if text]
    return column.why == "ranks" and "1" not in told and len(set(told)) < len(told)


def _are_fractions_above_one(texts: Sequence[str]) -> bool:
    """Whether most numbers are such as 49.2, which nobody chooses."""
    found = [text for text in texts if _FRACTION.fullmatch(text.strip("*_ "))]
    return len(found) * 2 > len(texts)


def _names_hardware(table: Table, column: Column) -> bool:
    """Whether a column names that on which was run, and no amount of time or money."""
    is_other = column.kind is Kind.SKIPPED and column.why == "cost or speed"
    texts = [row[column.place].text for row in table.body]
    # So do the tokens of which it learned, `0.28T`.
    return is_other and (
        all(_NAMED.match(text) for text in texts) or all(_LEARNED.fullmatch(text) for text in texts)
    )


def _chosen(table: Table, columns: Sequence[Column], is_known: IsKnown) -> frozenset[int]:
    """Columns of round numbers before all benchmarks, which may have been chosen for a run."""
    known = [c.place for c in columns if c.kind is Kind.BENCHMARK or any(map(is_known, c.names))]
    return frozenset(
        column.place
        for column in columns
        if known
        and column.place < min(known)
        and column.kind is Kind.NUMBERS
        and not is_metric(column.name)
        and not is_mean(column.name)
        and _are_round(table, column)
        and not _are_fractions_above_one([row[column.place].text for row in table.body])
    )


def _are_round(table: Table, column: Column) -> bool:
    """Whether the numbers of a column are such as one chooses, and none that were measured."""
    return all(_ROUND.fullmatch(row[column.place].text.strip("*_ ")) for row in table.body)


def _chosen_of_measures(
    table: Table, columns: Sequence[Column], is_known: IsKnown
) -> frozenset[int]:
    """Columns of whole numbers beside metrics: before all of these, or crossed with the rows.

    A severity of 10 and 20, an `icl` of 2, 4 and 6 are no scores.
    """
    numbers = [c for c in columns if c.kind is Kind.NUMBERS]
    measured = [c.place for c in numbers if is_measure(c.name)]
    others = [c for c in numbers if c.place not in measured]
    if not measured or any(is_known(name) for c in numbers for name in c.names):
        return frozenset()
    found: set[int] = set()
    for column in others:
        texts = [row[column.place].text.strip("*_ ") for row in table.body]
        often = Counter(texts)
        again = sum(count > 1 for count in often.values())
        is_crossed = (
            column.name.islower() and again * 2 > len(often) and len(often) * 2 <= len(texts)
        )
        if all(map(_WHOLE.fullmatch, texts)) and (is_crossed or column.place < min(measured)):
            found.add(column.place)
    return frozenset(found)


def _heads(table: Table, places: Sequence[int]) -> list[tuple[str, ...]]:
    """The labels of each row; an empty one is that of the row above."""
    heads: list[tuple[str, ...]] = []
    for number, row in enumerate(table.body):
        above = heads[-1][1:] if heads else ("",) * len(places)
        own = (row[place].text or over for place, over in zip(places, above, strict=True))
        heads.append((table.sections[number], *own))
    return heads
