"""All checks of a scorecard, one line a check, in the order in which they are told."""

from weighin.rules.scorecard_arena import ArenaGap, BestOfNInflation
from weighin.rules.scorecard_artifacts import FiguresOfOneArtifact, SameArtifactAcrossRow
from weighin.rules.scorecard_attainable import AttainableScore
from weighin.rules.scorecard_columns import DenominatorProfile
from weighin.rules.scorecard_duplicates import DuplicatesAcrossNames
from weighin.rules.scorecard_errors import ScoreAndStderrGiveN, StderrPossible
from weighin.rules.scorecard_interface import ScorecardCheck
from weighin.rules.scorecard_logs import ClaimedAgainstLogged
from weighin.rules.scorecard_orderings import OrderingsHold
from weighin.rules.scorecard_reruns import ClaimAgainstRerun
from weighin.rules.scorecard_rows import RowComparesAlike
from weighin.rules.scorecard_versions import DeclaredEverywhere, LabelDrift

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
