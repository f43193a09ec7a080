"""Numbers below zero are judged: impossible as parts of a whole, and never against a count."""

import pytest
from tests.making.rules.cards import case, found, number, rerun, share

from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard.catalogue import SCORECARD_CHECKS
from weighin.rules.scorecard.checks.attainable_score import AttainableScore
from weighin.rules.scorecard.interface import Word
from weighin.rules.scorecard.judge import judge_scorecard


@pytest.mark.parametrize(
    ("made", "arithmetic"),
    [(number("-12.3"), "-12.30 % < 0.00 %"), (share("-0.5", "GSM8K"), "-0.50 < 0.00")],
)
def test_a_part_of_a_whole_below_zero_is_impossible(made, arithmetic):
    (finding,) = found(AttainableScore, made)
    assert finding.word is Word.IMPOSSIBLE
    assert "it is less than no document" in finding.statement
    assert finding.arithmetic == arithmetic


@pytest.mark.parametrize(
    "metric", ["mcc", "Spearman correlation", "kappa", "max drawdown", "mean bias", "PnL", "SRCC"]
)
def test_of_a_metric_that_may_lie_below_zero_counting_says_nothing(metric):
    (finding,) = found(AttainableScore, number("-3.1", metric=metric))
    assert finding.word is Word.VOID


@pytest.mark.parametrize("unit", [Unit.OTHER, Unit.RATING])
def test_a_number_that_counts_no_documents_may_lie_below_zero(unit):
    assert not found(AttainableScore, number("-12", unit=unit))


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("check", SCORECARD_CHECKS)
def test_no_check_fails_on_numbers_below_zero(check, unit):
    said = {"unit": unit, "standard_error": "0.4", "documents": 40, "interval": ("+3", "-2")}
    numbers = [
        made(printed, on, of=of, **said)
        for made in (number, rerun)
        for printed, of in (("-12.3", "m"), ("-0.00", "m"), ("31.0", "m"), ("-12.30", "n"))
        for on in ("GPQA Diamond", "DocVQA", "Average", "unknown")
    ]
    report = judge_scorecard(case(*numbers), (check,))
    assert all(finding.statement for _, finding in report.findings)


@pytest.mark.parametrize(
    "name", ["tau2_bench_telecom", "τ-bench", "tau-bench retail", "LCC python"]
)
def test_a_benchmark_that_is_called_like_a_letter_of_statistics_has_no_numbers_below_zero(name):
    (finding,) = found(AttainableScore, number("-3.1", name))
    assert finding.word is Word.IMPOSSIBLE


@pytest.mark.parametrize(
    "metric", ["spearmanr", "log_likelihood", "matthews_corrcoef,none", "tau", "R²", "avg rewards"]
)
def test_harnesses_call_metrics_that_may_lie_below_zero_by_names_of_their_own(metric):
    (finding,) = found(AttainableScore, number("-3.1", metric=metric))
    assert finding.word is Word.VOID
