"""Leaderboard tables of the arena, where people vote between two answers: CSV, 2024 to 2026."""

import csv
import math
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import as_number, in_brief
from weighin.files.yaml.foreign import starts_with, text_of
from weighin.sources.formats.claims.claim import Claim, number_with_unit
from weighin.sources.formats.facets import stated
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, require_few
from weighin.sources.formats.record import foreign_score

TASK = "arena"
"""Name of the benchmark; which of the arena's leaderboards it is, at most a file's name says."""

STANDARD_ERRORS = 1.959963984540054
"""Half the width of a 95 % interval of a normal distribution, in standard errors."""

# The last is the index of a data frame, which has no heading.
_MODELS = ("model", "model_name", "")
_SCORE = "score"
_SCORES = ("arena_score", "rating", _SCORE)
_VOTES = ("votes", "num_battles", "vote_count")
_INTERVALS = ("95_pct_ci", "95%_ci", "95%_ci_(±)")
_LOWER, _UPPER = ("rating_lower", "rating_q025"), ("rating_upper", "rating_q975")
_VARIANCE, _CATEGORY, _DATE = "variance", "category", "leaderboard_publish_date"
_SETTINGS = (
    "rank",
    "rank_stylectrl",
    "95_pct_ci",
    "organization",
    "license",
    "knowledge_cutoff",
)
_BOARD = re.compile(
    r"(?<![a-z])(vision|webdev|search|document|copilot|repochat|text[_-]to[_-]image|image[_-]edit"
    r"|text[_-]to[_-]video|image[_-]to[_-]video)(?![a-z])"
)
_CONTROLLED = re.compile(r"(?<!no_)(?<!no-)(?<!without_)(?<!without-)style[_-]?(?:control|ctrl)")
_OF_FOLDER = re.compile(r"[a-z]{1,20}(?:[_-][a-z]{1,20}){0,3}")
_HALF = r"(\d{1,6}(?:\.\d{1,6})?)"
_UNEVEN = re.compile(rf"\+{_HALF} ?/ ?[-−]{_HALF}")
_EVEN = re.compile(rf"(?:±|\+/-) ?{_HALF}")
# Ratings are rounded, and intervals are made by drawing anew.
_ROUNDED = 0.1
_LONGEST_SHOWN = 60
_MOST_DIGITS = 15  # a double holds every whole number of so many
_LONGEST_HEADER = 65_536


class ArenaTableReader:
    """Tables with a model, its rating and its votes or interval in a row."""

    signs: ClassVar[Signs] = {"arena leaderboard table": ("model", "rating", "votes")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is CSV with columns for a model, a rating, and votes or an interval."""
        if file.suffix != ".csv" or not starts_with(file, b""):
            return False
        header = file.content()[:_LONGEST_HEADER].partition(b"\n")[0]
        columns = set(_columns(header.decode("utf-8", "replace")))
        # Tables of Arena-Hard have a score with quantiles: a judge's, and no votes of people.
        is_rating = bool(columns & {*_SCORES} - {_SCORE})
        beside = {*_VOTES, *_INTERVALS, *(_LOWER if is_rating else ())}
        return all(columns & names for names in ({*_MODELS}, {*_SCORES}, beside))

    def read(self, file: ForeignFile) -> Reading:
        """A record for every row."""
        require_few(file, file.content().count(b"\n"))
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
        re.sub(r"\*? \(ub\)$", "", name.strip().removeprefix("\ufeff").strip('"').casefold())
        .rstrip("*")
        .replace(" ", "_")
        for name in names
    ]


def _claims(file: ForeignFile, notes: list[str]) -> Iterator[Claim]:
    rows = csv.reader(text_of(file).splitlines(keepends=True))
    header = _spelled_one_way(next(rows, []))
    metric = next((name for name in _SCORES if name in header), _SCORES[0])
    for cells in rows:
        place = f"line {rows.line_num}"
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        model, rating = _first(row, _MODELS), number_with_unit(row.get(metric, ""))
        if not any(cells):
            continue
        if len(cells) != len(header) or not model or rating is None:
            found = ",".join(cells)[:_LONGEST_SHOWN]
            notes.append(
                f"{file.shown}: {place}: passed over, for it has no model with a rating: {found}"
            )
            continue
        stderr, why_not = _stderr(row, rating[0])
        if why_not:
            notes.append(f"{file.shown}: {place}: {model}: {why_not}")
        task = task_of(board_of(file) + _first(row, (_CATEGORY,)))
        score = foreign_score(
            task,
            metric,
            rating[0],
            stderr=stderr,
            aggregation="rating from pairwise votes",
            documents=_votes(row),
        )
        yield _claim(file, row, place, model, score)


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def board_of(file: ForeignFile) -> str:
    """Which leaderboard the name of a file says, or that of a folder of one; empty of the first.

    Ratings with and without style control are two of one model, as are those of texts and images.
    """
    name, folder = file.path.stem.casefold(), file.path.parent.name.casefold()
    for text in (name, folder if _OF_FOLDER.fullmatch(folder) else ""):
        board = _BOARD.search(text)
        named = "" if board is None else board[1].replace("_", "-")
        if _CONTROLLED.search(text):
            return f"{named or 'text'}-style-control/"
        if named:
            return f"{named}/"
    return ""


def task_of(category: str) -> str:
    """The benchmark: each category of a leaderboard is one of its own."""
    return f"{TASK}/{category}".rstrip("/")


def _claim(
    file: ForeignFile, row: Mapping[str, str], place: str, model: str, score: Score
) -> Claim:
    requested = stated(FactName.REQUESTED_MODEL, model)
    interval = _first(row, _INTERVALS)
    date = row.get(_DATE, "")
    return Claim(
        model=model,
        task=score.task,
        documents=score.documents,
        scores=(score,),
        harness="arena leaderboard table",
        settings={
            "place": place,
            **{name: row[name] for name in _SETTINGS if row.get(name)},
            **({"95_pct_ci": interval} if interval else {}),
            # Votes go on: the leaderboard of another day is another run.
            **({"date": date, "file_stamp": date} if date else {}),
        },
        shown=file.shown,
        facts=() if requested is None else (requested,),
    )


def _stderr(row: Mapping[str, str], rating: float) -> tuple[float | None, str]:
    """The standard error of a rating, and why a row that could tell it does not.

    An uneven interval has none.
    """
    lower, upper = (_number(_first(row, names)) for names in (_LOWER, _UPPER))
    of_interval = None
    if lower is not None and upper is not None:
        if not lower <= rating <= upper:
            return None, f"no standard error, for {rating} is not within {lower} to {upper}"
        of_interval = (upper - lower) / 2 / STANDARD_ERRORS
    variance = _number(row.get(_VARIANCE, ""))
    if variance is not None and variance >= 0:
        of_variance = math.sqrt(variance)
        if of_interval is None or math.isclose(of_variance, of_interval, rel_tol=_ROUNDED):
            return of_variance, ""
        return None, (
            f"no standard error, for the variance gives {of_variance:.4g} and the interval "
            f"{of_interval:.4g}"
        )
    if of_interval is not None:
        return of_interval, ""
    interval = _first(row, _INTERVALS)
    found = _UNEVEN.fullmatch(interval) or _EVEN.fullmatch(interval)
    halves = set() if found is None else {float(half) for half in found.groups()}
    return (halves.pop() / STANDARD_ERRORS if len(halves) == 1 else None), ""


def _number(text: str) -> float | None:
    found = number_with_unit(text) if text else None
    return None if found is None or found[1] else as_number(found[0])


def _votes(row: Mapping[str, str]) -> int | None:
    votes = _first(row, _VOTES).replace(",", "")
    is_count = votes.isascii() and votes.isdigit() and len(votes) <= _MOST_DIGITS
    return int(votes) if is_count else None
