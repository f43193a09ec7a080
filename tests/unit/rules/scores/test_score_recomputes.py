"""Cases of `score-recomputes`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VALUES,
    VIOLATED,
    case,
    changed,
    gsm8k_with,
    only,
    outcome_of,
    recompute_as_stated,
    recompute_nothing,
)

from weighin.evidence.collected import Recomputed
from weighin.rules.scores.score_recomputes import ScoreRecomputes

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("scores.0.value", 0.93),
    UNDECIDED: lambda: case(recompute=recompute_nothing),
}


def test_recomputed_score_within_the_tolerance_is_the_same():
    close = gsm8k_with("scores.0.value", VALUES["gsm8k"] * (1 + 1e-10))
    far = gsm8k_with("scores.0.value", VALUES["gsm8k"] * (1 + 1e-8))
    assert outcome_of(ScoreRecomputes(), close) is MET
    assert outcome_of(ScoreRecomputes(), far) is VIOLATED
    assert outcome_of(ScoreRecomputes(tolerance=1e-7), far) is MET


def test_both_numbers_are_told_where_a_score_does_not_follow():
    finding = only(ScoreRecomputes(), gsm8k_with("scores.0.value", 0.43), VIOLATED)
    assert (finding.expected, finding.found) == ("0.41", "0.43")


def test_score_beside_the_required_one_that_does_not_follow_violates():
    def with_another(r):
        beside = changed(r.scores[0], "filter", "flexible-extract")
        return r.model_copy(update={"scores": (*r.scores, beside)})

    def recompute(r):
        stated = recompute_as_stated(r)
        return Recomputed(
            values={**stated.values, ("gsm8k", "exact_match", "flexible-extract"): 0.1},
            documents=stated.documents,
            why_not={},
        )

    judged = case(*(with_another(r) for r in case().records), recompute=recompute)
    assert outcome_of(ScoreRecomputes(), judged) is VIOLATED
    unknown = case(*(with_another(r) for r in case().records))
    assert outcome_of(ScoreRecomputes(), unknown) is MET


def test_samples_of_fewer_documents_violate_though_the_score_is_the_same():
    def recompute(r):
        stated = recompute_as_stated(r)
        return Recomputed(
            values=stated.values, documents=dict.fromkeys(stated.documents, 99), why_not={}
        )

    assert outcome_of(ScoreRecomputes(), case(recompute=recompute)) is VIOLATED


def test_recomputed_value_that_is_not_a_number_is_never_met():
    def recompute(r):
        stated = recompute_as_stated(r)
        return Recomputed(
            values=dict.fromkeys(stated.values, float("nan")), documents={}, why_not={}
        )

    assert outcome_of(ScoreRecomputes(), case(recompute=recompute)) is VIOLATED
