"""A value whose unit is but guessed makes nothing impossible that depends on the guess."""

import pytest
from tests.making.rules.cards import case, number

from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard.interface import Word
from weighin.rules.scorecard.judge import judge_scorecard

# Each is impossible as it stands: the first of its numbers is the one whose unit is guessed.
IMPOSSIBLE = {
    "one pass": [number("57.2", passes=1)],
    "more than all": [number("105.2", "MMMU")],
    "more as a share": [number("1.2", "MMMU", unit=Unit.SHARE)],
    "error too large": [number("50.0", "HumanEval", standard_error="9.0", documents=164)],
    "documents of an error": [number("50.0", "HumanEval", standard_error="1.0", documents=164)],
    "order of metrics": [
        number("61.0", "HumanEval", metric="pass@1"),
        number("50.0", "HumanEval", metric="pass@10"),
    ],
    "mean of a row": [
        number("90.0", "Average", row="m"),
        *(number("50.0", on, row="m") for on in ("MMMU", "MBPP", "HumanEval")),
    ],
    "part of a mean": [
        number("50.0", "MMMU", row="m"),
        number("90.0", "Average", row="m"),
        *(number("50.0", on, row="m") for on in ("MBPP", "HumanEval")),
    ],
}


def impossible(*numbers):
    report = judge_scorecard(case(*numbers))
    return [f for _, f in report.findings if f.word is Word.IMPOSSIBLE]


@pytest.mark.parametrize("numbers", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_guessed_unit_makes_nothing_impossible(numbers):
    assert impossible(*numbers)
    first, *others = numbers
    guessed = first.model_copy(update={"is_unit_sure": False})
    assert not [f for f in impossible(guessed, *others) if guessed in f.numbers]


@pytest.mark.parametrize("numbers", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_guessed_unit_is_told_as_a_question(numbers):
    guessed = [one.model_copy(update={"is_unit_sure": False}) for one in numbers]
    report = judge_scorecard(case(*guessed))
    assert any("is not told" in f.statement for _, f in report.findings if f.numbers)
    assert not [f for _, f in report.findings if f.word is Word.IMPOSSIBLE]
