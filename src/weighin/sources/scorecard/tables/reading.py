"""Tables as people have them as a scorecard, with all that was understood and passed over."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from weighin.sources.scorecard.tables.layout.header import Table, tables_in
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score
from weighin.sources.scorecard.tables.layout.understood import layout_of
from weighin.sources.scorecard.tables.layout.words import is_metric
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
_LOADED = re.compile(r"\b(?:pretrained|model|model_path)=([^\s,()]{1,200})")
"""As harnesses print it above a table."""
_SAID = re.compile(
    r"^[-*_>#\s]{0,8}(?:Model|model_id|model_name|Model (?:name|ID)|Modell|Modelo|Modèle|模型)"
    r"[*_`]{0,3}\s?[:\uff1a][*_`]{0,3}\s{1,3}([^\s|,;][^|\n,;]{1,80}?)\s{0,8}$",
    re.MULTILINE,
)
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
    reader = _Reader(registry, corrections, is_known, _model_said(text))
    tables: list[ReadTable] = []
    numbers = 0
    for grid in found.grids:
        for table in tables_in(grid, is_known):
            numbers += _most_numbers(table)
            if numbers > MOST_NUMBERS:
                raise EvidenceError(
                    f"{shown}: expected at most {MOST_NUMBERS} numbers, found more; check a part"
                )
            tables.append(reader.read(table))
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
    found = [
        (table, title, number, told)
        for table, title in zip(read.tables, _titles(read.tables), strict=True)
        for number, told in table.numbers
    ]
    kept = [entry for entry in found if entry[3].unit is not None]
    if not kept:
        _refuse(read, [number for _, _, number, _ in found])
    several = len({title for _, title, _, _ in kept}) > 1
    numbers = tuple(
        _number(number, told, title if several else "", read) for _, title, number, told in kept
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
    model: str

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
            return ReadTable(title=table.title, line=line, layout=layout, passed_over=surplus)
        labels = Labels(self.registry, self.corrections, table, layout)
        claims = Claims(labels)
        found = told_apart(list(claims.numbers()))
        claims.passed_over.extend(settings_in_no_name(labels, found))
        if not self.corrections.model and found and _is_of_one_word(found):
            found = [replace(number, artifact=UNNAMED_MODEL) for number in found]
        loaded = _LOADED.search(table.title)
        if (name := self.model if loaded is None else loaded[1]) and not self.corrections.model:
            named = self.corrections.name_of(name)
            found = [
                replace(n, artifact=named + n.artifact.removeprefix(UNNAMED_MODEL))
                if n.artifact.startswith(UNNAMED_MODEL)
                else n
                for n in found
            ]
        return ReadTable(
            title=table.title,
            line=line,
            layout=layout,
            numbers=with_units(found, self.corrections.unit),
            passed_over=(*surplus, *claims.passed_over),
        )


def _model_said(text: str) -> str:
    """The model that a line of a file names, `Model: X`; empty if none does, or several do."""
    found = {match[1].strip("*_`'\" ") for match in _SAID.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _is_of_one_word(found: Sequence[Found]) -> bool:
    """Whether what was taken for the model is the name of a metric."""
    names = {number.artifact for number in found}
    return len(names) == 1 and is_metric(next(iter(names)))


def _titles(tables: Sequence[ReadTable]) -> list[str]:
    """What tells each table from the others of its file."""
    titles = [table.title for table in tables]
    often = Counter(titles)
    return [
        title if title and often[title] == 1 else f"table {number}"
        for number, title in enumerate(titles, start=1)
    ]


def _number(number: Found, told: Told, table: str, read: ReadTables) -> ScorecardNumber:
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
        row=f"{table}: {number.row}" if table else number.row,
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
