"""What a source says beside its number stands beside the finding on it."""

import pytest
from tests.making.rules.cards import case, number

from weighin.rules.scorecard.declared.disclosed import NO_TEXT, Disclosures
from weighin.rules.scorecard.interface import Word
from weighin.rules.scorecard.judge import judge_scorecard

NOTES = {
    "1": "mean over four runs",
    "2": "of the API",
    "†": NO_TEXT,
    "greedy": "greedy",
    "+1.3": "+1.3",
    "± 0.4": "± 0.4",
}


def of_notes(*numbers):
    judged = case(*numbers)
    (card,) = judged.scorecards
    card = card.model_copy(update={"footnotes": NOTES})
    return type(judged)(scorecards=(card,), registry=judged.registry), card


def sentences(*keys):
    _, card = of_notes(number("50.5", footnotes=keys))
    return Disclosures((card,)).sentences(card.numbers)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("1", "the source says beside it (1): mean over four runs"),
        ("greedy", "the source says in the cell of the number: greedy"),
        ("± 0.4", "the source says in the cell of the number: ± 0.4"),
        ("†", "the source has a footnote † here, whose text is not in the file"),
    ],
)
def test_a_footnote_is_told_with_its_words(key, told):
    assert sentences(key) == (told,)


def test_a_gain_in_the_cell_of_a_number_says_nothing_of_it():
    assert sentences("+1.3") == ()


def test_a_footnote_of_a_whole_table_says_nothing_of_one_number():
    benchmarks = ("GSM8K", "MBPP", "MMMU", "HumanEval")
    numbers = [number("50.0", on, footnotes=("2",)) for on in benchmarks]
    _, card = of_notes(*numbers[:3], numbers[3].model_copy(update={"footnotes": ("2", "1")}))
    assert Disclosures((card,)).sentences(card.numbers) == (
        "the source says beside it (1): mean over four runs",
    )


def test_a_finding_carries_what_the_source_says_itself():
    judged, _ = of_notes(number("57.2", footnotes=("1",)))
    (found,) = [f for _, f in judge_scorecard(judged).findings if f.word is Word.UNDECLARED]
    assert found.disclosed == ("the source says beside it (1): mean over four runs",)
    assert (
        "this source declares none of these, unless what stands beside it does" in found.statement
    )


def test_what_nothing_speaks_against_carries_none():
    judged, _ = of_notes(number("50.5", footnotes=("1",)))
    assert not [f for _, f in judge_scorecard(judged).findings if f.disclosed]
