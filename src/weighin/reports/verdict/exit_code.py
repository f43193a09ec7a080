"""The exit code of a verdict, by what of it is asked for."""

from weighin.reports.shared.exit_code import failing_code
from weighin.reports.shared.fail_on import FailOn
from weighin.rules.interface import Level, Outcome, Verdict

_WRONG = (Outcome.VIOLATED, Outcome.UNDECIDED)


def verdict_exit_code(verdict: Verdict, fail_on: FailOn = FailOn.UNDECIDED) -> int:
    """Exit code of a verdict.

    Args:
        verdict: The verdict.
        fail_on: The least that ends with another code than 0.
    """
    found = [(judged.level, judged.finding.outcome) for judged in verdict.findings]
    return failing_code(
        verdict.outcome,
        fail_on,
        has_warning=any(lv is Level.WARNING and outcome in _WRONG for lv, outcome in found),
        has_waived=any(outcome is Outcome.WAIVED for _, outcome in found),
    )
