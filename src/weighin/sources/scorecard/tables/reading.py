"""Tables as people have them as a scorecard, with all that was understood and passed over."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.benchmarks import BenchmarkRegistry, plain_name
from weighin.evidence.scorecard import (
    Artifact,
    Protocol,
    Scorecard,
    ScorecardNumber,
    Source,
    Unit,
)
from weighin.files.canonical import sha256_hex
from weighin.files.collector import without_collector
from weighin.sources.scorecard.tables.benchmark_label import benchmark_label
from weighin.sources.scorecard.tables.cells.decimal_commas import with_points
from weighin.sources.scorecard.tables.claims.columns_told import settings_in_no_name
from weighin.sources.scorecard.tables.claims.distinct import told_apart
from weighin.sources.scorecard.tables.claims.found import Found, PassedOver
from weighin.sources.scorecard.tables.claims.labels import Labels
from weighin.sources.scorecard.tables.claims.numbers import Claims
from weighin.sources.scorecard.tables.claims.units import with_units, with_units_of_others
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL, Corrections
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.layout.header import Table, tables_in
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score
from weighin.sources.scorecard.tables.layout.understood import layout_of
from weighin.sources.scorecard.tables.layout.words import is_metric
from weighin.sources.scorecard.tables.page.named_model import NamedModels, named_models, spelt_as
from weighin.sources.scorecard.tables.page.places import places_of
from weighin.sources.scorecard.tables.page.said_unit import take_said_unit
from weighin.sources.scorecard.tables.read_tables import (
    ReadTable,
    ReadTables,
    passed_over,
    pointer,
)
from weighin.sources.scorecard.tables.syntax.encoding import text_of
from weighin.sources.scorecard.tables.syntax.told_syntax import pasted
from weighin.sources.scorecard.tables.told_unit import ASKED, Told

MOST_NUMBERS = 50_000
"""In one file; the table of thousands of rows of a leaderboard is read another way."""

_NO_TEXT = "(its text is not in the file)"
_PASSES = re.compile(r"\b(?:avg|mean|average)@([0-9]{1,5})\b", re.IGNORECASE)
_VOTES = re.compile(r"\b(?:maj|cons)@([0-9]{1,5})\b", re.IGNORECASE)


def read_tables(
    content: bytes,
    shown: str,
    registry: BenchmarkRegistry,
    corrections: Corrections,
    ending: str = "",
) -> ReadTables:
    """The tables in a file.

    Args:
        content: Its bytes.
        shown: How it is named in messages.
        registry: Benchmarks that are known.
        corrections: What the user says.
        ending: Of its name, with the point; empty if it has none.

    Raises:
        EvidenceError: There is no table in it, or none that a person made.
    """
    text, remark = text_of(content, shown)
    found = with_points(pasted(text, shown, ending))
    is_known = _KnownLabels(registry, corrections)
    reader = _Reader(
        registry, corrections, is_known, named_models(text, found.headings, found.model)
    )
    tables: list[ReadTable] = []
    numbers = 0
    for grid in _of_scores(found.grids, is_known):
        for table in tables_in(grid, is_known):
            numbers += _most_numbers(table)
            if numbers > MOST_NUMBERS:
                raise EvidenceError(
                    f"{shown}: expected at most {MOST_NUMBERS} numbers, found more; check a part"
                )
            tables.append(reader.read(table))
    tables = _spelt_alike(tables, reader.given)
    units = with_units_of_others([table.numbers for table in tables], corrections.unit)
    tables = [replace(table, numbers=own) for table, own in zip(tables, units, strict=True)]
    return ReadTables(
        shown=shown,
        syntax=found.syntax,
        remarks=tuple(filter(None, (remark, *found.remarks))),
        tables=tuple(tables),
        footnotes=found.footnotes,
        sha256=sha256_hex(content),
    )


@without_collector()
def scorecard_of_tables(read: ReadTables) -> Scorecard:
    """The scorecard in tables.

    Raises:
        EvidenceError: They hold no number that was understood.
        UsageError: The unit of none of their numbers can be told.
    """
    places = places_of([(*table.within, table.title) for table in read.tables])
    found = [
        (table, place, number, told)
        for table, place in zip(read.tables, places, strict=True)
        for number, told in table.numbers
    ]
    kept = [entry for entry in found if entry[3].unit is not None]
    if not kept:
        _refuse(read, [number for _, _, number, _ in found])
    is_one = len({place for _, place, _, _ in kept}) == 1
    numbers = tuple(
        _number(number, told, table.title if is_one else place, read, is_one=is_one)
        for table, place, number, told in kept
    )
    names = dict.fromkeys(number.artifact for number in numbers)
    used = dict.fromkeys((mark for number in numbers for mark in number.footnotes), _NO_TEXT)
    notes = {note: note for _, _, number, _ in kept for note in number.cell.notes}
    return Scorecard(
        title=read.shown,
        file=read.shown,
        sha256=read.sha256,
        artifacts=tuple(Artifact(name=name, claimed_as=name) for name in names),
        numbers=numbers,
        footnotes={**used, **notes, **read.footnotes},
        passed_over=passed_over(read),
    )


def _refuse(read: ReadTables, found: Sequence[Found]) -> None:
    if found:
        first = found[0]
        raise UsageError(
            f"{read.shown}: {pointer(first)}: {first.cell.number} on {first.label}: {ASKED}"
        )
    over = passed_over(read)
    asks = [told for told in over if "--column" in told]
    if asks:
        raise UsageError(f"{read.shown}: {asks[0]}")
    raise EvidenceError(
        f"{read.shown}: expected at least one number, found none"
        + "".join(f"; {told}" for told in over[:6])
    )


def _most_numbers(table: Table) -> int:
    return sum(looks_like_score(cell.text) for row in table.body for cell in row)


class _KnownLabels:
    """Whether a label is the name of a benchmark, asked of the registry once a label."""

    def __init__(self, registry: BenchmarkRegistry, corrections: Corrections) -> None:
        self._registry, self._corrections = registry, corrections
        self._known: dict[str, bool] = {}

    def __call__(self, label: str) -> bool:
        if label not in self._known:
            self._known[label] = bool(label) and (
                plain_name(label) in self._corrections.benchmarks
                or benchmark_label(label, self._registry).benchmark is not None
            )
        return self._known[label]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the tables of a file are read."""

    registry: BenchmarkRegistry
    corrections: Corrections
    is_known: "_KnownLabels"
    models: NamedModels
    # Names that were given to models which their table does not name.
    given: set[str] = field(default_factory=set)

    @without_collector()
    def read(self, table: Table) -> ReadTable:
        """A table as it is understood."""
        line = table.header[0][0].line if table.header else table.grid.rows[0][0].line
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
        if isinstance(layout, str):
            return ReadTable(
                table=table,
                title=table.title,
                within=table.grid.within,
                line=line,
                layout=layout,
                passed_over=surplus,
            )
        labels = Labels(self.registry, self.corrections, table, layout)
        claims = Claims(labels)
        found = told_apart(claims.numbers())
        claims.passed_over.extend(settings_in_no_name(labels, found))
        if not self.corrections.model and found and _is_of_one_word(found):
            found = [replace(number, artifact=UNNAMED_MODEL) for number in found]
        if not self.corrections.model and any(_is_unnamed(n) for n in found):
            found = self._named(found, table)
        if self.corrections.unit is None:
            take_said_unit(found, table.title, table.grid.beside)
        return ReadTable(
            table=table,
            title=table.title,
            within=table.grid.within,
            line=line,
            layout=layout,
            numbers=with_units(found, self.corrections.unit),
            passed_over=(*surplus, *claims.passed_over),
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


def _is_unnamed(number: Found) -> bool:
    """Whether a table names no model of a number, but at most how it was run."""
    return number.artifact.startswith(UNNAMED_MODEL)


def _is_of_one_word(found: Sequence[Found]) -> bool:
    """Whether what was taken for the model is the name of a metric."""
    names = {number.artifact for number in found}
    return len(names) == 1 and is_metric(next(iter(names)))


def _spelt_alike(tables: list[ReadTable], given: Collection[str]) -> list[ReadTable]:
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


def _of_scores(grids: Sequence[Grid], is_known: "_KnownLabels") -> Iterator[Grid]:
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


def _number(
    number: Found, told: Told, table: str, read: ReadTables, *, is_one: bool
) -> ScorecardNumber:
    notes = [read.footnotes[mark] for mark in number.marks if mark in read.footnotes]
    stated = number.stated
    passes, votes = stated.passes, stated.votes
    for note in notes:
        if passes is None and (found := _PASSES.search(note)) is not None:
            passes = int(found[1]) or None
        if votes is None and (found := _VOTES.search(note)) is not None:
            votes = int(found[1]) or None
    place = ": ".join(dict.fromkeys(part for part in (table, number.section) if part))
    return ScorecardNumber(
        printed=number.cell.number,
        unit=told.unit or Unit.OTHER,
        is_unit_sure=told.is_sure,
        artifact=number.artifact,
        benchmark=number.label,
        registered_as="" if number.benchmark is None else number.benchmark.id,
        split=number.split,
        metric=number.metric,
        protocol=_protocol(stated.shots, passes, votes, stated.tools),
        documents=number.documents,
        standard_error=number.standard_error,
        interval=number.interval,
        source=_source(read.shown, place),
        footnotes=number.marks,
        row=f"{table}: {number.row}" if table and not is_one else number.row,
        pointer=pointer(number),
    )


# Thousands of numbers of a table have one of each.
@lru_cache(maxsize=256)
def _protocol(
    shots: int | None, passes: Literal["several"] | int | None, votes: int | None, tools: str
) -> Protocol:
    return Protocol(shots=shots, passes=passes, votes=votes, tools=tools)


@lru_cache(maxsize=256)
def _source(title: str, place: str) -> Source:
    return Source(title=title, place=place)
