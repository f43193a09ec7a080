"""The labels of a table at each of its cells."""

import re
from dataclasses import dataclass, field

from weighin.evidence.benchmarks import BenchmarkRegistry, plain_name
from weighin.sources.scorecard.tables.benchmark_label import BenchmarkLabel, benchmark_label
from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL, Corrections
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import (
    Axis,
    Level,
    is_ditto,
    label_of,
)
from weighin.sources.scorecard.tables.layout.no_scores import content_kind
from weighin.sources.scorecard.tables.layout.understood import Layout
from weighin.sources.scorecard.tables.layout.words import names_base, names_models

_FARTHEST_BESIDE = 40
_OF_ONE_BESIDE = re.compile(
    r"\+?\s?(?:maj|cons|sc|pass|avg|mean|best)(?:ority)?\s?\d{0,4}\s?@\s?(?:k|n|\d{1,4})",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Labels:
    """The labels of a table.

    Attributes:
        registry: Benchmarks that are known.
        corrections: What the user says.
        table: The table.
        layout: What its labels are.
        kinds: Kinds of its columns.
        has_sections: Whether rows of it head others.
    """

    registry: BenchmarkRegistry
    corrections: Corrections
    table: Table
    layout: Layout
    kinds: frozenset[Kind] = frozenset()
    has_sections: bool = False
    _known: dict[str, BenchmarkLabel] = field(default_factory=dict)
    _carried: dict[int, str] = field(default_factory=dict)
    _places: dict[tuple[Kind, int], int | None] = field(default_factory=dict)
    _beside: dict[int, tuple[int, str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds = frozenset(column.kind for column in self.layout.columns)
        self.has_sections = any(self.table.sections)

    def corrected(self, label: str) -> Kind | None:
        """The kind that the user gives a row or column of a label."""
        return self.corrections.columns.get(plain_name(label))

    def carry(self, row: int) -> None:
        """Note labels that hold for rows below which leave them empty."""
        for level in self.row_levels():
            text = label_of(self.table, level, row, 0)
            if text:
                self._carried[level.place] = text
                # A new outer label begins without the inner ones above it.
                for inner in self.row_levels():
                    if inner.place > level.place and level.place >= 0:
                        self._carried.pop(inner.place, None)
        for level in self.row_levels():
            text = label_of(self.table, level, row, 0)
            if text:
                self._carried[level.place] = text

    def row_levels(self) -> tuple[Level, ...]:
        """Levels that stand along the rows, in columns of their own."""
        parts = () if self.layout.benchmark is None else self.layout.benchmark.levels
        model = () if self.layout.model is None else (self.layout.model,)
        return tuple(
            level
            for level in (*parts, *model, *self.layout.others)
            if level.axis is Axis.ROWS and level.place >= 0
        )

    def at(self, level: Level, row: int, column: int) -> str:
        """The label of a level at a cell; one that holds for rows below is carried down."""
        text = label_of(self.table, level, row, column)
        if text or level.axis is Axis.COLUMNS or level.place < 0:
            return text
        if level.kind is Kind.SETTING and all(content_kind(t) == "yes or no" for t in level.labels):
            # What is not switched on is off.
            return ""
        if is_ditto(label_and_marks(self.table.body[row][level.place].text)[0]):
            return self._carried.get(level.place, "")
        # Where another label stands in the row, an empty one means that of the row above.
        others = [other for other in self.row_levels() if other.place != level.place]
        stated = [
            c
            for c in self.layout.columns
            if c.kind in {Kind.FILTER, Kind.METRIC, Kind.SHOTS, Kind.SPLIT}
        ]
        told = any(label_of(self.table, other, row, 0) for other in others) or any(
            self.table.body[row][c.place].text for c in stated
        )
        return self._carried.get(level.place, "") if told else ""

    def row_label(self, cells: tuple[Cell, ...]) -> str:
        """The first text of a row."""
        return next((label_and_marks(c.text)[0] for c in cells if c.text), "")

    def benchmark_text(self, row: int, column: int) -> tuple[str, str]:
        """The label of the benchmark of a cell, and the same with all levels that name it."""
        benchmark = self.layout.benchmark
        if benchmark is None:
            return self.layout.title_benchmark, self.layout.title_benchmark
        texts = [self.at(level, row, column) for level in benchmark.levels]
        if not any(texts):
            # A row that names no task is of the whole.
            wholes = [o for o in self.layout.others if o.kind is Kind.BENCHMARK]
            texts = [self.at(whole, row, column) for whole in wholes[-1:]] or texts
        if not any(texts) and benchmark.axis is Axis.COLUMNS:
            # Below spanning names stand those of columns which no other spans.
            texts = [self.layout.columns[column].name]
        inner = texts[-1]
        joined = " ".join(dict.fromkeys(text for text in texts if text))
        return joined if len(benchmark.levels) > 1 else inner, joined

    def said_beside(self, column: int) -> tuple[int, str] | None:
        """The column to whose benchmark one belongs whose heading is but a protocol, and that.

        `+maj1@k` right of `MATH` is a number on MATH.
        """
        if column not in self._beside:
            self._beside[column] = self._found_beside(column)
        return self._beside[column]

    def _found_beside(self, column: int) -> tuple[int, str] | None:
        benchmark = self.layout.benchmark
        if benchmark is None or benchmark.axis is Axis.ROWS or len(benchmark.levels) > 1:
            return None
        header = self.table.header[benchmark.levels[0].place]
        own = header[column].text
        if _OF_ONE_BESIDE.fullmatch(own.strip()) is None:
            return None
        for place in range(column - 1, max(column - _FARTHEST_BESIDE, 0) - 1, -1):
            text = label_and_marks(header[place].text)[0]
            if text and _OF_ONE_BESIDE.fullmatch(text) is None:
                is_known = self.benchmark(text).benchmark is not None
                return (place, own.strip("+ ")) if is_known else None
        return None

    def names_a_model(self, level: Level) -> bool:
        """Whether a column names models, or that on which methods and systems were built."""
        if level.axis is Axis.COLUMNS or level.place < 0:
            return False
        column, model = self.layout.columns[level.place], self.layout.model
        if column.kind is Kind.MODEL:
            return True
        is_base = column.kind in {Kind.SETTING, Kind.GROUP} and names_base(column.name)
        of_model = "" if model is None else self.heading(model)
        return is_base and not names_models(of_model)

    def heading(self, level: Level) -> str:
        """The name of the column of a level; empty if it has none."""
        is_column = level.axis is Axis.ROWS and level.place >= 0
        return self.layout.columns[level.place].name if is_column else ""

    def is_value(self, column: int) -> bool:
        """Whether a column holds scores of a model that its heading does not name."""
        return self.layout.columns[column].kind is Kind.VALUE

    def marks_of_model(
        self, model: Level | None, row: int, column: int, named: str
    ) -> tuple[str, tuple[str, ...]]:
        """The name of a model at a cell, and the footnote marks beside it."""
        if model is None or named == UNNAMED_MODEL or model.place < 0:
            return named, ()
        if model.axis is Axis.COLUMNS:
            printed = self.table.header[model.place][column].text
        else:
            printed = self.table.body[row][model.place].text
        return named, label_and_marks(printed)[1]

    def marks_of_benchmark(self, row: int, column: int) -> tuple[str, ...]:
        """The footnote marks beside the benchmark at a cell."""
        benchmark = self.layout.benchmark
        if benchmark is None:
            return ()
        level = benchmark.levels[-1]
        if level.axis is Axis.COLUMNS:
            return label_and_marks(self.table.header[level.place][column].text)[1]
        if level.place < 0:
            return ()
        return label_and_marks(self.table.body[row][level.place].text)[1]

    def place(self, kind: Kind, column: int) -> int | None:
        """The column of a kind that says something of the scores in another."""
        if kind not in self.kinds:
            return None
        if (kind, column) not in self._places:
            self._places[kind, column] = self.layout.place(kind, column)
        return self._places[kind, column]

    def is_benchmark(self, kind: Kind, column: int) -> bool:
        """Whether the column of a kind is the one that names benchmarks."""
        benchmark = self.layout.benchmark
        return benchmark is not None and self.place(kind, column) in {
            level.place for level in benchmark.levels if level.axis is Axis.ROWS
        }

    def benchmark(self, text: str) -> BenchmarkLabel:
        """What a label says as a benchmark."""
        if text not in self._known:
            self._known[text] = benchmark_label(text, self.registry)
        return self._known[text]
