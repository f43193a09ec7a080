"""Cases of `repeats-look-like-repeats`, and what it says."""

from collections.abc import Mapping

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    only,
    outcome_of,
    record,
    with_records,
)

from weighin.evidence.collected import DocumentScores
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Outcome
from weighin.rules.runs.repeats_look_like_repeats import RepeatsLookLikeRepeats


def two_attempts(first: Mapping[str, float], second: Mapping[str, float]) -> Case:
    """Two attempts at gsm8k with the scores of their documents."""
    early, late = record(), record(attempt="2", started="2026-11-20T12:00:00Z")

    def scores(of: Record) -> DocumentScores:
        found = first if of.run.attempt_id == early.run.attempt_id else second
        return {("gsm8k", "exact_match", "strict-match"): found} if found else {}

    return case(early, late, document_scores=scores)


def passed(*documents: int, of: int = 20) -> dict[str, float]:
    """Scores of documents 0, 1, …: 1 for those that passed."""
    return {str(n): float(n in documents) for n in range(of)}


CASES = {
    MET: lambda: two_attempts(passed(1, 2, 3), passed(2, 3, 4)),
    VIOLATED: lambda: two_attempts(passed(1), passed(*range(1, 12))),
    UNDECIDED: lambda: two_attempts({}, passed(1)),
}


def test_gains_without_losses_are_no_repeat():
    # Eight gains, no loss: two-sided 2 / 2^8 = 0.0078.
    judged = two_attempts(passed(1), passed(*range(1, 10)))
    finding = only(RepeatsLookLikeRepeats(), judged, VIOLATED)
    assert "8 gains and 0 losses over the same 20 documents" in finding.statement
    assert "p = 0.007812" in finding.statement


def test_seven_gains_may_be_chance():
    # Two-sided 2 / 2^7 = 0.0156.
    judged = two_attempts(passed(1), passed(*range(1, 9)))
    assert outcome_of(RepeatsLookLikeRepeats(), judged) is MET


def test_attempts_that_were_asked_otherwise_are_no_repeats():
    judged = two_attempts(passed(1), passed(*range(1, 12)))
    first, second = judged.records
    other = changed(second, "asked.num_fewshot", 0)
    assert (
        outcome_of(RepeatsLookLikeRepeats(), with_records(judged, (first, other)))
        is Outcome.NOT_APPLICABLE
    )
