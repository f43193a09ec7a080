"""The exit code of a verdict, by what of it is asked for."""

from weighin.reports.shared.exit_code import exit_code
from weighin.reports.verdict.fail_on import FailOn
from weighin.rules.interface import Level, Outcome, Verdict


def verdict_exit_code(verdict: Verdict, fail_on: FailOn = FailOn.UNDECIDED) -> int:
    """Exit code of a verdict.

    Args:
        verdict: The verdict.
        fail_on: With `warning`, warnings count as if they were errors; with `waived`, what is
            waived counts as violated, too; with `violated`, doubt is 0.
    """
    met, violated, undecided = map(exit_code, (Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED))
    code = exit_code(verdict.outcome)
    if fail_on is FailOn.VIOLATED:
        return met if code == undecided else code
    if fail_on is FailOn.UNDECIDED or code == violated:
        return code
    findings = verdict.findings
    warned = {j.finding.outcome for j in findings if j.level is Level.WARNING}
    is_waived = any(j.finding.outcome is Outcome.WAIVED for j in findings)
    if Outcome.VIOLATED in warned or (fail_on is FailOn.WAIVED and is_waived):
        return violated
    return undecided if code == met and Outcome.UNDECIDED in warned else code
