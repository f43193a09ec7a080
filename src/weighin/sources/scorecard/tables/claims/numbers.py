"""From a table whose labels are understood to numbers, each with what is said of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from weighin.evidence.benchmarks import plain_name
from weighin.sources.scorecard.tables.benchmark_label import Stated
from weighin.sources.scorecard.tables.cells.printed_cell import (
    PrintedCell,
    plain_text,
)
from weighin.sources.scorecard.tables.cells.table_cell import TableCell, table_cell, why_signed
from weighin.sources.scorecard.tables.claims.columns_told import columns_without_scores
from weighin.sources.scorecard.tables.claims.fates import untold
from weighin.sources.scorecard.tables.claims.found import Found, PassedOver, cell_over, row_over
from weighin.sources.scorecard.tables.claims.further_labels import add_further_labels
from weighin.sources.scorecard.tables.claims.labels import Labels
from weighin.sources.scorecard.tables.claims.quantities import are_quantities, as_quantities
from weighin.sources.scorecard.tables.claims.said import (
    WORDS_OF_PERCENT,
    as_another_measure,
    interval_of,
    unit_of,
    unit_of_count,
)
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.column import is_negative
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import Axis, Level
from weighin.sources.scorecard.tables.layout.names import shown_label
from weighin.sources.scorecard.tables.layout.no_scores import (
    have_parts,
    have_plus,
    is_drop,
    is_left_out,
    is_size,
    looks_like_score,
    names_signed,
    no_score,
    no_score_of,
    places_of_plus,
    says_how_many,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.words import (
    is_metric,
    is_model,
    is_share_metric,
    is_variant,
    named_kind,
)

_MOST = 0.5
_MOST_PERCENT = 100
_MOST_WORDS = 3
"""Of the name of a model in the corner of a table."""
_OUTCOMES = frozenset(("win", "wins", "tie", "ties", "draw", "draws", "loss", "losses", "lose"))
_OF_AMOUNTS = frozenset(("cost or speed", "how it was trained", "counts"))
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12}")
_NO_METRIC = re.compile(r"\w{0,40}(?:stderr|stdev|_std|sample_len|sample_count)(?:,[\w-]{1,30})?")
_OF_WORDS_ALONE = frozenset(("links", "licences", "names of people or houses", "yes or no"))


def _are_large(texts: Sequence[str]) -> bool:
    """Whether no number of a row can be a percentage."""
    found = [table_cell(text).number for text in texts if not says_nothing(text)]
    values = [float(cell.number) for cell in found if cell is not None]
    return bool(values) and min(values) > _MOST_PERCENT


@dataclass(slots=True)
class Claims:
    """The numbers of one table, and what was passed over.

    Attributes:
        labels: The labels of the table.
        passed_over: What was not read.
    """

    labels: Labels
    passed_over: list[PassedOver] = field(default_factory=list)
    _plus: tuple[frozenset[int], frozenset[int]] | None = None

    def numbers(self) -> list[Found]:
        """The numbers in the order of the table."""
        self.passed_over.extend(columns_without_scores(self.labels))
        found: list[Found] = []
        table = self.labels.table
        for row, cells in enumerate(table.body):
            self.labels.carry(row)
            is_difference = row in table.differences
            why = "differences" if is_difference else self._row_without_scores(row, cells)
            if why:
                label = self.labels.row_label(cells)
                if any(looks_like_score(c.text) or not says_nothing(c.text) for c in cells[1:]):
                    self.passed_over.append(row_over(row, cells, label, why))
                continue
            for column in self.labels.layout.numbers:
                cell = cells[column.place]
                number = self._number(row, column.place, cell)
                if number is not None:
                    found.append(number)
        if are_quantities(self.labels.layout, found, self.passed_over):
            self.passed_over.extend(as_quantities(table, found))
            found = []
        self.passed_over.extend(untold(table, self.labels.layout, found, self.passed_over))
        return found

    def _row_without_scores(self, row: int, cells: tuple[Cell, ...]) -> str:
        """Why a row holds no scores, by its label; empty if it may."""
        if all(is_left_out(cells[column.place].text) for column in self.labels.layout.numbers):
            return "rows are left out here"
        if [c.text for c in cells] == [c.text for c in (self.labels.table.header or ((),))[-1]]:
            return "the header once more"
        metric = self.labels.place(Kind.METRIC, self.labels.layout.numbers[0].place)
        if of_metric := self._no_metric(cells, metric):
            return of_metric
        if self.labels.layout.is_print:
            return self._row_of_print(cells)
        benchmark = self.labels.layout.benchmark
        if benchmark is None or benchmark.axis is not Axis.ROWS:
            return self._counts_among_models(cells)
        label = self.labels.at(benchmark.levels[-1], row, 0)
        kind = self.labels.corrected(label)
        if kind is Kind.SKIPPED:
            return "as you say"
        texts = [cells[column.place].text for column in self.labels.layout.numbers]
        is_known = self.labels.benchmark(label).benchmark is not None
        is_scored = self._is_measured_alike() or (is_known and not is_drop(label, texts))
        if kind is not None or is_scored:
            return ""
        if (why := no_score_of(label, texts)) is None and self._are_differences(label, texts):
            return "differences, for some are negative"
        if why in _OF_WORDS_ALONE and all(looks_like_score(text) for text in texts if text):
            # A row of numbers that is called Code holds no links.
            return ""
        return why or ""

    def _is_measured_alike(self) -> bool:
        """Whether headings name the metric of all rows, whatever these are called: a rate."""
        names = [column.name for column in self.labels.layout.numbers]
        return all(is_share_metric(name) and named_kind(name) is not Kind.VALUE for name in names)

    def _are_differences(self, label: str, texts: Sequence[str]) -> bool:
        """Whether some numbers of a row lie below zero, and nothing names a metric that may."""
        if not any(map(is_negative, texts)):
            return False
        columns = (column for column in self.labels.layout.numbers if column.names)
        named = (name for column in columns for name in column.names)
        return have_plus(texts) or not any(
            map(names_signed, (self.labels.table.title, label, *named))
        )

    def _row_of_print(self, cells: tuple[Cell, ...]) -> str:
        texts = [cells[column.place].text for column in self.labels.layout.numbers]
        label = self.labels.row_label(cells)
        if self.labels.corrected(label) is Kind.SKIPPED:
            return "as you say"
        return "differences, for some are negative" if self._are_differences(label, texts) else ""

    def _no_metric(self, cells: tuple[Cell, ...], metric: int | None) -> str:
        """Why a row is of no metric, where a column names one for every row: `Acc.`, `Time`."""
        if metric is not None and _NO_METRIC.fullmatch(plain_text(cells[metric].text)):
            return "deviations and lengths"
        if self.labels.layout.is_print:
            # Each of its rows is of a metric, whatever that is called.
            return ""
        places = [
            level.place
            for level in self.labels.layout.others
            if level.axis is Axis.ROWS and level.place >= 0 and _names_metrics(level)
        ]
        for place in (*places, *(() if metric is None else (metric,))):
            text = plain_text(cells[place].text)
            numbers = [cells[column.place].text for column in self.labels.layout.numbers]
            why = None if not text or is_metric(text) else no_score(text)
            # `Correct` above 31.0 is a percentage of answers, and no count of them.
            if why is not None and not (why == "counts" and have_parts(numbers)):
                return why
        return ""

    def _counts_among_models(self, cells: tuple[Cell, ...]) -> str:
        """Why a row among models is none: it says how many there are, or how comparisons ended."""
        label = self.labels.row_label(cells)
        if plain_name(label) in _OUTCOMES:
            return "outcomes of comparisons"
        texts = [cells[column.place].text.strip() for column in self.labels.layout.numbers]
        if (why := no_score(label)) in _OF_AMOUNTS and not is_model(label) and _are_large(texts):
            return why or ""
        are_whole = all(_COUNT.fullmatch(text) for text in texts if not says_nothing(text))
        return "counts" if says_how_many(label) and are_whole else ""

    def _number(self, row: int, column: int, cell: Cell) -> Found | None:
        read = table_cell(cell.text)
        if read.why and read.documents is not None:
            read = self._count(read, row, column)
        if read.why:
            self.passed_over.append(cell_over(row, column, cell, read.why))
            return None
        if read.number is None:
            return None
        found = self._of_labels(row, column, cell, read.number)
        if found is None:
            return None
        self._add_stated(found, row, column)
        if read.number.has_sign and not self._may_be_negative(found, row, column):
            self.passed_over.append(cell_over(row, column, cell, why_signed(cell.text)))
            return None
        found.documents = read.documents or found.documents
        if read.solved is not None and read.documents and found.unit is None:
            found.unit = unit_of_count(float(read.number.number), read.solved / read.documents)
        return found

    def _may_be_negative(self, found: Found, row: int, column: int) -> bool:
        """Whether a number below zero is one of a metric that has such, and no change."""
        table, names = self.labels.table, self.labels.layout.columns[column].names
        said = (found.label, found.metric, found.section, " ".join(names), *names, table.title)
        if not any(map(names_signed, filter(None, said))):
            return False
        if self._plus is None:
            places = [other.place for other in self.labels.layout.numbers]
            self._plus = places_of_plus(
                [{place: cells[place].text for place in places} for cells in table.body]
            )
        return row not in self._plus[0] and column not in self._plus[1]

    def _count(self, read: TableCell, row: int, column: int) -> TableCell:
        """A count of a number of documents that is that of the benchmark, as a percentage."""
        label = self.labels.benchmark(self.labels.benchmark_text(row, column)[0])
        known = label.benchmark
        documents, solved = read.documents or 0, read.solved or 0
        if known is None or documents != known.documents or solved > documents:
            return read
        printed = f"{100 * solved / documents:.6f}".rstrip("0").rstrip(".")
        note = f"{solved}/{documents}"
        cell = PrintedCell(number=printed, is_percentage=True, notes=(note,))
        return TableCell(number=cell, solved=solved, documents=documents)

    def _of_labels(self, row: int, column: int, cell: Cell, number: PrintedCell) -> Found | None:
        beside = self.labels.said_beside(column)
        printed, _ = self.labels.benchmark_text(row, column if beside is None else beside[0])
        model = self.labels.layout.model
        named = UNNAMED_MODEL if model is None else self.labels.at(model, row, column)
        named = "" if says_nothing(named) and not any(map(str.isalnum, named)) else named
        if model is not None and not named and model.axis is Axis.COLUMNS:
            named = UNNAMED_MODEL if self.labels.is_value(column) else ""
        if model is not None and model.axis is Axis.COLUMNS and self.labels.is_value(column):
            named = UNNAMED_MODEL
        if not named and model is not None and model.axis is Axis.ROWS:
            # What stands beside the gap names all of it.
            named = next(
                filter(None, (self._beside(level, row) for level in self.labels.layout.others)), ""
            )
        if model is not None and named:
            named = self._with_heading(model, named)
        artifact, of_model = self.labels.marks_of_model(model, row, column, named)
        title = self.labels.layout.title_benchmark if self.labels.layout.is_of_metrics else ""
        meant = self.labels.corrections.benchmarks.get(plain_name(printed), title or printed)
        label = self.labels.benchmark(meant)
        if not artifact or not label.text:
            what = "benchmark" if artifact else "model"
            self.passed_over.append(cell_over(row, column, cell, f"no {what} is named beside it"))
            return None
        others = [n for n in number.notes if self.labels.benchmark(n).benchmark is not None]
        if others and self.labels.benchmark(others[0]).benchmark != label.benchmark:
            why = f"it says that it is on {others[0]}"
            self.passed_over.append(cell_over(row, column, cell, f"{cell.text}: {why}"))
            return None
        of_benchmark = self.labels.marks_of_benchmark(row, column)
        stated = Stated(
            shots=label.shots, passes=label.passes, votes=label.votes, attempts=label.attempts,
            tools=label.tools, is_percentage=label.is_percentage,
        )  # fmt: skip
        found = Found(
            source=cell,
            cell=number,
            artifact=self.labels.corrections.name_of(shown_label(artifact)),
            label=label.text,
            benchmark=label.benchmark,
            whole=label.benchmark,
            stated=stated,
            marks=tuple(dict.fromkeys((*of_model, *of_benchmark, *number.marks, *number.notes))),
            row="",
        )
        if beside is not None or title:
            found.metric = beside[1] if beside is not None else shown_label(printed)
        if title and not is_share_metric(found.metric):
            # What is not told to be a score on the benchmark is another measure of it.
            found.benchmark = None
        add_further_labels(self.labels, found, row, column)
        of_row = self.labels.layout.rows_are is Kind.MODEL
        found.row = found.artifact if of_row else found.label
        return found

    def _with_heading(self, model: Level, named: str) -> str:
        """The name of a model with that of its column, where one is nothing without the other."""
        name = self.labels.heading(model)
        is_amount = is_size(named) and no_score(name) in _OF_AMOUNTS
        if name and (is_amount or looks_like_score(named)):
            return f"{self.labels.corrections.name_of(UNNAMED_MODEL)} ({name} {named})"
        is_name = len(name.split()) <= _MOST_WORDS and not self.labels.has_sections
        is_model_above = is_name and named_kind(name) is None and is_model(name)
        if is_model_above and named != name and not (is_model(named) and not is_variant(named)):
            # `Lark 7B` above `FP16` and `AWQ` is their model.
            return f"{name} ({named})"
        return named

    def _beside(self, level: Level, row: int) -> str:
        """The label of a further column in a row that leaves the name of its model out."""
        is_column = level.axis is Axis.ROWS and level.place >= 0
        text = self.labels.at(level, row, 0) if is_column else ""
        return text if any(c.isalpha() for c in text) and not is_size(text) else ""

    def _add_stated(self, found: Found, row: int, column: int) -> None:
        """What further columns say of a number."""
        cells = self.labels.table.body[row]
        place, kinds = self.labels.place, self.labels.kinds

        def said(kind: Kind) -> str:
            at = place(kind, column) if kind in kinds else None
            return "" if at is None else plain_text(cells[at].text)

        metric = found.metric or (
            "" if self.labels.is_benchmark(Kind.METRIC, column) else said(Kind.METRIC)
        )
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
        found.unit = self.labels.corrections.units.get(plain_name(found.label)) or unit_of(
            said(Kind.UNIT)
        )
        found.interval = found.cell.interval or interval_of(said(Kind.INTERVAL))
        names = self.labels.layout.columns[column].names
        found.stated.is_percentage = found.stated.is_percentage or any(
            WORDS_OF_PERCENT.search(name) for name in names
        )
        if found.metric and is_metric(found.label) and self._is_alone(cells):
            # A row with one number is called by its own metric, below the names of others.
            found.metric = ""
        as_another_measure(found)
        if found.stated.attempts not in {None, 1} and "@" not in found.metric:
            found.metric = f"pass@{found.stated.attempts}"

    def _is_alone(self, cells: tuple[Cell, ...]) -> bool:
        """Whether a row has one number where others have several."""
        numbers = self.labels.layout.numbers
        told = (column for column in numbers if cells[column.place].text)
        return len(numbers) > 1 and next(told, None) is not None and next(told, None) is None


def _names_metrics(level: Level) -> bool:
    """Whether labels are those of metrics, and of what else is measured beside them."""
    is_one = any(map(is_metric, level.labels))
    return is_one and level.share(lambda t: is_metric(t) or no_score(t) is not None) > _MOST
