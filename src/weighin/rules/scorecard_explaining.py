"""What a check of a scorecard says of itself."""

from dataclasses import dataclass

from weighin.rules.explaining import sections_of
from weighin.rules.scorecard_catalogue import SCORECARD_CHECKS
from weighin.rules.scorecard_interface import ScorecardCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckExplanation:
    """A check's documentation, taken from its class.

    Attributes:
        check: Id of the check.
        sentence: What holds where it finds nothing.
        why: Why it matters.
        how: How it is decided, and from what.
        fix: What to do where it does not hold.
    """

    check: str
    sentence: str
    why: str
    how: str
    fix: str


def check_explanations() -> tuple[CheckExplanation, ...]:
    """The documentation of every check of scorecards, in order of the catalogue."""
    return tuple(map(_of, SCORECARD_CHECKS))


def check_explanation(check_id: str) -> CheckExplanation | None:
    """The documentation of a check of scorecards; `None` if none has that id."""
    return next((_of(check) for check in SCORECARD_CHECKS if check.id == check_id), None)


def _of(check: type[ScorecardCheck]) -> CheckExplanation:
    sentence, sections = sections_of(check)
    return CheckExplanation(
        check=check.id,
        sentence=sentence,
        why=sections.get("Why", ""),
        how=sections.get("How", ""),
        fix=sections.get("Fix", ""),
    )
