"""What rows are where metrics head the columns, and nothing else tells it."""

# ruff: noqa: E501  # one pattern a line
import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import (
    Axis,
    Joined,
    Level,
    are_settings,
    model_share,
)
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score
from weighin.sources.scorecard.tables.layout.words import (
    heads_parts,
    is_language,
    is_mean,
    is_measure,
    is_metric,
    is_shots,
    is_variant,
    named_kind,
)

_FEWEST = 0.5
_CONDITIONS = re.compile(
    r"(?:.{0,40} )?(?!(?:question|task|problem|entity|error|query|item|class|category|relation|claim|document|data|content|answer|image|text|event|topic|subject) )"
    r"[^\W_]{2,20} (?:types?|kinds?|families|family|groups?|category|values?)"
)
"""A `noise type` is how something was scored, a `question type` what was asked."""
_WHOLE = frozenset(("all", "total", "全部", "合计", "总计", "整体", "alle", "tous", "todos", "все"))

OF_ANYTHING = frozenset(("value", "values", "wert", "valeur", "valor", "值", "数值", "取值"))
"""What heads settings and facts as well as scores."""


def across_from_rows(table: Table, singles: Sequence[Joined]) -> Joined | None:
    """What names benchmarks where metrics head the columns, whatever the rows are called.

    Rows of languages, of classes and of sets are what was measured; other rows are systems. Of two
    columns of labels the outer names the sets if the inner has the same systems below each.
    """
    columns = [f for f in singles if f.axis is Axis.COLUMNS and f.labels]
    rows = [f.levels[0] for f in singles if f.axis is Axis.ROWS and f.levels[0].place >= 0]
    rows = [level for level in rows if not _are_numbers(level)]
    if not columns or not rows:
        return None
    metrics = columns[-1]
    if metrics.known or metrics.levels[-1].share(is_measure) < _FEWEST:
        return None
    inner = rows[-1]
    if len(rows) == 1:
        if all(name_words(label) in OF_ANYTHING for label in metrics.labels):
            return None
        if _are_parts(table, inner):
            return Joined(levels=(inner,), known=0.0, labels=inner.labels)
        return None if is_blurred(inner) else metrics
    outer = rows[-2]
    is_crossed = are_settings(table, inner, [outer]) and model_share(outer) < _FEWEST
    if not is_crossed or inner.kind is Kind.METRIC or _are_parts(table, inner):
        return None
    labels = tuple(dict.fromkeys(f"{o} {m}" for o in outer.labels for m in metrics.labels))
    return Joined(levels=(outer, metrics.levels[-1]), known=0.0, labels=labels)


def is_blurred(level: Level) -> bool:
    """Whether labels say how something was run or measured, and not what."""
    return level.share(lambda t: is_shots(t) or is_metric(t)) > _FEWEST


def _are_numbers(level: Level) -> bool:
    return all(map(looks_like_score, level.labels))


def _are_parts(table: Table, level: Level) -> bool:
    """Whether rows are parts of what was measured: languages, classes, sets or a mean of them."""
    heading = table.header[-1][level.place].text if table.header else ""
    return (
        (heads_parts(heading) and _CONDITIONS.fullmatch(name_words(heading)) is None)
        or level.kind is Kind.BENCHMARK
        or (
            named_kind(heading) in {Kind.BENCHMARK, Kind.GROUP}
            and _CONDITIONS.fullmatch(name_words(heading)) is None
        )
        or level.share(is_language) > _FEWEST
        or any(is_mean(t) or name_words(t) in _WHOLE for t in level.labels)
    ) and level.share(is_variant) < _FEWEST
