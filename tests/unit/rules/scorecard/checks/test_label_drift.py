"""What `label-drift` says."""

import pytest
from tests.making.rules.cards import BLOG, CARD, found, number

from weighin.rules.scorecard.checks.label_drift import LabelDrift
from weighin.rules.scorecard.interface import Word

SECOND = CARD.model_copy(update={"commit": "4daa965"})


def test_a_metric_that_changes_between_versions_of_a_card_is_drift():
    # Llama 4 card, 2025-04-05: acc became em within minutes; 61.6 stayed.
    first = number("61.6", "MMLU Pro", metric="macro_avg/acc")
    second = number("61.6", "MMLU Pro", metric="macro_avg/em", source=SECOND)
    (finding,) = found(LabelDrift, first, second)
    assert finding.word is Word.UNDECLARED
    assert "metric changed" in finding.statement


def test_shots_that_change_between_sources_are_drift():
    first = number("68.9", "MMLU Pro", shots=5)
    second = number("68.9", "MMLU Pro", shots=0, source=BLOG)
    assert "shots changed" in found(LabelDrift, first, second)[0].statement


def test_a_value_that_changes_with_its_label_is_no_drift():
    first = number("61.6", "MMLU Pro", metric="acc")
    assert not found(LabelDrift, first, number("61.7", "MMLU Pro", metric="em", source=SECOND))


def test_numbers_that_were_labelled_anew_together_are_told_together():
    # Llama 4 card, 2025-04-05: one commit exchanged the metric of a row of four.
    values = ("53.8", "61.6", "58.2", "62.9")
    first = [number(v, "MMLU Pro", of=f"m{v}", metric="macro_avg/acc") for v in values]
    second = [
        number(v, "MMLU Pro", of=f"m{v}", metric="macro_avg/em", source=SECOND) for v in values
    ]
    (finding,) = found(LabelDrift, *first, *second)
    assert finding.statement.startswith(
        "53.8, 61.6, 58.2, 62.9 % on MMLU Pro: the name of the metric changed"
    )


@pytest.mark.parametrize(("first", "second"), [("acc", "accuracy"), ("em", "average/em")])
def test_a_label_that_says_the_same_with_other_words_is_no_drift(first, second):
    card = number("91.1", "MMLU Pro", metric=first)
    assert not found(LabelDrift, card, number("91.1", "MMLU Pro", metric=second, source=SECOND))
