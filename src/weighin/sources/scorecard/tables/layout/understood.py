"""Which labels of a table are models and which are benchmarks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.columns import columns_of
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels import (
    Axis,
    Joined,
    Level,
    are_settings,
    candidates,
    is_meta,
    is_protocol,
    label_of,
    levels_of,
    model_share,
)
from weighin.sources.scorecard.tables.layout.words import is_metric

_OF_KEYWORD = 0.3
_OF_OTHER_AXIS = 0.3
_OF_SETTINGS = 0.15
_MOST_KNOWN = 0.5
_FEWEST_MODELS = 0.5
_WITH_NAME = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,8})?\s?%?)\s{1,3}(?:on )?([^\W\d].{1,60})")
_NO_SCORES = "it holds no numbers that could be scores"
_NAMELESS = "its columns of numbers have no headings to tell them apart; paste its header too"
_ASKS = (
    "nothing tells whether its rows or its columns are models; name its first column, for example "
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
    """

    columns: tuple[Column, ...]
    numbers: tuple[Column, ...]
    benchmark: Joined | None
    model: Level | None
    others: tuple[Level, ...]
    title_benchmark: str = ""

    @property
    def rows_are(self) -> Kind:
        """What heads a row: a model, a benchmark, or both (`VALUE`)."""
        axes = {part.axis for part in (self.benchmark, self.model) if part is not None}
        if self.benchmark is not None and self.benchmark.axis is Axis.ROWS:
            return Kind.VALUE if axes == {Axis.ROWS} else Kind.BENCHMARK
        return Kind.MODEL

    def place(self, kind: Kind, near: int) -> int | None:
        """The column of a kind that says something of the numbers in another; `None` if none does.

        Args:
            kind: The kind.
            near: Number of the column with scores.
        """
        found = [column.place for column in self.columns if column.kind is kind]
        if not found:
            return None
        if len(found) < 2:  # noqa: PLR2004
            return found[0] if self._is_for_all(found[0]) else self._beside(found, near)
        return self._beside(found, near)

    def _is_for_all(self, place: int) -> bool:
        numbers = [column.place for column in self.numbers]
        return len(numbers) == 1 or place < numbers[0] or place > numbers[-1]

    def _beside(self, found: Sequence[int], near: int) -> int | None:
        following = [column.place for column in self.numbers if column.place > near]
        end = min(following, default=len(self.columns))
        return next((place for place in found if near < place < end), None)


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
    benchmark = _benchmark(joined)
    title = table.title if benchmark is None and is_known(table.title) else ""
    if benchmark is None and not title:
        benchmark = _by_models(joined)
        if benchmark is None:
            return _asks(joined)
    benchmark = None if benchmark is None else _with_outer(table, benchmark, levels, numbers)
    taken = () if benchmark is None else benchmark.levels
    rest = [level for level in levels if level not in taken]
    model = _model(table, rest, benchmark, is_known)
    if title and (model is None or (model.kind is not Kind.MODEL and not _are_models(model))):
        # A heading names the benchmark of models, not of whatever stands below it.
        return _ASKS
    return Layout(
        columns=columns,
        numbers=numbers,
        benchmark=benchmark,
        model=model,
        others=tuple(level for level in rest if level != model),
        title_benchmark=title,
    )


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


def _asks(joined: Sequence[Joined]) -> str:
    """What must be said of a table that names no benchmark, or not what are models."""
    metrics = [f.levels[0] for f in joined if f.axis is Axis.COLUMNS and is_protocol(f.levels[0])]
    is_named = any(f.levels[0].kind is Kind.MODEL for f in joined if f.axis is Axis.ROWS)
    if not is_named or not metrics:
        return _ASKS
    first = metrics[-1].labels[0]
    return (
        f"it names no benchmark; say of what its {first} is, for example --column "
        f"'{first}=MMLU-Pro'"
    )


def _are_models(level: Level) -> bool:
    return model_share(level) >= _FEWEST_MODELS


def _benchmark(joined: Sequence[Joined]) -> Joined | None:
    """The level of benchmarks, by what the registry knows and by the names of columns."""
    scored = [(score, found) for found in joined if (score := _score(found)) > 0]
    if not scored:
        return None
    best = max(score for score, _ in scored)
    leading = [found for score, found in scored if score == best]
    if len({found.axis for found in leading}) > 1:
        return None
    # Of those that say as much the inner one: above it stand groups.
    return leading[-1] if len(leading[0].levels) == 1 else leading[0]


def _score(found: Joined) -> float:
    inner = found.levels[-1]
    named = _OF_KEYWORD if inner.kind is Kind.BENCHMARK else 0.0
    if not found.known and is_protocol(inner):
        return 0.0
    if inner.kind is Kind.MODEL and not found.known:
        return 0.0
    against = 0.4 * model_share(inner) if len(found.levels) == 1 else 0.0
    is_model = 0.2 if inner.kind is Kind.MODEL and found.axis is Axis.ROWS else 0.0
    return found.known + named - against - is_model


def _by_models(joined: Sequence[Joined]) -> Joined | None:
    """The level across from models, where no benchmark is known."""
    singles = [found for found in joined if len(found.levels) == 1]
    named = [f for f in singles if f.levels[0].kind is Kind.MODEL and f.axis is Axis.ROWS]
    alike = [f for f in singles if model_share(f.levels[0]) >= _FEWEST_MODELS]
    # Rows of an ablation are runs of one model, whatever they are called.
    runs = [
        f
        for f in singles
        if f.levels[0].kind is Kind.SETTING and f.axis is Axis.ROWS and not f.levels[0].place
    ]
    models = (named or alike or runs)[:1]
    if not models or (alike and not named and len({f.axis for f in alike}) > 1):
        return None
    across = [
        found
        for found in singles
        if found.axis is not models[0].axis
        and not is_protocol(found.levels[0])
        and found.levels[0].place >= 0
    ]
    if models[0] in runs and across and any(map(is_metric, across[-1].labels)):
        # A metric beside numbers of runs says that these are no benchmarks.
        return None
    return across[-1] if across else None


def _with_outer(
    table: Table, benchmark: Joined, levels: Sequence[Level], numbers: Sequence[Column]
) -> Joined:
    """Benchmarks that nobody knows, with the names above them where their own are of measures."""
    inner = benchmark.levels[-1]
    outer = next((o for o in levels if o.axis is Axis.COLUMNS and o.place == inner.place - 1), None)
    if benchmark.known or len(benchmark.levels) > 1 or inner.axis is Axis.ROWS or outer is None:
        return benchmark
    labels = [label_of(table, inner, 0, column.place) for column in numbers]
    is_measures = len(set(labels)) < len(labels) or any(map(is_metric, labels))
    if not is_measures or model_share(outer) >= _FEWEST_MODELS or len(outer.labels) < 2:  # noqa: PLR2004  # one names the table
        return benchmark
    return Joined(levels=(outer, inner), known=0.0, labels=benchmark.labels)


def _model(
    table: Table, rest: Sequence[Level], benchmark: Joined | None, is_known: IsKnown
) -> Level | None:
    """The level of models among the others; `None` where none is named."""
    axis = None if benchmark is None else benchmark.axis
    best: tuple[float, Level] | None = None
    for level in rest:
        is_across = axis is None or level.axis is not axis
        score = model_share(level) - 0.4 * level.share(is_known)
        score += 0.5 if level.kind is Kind.MODEL else 0.0
        score += _OF_OTHER_AXIS if is_across else 0.0
        score -= 0.3 if level.kind in {Kind.SETTING, Kind.GROUP} else 0.0
        if level.place < 0 and any(o.axis is level.axis and o.place >= 0 for o in rest):
            # Section rows name models where no column does.
            continue
        score -= 0.15 if is_meta(level) else 0.0
        score -= _OF_SETTINGS if are_settings(table, level, rest) else 0.0
        if is_protocol(level) and level.kind is not Kind.MODEL:
            continue
        if level.share(is_known) > _MOST_KNOWN:
            # Benchmarks once more, where a header has them in two rows.
            continue
        if score > 0.1 and (best is None or score >= best[0]):  # noqa: PLR2004
            best = score, level
    return None if best is None else best[1]
