"""The closed forms, held against hand-computed values and lm-eval's own functions."""

import math
import random
from collections.abc import Callable

import pytest

from weighin.statistics import aggregation
from weighin.statistics.aggregation import (
    PAIR_AGGREGATIONS,
    SCALAR_AGGREGATIONS,
    bits_per_byte,
    mean,
    perplexity,
    weighted_mean,
    weighted_perplexity,
)


def test_mean_of_four_zeros_and_ones_is_their_share():
    assert mean([1, 0, 1, 1]) == 0.75


def test_mean_does_not_lose_small_values_beside_large_ones():
    assert mean([1e16, 1.0, -1e16, 1.0]) == 0.5


def test_weighted_mean_of_equal_weights_is_the_mean():
    assert weighted_mean([(1.0, 5.0), (2.0, 5.0)]) == 1.5


def test_weighted_mean_is_that_of_all_documents_together():
    assert weighted_mean([(0.5, 20.0), (1.0, 60.0)]) == 0.875


def test_perplexity_of_a_uniform_guess_is_the_number_of_choices():
    assert perplexity([math.log(1 / 8)] * 5) == pytest.approx(8)


def test_perplexity_per_word_of_a_uniform_guess_is_the_number_of_choices():
    assert weighted_perplexity([(3 * math.log(1 / 8), 3), (5 * math.log(1 / 8), 5)]) == (
        pytest.approx(8)
    )


def test_one_bit_a_byte_is_one_bit_a_byte():
    assert bits_per_byte([(7 * math.log(1 / 2), 7)]) == pytest.approx(1)


@pytest.mark.parametrize("function", [mean, perplexity, weighted_mean, weighted_perplexity])
def test_nothing_has_no_mean(function: Callable[[list], float]):
    with pytest.raises(ValueError, match="expected"):
        function([])


@pytest.mark.parametrize("sizes", [(0, 0), (-1, 0), (math.nan, 1)])
@pytest.mark.parametrize("function", [weighted_mean, weighted_perplexity, bits_per_byte])
def test_documents_without_a_length_have_no_mean(
    function: Callable[[list], float], sizes: tuple[float, float]
):
    with pytest.raises(ValueError, match="expected"):
        function([(-1.0, size) for size in sizes])


def test_perplexity_beyond_all_doubles_is_an_error():
    with pytest.raises(OverflowError):
        perplexity([-1e6])


@pytest.mark.model
@pytest.mark.parametrize("name", sorted({*SCALAR_AGGREGATIONS, *PAIR_AGGREGATIONS}))
def test_equals_the_function_of_lm_eval_of_that_name(name: str):
    from lm_eval.api import metrics

    numbers = random.Random(0)
    values = [-numbers.random() * 90 for _ in range(10_000)]
    pairs = [(value, numbers.randrange(1, 400)) for value in values]
    function = SCALAR_AGGREGATIONS.get(name)
    ours = function(values) if function else PAIR_AGGREGATIONS[name](pairs)
    theirs = getattr(metrics, name)(values if function else pairs)
    assert ours == pytest.approx(theirs, rel=1e-12, abs=0)


def test_every_name_is_its_function():
    for name, function in {**SCALAR_AGGREGATIONS, **PAIR_AGGREGATIONS}.items():
        assert getattr(aggregation, name) is function
