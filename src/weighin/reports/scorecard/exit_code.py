"""The exit code of a report on a scorecard."""

from typing import Final

from weighin.reports.shared.exit_code import exit_code
from weighin.rules.interface import Outcome
from weighin.rules.scorecard.interface import ScorecardReport, Word

_REFUTED: Final = frozenset({Word.IMPOSSIBLE, Word.DIFFERENT_ARTIFACT, Word.OVERSTATED})
_OPEN: Final = frozenset({Word.UNDECLARED, Word.UNRESOLVED})


def scorecard_exit_code(report: ScorecardReport) -> int:
    """Exit code of a report on a scorecard.

    Returns:
        10 where a word is impossible, different artifact or overstated; else 11 where one is
        undeclared or unresolved; else 0 where something is consistent. Where nothing is, nothing
        could be tested: 11.
    """
    words = {finding.word for _, finding in report.findings}
    if words & _REFUTED:
        return exit_code(Outcome.VIOLATED)
    if words & _OPEN or Word.CONSISTENT not in words:
        return exit_code(Outcome.UNDECIDED)
    return exit_code(Outcome.MET)
