"""From a table whose labels are understood to numbers, each with what is said of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry, plain_name
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.benchmark_label import (
    BenchmarkLabel,
    Stated,
    benchmark_label,
)
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL, Corrections
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.header import Table, looks_like_score, says_nothing
from weighin.sources.scorecard.tables.layout.levels import Axis, Level, label_of
from weighin.sources.scorecard.tables.layout.understood import Layout
from weighin.sources.scorecard.tables.layout.words import (
    Kind,
    is_language,
    is_metric,
    is_shots,
    is_variant,
    name_words,
    no_score,
    shown_label,
)
from weighin.sources.scorecard.tables.printed_cell import (
    PrintedCell,
    label_and_marks,
    plain_text,
    printed_cell,
)
from weighin.sources.scorecard.tables.table_cell import TableCell, table_cell

_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12}")
_WORDS_OF_PERCENT = re.compile(r"\(%\)|%\s*$|\[%\]|\bpercent(?:age)?\b", re.IGNORECASE)
_OF_DOCUMENTS = re.compile(r"(?:/\s?|n\s?=\s?|\(n\s?=\s?)([0-9][0-9,]{0,9})\)?")
_VALUES = frozenset(("", "score", "scores", "value", "values", "result", "results", "performance"))


@dataclass(slots=True, kw_only=True)
class Found:
    """A number of a table, before its unit is known.

    Attributes:
        source: Its cell.
        cell: What it holds.
        artifact: Name of the model.
        label: Benchmark as printed.
        benchmark: The same in the registry; `None` if it is not known.
        whole: The benchmark of which it is a part, or the same.
        stated: What labels say of the protocol.
        marks: Keys of its footnotes.
        row: Label of its row.
        section: What heads its row; empty if nothing does.
        settings: What further labels say of how the model was made or run.
        unit: As a column states it.
        metric: As printed.
        split: As printed.
        documents: Number behind it.
        standard_error: As printed.
        interval: Half-widths.
    """

    source: Cell
    cell: PrintedCell
    artifact: str
    label: str
    benchmark: Benchmark | None
    whole: Benchmark | None
    stated: Stated
    marks: tuple[str, ...]
    row: str
    section: str = ""
    settings: tuple[str, ...] = ()
    unit: Unit | None = None
    metric: str = ""
    split: str = ""
    documents: int | None = None
    standard_error: str = ""
    interval: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A row, a column or a cell that was not read.

    Attributes:
        what: `table`, `column`, `row` or `cell`.
        name: Its label, or its text.
        line: Where it stands.
        column: Its cell in the line, from 1; 0 for a row.
        why: In words.
    """

    what: str
    name: str
    line: int
    column: int
    why: str


@dataclass(slots=True)
class Claims:
    """The numbers of one table, and what was passed over.

    Attributes:
        registry: Benchmarks that are known.
        corrections: What the user says.
        table: The table.
        layout: What its labels are.
        passed_over: What was not read.
    """

    registry: BenchmarkRegistry
    corrections: Corrections
    table: Table
    layout: Layout
    passed_over: list[PassedOver] = field(default_factory=list)
    _labels: dict[str, BenchmarkLabel] = field(default_factory=dict)
    _carried: dict[int, str] = field(default_factory=dict)

    def numbers(self) -> Iterator[Found]:
        """The numbers in the order of the table."""
        self._tell_columns()
        for row, cells in enumerate(self.table.body):
            self._carry(row, cells)
            why = self._row_without_scores(row, cells)
            if why:
                label = self._row_label(cells)
                if any(looks_like_score(c.text) or not says_nothing(c.text) for c in cells[1:]):
                    self._pass("row", label, cells[0].line, 0, why)
                continue
            for column in self.layout.numbers:
                cell = cells[column.place]
                found = self._number(row, column.place, cell)
                if found is not None:
                    yield found

    def _tell_columns(self) -> None:
        """Name the columns that hold no scores."""
        line = self.table.header[-1][0].line if self.table.header else self.table.body[0][0].line
        known = {self.layout.model, *self.layout.others}
        if self.layout.benchmark is not None:
            known |= set(self.layout.benchmark.levels)
        levels = {level.place for level in known if level is not None and level.axis is Axis.ROWS}
        for column in self.layout.columns:
            is_silent = column.why in {"empty", "signs"} and not column.name
            if column.place in levels or is_silent:
                continue
            if column.kind is Kind.SKIPPED or (column.kind is Kind.GROUP and column.why):
                self._pass("column", column.name, line, column.place + 1, column.why or "no scores")

    def _row_without_scores(self, row: int, cells: tuple[Cell, ...]) -> str:
        """Why a row holds no scores, by its label; empty if it may."""
        if [c.text for c in cells] == [c.text for c in (self.table.header or ((),))[-1]]:
            return "the header once more"
        benchmark = self.layout.benchmark
        if benchmark is None or benchmark.axis is not Axis.ROWS:
            return ""
        label = self._label_at(benchmark.levels[-1], row, 0)
        kind = self._corrected(label)
        if kind is Kind.SKIPPED:
            return "as you say"
        if kind is not None or self._benchmark(label).benchmark is not None:
            return ""
        return no_score(label) or ""

    def _corrected(self, label: str) -> Kind | None:
        return self.corrections.columns.get(plain_name(label))

    def _carry(self, row: int, cells: tuple[Cell, ...]) -> None:
        """Note labels that hold for rows below which leave them empty."""
        for level in self._row_levels():
            text = label_of(self.table, level, row, 0)
            if text:
                self._carried[level.place] = text
                # A new outer label begins without the inner ones above it.
                for inner in self._row_levels():
                    if inner.place > level.place and level.place >= 0:
                        self._carried.pop(inner.place, None)
        for level in self._row_levels():
            text = label_of(self.table, level, row, 0)
            if text:
                self._carried[level.place] = text

    def _row_levels(self) -> tuple[Level, ...]:
        parts = () if self.layout.benchmark is None else self.layout.benchmark.levels
        model = () if self.layout.model is None else (self.layout.model,)
        return tuple(
            level
            for level in (*parts, *model, *self.layout.others)
            if level.axis is Axis.ROWS and level.place >= 0
        )

    def _label_at(self, level: Level, row: int, column: int) -> str:
        text = label_of(self.table, level, row, column)
        if text or level.axis is Axis.COLUMNS or level.place < 0:
            return text
        # Where another label stands in the row, an empty one means that of the row above.
        others = [other for other in self._row_levels() if other.place != level.place]
        stated = [c for c in self.layout.columns if c.kind in {Kind.FILTER, Kind.METRIC, Kind.SHOTS}]
        told = any(label_of(self.table, other, row, 0) for other in others) or any(
            self.table.body[row][c.place].text for c in stated
        )
        return self._carried.get(level.place, "") if told else ""

    def _row_label(self, cells: tuple[Cell, ...]) -> str:
        return next((label_and_marks(c.text)[0] for c in cells if c.text), "")

    def _number(self, row: int, column: int, cell: Cell) -> Found | None:
        read = table_cell(cell.text)
        if read.why and read.documents is not None:
            read = self._count(read, row, column)
        if read.why:
            self._pass("cell", cell.text, cell.line, cell.column, read.why)
            return None
        if read.number is None:
            return None
        found = self._of_labels(row, column, cell, read.number)
        if found is None:
            return None
        self._add_stated(found, row, column)
        found.documents = read.documents or found.documents
        return found

    def _count(self, read: TableCell, row: int, column: int) -> TableCell:
        """A count of a number of documents that is that of the benchmark, as a percentage."""
        label = self._benchmark(self._benchmark_text(row, column)[0])
        known = label.benchmark
        documents, solved = read.documents or 0, read.solved or 0
        if known is None or documents != known.documents or solved > documents:
            return read
        printed = f"{100 * solved / documents:.6f}".rstrip("0").rstrip(".")
        note = f"{solved}/{documents}"
        cell = PrintedCell(number=printed, is_percentage=True, notes=(note,))
        return TableCell(number=cell, solved=solved, documents=documents)

    def _benchmark_text(self, row: int, column: int) -> tuple[str, str]:
        """The label of the benchmark of a cell, and the same with all levels that name it."""
        benchmark = self.layout.benchmark
        if benchmark is None:
            return self.layout.title_benchmark, self.layout.title_benchmark
        texts = [self._label_at(level, row, column) for level in benchmark.levels]
        inner = texts[-1]
        joined = " ".join(dict.fromkeys(text for text in texts if text))
        return joined if len(texts) > 1 else inner, joined

    def _of_labels(self, row: int, column: int, cell: Cell, number: PrintedCell) -> Found | None:
        printed, _ = self._benchmark_text(row, column)
        model = self.layout.model
        named = UNNAMED_MODEL if model is None else self._label_at(model, row, column)
        if model is not None and not named and model.axis is Axis.COLUMNS:
            named = UNNAMED_MODEL if self._is_value(column) else ""
        if model is not None and model.axis is Axis.COLUMNS and self._is_value(column):
            named = UNNAMED_MODEL
        artifact, of_model = self._marked(model, row, column, named)
        meant = self.corrections.benchmarks.get(plain_name(printed), printed)
        label = self._benchmark(meant)
        if not artifact or not label.text:
            what = "benchmark" if artifact else "model"
            self._pass("cell", cell.text, cell.line, cell.column, f"no {what} is named beside it")
            return None
        of_benchmark = self._marks_of_benchmark(row, column)
        stated = Stated(
            shots=label.shots, passes=label.passes, votes=label.votes, attempts=label.attempts,
            tools=label.tools, is_percentage=label.is_percentage,
        )  # fmt: skip
        found = Found(
            source=cell,
            cell=number,
            artifact=self.corrections.name_of(shown_label(artifact)),
            label=label.text,
            benchmark=label.benchmark,
            whole=label.benchmark,
            stated=stated,
            marks=tuple(
                dict.fromkeys((*of_model, *of_benchmark, *number.marks, *number.notes))
            ),
            row="",
        )
        self._add_others(found, row, column)
        of_row = self.layout.rows_are is Kind.MODEL
        found.row = found.artifact if of_row else found.label
        return found

    def _is_value(self, column: int) -> bool:
        return self.layout.columns[column].kind is Kind.VALUE

    def _marked(
        self, model: Level | None, row: int, column: int, named: str
    ) -> tuple[str, tuple[str, ...]]:
        if model is None or named == UNNAMED_MODEL or model.place < 0:
            return named, ()
        if model.axis is Axis.COLUMNS:
            printed = self.table.header[model.place][column].text
        else:
            printed = self.table.body[row][model.place].text
        return named, label_and_marks(printed)[1]

    def _marks_of_benchmark(self, row: int, column: int) -> tuple[str, ...]:
        benchmark = self.layout.benchmark
        if benchmark is None:
            return ()
        level = benchmark.levels[-1]
        if level.axis is Axis.COLUMNS:
            return label_and_marks(self.table.header[level.place][column].text)[1]
        if level.place < 0:
            return ()
        return label_and_marks(self.table.body[row][level.place].text)[1]

    def _add_others(self, found: Found, row: int, column: int) -> None:
        """What labels that are neither model nor benchmark say."""
        benchmark = self.layout.benchmark
        settings: list[str] = []
        for level in self.layout.others:
            text = self._label_at(level, row, column)
            if not text or text in {found.label, found.artifact}:
                continue
            is_of_benchmark = benchmark is not None and level.axis is benchmark.axis
            inner = benchmark is not None and level.place > benchmark.levels[-1].place
            if level.place < 0:
                found.section = text
            elif is_shots(text) or Stated().takes(text):
                found.stated.takes(text)
                if is_metric(text) and not found.stated.shots:
                    found.metric = found.metric or text
            elif level.kind is Kind.METRIC or is_metric(text):
                found.metric = "" if text.casefold() in _VALUES else text
            elif _WORDS_OF_PERCENT.search(text):
                found.stated.is_percentage = True
            elif (counted := _OF_DOCUMENTS.fullmatch(text)) is not None:
                found.documents = int(counted[1].replace(",", "")) or None
            elif is_of_benchmark and inner and is_language(text):
                if name_words(text) not in {"en", "english"}:
                    self._add_part(found, text)
            elif is_of_benchmark and level.kind not in {Kind.GROUP, Kind.SETTING}:
                if inner and not is_variant(text):
                    self._add_part(found, text)
                elif inner or level.axis is Axis.COLUMNS:
                    settings.append(text)
                else:
                    found.section = found.section or text
            elif level.kind is Kind.GROUP:
                found.section = text if inner else found.section or text
            else:
                settings.append(text)
        found.settings = tuple(settings)

    def _add_part(self, found: Found, text: str) -> None:
        """A part of a benchmark is not the whole, unless the registry knows it by both names."""
        found.label = f"{found.label} ({text.strip('()[] ')})"
        found.benchmark = self._benchmark(found.label).benchmark

    def _add_stated(self, found: Found, row: int, column: int) -> None:
        """What further columns say of a number."""
        cells = self.table.body[row]
        place = self.layout.place

        def said(kind: Kind) -> str:
            at = place(kind, column)
            return "" if at is None else plain_text(cells[at].text)

        metric = found.metric or said(Kind.METRIC)
        filtered = said(Kind.FILTER)
        found.metric = f"{metric},{filtered}" if metric and filtered else metric
        if metric and found.stated.attempts is None:
            Stated.takes(found.stated, metric)
        found.split = said(Kind.SPLIT)
        if shots := said(Kind.SHOTS):
            number = re.match(r"[0-9]{1,3}(?![0-9.])", shots)
            found.stated.shots = int(number[0]) if number else found.stated.shots
            if not number:
                found.stated.takes(shots)
        if (count := said(Kind.DOCUMENTS)) and _COUNT.fullmatch(count):
            found.documents = int(count.replace(",", "")) or None
        error = place(Kind.STANDARD_ERROR, column)
        if error is not None:
            of_error = table_cell(cells[error].text.lstrip("±+- "))
            found.standard_error = "" if of_error.number is None else of_error.number.number
        found.unit = self.corrections.units.get(plain_name(found.label)) or _unit(said(Kind.UNIT))
        found.interval = found.cell.interval or _interval(said(Kind.INTERVAL))
        names = self.layout.columns[column].names
        found.stated.is_percentage = found.stated.is_percentage or any(
            _WORDS_OF_PERCENT.search(name) for name in names
        )
        if found.stated.attempts not in {None, 1} and "@" not in found.metric:
            found.metric = f"pass@{found.stated.attempts}"

    def _benchmark(self, text: str) -> BenchmarkLabel:
        if text not in self._labels:
            self._labels[text] = benchmark_label(text, self.registry)
        return self._labels[text]

    def _pass(self, what: str, name: str, line: int, column: int, why: str) -> None:
        shown = name if len(name) < 80 else name[:79] + "…"  # noqa: PLR2004
        self.passed_over.append(
            PassedOver(what=what, name=shown, line=line, column=column, why=why)
        )


def _unit(text: str) -> Unit | None:
    word = {"%": "percent", "pct": "percent", "fraction": "share"}.get(text, text.casefold())
    return Unit(word) if word in set(Unit) else None


def _interval(text: str) -> tuple[str, str] | None:
    if text in {"", "-"}:
        return None
    try:
        # The form of an interval is that of a cell: 0+13/-12.
        cell = printed_cell(f"0 {text}")
    except ValueError:
        return None
    return None if cell is None else cell.interval


