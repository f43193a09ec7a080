"""The exit code of a verdict."""

from typing import Final

from weighin.rules.interface import Outcome
from weighin.rules.scorecard.interface import ScorecardReport, Word

_MET: Final = 0
_VIOLATED: Final = 10
_UNDECIDED: Final = 11

_REFUTED: Final = frozenset({Word.IMPOSSIBLE, Word.DIFFERENT_ARTIFACT, Word.OVERSTATED})
_OPEN: Final = frozenset({Word.UNDECLARED, Word.UNRESOLVED})


def exit_code(outcome: Outcome) -> int:
    """Exit code of a verdict: 0 met or waived, 10 violated, 11 undecided.

    A verdict to which no rule applied demonstrates nothing, so `not-applicable` is 11 as well.
    """
    match outcome:
        case Outcome.MET | Outcome.WAIVED:
            return _MET
        case Outcome.VIOLATED:
            return _VIOLATED
        case Outcome.UNDECIDED | Outcome.NOT_APPLICABLE:
            return _UNDECIDED


def scorecard_exit_code(report: ScorecardReport) -> int:
    """Exit code of a report on a scorecard.

    Returns:
        10 where a word is impossible, different artifact or overstated; else 11 where one is
        undeclared or unresolved; else 0 where something is consistent. Where nothing is, nothing
        could be tested: 11.
    """
    words = {finding.word for _, finding in report.findings}
    if words & _REFUTED:
        return _VIOLATED
    if words & _OPEN or Word.CONSISTENT not in words:
        return _UNDECIDED
    return _MET
