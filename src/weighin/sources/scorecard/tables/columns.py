"""What the columns of a pasted table are, by the names in its header."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.printed_cell import label_and_marks

_NOT_WORDS = re.compile(r"[^a-z0-9%]+")


class Column(StrEnum):
    """What a column holds."""

    MODEL = "model"
    BENCHMARK = "benchmark"
    VALUE = "value"
    METRIC = "metric"
    FILTER = "filter"
    SHOTS = "shots"
    SPLIT = "split"
    DOCUMENTS = "documents"
    STANDARD_ERROR = "standard error"
    INTERVAL = "interval"
    UNIT = "unit"
    HEADING = "heading"
    """What is said of a model or a group of benchmarks, and of no number."""
    NUMBERS = "numbers"
    """A model or a benchmark, with a number in each row."""


_NAMES: Mapping[str, Column] = {
    **dict.fromkeys(("model", "models", "modelname", "system", "checkpoint"), Column.MODEL),
    **dict.fromkeys(
        ("benchmark", "benchmarks", "benchmarkname", "task", "tasks", "dataset", "eval", "evals",
         "evaluation", "test"), Column.BENCHMARK),
    **dict.fromkeys(
        ("score", "scores", "value", "result", "results", "score%", "value%", "result%"),
        Column.VALUE),
    **dict.fromkeys(("metric", "metrics"), Column.METRIC),
    "filter": Column.FILTER,
    **dict.fromkeys(
        ("shots", "nshot", "nshots", "fewshot", "numfewshot", "shot", "numshots"), Column.SHOTS),
    "split": Column.SPLIT,
    **dict.fromkeys(
        ("n", "samples", "documents", "examples", "questions", "votes", "numsamples"),
        Column.DOCUMENTS),
    **dict.fromkeys(("stderr", "stderror", "standarderror", "se"), Column.STANDARD_ERROR),
    **dict.fromkeys(("95ci", "95pctci", "ci95", "95%ci", "interval", "ci"), Column.INTERVAL),
    "unit": Column.UNIT,
    **dict.fromkeys(
        ("category", "categories", "capability", "area", "domain", "group", "version", "rank",
         "rankstylectrl", "organization", "license", "url", "link", "knowledgecutoff"),
        Column.HEADING),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the columns of a table are.

    Attributes:
        kinds: Of each column; `None` for one without a name.
        rows_are: What a row is: a model, a benchmark, or one number (`VALUE`).
    """

    kinds: tuple[Column | None, ...]
    rows_are: Column

    def place(self, kind: Column) -> int | None:
        """The first column of a kind; `None` if there is none."""
        return self.kinds.index(kind) if kind in self.kinds else None


def layout_of(grid: Grid, shown: str, is_known: Callable[[str], bool]) -> Layout:
    """What the columns of a table are.

    Args:
        grid: The table.
        shown: How its file is named in messages.
        is_known: Whether a label is the name of a benchmark of the registry.

    Raises:
        EvidenceError: Its header does not say whether rows are models or benchmarks.
    """
    kinds = [_kind(name) for name in grid.header.cells]
    if Column.VALUE in kinds and Column.BENCHMARK in kinds:
        strange = [n for n, k in zip(grid.header.cells, kinds, strict=True) if k is Column.NUMBERS]
        if strange:
            raise EvidenceError(
                f"{shown}:{grid.header.line}: expected one number a row beside benchmark and "
                f"score, found column {strange[0][:60]!r} too; remove it"
            )
        return Layout(kinds=tuple(kinds), rows_are=Column.VALUE)
    if (Column.MODEL in kinds) == (Column.BENCHMARK in kinds):
        kinds[0] = _first_column(grid, shown, is_known)
    for index, kind in enumerate(kinds[1:], start=1):
        # A second word such as `Score` heads a model or a benchmark here.
        is_second = kind in {Column.MODEL, Column.BENCHMARK} and kind in kinds[:index]
        if kind is Column.VALUE or is_second:
            kinds[index] = Column.NUMBERS
    if Column.NUMBERS not in kinds:
        raise EvidenceError(
            f"{shown}:{grid.header.line}: expected a column with numbers, found none"
        )
    rows_are = Column.MODEL if Column.MODEL in kinds else Column.BENCHMARK
    return Layout(kinds=tuple(kinds), rows_are=rows_are)


def _kind(name: str) -> Column | None:
    label, _ = label_and_marks(name)
    plain = _NOT_WORDS.sub("", label.casefold())
    if not label or not any(character.isalnum() for character in label):
        return None
    return _NAMES.get(plain, Column.NUMBERS)


def _first_column(grid: Grid, shown: str, is_known: Callable[[str], bool]) -> Column:
    """Whether the labels of rows are models or benchmarks, by which of them are known."""
    in_header = _known(grid.header.cells[1:], is_known)
    in_rows = _known([row.cells[0] for row in grid.rows], is_known)
    if in_header == in_rows:
        raise EvidenceError(
            f"{shown}:{grid.header.line}: expected Model or Benchmark as the first name of the "
            f"header, found {grid.header.cells[0][:60]!r}; name it, so that rows and columns are "
            "told apart"
        )
    return Column.MODEL if in_header > in_rows else Column.BENCHMARK


def _known(names: Sequence[str], is_known: Callable[[str], bool]) -> int:
    return sum(is_known(name) for name in names)
