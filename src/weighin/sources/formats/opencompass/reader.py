"""A summary table of OpenCompass (`summary/summary_<time>.csv`), read as records."""

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import Observation, Record, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.foreign_json import as_number, in_brief
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import NO_TEXT, Ways, every_facet, named, observed
from weighin.sources.formats.reader import LoggedRecord, Reading
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)

HARNESS = "OpenCompass (version not recorded)"

_HEADER = ("dataset", "version", "metric", "mode")
_HEADER_BYTES = b"dataset,version,metric,mode,"
_EMPTY = frozenset({"", "-"})
_MOST_BYTES = 16 << 20
_MOST_COMPANIONS = 20_000
# What OpenCompass writes beside `summary/`.
_BESIDE = ("configs", "predictions", "results", "logs")
# Modes in which the model scores given texts: perplexity and log-likelihood.
_WITHOUT_TEXT = frozenset({"ppl", "ll"})
_NUMBER = re.compile(r"[-+]?\d{1,30}(\.\d{1,30})?([eE][-+]?\d{1,3})?")
_HOW = Ways(producer=HARNESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of the table: one metric of one dataset.

    Attributes:
        line: Its line in the file, from 1.
        dataset: OpenCompass's abbreviation.
        version: Digest of the prompts of the dataset; empty for a group.
        metric: For example `accuracy`.
        mode: `gen`, `ppl`, `ll`, `mixed` or `unknown`.
        values: By column of the table, as printed.
    """

    line: int
    dataset: str
    version: str
    metric: str
    mode: str
    values: tuple[str, ...]


class OpenCompassReader:
    """Summary tables of OpenCompass."""

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is a CSV table with OpenCompass's columns."""
        if file.path.suffix.lower() != ".csv":
            return False
        try:
            start = file.content()[: len(_HEADER_BYTES) + 3]
        except EvidenceError:
            return False
        return start.removeprefix(b"\xef\xbb\xbf").startswith(_HEADER_BYTES)

    def read(self, file: ForeignFile) -> Reading:
        """A record for every model and dataset that has a number."""
        models, rows = _table(file)
        records = [
            record
            for column, model in enumerate(models)
            for record in _records_of(file, model, column, rows)
        ]
        if not records:
            raise EvidenceError(f"{file.path}: expected at least one score, found none")
        blank = sum(value in _EMPTY for row in rows if row.metric for value in row.values)
        notes = (f"{file.shown}: {blank} cells of the table have no score",) if blank else ()
        return Reading(
            format="OpenCompass summary",
            records=tuple(LoggedRecord(record=r, folder=file.path.parent) for r in records),
            companions=tuple(_companions(file.path)),
            notes=notes,
        )


def _table(file: ForeignFile) -> tuple[tuple[str, ...], tuple[_Row, ...]]:
    if len(file.content()) > _MOST_BYTES:
        raise EvidenceError(
            f"{file.path}: expected a table of at most {_MOST_BYTES} bytes, found "
            f"{len(file.content())}"
        )
    try:
        text = file.content().decode("utf-8-sig")
        lines = list(csv.reader(text.splitlines(), strict=True))
    except (ValueError, csv.Error) as error:
        raise EvidenceError(
            f"{file.path}: expected a CSV table in UTF-8, found {in_brief(error)}"
        ) from error
    models = tuple(cell.strip() for cell in lines[0][len(_HEADER) :])
    if len(set(models)) < len(models) or not all(models):
        raise EvidenceError(
            f"{file.path}:1: expected a column a model, each named once, found "
            f"{', '.join(models)!r}"
        )
    return models, tuple(_rows(file, lines, len(models)))


def _rows(file: ForeignFile, lines: list[list[str]], models: int) -> Iterator[_Row]:
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        if len(cells) != len(_HEADER) + models:
            raise EvidenceError(
                f"{file.path}:{number}: expected {len(_HEADER) + models} cells, found {len(cells)}"
            )
        dataset, version, metric, mode, *values = (cell.strip() for cell in cells)
        yield _Row(
            line=number,
            dataset=dataset,
            version="" if version in _EMPTY else version,
            metric="" if metric in _EMPTY else metric,
            mode="" if mode in _EMPTY else mode,
            values=tuple(values),
        )


def _records_of(
    file: ForeignFile, model: str, column: int, rows: tuple[_Row, ...]
) -> Iterator[Record]:
    """A record a dataset that has something in the column of a model."""
    by_dataset: dict[str, list[_Row]] = {}
    for row in rows:
        # A row without a metric is a heading, or a dataset that was not scored at all.
        if row.metric and row.values[column] not in _EMPTY:
            by_dataset.setdefault(row.dataset, []).append(row)
    for dataset, found in by_dataset.items():
        yield _record(file, model, column, dataset, found)


def _record(file: ForeignFile, model: str, column: int, dataset: str, rows: list[_Row]) -> Record:
    scores: dict[str, Score] = {}
    odd: list[str] = []
    for row in rows:
        value = _number(row.values[column])
        if value is None:
            odd.append(f"{row.metric}: {row.values[column]}"[:80])
            continue
        if row.metric in scores:
            raise EvidenceError(
                f"{file.path}:{row.line}: expected each metric of {dataset} once, found "
                f"{row.metric} again"
            )
        scores[row.metric] = foreign_score(dataset, row.metric, value)
    versions, modes = {row.version for row in rows}, {row.mode for row in rows}
    version = versions.pop() if len(versions) == 1 else ""
    settings: dict[str, JsonValue] = {
        "mode": next(iter(modes)) if len(modes) == 1 else "",
        "lines": [row.line for row in rows],
        "scores_not_finite": list(odd),
    }
    return foreign_record(
        model,
        foreign_question(dataset, task_version=version or None),
        foreign_run(HARNESS, settings=settings),
        file=file.shown,
        # A table has no JSON pointers: the place is the line.
        pointer=f"/{rows[0].line}",
        observations=_observations(model, modes),
        scores=scores.values(),
    )


def _number(text: str) -> float | None:
    """A cell as a number; `None` for `nan` and anything else."""
    return as_number(float(text)) if _NUMBER.fullmatch(text) else None


def _observations(model: str, modes: set[str]) -> tuple[Observation, ...]:
    told = f"only an abbreviation: {model}"
    weights = observed(Facet.WEIGHTS, _HOW, named(model), summary=told)
    is_without_text = bool(modes) and modes <= _WITHOUT_TEXT
    return every_facet((weights, *(NO_TEXT if is_without_text else ())), _HOW)


def _companions(path: Path) -> Iterator[Path]:
    """The other forms of the table, and what OpenCompass wrote beside it; none is opened."""
    yield from (
        other for ending in (".txt", ".md") if (other := path.with_suffix(ending)).is_file()
    )
    if path.parent.name != "summary":
        return
    found = 0
    for folder in _BESIDE:
        for parent, _, files in os.walk(path.parent.parent / folder):
            for file in sorted(files):
                if (found := found + 1) > _MOST_COMPANIONS:
                    return
                yield Path(parent) / file
