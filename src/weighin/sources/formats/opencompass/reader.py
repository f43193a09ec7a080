"""A summary table of OpenCompass (`summary/summary_<time>.csv`), read as records."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import Observation, Record, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import as_number
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import NO_TEXT, Ways, every_facet, named, observed
from weighin.sources.formats.opencompass.named_tables import is_named_table, read_named_table
from weighin.sources.formats.opencompass.tables import Cell, is_table, read_table, scored
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)

HARNESS = "OpenCompass (version not recorded)"

_LONGEST_HEADER = 128
_LONGEST_START = 4096
_MOST_COMPANIONS = 20_000
# What OpenCompass writes beside `summary/`.
_BESIDE = ("configs", "predictions", "results", "logs")
# Modes in which the model scores given texts: perplexity and log-likelihood.
_WITHOUT_TEXT = frozenset({"ppl", "ll"})
_NUMBER = re.compile(r"[-+]?\d{1,30}(\.\d{1,30})?([eE][-+]?\d{1,3})?")
_HOW = Ways(producer=HARNESS)


class OpenCompassReader:
    """Tables of OpenCompass, and of AISBench, which was made of it."""

    signs: ClassVar[Signs] = {"OpenCompass summary": ("dataset", "version", "metric", "mode")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is a CSV table with OpenCompass's columns, or with such a name."""
        if file.suffix != ".csv":
            return False
        try:
            content = file.content()
        except EvidenceError:
            return False
        return is_table(content[:_LONGEST_HEADER]) or is_named_table(
            file.name, content[:_LONGEST_START]
        )

    def read(self, file: ForeignFile) -> Reading:
        """A record for every model, dataset, mode and judge that has a number."""
        is_known = is_table(file.content()[:_LONGEST_HEADER])
        table = read_table(file) if is_known else read_named_table(file)
        notes = list(table.passed_over)
        cells = list(scored(table.cells))
        records = [
            record
            for of_model in _groups(cells, "model").values()
            for record in _records_of(file, of_model, notes)
        ]
        if not records:
            why = f"; {table.passed_over[0]}" if table.passed_over else ""
            raise EvidenceError(f"{file.path}: expected at least one score, found none{why}")
        blank = sum(cell.is_empty for cell in table.cells if cell.metric)
        if blank:
            notes.append(f"{file.shown}: {blank} cells of the table have no score")
        return Reading(
            format="OpenCompass summary",
            records=tuple(LoggedRecord(record=r, folder=file.path.parent) for r in records),
            companions=tuple(_companions(file.path)),
            notes=tuple(dict.fromkeys(notes)),
        )


def _groups(cells: Sequence[Cell], *fields: str) -> dict[tuple[str, ...], list[Cell]]:
    """The cells by what they say in some fields, in their order."""
    found: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        found.setdefault(tuple(getattr(cell, field) for field in fields), []).append(cell)
    return found


def _records_of(file: ForeignFile, cells: Sequence[Cell], notes: list[str]) -> Iterator[Record]:
    """A record for each dataset, mode and judge of a model."""
    for of_dataset in _groups(cells, "dataset").values():
        by_mode = _groups(of_dataset, "mode", "judge")
        has_modes = len({mode for mode, _ in by_mode}) > 1
        for alike in by_mode.values():
            yield _record(file, alike, notes, has_modes=has_modes)


def _record(
    file: ForeignFile, cells: Sequence[Cell], notes: list[str], *, has_modes: bool
) -> Record:
    first = cells[0]
    scores: dict[str, Score] = {}
    odd: list[str] = []
    told: dict[str, Cell] = {}
    for cell in cells:
        before = told.setdefault(cell.metric, cell)
        if before is not cell:
            _require_same(file, before, cell)
            notes.append(
                f"{file.shown}:{cell.line}: {cell.dataset} {cell.metric} stands there again, "
                "with the same number"
            )
            continue
        value = _number(cell.text)
        if value is None:
            odd.append(f"{cell.metric}: {cell.text}"[:80])
            continue
        scores[cell.metric] = foreign_score(
            first.dataset,
            cell.metric,
            value,
            filter_name=_filter(first, has_modes=has_modes),
            documents=cell.documents,
        )
    versions = {cell.version for cell in cells}
    version = versions.pop() if len(versions) == 1 else ""
    documents = {score.documents for score in scores.values()}
    settings: dict[str, JsonValue] = {
        "mode": first.mode,
        "lines": [cell.line for cell in cells],
        "scores_not_finite": list(odd),
    }
    return foreign_record(
        first.model,
        foreign_question(
            first.dataset,
            task_version=version or None,
            documents_scored=documents.pop() if len(documents) == 1 else None,
        ),
        foreign_run(HARNESS, settings=settings),
        file=file.shown,
        # A table has no JSON pointers: the place is the line.
        pointer=f"/{first.line}",
        observations=_observations(first.model, first.mode),
        scores=scores.values(),
    )


def _filter(cell: Cell, *, has_modes: bool) -> str:
    """What tells scores of one metric apart: the judge, and the mode where there are several."""
    judge = f"judged by {cell.judge}" if cell.judge else ""
    return ", ".join(part for part in (cell.mode if has_modes else "", judge) if part) or "none"


def _require_same(file: ForeignFile, before: Cell, cell: Cell) -> None:
    """A configuration may list a dataset twice, which gives one number twice."""
    if (before.text, before.documents) == (cell.text, cell.documents):
        return
    mode = f" in mode {cell.mode}" if cell.mode else ""
    raise EvidenceError(
        f"{file.path}:{cell.line}: expected each metric of {cell.dataset} once{mode}, found "
        f"{cell.metric} of {cell.model} again: {before.text} in line {before.line}, {cell.text} "
        f"in line {cell.line}"
    )


def _number(text: str) -> float | None:
    """A cell as a number; `None` for `nan` and anything else."""
    return as_number(float(text)) if _NUMBER.fullmatch(text) else None


def _observations(model: str, mode: str) -> tuple[Observation, ...]:
    told = f"only an abbreviation: {model}"
    weights = observed(Facet.WEIGHTS, _HOW, named(model), summary=told)
    return every_facet((weights, *(NO_TEXT if mode in _WITHOUT_TEXT else ())), _HOW)


def _companions(path: Path) -> Iterator[Path]:
    """The other forms of the table, and what OpenCompass wrote beside it; none is opened."""
    yield from (
        other for ending in (".txt", ".md") if (other := path.with_suffix(ending)).is_file()
    )
    # Several tables of one run lie in a folder of their own.
    summary = next((up for up in list(path.parents)[:2] if up.name == "summary"), None)
    if summary is None:
        return
    found = 0
    for folder in _BESIDE:
        for parent, _, files in os.walk(summary.parent / folder):
            for file in sorted(files):
                if (found := found + 1) > _MOST_COMPANIONS:
                    return
                yield Path(parent) / file
