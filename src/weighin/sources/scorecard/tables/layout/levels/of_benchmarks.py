"""Which labels of a table are benchmarks."""

from collections.abc import Sequence

from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import (
    Axis,
    Joined,
    Level,
    is_protocol,
    label_of,
    model_share,
)
from weighin.sources.scorecard.tables.layout.levels.of_metrics import (
    OF_ANYTHING,
    across_from_rows,
)
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.words import (
    heads_parts,
    is_mean,
    is_measured,
    is_metric,
)

_OF_KEYWORD = 0.3
_FEWEST_MODELS = 0.5
_MOST = 0.5
_FEWEST_OF_MEAN = 2
_VALUES = frozenset(("value", "values", "default", "defaults", "值", "取值", "默认值"))
_SHORTEST = 2
"""Letters of an abbreviation that is none of a benchmark."""


def benchmarks_among(table: Table, joined: Sequence[Joined]) -> Joined | None:
    """The level of benchmarks, by what the registry knows and by the names of columns."""
    named = {f.axis for f in joined if f.levels[-1].kind is Kind.BENCHMARK}
    # Beside a column of tasks, one of groups is no more than that.
    tasks = [f for f in joined if f.levels[-1].kind is not Kind.GROUP or f.axis not in named]
    is_named = any(f.levels[-1].kind is Kind.MODEL for f in joined)
    scored = [(s, f) for f in tasks if (s := _score(f, is_apart_from_models=is_named)) > 0]
    if not scored:
        return None
    best = max(score for score, _ in scored)
    leading = [found for score, found in scored if score == best]
    if len({found.axis for found in leading}) > 1:
        return None
    if len(leading[0].levels) > 1:
        return leading[0]
    # Of those that say as much the inner one: above it stand groups.
    inner = leading[-1]
    finer = [f for f in leading[:-1] if _is_grouped_by(table, f.levels[0], inner.levels[0])]
    return finer[-1] if finer else inner


def _is_grouped_by(table: Table, level: Level, group: Level) -> bool:
    """Whether a column names a kind of each label of another, and several of these have one."""
    if (
        level.axis is Axis.COLUMNS
        or group.axis is Axis.COLUMNS
        or min(level.place, group.place) < 0
    ):
        return False
    rows = range(len(table.body))
    pairs = {(label_of(table, level, r, 0), label_of(table, group, r, 0)) for r in rows}
    return len(pairs) == len({own for own, _ in pairs}) > len({kind for _, kind in pairs})


def _score(found: Joined, *, is_apart_from_models: bool) -> float:
    inner = found.levels[-1]
    named = _OF_KEYWORD if inner.kind is Kind.BENCHMARK else 0.0
    if not found.known and is_protocol(inner):
        return 0.0
    if inner.kind is Kind.MODEL and not found.known:
        return 0.0
    # Beside a column of models one of tasks names tasks, whatever these are called.
    is_told = is_apart_from_models and inner.kind is Kind.BENCHMARK
    against = 0.4 * model_share(inner) if len(found.levels) == 1 and not is_told else 0.0
    is_model = 0.2 if inner.kind is Kind.MODEL and found.axis is Axis.ROWS else 0.0
    return found.known + named - against - is_model


def across_from_models(table: Table, joined: Sequence[Joined]) -> Joined | None:
    """The level across from models, where no benchmark is known."""
    singles = [found for found in joined if len(found.levels) == 1]
    named = [f for f in singles if f.levels[0].kind is Kind.MODEL and f.axis is Axis.ROWS]
    alike = [f for f in singles if model_share(f.levels[0]) >= _FEWEST_MODELS]
    models = (named or alike or _runs(table, singles))[:1]
    if models and models[0].levels[0].kind is Kind.SETTING and _are_facts(singles):
        return None
    if not models and (found := _with_mean(singles)) is not None:
        return found
    if not models:
        # Rows of metrics are what was measured of whatever stands above the numbers.
        rows = [f for f in singles if f.axis is Axis.ROWS and f.levels[0].place >= 0]
        found = next((f for f in rows if are_of_metrics(f) or _names_metrics(f)), None)
        return across_from_rows(table, singles) if found is None else found
    if alike and not named and len({f.axis for f in alike}) > 1:
        return None
    across = [f for f in singles if f.axis is not models[0].axis and f.levels[0].place >= 0]
    # Where a level of metrics stands alone, they are all that is said of the numbers.
    benchmarks = [f for f in across if not is_protocol(f.levels[0])]
    metrics = [f for f in across if are_of_metrics(f)]
    return next(reversed(benchmarks or metrics), None)


def _are_facts(singles: Sequence[Joined]) -> bool:
    """Whether `Value` heads all that is told of settings: no score, but what was set."""
    columns = [f for f in singles if f.axis is Axis.COLUMNS]
    return bool(columns) and all(
        name_words(label) in _VALUES for f in columns for label in f.labels
    )


def _with_mean(singles: Sequence[Joined]) -> Joined | None:
    """The level that begins or ends with a mean, which is one of benchmarks and not of models."""
    means = [
        f
        for f in singles
        if f.levels[0].place >= 0
        and len(f.labels) > _FEWEST_OF_MEAN
        and (is_mean(f.labels[0]) or is_mean(f.labels[-1]))
        and not f.levels[0].share(is_metric) > _MOST
    ]
    across = any(
        f.axis is not means[-1].axis
        and f.levels[0].place >= 0
        and f.levels[0].kind is not Kind.GROUP
        for f in singles
        if means
    )
    return means[-1] if across and len({f.axis for f in means}) == 1 else None


def are_of_metrics(found: Joined) -> bool:
    """Whether the labels of a level are metrics, and no name of what was measured."""
    return not found.known and found.levels[-1].share(is_metric) > _MOST


def _names_metrics(found: Joined) -> bool:
    """Whether a level is called that of metrics, and has one."""
    level = found.levels[-1]
    return level.kind is Kind.METRIC and any(map(is_metric, level.labels))


def _runs(table: Table, singles: Sequence[Joined]) -> list[Joined]:
    """Levels of a first column whose labels are the runs or systems that were measured.

    Rows of an ablation are runs of one model, whatever they are called. Below a word that nobody
    knows stand systems, where metrics or a mean beside them say that columns are none.
    """
    return [
        found
        for found in singles
        if found.axis is Axis.ROWS
        and found.levels[0].place == min(f.levels[0].place for f in singles if f.axis is Axis.ROWS)
        and (found.levels[0].kind is Kind.SETTING or _are_systems(table, found, singles))
    ]


def _are_systems(table: Table, found: Joined, singles: Sequence[Joined]) -> bool:
    level = found.levels[0]
    heading = table.header[-1][level.place].text if table.header else ""
    columns = [
        f
        for f in singles
        if f.axis is Axis.COLUMNS and not all(name_words(t) in OF_ANYTHING for t in f.labels)
    ]
    is_told = any(
        are_of_metrics(f) or f.levels[0].share(is_measured) > _MOST or any(map(is_mean, f.labels))
        for f in columns
    )
    is_apart = len({row[level.place].text for row in table.body}) == len(table.body)
    is_part = any(map(is_mean, level.labels)) or heads_parts(heading)
    return level.kind is None and bool(heading) and is_told and is_apart and not is_part


def _are_parts_below(above: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether most headings below others are parts of these: short, or no names.

    Beside columns of one heading those of two are what stands above them, part by part.
    """
    parts = [own for over, own in zip(above, labels, strict=True) if own != over]
    small = sum(not any(map(str.isupper, own)) or len(own) <= _SHORTEST for own in parts)
    return any(map(str.__eq__, above, labels)) and 0 < len(parts) < 2 * small


def with_outer(
    table: Table, benchmark: Joined, levels: Sequence[Level], numbers: Sequence[Column]
) -> Joined:
    """Benchmarks that nobody knows, with the names above them where their own are of measures."""
    inner = benchmark.levels[-1]
    outer = next((o for o in levels if o.axis is Axis.COLUMNS and o.place == inner.place - 1), None)
    if benchmark.known or len(benchmark.levels) > 1 or inner.axis is Axis.ROWS or outer is None:
        return benchmark
    labels = [label_of(table, inner, 0, column.place) for column in numbers]
    is_measures = len(set(labels)) < len(labels) or any(map(is_metric, labels))
    above = [label_of(table, outer, 0, column.place) for column in numbers]
    is_measures = is_measures or _are_parts_below(above, labels)
    if not is_measures or model_share(outer) >= _FEWEST_MODELS or len(outer.labels) < 2:  # noqa: PLR2004  # one names the table
        return benchmark
    return Joined(levels=(outer, inner), known=0.0, labels=benchmark.labels)
