"""Ratings of the arena as its catalog publishes them: JSON, by category and model."""

import re
from collections.abc import Iterator
from typing import ClassVar

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_mapping, as_number, pointer_part
from weighin.sources.formats.claims.arena_table import STANDARD_ERRORS, task_of
from weighin.sources.formats.claims.claim import Claim
from weighin.sources.formats.facets import stated
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, require_few
from weighin.sources.formats.record import foreign_score, refusing

# The leaderboards of the catalog, of which that of texts is what a category alone means.
_NAME = re.compile(r"leaderboard-([a-z0-9-]{1,40})\.json")
_OF_TEXTS = "text"
_RATING, _LOWER, _UPPER = "rating", "rating_q025", "rating_q975"


class ArenaCatalogReader:
    """Files of arena-catalog: categories, in each the models, with a rating and its quantiles."""

    signs: ClassVar[Signs] = {}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is JSON of categories and models, the first of which has a rating so."""
        if not file.is_json():
            return False
        first = next(iter(as_mapping(file.json()).values()), None)
        rating = as_mapping(next(iter(as_mapping(first).values()), None))
        return {_RATING, _LOWER, _UPPER} <= rating.keys()

    def read(self, file: ForeignFile) -> Reading:
        """A record for every model of every category."""
        categories = as_mapping(file.json()).values()
        require_few(file, sum(len(as_mapping(models)) for models in categories))
        notes: list[str] = []
        with refusing(file, "ratings of arena-catalog"):
            records = tuple(
                LoggedRecord(record=claim.record(), folder=file.path.parent)
                for claim in _claims(file, notes)
            )
        if not records:
            raise EvidenceError(f"{file.path}: expected at least one rating, found none")
        return Reading(format="arena-catalog ratings", records=records, notes=tuple(notes))


def _claims(file: ForeignFile, notes: list[str]) -> Iterator[Claim]:
    named = _NAME.fullmatch(file.name)
    board = "" if named is None or named[1] == _OF_TEXTS else f"{named[1]}/"
    for category, models in as_mapping(file.json()).items():
        for model, told in as_mapping(models).items():
            at = f"/{pointer_part(category)}/{pointer_part(model)}"
            entry = as_mapping(told)
            rating = as_number(entry.get(_RATING))
            if rating is None or not model:
                notes.append(f"{file.shown}: {at}: passed over, for it has no model with a rating")
                continue
            stderr = _stderr(entry, rating)
            if stderr is None:
                notes.append(f"{file.shown}: {at}: no standard error, for the interval is none")
            task = task_of(f"{board}{category}")
            requested = stated(FactName.REQUESTED_MODEL, model, at)
            yield Claim(
                model=model,
                task=task,
                scores=(
                    foreign_score(
                        task,
                        _RATING,
                        rating,
                        stderr=stderr,
                        aggregation="rating from pairwise votes",
                    ),
                ),
                harness="arena-catalog",
                settings={},
                shown=file.shown,
                pointer=at,
                facts=() if requested is None else (requested,),
            )


def _stderr(entry: Json, rating: float) -> float | None:
    """Half the interval of 95 %, in standard errors; `None` if the rating is not within it."""
    lower, upper = as_number(entry.get(_LOWER)), as_number(entry.get(_UPPER))
    if lower is None or upper is None or not lower <= rating <= upper:
        return None
    return (upper - lower) / 2 / STANDARD_ERRORS
