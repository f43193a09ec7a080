import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from weighin.statistics.intervals import (
    clopper_pearson_interval,
    hypergeometric_interval,
    wilson_interval,
)

# Newcombe (1998), Statistics in Medicine 17, table I: 95 % intervals of r out of n.
NEWCOMBE_WILSON = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605),
                   (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}  # fmt: skip
NEWCOMBE_EXACT = {(81, 263): (0.2527, 0.3676), (15, 148): (0.0578, 0.1617),
                  (0, 20): (0.0, 0.1684), (1, 29): (0.0009, 0.1776)}  # fmt: skip


@st.composite
def shares(draw):
    documents = draw(st.integers(1, 3000))
    return draw(st.integers(0, documents)), documents, draw(st.floats(0.5, 0.999))


@pytest.mark.parametrize(("given_", "expected"), NEWCOMBE_WILSON.items())
def test_wilson_matches_newcombe_1998_table_1(given_, expected):
    assert wilson_interval(*given_) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("given_", "expected"), NEWCOMBE_EXACT.items())
def test_clopper_pearson_matches_newcombe_1998_table_1(given_, expected):
    assert clopper_pearson_interval(*given_) == pytest.approx(expected, abs=5e-5)


@given(shares())
def test_wilson_is_statsmodels(share):
    successes, documents, confidence = share
    theirs = proportion_confint(successes, documents, 1 - confidence, method="wilson")
    assert wilson_interval(*share) == pytest.approx(theirs, abs=1e-9)


@given(shares())
def test_clopper_pearson_is_statsmodels(share):
    successes, documents, confidence = share
    theirs = proportion_confint(successes, documents, 1 - confidence, method="beta")
    assert clopper_pearson_interval(*share) == pytest.approx(theirs, abs=1e-7)


@given(st.integers(1, 120), st.data())
def test_hypergeometric_bounds_are_those_of_the_definition(population, data):
    sampled = data.draw(st.integers(1, population))
    successes = data.draw(st.integers(0, sampled))
    possible = range(successes, population - (sampled - successes) + 1)
    not_contradicted = [
        marked
        for marked in possible
        if stats.hypergeom.sf(successes - 1, population, marked, sampled) > 0.025 * (1 + 1e-9)
        and stats.hypergeom.cdf(successes, population, marked, sampled) > 0.025 * (1 + 1e-9)
    ]
    low, high = hypergeometric_interval(successes, sampled, population)
    assert low <= min(not_contradicted)
    assert high >= max(not_contradicted)
    assert high - low - (max(not_contradicted) - min(not_contradicted)) <= 2


def test_a_whole_population_leaves_no_doubt():
    assert hypergeometric_interval(141, 198, 198) == (141, 141)


def test_hypergeometric_bounds_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(7)
    marked, population, sampled = 300, 500, 60
    draws = random.hypergeometric(marked, population - marked, sampled, size=2000)
    held = [
        low <= marked <= high
        for low, high in (hypergeometric_interval(int(k), sampled, population) for k in draws)
    ]
    assert np.mean(held) >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / len(held))


@pytest.mark.parametrize("interval", [wilson_interval, clopper_pearson_interval])
def test_more_successes_than_documents_are_refused(interval):
    with pytest.raises(ValueError, match="0 to 3 successes, found 4"):
        interval(4, 3)


def test_a_sample_is_not_larger_than_its_population():
    with pytest.raises(ValueError, match="at most 3 documents sampled, found 4"):
        hypergeometric_interval(1, 4, 3)


@pytest.mark.parametrize("confidence", [0, 1, 2, math.nan])
def test_a_confidence_is_between_0_and_1(confidence):
    with pytest.raises(ValueError, match="expected a confidence"):
        wilson_interval(1, 2, confidence)
