"""The tables of a page as they are understood, with what the page says of them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from weighin.evidence.benchmarks import BenchmarkRegistry, plain_name
from weighin.files.collector import without_collector
from weighin.sources.scorecard.tables.benchmark_label import benchmark_label
from weighin.sources.scorecard.tables.claims.columns_told import settings_in_no_name
from weighin.sources.scorecard.tables.claims.counting.prints import take_counts, take_units
from weighin.sources.scorecard.tables.claims.counting.units import with_units
from weighin.sources.scorecard.tables.claims.distinct import told_apart
from weighin.sources.scorecard.tables.claims.found import Found, PassedOver
from weighin.sources.scorecard.tables.claims.labels import Labels
from weighin.sources.scorecard.tables.claims.numbers import Claims
from weighin.sources.scorecard.tables.claims.said_around import said_around, take_in
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL, Corrections
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.understood import Layout, layout_of
from weighin.sources.scorecard.tables.layout.words import is_metric
from weighin.sources.scorecard.tables.page.estimates import is_measured, word_of_estimates
from weighin.sources.scorecard.tables.page.lists import below_one_benchmark
from weighin.sources.scorecard.tables.page.named_model import NamedModels, spelt_as
from weighin.sources.scorecard.tables.page.said_passes import take_said_passes
from weighin.sources.scorecard.tables.read_tables import ReadTable

_MEASURER = re.compile(
    r"(?:(?:the |original )?(?P<other>paper|reported|published|official|claimed|authors)|my|ours?"
    r"|reproduc(?:ed|tion)|re-?runs?|measured|local)(?:['\u2019]s)?"
    r"(?: (?:scores?|results?|numbers?|values?|runs?|reproduction))?",
    re.IGNORECASE,
)
"""Who says a number, as the heading of a column."""


class KnownLabels:
    """Whether a label is the name of a benchmark, asked of the registry once a label."""

    def __init__(self, registry: BenchmarkRegistry, corrections: Corrections) -> None:
        self._registry, self._corrections = registry, corrections
        self._known: dict[str, bool] = {}

    def __call__(self, label: str) -> bool:
        """Whether a label is one."""
        if label not in self._known:
            self._known[label] = bool(label) and (
                plain_name(label) in self._corrections.benchmarks
                or benchmark_label(label, self._registry).benchmark is not None
            )
        return self._known[label]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the tables of a file are read.

    Attributes:
        registry: Benchmarks that are known.
        corrections: What the user says.
        is_known: Whether a label is the name of one.
        models: The models that the page names.
        given: Names that were given to models which their table does not name.
    """

    registry: BenchmarkRegistry
    corrections: Corrections
    is_known: KnownLabels
    models: NamedModels
    given: set[str] = field(default_factory=set)

    @without_collector()
    def read(self, table: Table) -> ReadTable:
        """A table as it is understood."""
        columns = self.corrections.columns
        corrected = {
            cell.text: columns[plain_name(cell.text)]
            for row in table.header
            for cell in row
            if plain_name(cell.text) in columns
        }
        layout = table.grid.unclear or layout_of(table, self.is_known, corrected)
        surplus = tuple(
            PassedOver(
                what="row", name="", line=row.line, column=0,
                why=f"it has {row.found} cells, its header {row.expected}",
            )
            for row in table.grid.surplus
        )  # fmt: skip
        line = table.header[0][0].line if table.header else table.grid.rows[0][0].line
        read = ReadTable(
            table=table,
            title=table.title,
            within=table.grid.within,
            line=line,
            layout=layout,
            passed_over=surplus,
        )
        return read if isinstance(layout, str) else self._with_numbers(read, table, layout)

    def _with_numbers(self, read: ReadTable, table: Table, layout: Layout) -> ReadTable:
        labels = Labels(self.registry, self.corrections, table, layout)
        claims = Claims(labels)
        found = told_apart(claims.numbers())
        take_said_passes(found, table.grid.beside)
        take_in(found, said_around(table.title, table.grid.beside, _corners(layout)))
        claims.passed_over.extend(settings_in_no_name(labels, found))
        if layout.is_print:
            take_units(found)
        take_counts(found)
        if not self.corrections.model and found and _is_of_one_word(found):
            found = [replace(number, artifact=UNNAMED_MODEL) for number in found]
        if not self.corrections.model and _are_by_measurers(found):
            found = [
                replace(number, artifact=f"{UNNAMED_MODEL} ({number.artifact})") for number in found
            ]
        if not self.corrections.model and any(map(_is_unnamed, found)):
            found = self._named(found, table)
        if word := word_of_estimates(table.title, table.grid.within, table.grid.beside):
            measured = [number for number in found if is_measured(number)]
            why = f"{word!r} stands above it: nobody measured its numbers"
            if not measured:
                return replace(read, layout=why)
            claims.passed_over.extend(_over(found, measured, why))
            found = measured
        return replace(
            read,
            numbers=with_units(found, self.corrections.unit),
            passed_over=(*read.passed_over, *claims.passed_over),
        )

    def _named(self, found: Sequence[Found], table: Table) -> list[Found]:
        """The numbers of a table, those of no model with the one that the page names for it."""
        name = self.models.of(table.grid, table.title)
        if not name or self.is_known(name):
            return list(found)
        named = self.corrections.name_of(name)
        self.given.add(named)
        return [
            replace(n, artifact=named + n.artifact.removeprefix(UNNAMED_MODEL))
            if _is_unnamed(n)
            else n
            for n in found
        ]


def _over(found: Sequence[Found], kept: Sequence[Found], why: str) -> Iterator[PassedOver]:
    """The cells of numbers that are not kept, told for one cause."""
    sources = {number.source for number in kept}
    for number in found:
        if number.source not in sources:
            cell = number.source
            yield PassedOver(
                what="cell", name=cell.text, line=cell.line, column=cell.column, why=why
            )


def _is_unnamed(number: Found) -> bool:
    """Whether a table names no model of a number, but at most how it was run."""
    return number.artifact.startswith(UNNAMED_MODEL)


def _corners(layout: Layout) -> list[str]:
    """The headings of the labels of a table, which say what stands beside them."""
    of_labels = {Kind.MODEL, Kind.BENCHMARK, Kind.GROUP}
    return [name for column in layout.columns if column.kind in of_labels for name in column.names]


def _is_of_one_word(found: Sequence[Found]) -> bool:
    """Whether what was taken for the model is the name of a metric."""
    names = {number.artifact for number in found}
    return len(names) == 1 and is_metric(next(iter(names)))


def _are_by_measurers(found: Sequence[Found]) -> bool:
    """Whether what was taken for models says who measured one: `Paper` beside `Ours`."""
    told = [_MEASURER.fullmatch(name) for name in {number.artifact for number in found}]
    return bool(told) and all(told) and any(one["other"] for one in told if one is not None)


def spelt_alike(tables: list[ReadTable], given: Collection[str]) -> list[ReadTable]:
    """The tables, models that the page names for them spelt as other tables of it do."""
    if not given:
        return tables
    own = dict.fromkeys(
        n.artifact for table in tables for n, _ in table.numbers if n.artifact not in given
    )
    renamed = {name: spelt for name in given if (spelt := spelt_as(name, own)) != name}
    if not renamed:
        return tables
    return [
        replace(
            table,
            numbers=tuple(
                (replace(n, artifact=renamed.get(n.artifact, n.artifact)), told)
                for n, told in table.numbers
            ),
        )
        for table in tables
    ]


def grids_of_scores(grids: Sequence[Grid], is_known: KnownLabels) -> Iterator[Grid]:
    """The tables; lines of code and of lists only where they name known benchmarks.

    Of a list the items with these are taken, if most of those with a number are such.
    """
    for grid in grids:
        if not grid.is_loose:
            yield grid
            continue
        labels = [[cell.text for cell in row[:2]] for row in grid.rows]
        known = [any(map(is_known, texts)) for texts in labels]
        if not grid.is_list:
            if any(known) or any(is_known(cell.text) for cell in grid.rows[0]):
                yield grid
        elif sum(known) * 2 >= len(grid.rows) - 1 and sum(known) > 1:
            yield grid
        elif (parts := below_one_benchmark(grid, is_known)) is not None:
            yield parts
