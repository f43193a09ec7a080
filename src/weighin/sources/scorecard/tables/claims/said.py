"""What labels and columns say of a number besides its model and benchmark."""

import re

from weighin.evidence.benchmarks import ScoreKind, plain_name
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.benchmark_label import Stated
from weighin.sources.scorecard.tables.cells.printed_cell import printed_cell
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import Level
from weighin.sources.scorecard.tables.layout.names import shown_label
from weighin.sources.scorecard.tables.layout.words import (
    is_metric,
    is_shots,
    is_unbounded_metric,
    is_variant,
)

WORDS_OF_PERCENT = re.compile(
    r"[(\[\uff08]\s?(?:in )?[%\uff05]\s?[)\]\uff09]|[%\uff05]\s{0,4}(?:\)\s{0,4})?$"
    r"|(?:^|\s)[%\uff05]\s(?:of\s)?[^\W\d_]{3}"
    r"|(?<![^\W_])(?:percent(?:age)?|pct)(?![^\W_])"
    r"|\u767e\u5206(?:\u6bd4|\u5236|\u7387)",
    re.IGNORECASE,
)
_OF_DOCUMENTS = re.compile(r"(?:/\s?|n\s?=\s?|\(n\s?=\s?)([0-9][0-9,]{0,9})\)?")
_UNITS = {
    "%": "percent", "pct": "percent", "percentage": "percent", "fraction": "share",
    "proportion": "share", "elo": "rating", "index": "other", "points": "other", "score": "",
}  # fmt: skip
_OF_ANOTHER_SCALE = re.compile(
    r"cente?red(?:[ _-].*)?"
    r"|(?:.*[ _-])?(?:au(?:c|roc|prc)|average[ _-]precision|brier|ece)(?:[ _-].*)?"
    r"|.*\b(?:error|hallucination|refusal|failure)[ _-]rate",
    re.IGNORECASE,
)
_UNIT_NAMES = frozenset(Unit)
_ROUNDED = 0.006
_VALUES = frozenset(("", "score", "scores", "value", "values", "result", "results", "performance"))


def says(found: Found, level: Level, text: str) -> bool:
    """Take in what a label says of metric, protocol, unit or documents; whether it says that."""
    if level.kind is Kind.SETTING and is_unbounded_metric(text):
        # A mode of `ppl` is how answers were chosen, and not what was measured.
        return True
    if is_shots(text) or (Stated().takes(text) and not is_variant(text)):
        found.stated.takes(text)
        if is_metric(text) and not found.stated.shots and text.casefold() not in _VALUES:
            found.metric = found.metric or shown_label(text)
    elif level.kind is Kind.METRIC or is_metric(text):
        found.metric = "" if text.casefold() in _VALUES else shown_label(text)
    elif WORDS_OF_PERCENT.search(text) and not text[:1].isdecimal():
        found.stated.is_percentage = True
    elif (counted := _OF_DOCUMENTS.fullmatch(text)) is not None:
        found.documents = int(counted[1].replace(",", "")) or None
    else:
        return False
    return True


def unit_of_count(printed: float, share: float) -> Unit | None:
    """The unit in which a number is as much as the count behind it."""
    if not 0 < share <= 1:
        return None
    if abs(printed - share) < _ROUNDED:
        return Unit.SHARE
    return Unit.PERCENT if abs(printed - 100 * share) < 100 * _ROUNDED else None


def as_another_measure(found: Found) -> None:
    """A percentage under the name of a rating, or a perplexity on texts, is another measure."""
    stated = found.stated
    is_other = found.cell.is_percentage or stated.is_percentage or found.unit is Unit.PERCENT
    is_other = is_other or any((stated.passes, stated.attempts, stated.votes))
    known = found.benchmark
    if (
        known is not None
        and known.score is not ScoreKind.UNBOUNDED
        and is_unbounded_metric(found.metric)
    ):
        # A perplexity on the texts of a benchmark is no score on it.
        found.benchmark = found.whole = None
        return
    if (
        known is not None
        and _OF_ANOTHER_SCALE.fullmatch(found.metric)
        and plain_name(found.metric) not in plain_name(known.metric)
    ):
        # What is centred on chance, or an area under a curve, is no share of documents.
        found.benchmark = None
        return
    if known is not None and known.metric == Unit.RATING.value and is_other:
        found.benchmark = found.whole = None


def unit_of(text: str) -> Unit | None:
    """The unit that a cell names; `None` if it names none."""
    word = _UNITS.get(text.casefold(), text.casefold())
    return Unit(word) if word in _UNIT_NAMES else None


def interval_of(text: str) -> tuple[str, str] | None:
    """Half-widths as a cell says them, upper first; `None` if it does not."""
    if text in {"", "-"}:
        return None
    try:
        # The form of an interval is that of a cell: 0+13/-12.
        cell = printed_cell(f"0 {text}")
    except ValueError:
        return None
    return None if cell is None else cell.interval
