import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special, stats

from weighin.statistics.distributions import (
    binomial_at_least,
    incomplete_beta,
    normal_cdf,
    normal_quantile,
    student_quantile,
    student_two_sided,
)

shapes = st.floats(0.05, 5000)
probabilities = st.floats(1e-9, 1 - 1e-9)


@given(shapes, shapes, st.floats(0, 1))
def test_incomplete_beta_is_scipys(a, b, x):
    assert math.isclose(
        incomplete_beta(a, b, x), special.betainc(a, b, x), rel_tol=1e-8, abs_tol=1e-12
    )


@given(st.integers(1, 20_000), st.data())
def test_the_binomial_tail_is_scipys(trials, data):
    successes = data.draw(st.integers(0, trials))
    probability = data.draw(st.floats(0, 1))
    assert math.isclose(
        binomial_at_least(successes, trials, probability),
        float(stats.binom.sf(successes - 1, trials, probability)),
        rel_tol=1e-7,
        abs_tol=1e-12,
    )


@given(st.floats(-30, 30))
def test_the_normal_distribution_is_accurate_in_both_tails(z):
    assert math.isclose(normal_cdf(z), stats.norm.cdf(z), rel_tol=1e-12, abs_tol=1e-200)


@given(probabilities)
def test_the_normal_quantile_is_scipys(probability):
    assert math.isclose(
        normal_quantile(probability), stats.norm.ppf(probability), rel_tol=1e-9, abs_tol=1e-9
    )


@pytest.mark.parametrize("probability", [0, 1, -1, math.nan])
def test_a_quantile_needs_a_probability(probability):
    with pytest.raises(ValueError, match="expected a probability"):
        normal_quantile(probability)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="expected successes from 0 to 3, found 4"):
        binomial_at_least(4, 3, 0.5)


def test_shapes_of_a_beta_distribution_are_above_0():
    with pytest.raises(ValueError, match="expected a > 0"):
        incomplete_beta(0, 1, 0.5)


@given(st.floats(-50, 50), st.integers(1, 5000))
@example(3.8075194244852467e-07, 1154)
def test_students_tails_are_scipys(t, degrees):
    assert student_two_sided(t, degrees) == pytest.approx(
        2 * stats.t.sf(abs(t), degrees), rel=1e-8, abs=1e-7
    )


@given(st.floats(0.01, 0.999), st.integers(1, 5000))
def test_students_quantile_is_scipys(confidence, degrees):
    expected = stats.t.ppf(0.5 + confidence / 2, degrees)
    assert student_quantile(confidence, degrees) == pytest.approx(expected, rel=1e-6, abs=1e-7)
