"""What columns, rows and cells hold that are no scores, by their names and by their form."""

from weighin.sources.scorecard.tables.layout.no_scores.by_form import (
    content_kind,
    have_parts,
    is_left_out,
    is_size,
    looks_like_score,
    says_how_many,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.no_scores.by_name import (
    is_by_noun,
    is_chance,
    is_drop,
    no_score,
    no_score_of,
)
from weighin.sources.scorecard.tables.layout.no_scores.signed import (
    have_plus,
    may_be_negative,
    names_signed,
    places_of_plus,
)
from weighin.sources.scorecard.tables.layout.no_scores.titles import no_score_of_title

__all__ = [
    "content_kind",
    "have_parts",
    "have_plus",
    "is_by_noun",
    "is_chance",
    "is_drop",
    "is_left_out",
    "is_size",
    "looks_like_score",
    "may_be_negative",
    "names_signed",
    "no_score",
    "no_score_of",
    "no_score_of_title",
    "places_of_plus",
    "says_how_many",
    "says_nothing",
]
