"""Columns that a harness prints of a run: a task, its version, a metric and a value."""

from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.words import named_kind

_VERSION = "version"
_WHY = "versions of tasks"


def of_print(columns: Sequence[Column]) -> Sequence[Column] | None:
    """The columns of a print by their names, whatever their cells hold; `None` if it is none.

    A version may be a word (`Yaml`, `N/A`), and a metric a number (the length of a context).
    """
    if any(column.why == "as you say" for column in columns):
        return None
    kinds = [named_kind(column.name) for column in columns]
    versions = [c for c in columns if name_words(c.name) == _VERSION]
    if kinds[0] is not Kind.BENCHMARK or len(versions) != 1:
        return None
    if kinds.count(Kind.METRIC) != 1 or kinds.count(Kind.VALUE) != 1:
        return None
    return [
        replace(column, kind=Kind.SKIPPED, why=_WHY)
        if column is versions[0]
        else replace(column, kind=kind, why="")
        if kind is not None
        else replace(column, kind=Kind.SKIPPED, why=column.why or "deviations")
        for column, kind in zip(columns, kinds, strict=True)
    ]


def is_print(columns: Sequence[Column]) -> bool:
    """Whether columns are those that a harness prints of a run."""
    return any(column.why == _WHY for column in columns)
