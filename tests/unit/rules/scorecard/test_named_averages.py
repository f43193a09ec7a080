"""What is called an average is held to be one; what something is called after is not."""

import pytest
from tests.making.rules.cards import case, number

from weighin.rules.scorecard.interface import Word
from weighin.rules.scorecard.judge import judge_scorecard


def impossible(label):
    parts = (number("50.0", on, row="m") for on in ("MMMU", "MBPP", "HumanEval"))
    report = judge_scorecard(case(number("90.0", label, row="m"), *parts))
    return [f for _, f in report.findings if f.word is Word.IMPOSSIBLE]


@pytest.mark.parametrize("label", ["Average", "Code Avg", "avg_acc", "Average score"])
def test_a_mean_that_does_not_follow_is_impossible(label):
    assert impossible(label)


@pytest.mark.parametrize(
    "label",
    ["Diversity (average_word_embeddings_small)", "average-pooled-encoder", "Probes avg@64"],
)
def test_a_name_with_the_word_average_in_it_is_no_mean(label):
    assert impossible(label) == []
