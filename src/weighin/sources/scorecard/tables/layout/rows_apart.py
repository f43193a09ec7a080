"""What columns hold by the others beside them: what names rows, and what tells them apart."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.layout.column import OF_WORDS, Column, is_whole
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.names import name_words, shown_label
from weighin.sources.scorecard.tables.layout.no_scores import is_by_noun, no_score
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_metric,
    is_model,
    is_shots,
    is_variant,
    named_kind,
    names_base,
    names_models,
)

_TOTALS = frozenset(("total", "of", "count", "all", "attempted"))
_MEASURED = frozenset(("cost or speed", "sizes", "counts", "how it was trained"))
_FEWEST_ALIKE = 3
"""Rows; two may be alike by chance."""
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.([0-9]{1,30}))?")
_PHASE = re.compile(r"(?:phase|stage|milestone|step|year|quarter|q) ?[0-9]{1,2}")
_F1 = re.compile(r"(?:.{0,20}[ _-])?F[-_ ]?1.{0,12}", re.IGNORECASE)
_OF_F1 = re.compile(r"(?:[PR]|Pre?c?|Re?c?)\.?(?: ?\(?%\)?)?", re.IGNORECASE)
_METHODS = frozenset(("method", "methods", "approach", "方法", "手法", "technique", "methode"))
_WORDS = re.compile(r"[^\W\d_]{3}")
_OF_SETTINGS = frozenset(("sizes", "how it was trained", "settings of the run"))


def with_others(table: Table, columns: Sequence[Column], is_known: IsKnown) -> tuple[Column, ...]:
    """The columns of a table, each with what those beside it say of it."""
    columns = _with_bases(table, columns)
    columns = _with_precision(_with_models(table, _with_runs(table, columns), is_known))
    columns = _without_measures(columns, is_known)
    columns = _without_how(table, columns, is_known)
    if any(column.why == "targets" for column in columns):
        # Where a plan names its target, its phases are none that were measured.
        columns = [
            replace(c, kind=Kind.SKIPPED, why="targets")
            if c.kind is Kind.NUMBERS and _PHASE.fullmatch(name_words(c.name))
            else c
            for c in columns
        ]
    found = _with_totals(table, _by_named_scores(columns, is_known))
    return tuple(_with_settings(table, list(_with_heads(found, is_known)), is_known))


def _with_runs(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; where none names models, a first one of ids that tells rows apart does."""
    first = columns[0]
    texts = [row[0].text for row in table.body]
    kinds = {column.kind for column in columns}
    is_long = Kind.BENCHMARK in kinds and first.why == "ids"
    is_run = (
        (first.why == "ids" or no_score(first.name) == "names of people or houses")
        and Kind.MODEL not in kinds
        and (is_long or (Kind.BENCHMARK not in kinds and len(set(texts)) == len(texts)))
        and all(_WORDS.search(text) is not None for text in texts)
    )
    if not is_run:
        return columns
    return [replace(first, kind=Kind.MODEL, why=""), *columns[1:]]


def _with_bases(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; a base beside methods is a part of the model, beside models a fact of them."""
    if any(column.kind is Kind.MODEL and names_models(column.name) for column in columns):
        return columns
    return [
        replace(column, kind=Kind.SETTING, why="")
        if column.kind is Kind.SKIPPED
        and column.why == "words"
        and names_base(column.name)
        and any(_WORDS.search(row[column.place].text) for row in table.body)
        else column
        for column in columns
    ]


def _with_precision(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; beside F1 the letters P and R are precision and recall, and no p-values."""
    if not any(_F1.fullmatch(column.name) for column in columns):
        return columns
    return [
        replace(column, kind=Kind.NUMBERS, why="")
        if column.kind is Kind.SKIPPED and _OF_F1.fullmatch(shown_label(column.name))
        else column
        for column in columns
    ]


def _without_measures(columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; beside a metric below a benchmark, what no word tells is another measure."""
    inner = [c for c in columns if c.kind is Kind.NUMBERS and len(c.names) > 1]
    measured = {c.names[:-1] for c in inner if is_metric(c.name)}
    often = Counter(c.name for c in inner)
    return [
        replace(column, kind=Kind.SKIPPED, why="a measure that is not known")
        if column in inner
        and column.names[:-1] in measured
        and (often[column.name] > 1 or is_known(column.names[-2]))
        and not _is_said(column, is_known)
        else column
        for column in columns
    ]


def _without_how(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; beside benchmarks along rows, a method is how they were measured.

    A heading that names a metric there says that the others name measures too, and no models.
    """
    numbers = [c for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE}]
    rows = [r for r in table.body if any(is_known(label_and_marks(c.text)[0]) for c in r[:2])]
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
        is_measure = (
            bool(measured)
            and column.kind is Kind.NUMBERS
            and column not in measured
            and len(column.names) == 1
            and not _is_said(column, is_known)
        )
        if is_how:
            answer.append(replace(column, kind=Kind.SKIPPED, why="words"))
        elif is_measure or (measured and name_words(column.name) == "baseline"):
            answer.append(replace(column, kind=Kind.SKIPPED, why="a measure that is not known"))
        else:
            answer.append(column)
    return answer


def _is_said(column: Column, is_known: IsKnown) -> bool:
    """Whether the last name of a column is understood below the one above it."""
    name = column.name
    return (
        is_metric(name)
        or is_shots(name)
        or is_variant(name)
        or is_language(name)
        or is_model(name)
        or is_known(name)
        or is_known(" ".join(column.names))
    )


def _with_models(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; among models one may be named like a quantity, as its numbers tell.

    Beside known benchmarks they are those that its neighbours have, row by row.
    """
    others = [c.place for c in columns if c.kind is Kind.NUMBERS]
    rows = [row for row in table.body if any(is_known(label_and_marks(c.text)[0]) for c in row[:2])]
    if len(rows) < _FEWEST_ALIKE or not others:
        return columns
    return [
        replace(column, kind=Kind.NUMBERS, why="")
        if column.kind is Kind.SKIPPED
        and column.why in _MEASURED
        and column.name
        and is_by_noun(column.name)
        and all(_is_like(row[column.place].text, [row[o].text for o in others]) for row in rows)
        else column
        for column in columns
    ]


def _is_like(text: str, others: Sequence[str]) -> bool:
    """Whether a number is of the form and of about the size of others."""
    own = _NUMBER.match(text.strip("*_ "))
    found = [number for o in others if (number := _NUMBER.match(o.strip("*_ "))) is not None]
    if own is None or not found:
        return False
    values = [float(number[0]) for number in found]
    return (
        any(len(number[1] or "") == len(own[1] or "") for number in found)
        and min(values) <= 2 * float(own[0])
        and float(own[0]) <= 2 * max(values)
    )


def _with_totals(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; how many were right stands beside how many there were."""
    if not any(column.why == "counts" for column in columns):
        return columns
    return [
        replace(column, kind=Kind.DOCUMENTS)
        if column.kind is Kind.NUMBERS
        and column.name.casefold() in _TOTALS
        and all(is_whole(row[column.place].text) for row in table.body if row[column.place].text)
        else column
        for column in columns
    ]


def _by_named_scores(columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; where rows are claims with a column named `score`, that alone holds them."""
    kinds = {column.kind for column in columns}
    if not {Kind.MODEL, Kind.BENCHMARK, Kind.VALUE} <= kinds:
        return columns
    return [
        replace(column, kind=Kind.SKIPPED, why="settings of the run")
        if column.kind is Kind.NUMBERS
        and not any(is_known(name) or is_metric(name) for name in column.names)
        and column.name.casefold() not in _TOTALS
        else column
        for column in columns
    ]


def _with_settings(table: Table, columns: list[Column], is_known: IsKnown) -> list[Column]:
    """The columns; those that alone tell rows apart which have the same labels are settings.

    `7B` and `13B` tell the models of a family apart, a sparsity the runs of one model.
    """
    labels = [c.place for c in columns if c.kind in OF_WORDS | {Kind.SHOTS}]
    heads = _heads(table, labels)
    if not labels or len(set(heads)) == len(heads):
        return columns
    answer = list(columns)
    is_long = any(c.kind is Kind.BENCHMARK for c in columns)
    is_stated = any(is_metric(c.name) for c in columns if c.kind is Kind.NUMBERS)
    # What was chosen for a run tells it apart before what it came to.
    for column in sorted(columns, key=lambda c: c.why == "sizes"):
        may_tell = column.kind is Kind.SKIPPED and column.why in _OF_SETTINGS
        may_tell = may_tell or (
            is_long
            and is_stated
            and column.kind is Kind.NUMBERS
            and not any(is_known(name) or is_metric(name) for name in column.names)
        )
        more = [
            (*head, row[column.place].text) for head, row in zip(heads, table.body, strict=True)
        ]
        if may_tell and len(set(more)) > len(set(heads)):
            heads = more
            answer[column.place] = replace(column, kind=Kind.SETTING, why="")
    return answer


def _heads(table: Table, places: Sequence[int]) -> list[tuple[str, ...]]:
    """The labels of each row; an empty one is that of the row above."""
    heads: list[tuple[str, ...]] = []
    for number, row in enumerate(table.body):
        above = heads[-1][1:] if heads else ("",) * len(places)
        own = (row[place].text or over for place, over in zip(places, above, strict=True))
        heads.append((table.sections[number], *own))
    return heads


def _with_heads(columns: Sequence[Column], is_known: IsKnown) -> Iterator[Column]:
    """The columns; where none but numbers stands beside benchmarks, the first heads the rows.

    Checkpoints are named by a step, and mixtures by a proportion.
    """
    yet = [c for c in columns if c.kind in OF_WORDS or (c.kind is Kind.GROUP and c.why)]
    others = [c for c in columns[1:] if c.kind is Kind.NUMBERS]
    known = [c for c in others if any(map(is_known, c.names))]
    first = columns[0]
    heads = (
        not yet
        and known
        and len(known) * 2 >= len(others)
        and first.kind in {Kind.NUMBERS, Kind.SKIPPED, Kind.SETTING}
        and first.names
        and not any(map(is_known, first.names))
        and first.why != "as you say"
    )
    for column in columns:
        is_head = heads and column is first
        yield replace(column, kind=Kind.GROUP, why="words") if is_head else column
