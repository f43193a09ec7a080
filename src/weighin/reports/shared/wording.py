"""The words that several reports share, so that all of them say the same."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from weighin.evidence.records import Origin, Score
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Outcome

MARKS: Final = {
    Outcome.VIOLATED: "✗",
    Outcome.UNDECIDED: "?",
    Outcome.WAIVED: "~",
    Outcome.PARTIAL: "…",
    Outcome.MET: "✓",
    Outcome.NOT_APPLICABLE: "-",
}

DISPUTED: Final = "≠"
"""The mark of what is undecided because two things disagree, and not because one is missing."""

GRADES_MEAN: Final = {
    Grade.MEASURED: "weighin itself hashed the bytes that were loaded",
    Grade.PINNED: "an identifier that cannot move names it: a full commit, a digest of a file",
    Grade.DECLARED: "somebody wrote it down: an argument, a field of a log, a branch that may move",
    Grade.NAMED: "there is a name and nothing more",
    Grade.ABSENT: "nothing was recorded",
}
"""What each grade of evidence means."""

_HAS_FOUR_DECIMALS_BELOW: Final = 1000
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_LONG_AGO: Final = 60 * _DAY


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 benchmark`, `4 benchmarks`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def capitalised(words: str) -> str:
    """Words of ours with a capital first; a name is no word of ours."""
    return words[:1].upper() + words[1:]


def facet_name(facet: Facet) -> str:
    """A facet as a person writes it: `chat template`."""
    return facet.value.replace("_", " ")


def score_words(score: Score | None) -> str:
    """Value and standard error: `0.5312 ± 0.0221`."""
    if score is None:
        return "no score"
    if score.stderr is None:
        return _number(score.value)
    return f"{_number(score.value)} ± {_number(score.stderr)}"


def metric_words(score: Score | None) -> str:
    """The metric, with its filter where there is one: `acc`, `exact_match,strict-match`."""
    if score is None:
        return ""
    return score.metric if score.filter == "none" else score.key


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < _HAS_FOUR_DECIMALS_BELOW else f"{value:.6g}"


def place(origin: Origin) -> str:
    """Where an observation stands: `file:pointer`."""
    return f"{origin.file}:{origin.pointer}" if origin.pointer else origin.file


def listed(items: Iterable[str], longest: int | None) -> str:
    """Items in a row; beyond `longest` only how many more. `None` lists all."""
    names = tuple(items)
    if longest is None or len(names) <= longest:
        return ", ".join(names)
    return f"{', '.join(names[:longest])} and {len(names) - longest} more"


def duration_words(seconds: float) -> str:
    """A time span: `12 s`, `3 min`, `1.5 h`."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


def age_words(time: str, now: datetime) -> str:
    """How long ago a time was (RFC 3339): `3 min`, `5 h`, `9 d`, or its day if that is long ago.

    Empty for what is no time with a zone. What lies ahead, by whichever clock, is `just now`.
    """
    try:
        then = datetime.fromisoformat(time)
    except ValueError:
        return ""
    if then.tzinfo is None:
        return ""
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds >= _LONG_AGO:
        return then.astimezone(UTC).date().isoformat()
    for unit, size in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return ""


def size_words(count: int) -> str:
    """A number of bytes in units of SI: `512 B`, `2.1 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:  # noqa: PLR2004  # SI
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
