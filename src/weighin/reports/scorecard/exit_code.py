"""The exit code of a report on a scorecard."""

from typing import Final

from weighin.reports.shared.exit_code import failing_code
from weighin.reports.shared.fail_on import FailOn
from weighin.rules.interface import Outcome
from weighin.rules.scorecard.interface import ScorecardReport, Word

_REFUTED: Final = frozenset({Word.IMPOSSIBLE, Word.DIFFERENT_ARTIFACT, Word.OVERSTATED})
_OPEN: Final = frozenset({Word.UNDECLARED, Word.UNUSUAL, Word.UNRESOLVED})


def scorecard_outcome(report: ScorecardReport) -> Outcome:
    """The answer of a report on a scorecard.

    Returns:
        Violated where a word is impossible, different artifact or overstated; else undecided where
        one is undeclared, unusual or unresolved; else met where a check that could have found
        something found nothing. Where none could, nothing could be tested: undecided.
    """
    words = {finding.word for _, finding in report.findings}
    if words & _REFUTED:
        return Outcome.VIOLATED
    if words & _OPEN or not any(
        f.word is Word.CONSISTENT and f.has_power for _, f in report.findings
    ):
        return Outcome.UNDECIDED
    return Outcome.MET


def scorecard_exit_code(report: ScorecardReport, fail_on: FailOn = FailOn.UNDECIDED) -> int:
    """Exit code of a report on a scorecard."""
    return failing_code(scorecard_outcome(report), fail_on)
