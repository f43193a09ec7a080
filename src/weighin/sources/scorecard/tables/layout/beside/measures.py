"""Which columns hold scores, and which other measures, by what stands beside them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.layout.beside.alike import Scales
from weighin.sources.scorecard.tables.layout.column import Column, is_whole
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.names import name_words, shown_label
from weighin.sources.scorecard.tables.layout.no_scores.by_neighbours import among_languages
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_mean,
    is_measure,
    is_metric,
    is_model,
    is_shots,
    is_variant,
    named_kind,
)

TOTALS = frozenset(("total", "of", "count", "all", "attempted"))
_MOST_PERCENT = 100
_SIBLING = re.compile(
    r"(.+) (?:lo|hi|low|high|lower|upper|std|sd|se|sem|stderr|var"
    r"|(?:ci|ci95)(?: (?:low|high|lower|upper))?|n|count|total|max|min|p5|p95|half width|moe|err)"
)
_CORRECT = re.compile(r"(.+) (?:correct|right|solved|passed|hits)")
_OF_PARTS = re.compile(
    r"percent|share|proportion|fraction|ratio|weight|mix|%|占比|比例|anteil", re.IGNORECASE
)
_PERCENTAGE = re.compile(r"\s{0,8}\*{0,2}([0-9]{1,3}(?:\.[0-9]{1,6})?)\s?%?\*{0,2}\s{0,8}")
_FEWEST_PARTS, _ROUNDED_PERCENT = 3, 0.5
_STEMS = ("score", "rate", "mean", "avg", "acc", "accuracy", "value", "pct")
_F1 = re.compile(r"(?:.{0,20}[ _-])?F[-_ ]?1.{0,12}", re.IGNORECASE)
_OF_F1 = re.compile(r"(?:[PR]|Pre?c?|Re?c?)\.?(?: ?\(?%\)?)?", re.IGNORECASE)
_PART = re.compile(r"\s[-\u2013:]\s|\s?[(\[]")
"""Before what an accuracy is of: `accuracy - clean`."""
_LETTERS = re.compile(r"(?:[A-Z]{2,6}|[a-z]{1,2}[A-Z][A-Za-z]{1,5})(?:[@+*-]?[A-Za-z0-9]{1,4})?")
_METHODS = frozenset(("method", "methods", "approach", "方法", "手法", "technique", "methode"))


def with_precision(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; beside F1 the letters P and R are precision and recall, and no p-values."""
    if not any(_F1.fullmatch(column.name) for column in columns):
        return columns
    return [
        replace(column, kind=Kind.NUMBERS, why="")
        if column.kind is Kind.SKIPPED and _OF_F1.fullmatch(shown_label(column.name))
        else column
        for column in columns
    ]


def without_measures(
    table: Table, columns: Sequence[Column], is_known: IsKnown
) -> Sequence[Column]:
    """The columns; beside a metric below a benchmark, what no word tells is another measure.

    One that is called by letters, as metrics are, is a score on the scale of that metric: `mAcc`
    between `SR` and `mIoU`, and not `Turns`.
    """
    inner = [c for c in columns if c.kind is Kind.NUMBERS and len(c.names) > 1]
    metrics = [column for column in inner if is_metric(column.name)]
    measured = {column.names[:-1] for column in metrics}
    of_f1 = {column.names[:-1] for column in metrics if _F1.fullmatch(column.name)}
    scales = Scales(table, metrics)
    often = Counter(c.name for c in inner)
    return [
        replace(column, kind=Kind.SKIPPED, why="a measure that is not known")
        if column.kind is Kind.NUMBERS
        and len(column.names) > 1
        and column.names[:-1] in measured
        and (often[column.name] > 1 or is_known(column.names[-2]))
        and not _is_said(column, is_known)
        and not (column.names[:-1] in of_f1 and _OF_F1.fullmatch(shown_label(column.name)))
        and not (_LETTERS.fullmatch(shown_label(column.name)) and scales.hold(column))
        else column
        for column in columns
    ]


def without_parts_of_whole(
    table: Table, columns: Sequence[Column], is_known: IsKnown
) -> Sequence[Column]:
    """The columns; percentages that make up a hundred are those of the parts of a mixture."""
    return [
        replace(column, kind=Kind.SKIPPED, why="shares of a whole")
        if column.kind in {Kind.NUMBERS, Kind.VALUE}
        and _OF_PARTS.search(column.name) is not None
        and not any(map(is_known, column.names))
        and _make_up_a_hundred([row[column.place].text for row in table.body])
        else column
        for column in columns
    ]


def _make_up_a_hundred(cells: Sequence[str]) -> bool:
    found = [number[1] for c in cells if (number := _PERCENTAGE.fullmatch(c)) is not None]
    if len(found) != len(cells) or len(found) < _FEWEST_PARTS:
        return False
    total = sum(map(float, found))
    return abs(total - _MOST_PERCENT) <= _ROUNDED_PERCENT


def without_siblings(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; `score_lo` and `score_n` beside `score` say how sure that is."""
    names = {name_words(column.name) for column in columns}
    columns = [
        replace(column, kind=Kind.SKIPPED, why="counts")
        if column.kind is Kind.NUMBERS
        and (found := _CORRECT.fullmatch(name_words(column.name))) is not None
        and any(f"{found[1]} {word}" in names for word in ("total", "n", "count"))
        else column
        for column in columns
    ]
    of_languages = among_languages(columns)
    return [
        replace(column, kind=Kind.SKIPPED, why="deviations")
        if column.kind is Kind.NUMBERS
        and column.place not in of_languages
        and (found := _SIBLING.fullmatch(name_words(column.name))) is not None
        and any(name in names for name in (found[1], *(f"{found[1]} {s}" for s in _STEMS)))
        else column
        for column in columns
    ]


def without_counts(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; whole numbers that are mostly above 100 beside benchmarks count their texts."""
    rows = [r for r in table.body if is_known(label_and_marks(r[0].text)[0])]
    if len(rows) * 2 <= len(table.body) or any(c.kind is Kind.BENCHMARK for c in columns[1:]):
        return columns
    if any(c.kind is Kind.DOCUMENTS for c in columns):
        # How many texts there are is said, and what stands beside it is how many were right.
        return columns
    return [
        replace(column, kind=Kind.SKIPPED, why="counts")
        if column.kind in {Kind.NUMBERS, Kind.VALUE}
        and not is_model(column.name)
        and column.name.casefold() not in TOTALS
        and all(is_whole(row[column.place].text) for row in rows if row[column.place].text)
        and sum(_count(row[column.place].text) > _MOST_PERCENT for row in rows) * 2 > len(rows)
        else column
        for column in columns
    ]


def _count(text: str) -> int:
    digits = "".join(c for c in text if c.isascii() and c.isdecimal())
    return int(digits[:12] or 0)


def without_how(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; beside benchmarks along rows, a method is how they were measured.

    A heading that names a metric there says that the others name measures too, and no models.
    """
    numbers = [c for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE}]
    rows = table.rows_of_known(is_known)
    kinds = {c.kind for c in columns}
    is_of_rows = len(rows) > 1 or (Kind.BENCHMARK in kinds and Kind.MODEL not in kinds)
    if not is_of_rows or any(is_known(c.name) for c in numbers):
        return columns
    measured = [c for c in numbers if is_metric(c.name) and named_kind(c.name) is not Kind.VALUE]
    is_named = (
        not measured
        and not any(c.kind is Kind.VALUE for c in numbers)
        and any(c.name for c in numbers)
    )
    answer: list[Column] = []
    for column in columns:
        is_how = is_named and column.kind is Kind.MODEL and name_words(column.name) in _METHODS
        is_unknown = (
            bool(measured)
            and column.kind is Kind.NUMBERS
            and column not in measured
            and len(column.names) == 1
            and not _is_said(column, is_known)
        )
        if is_how:
            answer.append(replace(column, kind=Kind.SKIPPED, why="words"))
        elif is_unknown or (measured and name_words(column.name) == "baseline"):
            answer.append(replace(column, kind=Kind.SKIPPED, why="a measure that is not known"))
        else:
            answer.append(column)
    return answer


def _is_said(column: Column, is_known: IsKnown) -> bool:
    """Whether the last name of a column is understood below the one above it."""
    name = column.name
    return (
        is_measure(name)
        or is_metric(_PART.split(name)[0])
        or is_mean(name)
        or is_shots(name)
        or is_variant(name)
        or is_language(name)
        or is_model(name)
        or is_known(name)
        or is_known(" ".join(column.names))
    )
