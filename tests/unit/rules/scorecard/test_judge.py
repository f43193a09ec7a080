"""Judging a scorecard: corrected for many tests, never stopped by one check."""

import pytest
from tests.making.rules.cards import case, judged, number

from weighin.errors import EvidenceError
from weighin.rules.scorecard.interface import ScorecardFinding, Word
from weighin.rules.scorecard.judge import judge_scorecard
from weighin.statistics.multiplicity import holm


class Fixed:
    """Findings with the p-values of Holm's worked example, and an exact one."""

    id = "fixed"

    def check(self, _):
        yield ScorecardFinding(word=Word.IMPOSSIBLE, statement="exact")
        for p in (0.001, 0.012, 0.04):
            yield ScorecardFinding(
                word=Word.OVERSTATED, statement="found", unresolved="not found", p_value=p
            )


def test_p_values_are_corrected_and_exact_findings_are_not():
    report = judge_scorecard(case(), (Fixed,))
    findings = [finding for _, finding in report.findings]
    assert [f.p_value for f in findings] == [None, *holm([0.001, 0.012, 0.04])]
    assert [f.word for f in findings] == [Word.IMPOSSIBLE] + 3 * [Word.OVERSTATED]


def test_a_finding_that_does_not_survive_the_correction_is_unresolved():
    class Twice(Fixed):
        def check(self, case):
            yield from super().check(case)
            yield ScorecardFinding(word=Word.OVERSTATED, statement="x", p_value=0.03)

    findings = [finding for _, finding in judge_scorecard(case(), (Twice,)).findings]
    assert [f.word for f in findings[1:]] == [
        Word.OVERSTATED,
        Word.OVERSTATED,
        Word.UNRESOLVED,
        Word.UNRESOLVED,
    ]
    assert findings[3].statement == "not found"


class Failing:
    id = "failing"

    def check(self, _):
        yield ScorecardFinding(word=Word.CONSISTENT, statement="so far")
        raise ZeroDivisionError("a bug")


def test_a_check_that_fails_is_never_success():
    report = judge_scorecard(case(), (Failing,))
    assert report.worst is Word.UNRESOLVED
    assert "the check failed: ZeroDivisionError" in report.findings[1][1].statement


def test_a_number_without_a_digit_is_refused():
    with pytest.raises(EvidenceError, match="expected a printed number"):
        judge_scorecard(case(number(".")))


def test_a_card_of_nothing_but_void_tests_is_void():
    assert judged().worst is Word.VOID
