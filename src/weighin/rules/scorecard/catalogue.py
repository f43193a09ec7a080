"""All checks of a scorecard, one line a check, in the order in which they are told."""

from dataclasses import dataclass

from weighin.rules.scorecard.checks.arena_gap import ArenaGap
from weighin.rules.scorecard.checks.attainable_score import AttainableScore
from weighin.rules.scorecard.checks.best_of_n_inflation import BestOfNInflation
from weighin.rules.scorecard.checks.claim_against_rerun import ClaimAgainstRerun
from weighin.rules.scorecard.checks.claimed_against_logged import ClaimedAgainstLogged
from weighin.rules.scorecard.checks.declared_everywhere import DeclaredEverywhere
from weighin.rules.scorecard.checks.denominator_profile import DenominatorProfile
from weighin.rules.scorecard.checks.duplicates_across_names import DuplicatesAcrossNames
from weighin.rules.scorecard.checks.figures_of_one_artifact import FiguresOfOneArtifact
from weighin.rules.scorecard.checks.label_drift import LabelDrift
from weighin.rules.scorecard.checks.orderings_hold import OrderingsHold
from weighin.rules.scorecard.checks.row_compares_alike import RowComparesAlike
from weighin.rules.scorecard.checks.same_artifact_across_row import SameArtifactAcrossRow
from weighin.rules.scorecard.checks.score_and_stderr_give_n import ScoreAndStderrGiveN
from weighin.rules.scorecard.checks.stderr_possible import StderrPossible
from weighin.rules.scorecard.interface import ScorecardCheck
from weighin.rules.shared.wording import sections_of

SCORECARD_CHECKS: tuple[type[ScorecardCheck], ...] = (
    SameArtifactAcrossRow,
    FiguresOfOneArtifact,
    ArenaGap,
    BestOfNInflation,
    AttainableScore,
    ScoreAndStderrGiveN,
    StderrPossible,
    OrderingsHold,
    LabelDrift,
    DeclaredEverywhere,
    RowComparesAlike,
    DuplicatesAcrossNames,
    ClaimAgainstRerun,
    ClaimedAgainstLogged,
    DenominatorProfile,
)


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
