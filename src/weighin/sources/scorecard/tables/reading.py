"""Tables as people have them as a scorecard, with all that was understood and passed over."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.benchmarks import BenchmarkRegistry
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
from weighin.sources.scorecard.tables.cells.decimal_commas import with_points
from weighin.sources.scorecard.tables.claims.counting.unclear import ASKED, Told
from weighin.sources.scorecard.tables.claims.counting.units import with_units_of_others
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.corrections import Corrections
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.layout.header import Table, tables_in
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score
from weighin.sources.scorecard.tables.page.named_model import named_models
from weighin.sources.scorecard.tables.page.places import places_of
from weighin.sources.scorecard.tables.page.prose import scores_in_prose
from weighin.sources.scorecard.tables.page.reader import (
    KnownLabels,
    Reader,
    grids_of_scores,
    spelt_alike,
)
from weighin.sources.scorecard.tables.read_tables import (
    ReadTable,
    ReadTables,
    passed_over,
    pointer,
)
from weighin.sources.scorecard.tables.syntax.encoding import text_of
from weighin.sources.scorecard.tables.syntax.told_syntax import NO_TABLE, pasted

MOST_NUMBERS = 50_000
"""In one file; the table of thousands of rows of a leaderboard is read another way."""

_LONGEST_LABEL = 60
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
    is_known = KnownLabels(registry, corrections)
    reader = Reader(
        registry, corrections, is_known, named_models(text, found.headings, found.model)
    )
    tables: list[ReadTable] = []
    numbers = 0
    kept = list(grids_of_scores(found.grids, is_known))
    listed = {row[0].line for grid in kept if grid.is_list for row in grid.rows}
    prose = scores_in_prose(found.prose, listed, is_known)
    if not kept:
        prose = (*prose, *_lists_of_nothing(found.grids))
    for grid in kept:
        for table in tables_in(grid, is_known):
            numbers += _most_numbers(table)
            if numbers > MOST_NUMBERS:
                raise EvidenceError(
                    f"{shown}: expected at most {MOST_NUMBERS} numbers, found more; check a part"
                )
            tables.append(reader.read(table))
    tables = spelt_alike(tables, reader.given)
    units = with_units_of_others([table.numbers for table in tables], corrections.unit)
    tables = [replace(table, numbers=own) for table, own in zip(tables, units, strict=True)]
    return ReadTables(
        shown=shown,
        syntax=found.syntax,
        remarks=tuple(filter(None, (remark, *found.remarks, *prose))),
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
    if not read.tables:
        raise EvidenceError(f"{read.shown}: {'; '.join((NO_TABLE, *read.remarks))}")
    over = passed_over(read)
    asks = [told for told in over if "--column" in told]
    if asks:
        raise UsageError(f"{read.shown}: {asks[0]}")
    raise EvidenceError(
        f"{read.shown}: expected at least one number, found none"
        + "".join(f"; {told}" for told in over[:6])
    )


def _lists_of_nothing(grids: Sequence[Grid]) -> Iterator[str]:
    """Why the first list of values is not read, where a file holds nothing else."""
    first = next((grid for grid in grids if grid.is_list), None)
    if first is not None:
        row = first.rows[1]
        shown = f"{row[0].text[:_LONGEST_LABEL]!r}"
        yield (
            f"line {row[0].line}: a list of {len(first.rows) - 1} values, the first of {shown}: "
            "nothing tells on which benchmark they are; write its name above them"
        )


def _most_numbers(table: Table) -> int:
    return sum(looks_like_score(cell.text) for row in table.body for cell in row)


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
