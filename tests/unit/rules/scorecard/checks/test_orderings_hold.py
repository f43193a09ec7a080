"""What `orderings-hold` says."""

import pytest
from tests.making.rules.cards import found, number, words

from weighin.rules.scorecard.checks.orderings_hold import OrderingsHold
from weighin.rules.scorecard.interface import Word


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("exact_match,strict-match", "exact_match,flexible-extract"),
        ("prompt_level_strict_acc", "prompt_level_loose_acc"),
        ("acc", "pass@8"),
        ("pass@1", "pass@10"),
        ("em", "f1"),
    ],
)
def test_a_score_above_one_that_bounds_it_is_impossible(low, high):
    numbers = (number("60.0", metric=low), number("50.0", metric=high))
    assert words(found(OrderingsHold, *numbers)) == [Word.IMPOSSIBLE]
    numbers = (number("50.0", metric=low), number("60.0", metric=high))
    assert words(found(OrderingsHold, *numbers)) == [Word.CONSISTENT]


def test_rounding_is_given_to_both_sides_of_an_ordering():
    numbers = (number("50.1", metric="strict"), number("50.0", metric="loose"))
    assert words(found(OrderingsHold, *numbers)) == [Word.CONSISTENT]


def test_numbers_of_different_shots_do_not_bound_each_other():
    numbers = (number("60", metric="acc", shots=5), number("50", metric="pass@8", shots=0))
    assert found(OrderingsHold, *numbers) == ()


def musr(whole, murder, objects, team):
    return (
        number(whole, "MuSR"),
        number(murder, "MuSR murder"),
        number(objects, "MuSR object"),
        number(team, "MuSR team"),
    )


@pytest.mark.parametrize(
    ("whole", "word"),
    [
        ("50.0", Word.CONSISTENT),  # (40 + 50 + 60) / 3
        ("60.5", Word.IMPOSSIBLE),
        ("55.0", Word.UNDECLARED),
    ],
)
def test_a_group_is_a_mean_of_its_tasks(whole, word):
    assert words(found(OrderingsHold, *musr(whole, "40.0", "50.0", "60.0"))) == [word]


def test_a_group_has_the_documents_of_its_tasks():
    numbers = [
        n.model_copy(update={"documents": documents})
        for n, documents in zip(
            musr("50.0", "40.0", "50.0", "60.0"), (700, 250, 256, 250), strict=True
        )
    ]
    assert words(found(OrderingsHold, *numbers)) == [Word.CONSISTENT, Word.IMPOSSIBLE]


@pytest.mark.parametrize(
    ("average", "word"),
    [("50.0", Word.CONSISTENT), ("52.0", Word.UNDECLARED), ("61.0", Word.IMPOSSIBLE)],
)
def test_the_average_is_the_mean_of_its_row(average, word):
    row = (
        number("40.0", "GSM8K", row="m"),
        number("60.0", "MBPP", row="m"),
        number(average, "Average", row="m"),
    )
    assert words(found(OrderingsHold, *row)) == [word]
