"""What `claimed-against-logged` says."""

import pytest
from tests.making.rules.builders import changed, record
from tests.making.rules.cards import artifact, found, number, share, words

from weighin.rules.scorecard.checks.claimed_against_logged import ClaimedAgainstLogged
from weighin.rules.scorecard.interface import Word

OURS, OTHER = "a" * 64, "b" * 64
HELD = (artifact("m", checkpoint=f"sha256:{OURS}"),)


def logged(value, *, checkpoint=None, model="m", stderr=None, documents=1319):
    made = record("gsm8k")
    score = made.scores[0].model_copy(
        update={"value": value, "stderr": stderr, "documents": documents, "task": "gsm8k"}
    )
    made = made.model_copy(update={"checkpoint_id": checkpoint, "model": model, "scores": (score,)})
    return changed(made, "asked.num_fewshot", None)


def against(claim, *records, **fields):
    (finding,) = found(ClaimedAgainstLogged, claim, records=records, **fields)
    return finding


def test_without_records_nothing_is_said():
    assert found(ClaimedAgainstLogged, number("80.8", "GSM8K")) == ()


def test_a_claim_that_is_the_logged_score_is_confirmed():
    finding = against(number("80.8", "GSM8K"), logged(0.8082), artifacts=())
    assert finding.word is Word.CONSISTENT


def test_a_claim_of_another_checkpoint_is_a_different_artifact():
    finding = against(number("80.8", "GSM8K"), logged(0.8082, checkpoint=OTHER), artifacts=HELD)
    assert finding.word is Word.DIFFERENT_ARTIFACT


def test_the_checkpoint_counts_more_than_the_name():
    run = logged(0.8082, checkpoint=OURS, model="something else")
    assert against(number("80.8", "GSM8K"), run, artifacts=HELD).word is Word.CONSISTENT


def test_a_claim_without_a_run_is_unresolved():
    finding = against(number("57.2"), logged(0.8082))
    assert finding.word is Word.UNRESOLVED
    assert "no logged run is known to be of m" in finding.statement


def test_a_run_of_an_artifact_that_nobody_names_is_unresolved():
    run = logged(0.8082, model="unheard of")
    assert against(number("80.8", "GSM8K"), run).word is Word.UNRESOLVED


def test_a_claim_that_was_rounded_up_is_told():
    # 0.8071 rounds to 80.7; nothing but rounding up gives 80.8.
    finding = against(number("80.8", "GSM8K"), logged(0.8071))
    assert finding.word is Word.UNUSUAL
    assert "was rounded up from the logged score" in finding.statement


@pytest.mark.parametrize(
    ("printed", "word"),
    [("81.0", Word.UNRESOLVED), ("90.0", Word.OVERSTATED)],
)
def test_a_claim_that_was_never_logged_is_held_against_the_run(printed, word):
    # ± 1.08 points over 1,319 documents.
    assert against(number(printed, "GSM8K"), logged(0.8082)).word is word


def test_a_claim_near_a_precise_run_is_still_not_the_logged_score():
    finding = against(number("81.0", "GSM8K"), logged(0.8082, stderr=0.001))
    assert finding.word is Word.UNDECLARED
    assert "is not the logged score, though within the margin" in finding.statement


def test_a_score_that_is_logged_in_percent_is_the_same_score():
    assert against(share("0.808", "GSM8K"), logged(0.8082)).word is Word.CONSISTENT
    assert against(number("80.8", "GSM8K"), logged(80.82)).word is Word.CONSISTENT


def test_other_shots_are_another_run():
    run = changed(logged(0.8082), "asked.num_fewshot", 5)
    assert words(found(ClaimedAgainstLogged, number("80.8", "GSM8K", shots=0), records=(run,))) == [
        Word.UNRESOLVED
    ]
