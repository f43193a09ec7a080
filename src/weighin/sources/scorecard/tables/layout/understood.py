"""Which labels of a table are models and which are benchmarks."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weighin.sources.scorecard.tables.layout.beside.versions import is_print
from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.columns import columns_of
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import (
    Axis,
    Joined,
    Level,
    candidates,
    levels_of,
)
from weighin.sources.scorecard.tables.layout.levels.of_benchmarks import (
    across_from_models,
    are_of_metrics,
    benchmarks_among,
    with_outer,
)
from weighin.sources.scorecard.tables.layout.levels.of_models import (
    are_fields,
    are_models,
    models_among,
)
from weighin.sources.scorecard.tables.layout.levels.of_parts import places_of_parts
from weighin.sources.scorecard.tables.layout.levels.of_title import (
    named_around,
    named_by_title,
)
from weighin.sources.scorecard.tables.layout.no_scores import no_score_of_title
from weighin.sources.scorecard.tables.layout.words import is_share_metric

_WITH_NAME = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,8})?\s?%?)\s{1,3}(?:on )?([^\W\d].{1,60})")
_NO_SCORES = "it holds no numbers that could be scores"
_NAMELESS = "its columns of numbers have no headings to tell them apart; paste its header too"
_ASKS = (
    "nothing tells whether its rows or its columns are models; name its first column, for example "
    "--column NAME=model"
)
_OF_ITEMS = (
    "most benchmarks stand in more than ten rows, as of documents or steps, and no heading is "
    "known to be a model; paste their scores alone, or name a column, for example "
    "--column NAME=model"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the labels of a table are.

    Attributes:
        columns: What each column holds.
        numbers: Columns with scores.
        benchmark: The level of benchmarks; `None` where the title names the only one.
        model: The level of models; `None` where none is named.
        others: Further levels, from the outer to the inner.
        title_benchmark: The benchmark that the title names; empty if a level does.
        is_of_metrics: Whether metrics stand where benchmarks would, and no level names one.
        parts: Places of the other levels that name parts of what was measured.
        is_print: Whether a harness printed it: each row a task, its version, a metric and a value.
    """

    columns: tuple[Column, ...]
    numbers: tuple[Column, ...]
    benchmark: Joined | None
    model: Level | None
    others: tuple[Level, ...]
    title_benchmark: str = ""
    is_of_metrics: bool = False
    parts: frozenset[int] = frozenset()
    is_print: bool = False
    _by_kind: Mapping[Kind, Sequence[int]] = field(init=False, repr=False, compare=False)
    _scores: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the places of columns, which are asked for a column at a time."""
        by_kind: dict[Kind, list[int]] = defaultdict(list)
        for column in self.columns:
            by_kind[column.kind].append(column.place)
        object.__setattr__(self, "_by_kind", dict(by_kind))
        object.__setattr__(self, "_scores", [column.place for column in self.numbers])

    @property
    def rows_are(self) -> Kind:
        """What heads a row: a model, a benchmark, or both (`VALUE`)."""
        if self.benchmark is None or self.benchmark.axis is not Axis.ROWS:
            return Kind.MODEL
        is_claim = self.model is None or self.model.axis is Axis.ROWS
        return Kind.VALUE if is_claim else Kind.BENCHMARK

    def place(self, kind: Kind, near: int) -> int | None:
        """The column of a kind that says something of the numbers in another; `None` if none does.

        Args:
            kind: The kind.
            near: Number of the column with scores.
        """
        found = self._by_kind.get(kind, ())
        if len(found) == 1 and self._is_for_all(found[0]):
            return found[0]
        after = bisect_right(self._scores, near)
        end = self._scores[after] if after < len(self._scores) else len(self.columns)
        first = bisect_right(found, near)
        return found[first] if first < len(found) and found[first] < end else None

    def _is_for_all(self, place: int) -> bool:
        numbers = self._scores
        return len(numbers) == 1 or place < numbers[0] or place > numbers[-1]


def layout_of(table: Table, is_known: IsKnown, corrected: Mapping[str, Kind]) -> Layout | str:
    """What the labels of a table are, or why it cannot be told.

    Args:
        table: It.
        is_known: Whether a label is the name of a benchmark of the registry.
        corrected: Kinds that the user gives, by the name of a column.
    """
    columns = columns_of(table, is_known, corrected)
    numbers = tuple(c for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE})
    if not numbers or not table.body:
        named = _named_within(table, is_known)
        return f"{_NO_SCORES}{named}"
    if len(numbers) > 1 and not any(column.names for column in numbers):
        return _NAMELESS
    levels = levels_of(table, columns, is_known)
    joined = list(candidates(table, levels, columns, is_known))
    why = no_score_of_title(table.title)
    if why is not None and not corrected and not any(_is_scored(c, is_known) for c in numbers):
        return f"its heading says that it holds no scores: {why}"
    benchmark = _tasks(joined) if is_print(columns) else benchmarks_among(table, joined)
    title = named_by_title(table, is_known) if benchmark is None else ""
    if benchmark is None and not title:
        benchmark = across_from_models(table, joined)
        if benchmark is None:
            return _ASKS
    benchmark = None if benchmark is None else with_outer(table, benchmark, levels, numbers)
    taken = () if benchmark is None else benchmark.levels
    rest = [level for level in levels if level not in taken]
    # A harness prints one run; the line above it names the model.
    model = None if is_print(columns) else models_among(table, rest, benchmark, is_known)
    if title and (model is None or (model.kind is not Kind.MODEL and not are_models(model))):
        # A heading names the benchmark of models, not of whatever stands below it.
        return _ASKS
    if benchmark and not corrected and are_fields(table, benchmark, rest, model):
        return _OF_ITEMS
    is_of_metrics = benchmark is not None and are_of_metrics(benchmark)
    others = tuple(level for level in rest if level != model)
    return Layout(
        columns=columns,
        numbers=numbers,
        benchmark=benchmark,
        model=model,
        others=others,
        parts=places_of_parts(table, model, benchmark, others),
        title_benchmark=named_around(table, is_known) if is_of_metrics else title,
        is_of_metrics=is_of_metrics,
        is_print=is_print(columns),
    )


def _tasks(joined: Sequence[Joined]) -> Joined | None:
    """The level of tasks, which a harness prints first."""
    singles = [found for found in joined if len(found.levels) == 1]
    return next((f for f in singles if f.levels[0].kind is Kind.BENCHMARK), None)


def _is_scored(column: Column, is_known: IsKnown) -> bool:
    """Whether the heading of a column names a benchmark, or a metric of scores."""
    return any(is_known(name) or is_share_metric(name) for name in column.names)


def _named_within(table: Table, is_known: IsKnown) -> str:
    """What to change where cells name their benchmark beside their number."""
    for row in table.body:
        for cell in row[1:]:
            found = _WITH_NAME.fullmatch(cell.text)
            if found is not None and is_known(found[2]):
                return (
                    f": {cell.text!r} names its benchmark; write {found[1]} alone, and "
                    f"{found[2]} above it or beside it"
                )
    return ""
