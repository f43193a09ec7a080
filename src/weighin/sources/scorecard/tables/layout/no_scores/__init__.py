"""What columns, rows and cells hold that are no scores, by their names and by their form."""

from weighin.sources.scorecard.tables.layout.no_scores.by_form import (
    content_kind,
    is_size,
    looks_like_score,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.no_scores.by_name import (
    is_by_noun,
    is_drop,
    no_score,
    no_score_of,
)

__all__ = [
    "content_kind",
    "is_by_noun",
    "is_drop",
    "is_size",
    "looks_like_score",
    "no_score",
    "no_score_of",
    "says_nothing",
]
