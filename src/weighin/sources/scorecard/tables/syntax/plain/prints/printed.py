"""A print as a table: the lines that it covers, and its numbers as rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.grid import Cell, Grid

COLUMNS = ("Model", "Benchmark", "Metric", "Value", "Stderr", "Documents", "Counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number in a print.

    Attributes:
        line: Its line in the text, from 1.
        value: As printed.
        benchmark: What stands beside it as what was measured; empty if nothing does.
        metric: The metric beside it, likewise.
        model: The model beside it, likewise.
        stderr: Its standard error, likewise.
        documents: Of how many documents it is, likewise.
        counts: Further numbers of which it is made, likewise.
    """

    line: int
    value: str
    benchmark: str = ""
    metric: str = ""
    model: str = ""
    stderr: str = ""
    documents: str = ""
    counts: str = ""

    def texts(self) -> tuple[str, ...]:
        """The texts of its cells, in the order of `COLUMNS`."""
        named = (self.model, self.benchmark, self.metric)
        return (*named, self.value, self.stderr, self.documents, self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Lines that a program printed.

    Attributes:
        start: The first of them, from 1.
        end: The one behind the last.
        values: Their numbers.
        title: What stands directly above them; empty if nothing does.
        within: What heads that, from the outer to the inner.
        is_loose: Whether only names of known benchmarks tell that they are scores.
    """

    start: int
    end: int
    values: tuple[Value, ...]
    title: str = ""
    within: tuple[str, ...] = ()
    is_loose: bool = False

    def grid(self) -> Grid:
        """Its numbers as a table, a row each, without columns in which nothing stands."""
        texts = [value.texts() for value in self._in_one_column()]
        used = [n for n in range(len(COLUMNS)) if any(row[n] for row in texts)]
        head = tuple(_cells(self.values[0].line, [COLUMNS[n] for n in used]))
        rows = (
            tuple(_cells(value.line, [row[n] for n in used]))
            for value, row in zip(self.values, texts, strict=True)
        )
        return Grid(
            rows=(head, *rows),
            header_rows=1,
            title=self.title,
            within=self.within,
            is_loose=self.is_loose,
            is_list=True,
        )

    def _in_one_column(self) -> tuple[Value, ...]:
        """Its numbers; names of metrics and of others stand together where no line has both."""
        values = self.values
        metrics = sum(bool(v.metric) for v in values)
        if any(v.benchmark and v.metric for v in values) or not metrics:
            return values
        if any(v.documents for v in values) and metrics * 2 < len(values):
            return tuple(replace(v, benchmark=v.benchmark or v.metric, metric="") for v in values)
        return tuple(replace(v, benchmark="", metric=v.metric or v.benchmark) for v in values)


def _cells(line: int, texts: Sequence[str]) -> Iterator[Cell]:
    for column, text in enumerate(texts, start=1):
        yield Cell(text=text, line=line, column=column)
