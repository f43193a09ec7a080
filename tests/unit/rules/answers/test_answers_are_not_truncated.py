"""Cases of `answers-are-not-truncated`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.answers.answers_are_not_truncated import AnswersAreNotTruncated

CASES = of_fact(FactName.FINISH_REASONS, {"stop": 100}, {"stop": 89, "length": 11})


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        ({"stop": 99, "length": 1}, MET),
        ({"stop": 98, "length": 2}, VIOLATED),
        ({"stop": 98, "MAX_TOKENS": 2}, VIOLATED),
        ({"stop": 98, "unknown": 2}, UNDECIDED),
        ({"stop": 98, "a word of tomorrow": 2}, UNDECIDED),
        ({"stop": 50, "unknown": 40, "length": 10}, VIOLATED),
        ({}, UNDECIDED),
        ({"stop": 0}, UNDECIDED),
        ({"stop": "100"}, UNDECIDED),
        ({"stop": -1}, UNDECIDED),
        (["stop"], UNDECIDED),
    ],
)
def test_at_most_one_answer_in_a_hundred_may_be_cut_off(reasons, outcome):
    of = golden(FactName.FINISH_REASONS, reasons)
    assert outcome_of(AnswersAreNotTruncated(), of) is outcome


def test_share_of_cut_answers_is_a_parameter():
    of = golden(FactName.FINISH_REASONS, {"stop": 89, "length": 11})
    assert outcome_of(AnswersAreNotTruncated(share=0.11), of) is MET
