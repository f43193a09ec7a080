"""What columns hold by the others beside them: what names rows, and what tells them apart."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.layout.beside.alike import with_alike, without_unlike
from weighin.sources.scorecard.tables.layout.beside.counts import without_counted
from weighin.sources.scorecard.tables.layout.beside.differences import without_differences
from weighin.sources.scorecard.tables.layout.beside.measures import (
    TOTALS,
    with_precision,
    without_counts,
    without_how,
    without_measures,
    without_parts_of_whole,
    without_siblings,
)
from weighin.sources.scorecard.tables.layout.beside.settings import with_settings
from weighin.sources.scorecard.tables.layout.column import OF_WORDS, Column, is_whole
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.no_scores import is_by_noun, no_score
from weighin.sources.scorecard.tables.layout.words import (
    heads_parts,
    is_mean,
    is_measure,
    is_metric,
    is_model,
    named_kind,
    names_base,
    names_models,
)

_MEASURED = frozenset(("cost or speed", "sizes", "counts", "how it was trained"))
_FILES = frozenset(
    ("", "file", "files", "filename", "file name", "path", "output", "output file", "run",
     "run name", "name", "index", "unnamed 0")
)  # fmt: skip
_OF_NAMES = frozenset(("words", "names of people or houses", "ids"))
_COUNTED = frozenset(
    ("step", "steps", "epoch", "epochs", "iteration", "iterations", "iter", "round", "rounds",
     "seed", "checkpoint", "trial", "generation", "cycle", "\u6b65\u6570", "\u8f6e\u6b21")
)  # fmt: skip
_MAY_COUNT = frozenset((Kind.NUMBERS, Kind.SKIPPED, Kind.SETTING))
_FEWEST_ALIKE = 3
"""Rows; two may be alike by chance."""
_MEASURED_NAMES = frozenset(
    ("measured", "actual", "observed", "achieved", "obtained", "实际", "实测", "gemessen", "mesuré")
)
_EXPECTED_NAMES = frozenset(
    ("predicted", "expected", "projected", "planned", "forecast", "estimated", "hypothesis",
     "required", "预期", "预测", "目标", "erwartet", "prévu")
)  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.([0-9]{1,30}))?")
_PHASE = re.compile(r"(?:phase|stage|milestone|step|year|quarter|q) ?[0-9]{1,2}")
_WORDS = re.compile(r"[^\W\d_]{3}")


def with_others(table: Table, columns: Sequence[Column], is_known: IsKnown) -> tuple[Column, ...]:
    """The columns of a table, each with what those beside it say of it."""
    columns = without_differences(with_alike(table, columns))
    columns = _with_splits(_with_lost_models(table, columns))
    columns = _with_ours(_without_file_names(table, columns))
    columns = without_parts_of_whole(table, columns, is_known)
    columns = without_siblings(_with_bases(table, _with_crossed(table, columns)))
    columns = with_precision(_with_models(table, _with_runs(table, columns), is_known))
    columns = without_counted(table, without_measures(table, columns, is_known), is_known)
    columns = without_counts(table, columns, is_known)
    columns = without_how(table, columns, is_known)
    columns = _without_predictions(columns)
    if any(column.why == "targets" for column in columns):
        # Where a plan names its target, its phases are none that were measured.
        columns = [
            replace(c, kind=Kind.SKIPPED, why="targets")
            if c.kind is Kind.NUMBERS and _PHASE.fullmatch(name_words(c.name))
            else c
            for c in columns
        ]
    found = _with_totals(table, _by_named_scores(columns, is_known))
    told = with_settings(table, list(_with_heads(found, is_known)), is_known)
    return tuple(without_unlike(table, told, is_known))


def _with_runs(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; where none names models, a first one of ids that tells rows apart does."""
    first = columns[0]
    texts = [row[0].text for row in table.body]
    kinds = {column.kind for column in columns}
    is_long = Kind.BENCHMARK in kinds and first.why == "ids"
    is_run = (
        (first.why == "ids" or no_score(first.name) == "names of people or houses")
        and Kind.MODEL not in kinds
        and not heads_parts(first.name)
        and (is_long or (Kind.BENCHMARK not in kinds and len(set(texts)) == len(texts)))
        and all(_WORDS.search(text) is not None for text in texts)
    )
    if not is_run:
        return columns
    return [replace(first, kind=Kind.MODEL, why=""), *columns[1:]]


def _with_splits(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; beside one of models, a first one of splits says on which a score is."""
    is_of_models = any(c.kind is Kind.MODEL for c in columns)
    return [
        replace(c, kind=Kind.SPLIT, why="")
        if is_of_models and c.why == "words" and named_kind(c.name) is Kind.SPLIT
        else c
        for c in columns
    ]


def _with_lost_models(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; where none is one of models, that of their names is, whatever it is called.

    Beside models a judge is a fact of them, and where judges are compared it is what was measured.
    """
    if any(c.kind in {Kind.MODEL, Kind.BENCHMARK, Kind.VALUE} for c in columns):
        return columns
    found = [c for c in columns if c.kind is Kind.SKIPPED and _are_models(table, c)]
    others = [c for c in columns if c.kind is Kind.GROUP and _are_models(table, c)]
    headed = any(is_model(c.name) for c in columns if c.kind is Kind.NUMBERS)
    if len(found) != 1 or others or headed:
        return columns
    return [replace(c, kind=Kind.MODEL, why="") if c is found[0] else c for c in columns]


def _are_models(table: Table, column: Column) -> bool:
    """Whether a column has the name of a model in most rows, of another one in each."""
    texts = [row[column.place].text for row in table.body]
    return (
        column.why in _OF_NAMES
        and len(set(texts)) == len(texts)
        and sum(map(is_model, texts)) * 2 > len(texts)
    )


def _without_file_names(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; a first one that repeats what others say of each run is its file's name."""
    first = columns[0]
    beside = [c for c in columns[1:] if c.kind in OF_WORDS and c.kind is not Kind.GROUP]
    is_repeated = (
        first.kind is Kind.GROUP
        and name_words(first.name) in _FILES
        and any(c.kind is Kind.MODEL for c in beside)
        and all(
            row[c.place].text and row[c.place].text in row[0].text
            for row in table.body
            for c in beside
        )
    )
    return [replace(first, kind=Kind.SKIPPED, why="ids"), *columns[1:]] if is_repeated else columns


def _without_predictions(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; beside what was measured, what was expected is no score."""
    if not any(name_words(column.name) in _MEASURED_NAMES for column in columns):
        return columns
    return [
        replace(column, kind=Kind.SKIPPED, why="targets")
        if column.kind is Kind.NUMBERS and name_words(column.name) in _EXPECTED_NAMES
        else column
        for column in columns
    ]


def _with_ours(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; beside other columns of numbers `Ours` is the name of one."""
    others = [c for c in columns if c.kind is Kind.NUMBERS]
    return [
        replace(column, kind=Kind.NUMBERS)
        if others and column.kind is Kind.VALUE and name_words(column.name) == "ours"
        else column
        for column in columns
    ]


def _with_crossed(table: Table, columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; words of a name that nobody knows, several of them a benchmark, are models.

    Each benchmark has one category, and is measured of several systems.
    """
    kinds = {column.kind for column in columns}
    places = [c.place for c in columns if c.kind is Kind.BENCHMARK]
    may_be = [
        c
        for c in columns
        if c.kind is Kind.GROUP and c.why == "words" and c.name and not heads_parts(c.name)
    ]
    is_told = Kind.VALUE in kinds or any(
        is_metric(c.name) or is_mean(c.name) for c in columns if c.kind is Kind.NUMBERS
    )
    if Kind.MODEL in kinds or not places or not may_be or not is_told:
        return columns
    of_models: dict[str, set[str]] = defaultdict(set)
    for row in table.body:
        of_models[row[places[-1]].text].add(row[may_be[0].place].text)
    if not any(len(names) > 1 for names in of_models.values()):
        return columns
    return [replace(c, kind=Kind.MODEL, why="") if c is may_be[0] else c for c in columns]


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


def _with_models(table: Table, columns: Sequence[Column], is_known: IsKnown) -> Sequence[Column]:
    """The columns; among models one may be named like a quantity, as its numbers tell.

    Beside known benchmarks they are those that its neighbours have, row by row.
    """
    others = [c.place for c in columns if c.kind is Kind.NUMBERS]
    rows = table.rows_of_known(is_known)
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
        and column.name.casefold() in TOTALS
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
        and column.name.casefold() not in TOTALS
        else column
        for column in columns
    ]


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
        and (known or any(is_metric(c.name) for c in others))
        and not is_mean(first.name)
        and not is_metric(first.name)
        and first.kind in {Kind.NUMBERS, Kind.SKIPPED, Kind.SETTING}
        and first.names
        and not any(map(is_known, first.names))
        and first.why not in {"as you say", "yes or no"}
    )
    # What falls beside the scores is how a model was trained, and no series of models.
    is_curve = any(name_words(c.name).endswith("loss") for c in columns)
    is_run = not (yet or known or is_curve) and bool(others) and _counts_runs(first, others)
    for column in columns:
        if column is first and (heads or is_run):
            kind, why = (Kind.SETTING, "") if is_run else (Kind.GROUP, "words")
            yield replace(column, kind=kind, why=why)
        else:
            yield column


def _counts_runs(first: Column, others: Sequence[Column]) -> bool:
    """Whether a first column says after how many steps each row was measured."""
    words = name_words(first.name).split()
    is_count = bool(words) and words[-1] in _COUNTED and first.kind in _MAY_COUNT
    return is_count and sum(is_measure(c.name) for c in others) * 2 >= len(others)
