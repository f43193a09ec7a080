"""Which labels of a table are models."""

from collections.abc import Sequence

from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import (
    Axis,
    Joined,
    Level,
    are_settings,
    is_meta,
    is_protocol,
    model_share,
)
from weighin.sources.scorecard.tables.layout.words import (
    is_mean,
    is_measure,
    is_variant,
    names_base,
    names_models,
)

_OF_OTHER_AXIS = 0.3
_OF_SETTINGS = 0.15
_OF_NAME = 1.0
"""A column that is called Model names them, whatever stands above the numbers beside it."""
_OF_BASE = 0.2
"""More than that of the methods and systems which were built on models."""
_OF_BASE_ALONE = 0.35
"""A column of bases names the models where none of models or methods does."""
_FEWEST_PARTS = 3
_MOST_KNOWN = 0.5
_FEWEST_MODELS = 0.5
_MOST_MEASURES = 0.5
_MOST_ROWS = 10
"""Rows of one benchmark and metric; logs have a row for each document, probe or step."""
_TELLING = frozenset((Kind.BENCHMARK, Kind.METRIC, Kind.FILTER, Kind.SPLIT, Kind.SHOTS))


def are_models(level: Level) -> bool:
    """Whether most labels of a level look like models."""
    return model_share(level) >= _FEWEST_MODELS


def models_among(
    table: Table, rest: Sequence[Level], benchmark: Joined | None, is_known: IsKnown
) -> Level | None:
    """The level of models among the others; `None` where none is named."""
    axis = None if benchmark is None else benchmark.axis
    best: tuple[float, Level] | None = None
    for level in rest:
        is_across = axis is None or level.axis is not axis
        score = model_share(level) - 0.4 * level.share(is_known)
        score += 0.5 if level.kind is Kind.MODEL else 0.0
        score += _OF_NAME if _is_of_models(table, level) else 0.0
        is_base = _is_of_bases(table, level)
        score += _OF_BASE if level.kind is Kind.MODEL and is_base else 0.0
        score += _OF_BASE_ALONE if level.kind is Kind.SETTING and is_base else 0.0
        score += _OF_OTHER_AXIS if is_across else 0.0
        score -= 0.3 if level.kind in {Kind.SETTING, Kind.GROUP} else 0.0
        if level.place < 0 and any(o.axis is level.axis and o.place >= 0 for o in rest):
            # Section rows name models where no column does.
            continue
        score -= 0.15 if is_meta(level) else 0.0
        score -= _OF_SETTINGS if are_settings(table, level, rest) else 0.0
        if is_protocol(level) and level.kind is not Kind.MODEL:
            continue
        if benchmark is not None and (
            _are_measures(level, benchmark) or has_parts_across(level, benchmark)
        ):
            continue
        if level.share(is_known) > _MOST_KNOWN:
            # Benchmarks once more, where a header has them in two rows.
            continue
        if score > 0.1 and (best is None or score >= best[0]):  # noqa: PLR2004  # more than chance
            best = score, level
    return None if best is None else best[1]


def are_fields(table: Table, benchmark: Joined, rest: Sequence[Level], model: Level | None) -> bool:
    """Whether headings are the fields of a log, whose rows are documents, probes or steps.

    `probe_answer` above thousands of rows of one benchmark is what was answered, and no score.

    Args:
        table: It.
        benchmark: The levels of benchmarks.
        rest: All others.
        model: That of models among them.
    """
    heads = [level for level in rest if level.axis is Axis.COLUMNS]
    if benchmark.axis is Axis.COLUMNS or not heads:
        return False
    if any(are_models(h) or h.share(is_measure) > _MOST_MEASURES for h in heads):
        return False
    named = [level for level in rest if level == model or level.kind in _TELLING]
    told = [level for level in (*benchmark.levels, *named) if level.axis is Axis.ROWS]
    places = [level.place for level in told if level.place >= 0]
    kinds = {tuple(row[place].text for place in places) for row in table.body}
    return bool(places) and len(table.body) > _MOST_ROWS * len(kinds)


def has_parts_across(level: Level, benchmark: Joined) -> bool:
    """Whether headings above rows of known benchmarks name parts of these, with a mean of them."""
    is_across = level.axis is Axis.COLUMNS and benchmark.axis is Axis.ROWS
    return (
        is_across
        and benchmark.known > _MOST_KNOWN
        and level.kind is not Kind.MODEL
        and len(level.labels) > _FEWEST_PARTS
        and any(map(is_mean, level.labels))
        and not model_share(level)
        and not any(map(is_variant, level.labels))
    )


def _are_measures(level: Level, benchmark: Joined) -> bool:
    """Whether the headings beside rows that nobody knows name metrics of them."""
    is_across = level.axis is Axis.COLUMNS and benchmark.axis is Axis.ROWS
    return is_across and not benchmark.known and level.share(is_measure) > _MOST_MEASURES


def _is_of_models(table: Table, level: Level) -> bool:
    """Whether a column is plainly called that of models."""
    is_column = level.axis is Axis.ROWS and level.place >= 0 and bool(table.header)
    return is_column and names_models(table.header[-1][level.place].text)


def _is_of_bases(table: Table, level: Level) -> bool:
    """Whether a column names what methods and systems beside it were built on."""
    is_column = level.axis is Axis.ROWS and level.place >= 0 and bool(table.header)
    return is_column and names_base(table.header[-1][level.place].text)
