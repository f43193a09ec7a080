"""Leaderboard tables of the arena, where people vote between two answers: CSV."""

import csv
import re
from collections.abc import Iterator, Mapping

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.foreign_json import in_brief
from weighin.files.yaml.foreign import starts_with, text_of
from weighin.sources.formats.claims.claim import Claim, number_with_unit
from weighin.sources.formats.facets import stated
from weighin.sources.formats.reader import LoggedRecord, Reading
from weighin.sources.formats.record import foreign_score

TASK = "arena"
"""Name of the benchmark: a table does not say which of the arena's leaderboards it is."""

_MODEL = "model"
_SCORES = ("arena_score", "rating", "score")
_VOTES = ("votes", "num_battles")
_INTERVAL = "95_pct_ci"
_SETTINGS = ("rank", "rank_stylectrl", _INTERVAL, "organization", "license", "knowledge_cutoff")
_EVEN_INTERVAL = re.compile(r"\+(\d{1,6}(?:\.\d{1,6})?)/-\1")
# Half the width of a 95 % interval of a normal distribution, in standard errors.
_STANDARD_ERRORS = 1.959963984540054
_LONGEST_SHOWN = 60
_MOST_DIGITS = 15  # a double holds every whole number of so many
_LONGEST_HEADER = 65_536


class ArenaTableReader:
    """Tables with a model, its rating and its votes in a row."""

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is CSV with columns for a model, a rating and votes."""
        if file.path.suffix.lower() != ".csv" or not starts_with(file, b""):
            return False
        header = file.content()[:_LONGEST_HEADER].partition(b"\n")[0]
        columns = set(_columns(header.decode("utf-8", "replace")))
        return _MODEL in columns and bool(columns & {*_SCORES}) and bool(columns & {*_VOTES})

    def read(self, file: ForeignFile) -> Reading:
        """A record for every row."""
        notes: list[str] = []
        try:
            claims = tuple(_claims(file, notes))
        except csv.Error as error:
            raise EvidenceError(
                f"{file.path}: expected a table in CSV, found {in_brief(error)}"
            ) from error
        return Reading(
            format="arena leaderboard table",
            records=tuple(
                LoggedRecord(record=claim.record(), folder=file.path.parent) for claim in claims
            ),
            notes=tuple(notes),
        )


def _columns(header: str) -> list[str]:
    """The names of the columns in the first line of a file."""
    try:
        return _spelled_one_way(next(csv.reader([header]), []))
    except csv.Error:
        return []


def _spelled_one_way(names: list[str]) -> list[str]:
    return [
        name.strip().removeprefix("\ufeff").strip('"').casefold().replace(" ", "_")
        for name in names
    ]


def _claims(file: ForeignFile, notes: list[str]) -> Iterator[Claim]:
    rows = csv.reader(text_of(file).splitlines(keepends=True))
    header = _spelled_one_way(next(rows, []))
    metric = next((name for name in _SCORES if name in header), _SCORES[0])
    for cells in rows:
        place = f"line {rows.line_num}"
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        model, rating = row.get(_MODEL, ""), number_with_unit(row.get(metric, ""))
        if not any(cells):
            continue
        if len(cells) != len(header) or not model or rating is None:
            found = ",".join(cells)[:_LONGEST_SHOWN]
            notes.append(
                f"{file.shown}: {place}: passed over, for it has no model with a rating: {found}"
            )
            continue
        yield _claim(
            file,
            row,
            place,
            foreign_score(
                TASK,
                metric,
                rating[0],
                stderr=_stderr(row.get(_INTERVAL, "")),
                aggregation="rating from pairwise votes",
                documents=_votes(row),
            ),
        )


def _claim(file: ForeignFile, row: Mapping[str, str], place: str, score: Score) -> Claim:
    model = row[_MODEL]
    requested = stated(FactName.REQUESTED_MODEL, model)
    return Claim(
        model=model,
        task=TASK,
        documents=score.documents,
        scores=(score,),
        harness="arena leaderboard table",
        settings={
            "place": place,
            **{name: row[name] for name in _SETTINGS if row.get(name)},
        },
        shown=file.shown,
        facts=() if requested is None else (requested,),
    )


def _stderr(interval: str) -> float | None:
    """The standard error behind an even interval; an uneven one has none."""
    found = _EVEN_INTERVAL.fullmatch(interval)
    return None if found is None else float(found[1]) / _STANDARD_ERRORS


def _votes(row: Mapping[str, str]) -> int | None:
    votes = next((row[name] for name in _VOTES if row.get(name)), "").replace(",", "")
    is_count = votes.isascii() and votes.isdigit() and len(votes) <= _MOST_DIGITS
    return int(votes) if is_count else None
