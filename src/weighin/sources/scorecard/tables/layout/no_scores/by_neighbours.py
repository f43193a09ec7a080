"""Which columns of numbers are no scores, or are scores after all, by those beside them."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.no_scores.by_name import is_chance
from weighin.sources.scorecard.tables.layout.words import is_language, is_mean, is_metric

_ERRORS = frozenset(("±", "+/-", "+-", "±se", "±std", "±sd", "± se", "± std", "± sd", "±%"))
_SHARES = frozenset(
    (
        "%",
        "percent",
        "percentage",
        "pct",
        "share",
        "share %",
        "% of total",
        "% of all",
        "proportion",
        "fraction",
        "ratio",
        "frequency %",
        "占比",
        "比例",
        "百分比",
        "割合",
        "比率",
        "비율",
        "anteil",
        "part",
        "proporción",
        "proporção",
        "доля",
        "процент",
        "udział",
    )
)
_AMOUNTS = frozenset(
    (
        "count",
        "counts",
        "number",
        "n",
        "#",
        "total",
        "models",
        "samples",
        "examples",
        "items",
        "instances",
        "frequency",
        "freq",
        "amount",
        "数量",
        "个数",
        "计数",
        "样本数",
        "件数",
        "数",
        "개수",
        "anzahl",
        "nombre",
        "número",
        "numero",
        "количество",
        "число",
        "liczba",
    )
)
"""How many there are, and not how many of them were right."""
_FEWEST_LANGUAGES, _MANY_LANGUAGES = 2, 4
_TWO_LETTERS = re.compile(r"[a-z]{2}")
_NAMES = frozenset(("name", "names", "nom", "nombre", "nome", "名称", "名前", "이름"))
_PLACES = frozenset(("checkpoint", "checkpoints", "model path", "weights"))


def by_neighbours(columns: Sequence[Column], is_known: Callable[[str], bool]) -> tuple[Column, ...]:
    """The columns of a table, as those beside them tell what they hold.

    Args:
        columns: They.
        is_known: Whether a label is the name of a benchmark of the registry.
    """
    columns = _with_averages(_without_shares_of_counts(_with_names(columns)))
    columns = _without_checkpoints(_with_errors(columns))
    return tuple(_with_languages(_without_chance(columns, is_known)))


def _with_names(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; a first one that is called Name names models where no other says what does."""
    first = next((c for c in columns if c.kind is not Kind.SKIPPED), None)
    if first is None or name_words(first.name) not in _NAMES:
        return columns
    if any(c.kind in {Kind.MODEL, Kind.BENCHMARK} for c in columns):
        return columns
    return [replace(c, kind=Kind.MODEL, why="") if c is first else c for c in columns]


def _without_shares_of_counts(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; beside how many there are, a percentage that is all else is their share."""
    numbers = [c for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE}]
    counts = [c for c in columns if c.why == "counts" or c.kind is Kind.DOCUMENTS]
    is_breakdown = (
        len(numbers) == 1
        and name_words(numbers[0].name) in _SHARES
        and any(name_words(c.name) in _AMOUNTS for c in counts)
        and not any(c.kind is Kind.BENCHMARK for c in columns)
    )
    return [
        replace(c, kind=Kind.SKIPPED, why="shares of counts")
        if is_breakdown and c is numbers[0]
        else c
        for c in columns
    ]


def _with_averages(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns; the mean of what others are called is read as they are: `Avg Rel.`."""
    ends = Counter(_last(c) for c in columns if c.kind is Kind.NUMBERS)
    return [
        replace(column, kind=Kind.NUMBERS, why="")
        if column.kind is Kind.SKIPPED
        and column.why == "differences"
        and ends[_last(column)] > 1
        and is_mean(name_words(column.name).rpartition(" ")[0])
        else column
        for column in columns
    ]


def _last(column: Column) -> str:
    return name_words(column.name).rpartition(" ")[2]


def _with_errors(columns: Sequence[Column]) -> list[Column]:
    """The columns; numbers below ± are errors of those before them."""
    return [
        replace(column, kind=Kind.STANDARD_ERROR, why="")
        if column.kind is Kind.NUMBERS and column.name.strip("() ").casefold() in _ERRORS
        else column
        for column in columns
    ]


def _without_checkpoints(columns: Sequence[Column]) -> list[Column]:
    """The columns; beside one of models, that of their checkpoints says where these are kept."""
    models = [c for c in columns if c.kind is Kind.MODEL]
    kept = [c for c in models if name_words(c.name) in _PLACES]
    return [
        replace(column, kind=Kind.SKIPPED, why="words")
        if column in kept and len(kept) < len(models)
        else column
        for column in columns
    ]


def _without_chance(columns: Sequence[Column], is_known: Callable[[str], bool]) -> list[Column]:
    """The columns; beside metrics or benchmarks, what chance would reach is no score.

    Beside models `Random` is one of them.
    """
    others = [c for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE} and not is_chance(c.name)]
    measured = [c for c in others if is_metric(c.name) or any(map(is_known, c.names))]
    if not measured or len(measured) * 2 < len(others):
        return list(columns)
    return [
        replace(column, kind=Kind.SKIPPED, why="chance")
        if column.kind is Kind.NUMBERS and is_chance(column.name)
        else column
        for column in columns
    ]


def _with_languages(columns: Sequence[Column]) -> list[Column]:
    """The columns; among those named by languages `id` and `ms` are two more."""
    of_many = among_languages(columns)
    named = [c for c in columns if c.kind is Kind.NUMBERS and is_language(c.name)]
    are_few = len(named) >= _FEWEST_LANGUAGES
    return [
        replace(column, kind=Kind.NUMBERS, why="")
        if column.kind is Kind.SKIPPED
        and column.place
        and (column.place in of_many or (are_few and column.name in {"id", "ID", "ms", "MS"}))
        else column
        for column in columns
    ]


def among_languages(columns: Sequence[Column]) -> frozenset[int]:
    """Places of columns called by two letters, where many others of their kind are languages.

    `recall ar`, `recall de` and `recall hi`: each by its last word, and by what stands before it.
    """
    parts = [(column, name_words(column.name).rpartition(" ")) for column in columns]
    languages = Counter(
        before
        for column, (before, _, last) in parts
        if column.kind is Kind.NUMBERS and is_language(last)
    )
    return frozenset(
        column.place
        for column, (before, _, last) in parts
        if languages[before] >= _MANY_LANGUAGES and _TWO_LETTERS.fullmatch(last) is not None
    )
