"""Cases of `runs-within-days`, and what it says."""

from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, changed, only, with_gsm8k

from weighin.rules.environment.runs_within_days import RunsWithinDays

CASES = {
    MET: case,
    VIOLATED: lambda: with_gsm8k(lambda r: changed(r, "run.started", "2026-08-01T10:00:00Z")),
    UNDECIDED: lambda: with_gsm8k(lambda r: changed(r, "run.started", "")),
}


def test_days_between_the_first_and_the_last_are_told():
    judged = with_gsm8k(lambda r: changed(r, "run.started", "2026-11-10T11:00:00Z"))
    finding = only(RunsWithinDays(), judged, VIOLATED)
    assert finding.statement.startswith("10 days lie between gsm8k and ")
