"""Notices as a table for spreadsheets: a row a notice."""

from collections.abc import Iterator

from weighin.reports.ci.notices import Notices
from weighin.reports.shared.spreadsheet import table

_COLUMNS = ("outcome", "level", "rule", "about", "statement", "place", "details", "fix", "where")


def render(notices: Notices) -> str:
    """Every notice."""
    return table(_COLUMNS, _rows(notices))


def _rows(notices: Notices) -> Iterator[tuple[str, ...]]:
    for notice in notices.notices:
        yield (
            notice.word or notice.outcome.value,
            notice.level.value,
            notice.rule,
            "; ".join(notice.subjects),
            notice.statement,
            notice.place.words,
            "; ".join(f"{label} {words}" for label, words in notice.details if words),
            notice.fix,
            "; ".join(place.words for place in notice.where),
        )
