"""Which groups of rows are parts of what was measured: they come again below each model."""

import re
from collections import defaultdict
from collections.abc import Sequence

from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import Axis, Joined, Level, label_of
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.words import heads_parts

_FEWEST = 2
_OF_MODELS = re.compile(r"(?:pre ?)?train|source|fine ?tun|sft|model|version|famil")
"""What a model was made of or is: a `train domain`."""
_KINDS = ("type", "types", "group", "tier", "value", "values")


def places_of_parts(
    table: Table, model: Level | None, benchmark: Joined | None, levels: Sequence[Level]
) -> frozenset[int]:
    """The columns of groups that name parts of what was measured, and no kinds of models.

    A domain is a part where most models were measured on several, and most domains of several
    models; a family of models has them to itself.
    """
    if model is None or model.axis is not Axis.ROWS or model.place < 0:
        return frozenset()
    inner = () if benchmark is None else benchmark.levels
    return frozenset(
        level.place
        for level in levels
        if _may_be_parts(table, level)
        and _are_several(table, model, level)
        and (_is_of_one(table, model, level) or _are_several(table, level, model))
        and all(_are_several(table, own, level) for own in inner if own.axis is Axis.ROWS)
    )


def _may_be_parts(table: Table, level: Level) -> bool:
    if level.axis is not Axis.ROWS or level.place < 0:
        return False
    words = _heading(table, level)
    is_group = level.kind is Kind.GROUP or (level.kind is None and heads_parts(words))
    return is_group and _OF_MODELS.match(words) is None


def _is_of_one(table: Table, model: Level, level: Level) -> bool:
    """Whether there is one model, and a column is called that of parts, not of versions."""
    words = _heading(table, level)
    return len(model.labels) == 1 and heads_parts(words) and not words.endswith(_KINDS)


def _heading(table: Table, level: Level) -> str:
    return name_words(table.header[-1][level.place].text) if table.header else ""


def _are_several(table: Table, own: Level, other: Level) -> bool:
    """Whether most labels of one column stand beside several of another."""
    beside: dict[str, set[str]] = defaultdict(set)
    for row in range(len(table.body)):
        label, theirs = label_of(table, own, row, 0), label_of(table, other, row, 0)
        if label and theirs:
            beside[label].add(theirs)
    several = sum(len(found) >= _FEWEST for found in beside.values())
    return several * 2 > len(beside) > 0
