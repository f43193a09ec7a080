import math

import numpy as np
import pytest

from weighin.statistics.planning import (
    best_of_n_inflation,
    documents_to_detect,
    expected_maximum,
    minimum_detectable_difference,
)

# Tippett (1925), and tables of normal order statistics since: expected largest of n.
TABLE = {1: 0, 2: 0.5642, 3: 0.8463, 5: 1.1630, 10: 1.5388, 20: 1.8675, 50: 2.2491, 100: 2.5076}


@pytest.mark.parametrize(("attempts", "expected"), TABLE.items())
def test_the_expected_maximum_is_that_of_the_tables(attempts, expected):
    assert expected_maximum(attempts) == pytest.approx(expected, abs=5e-5)


def test_the_expected_maximum_of_two_and_three_has_a_closed_form():
    assert expected_maximum(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-10)
    assert expected_maximum(3) == pytest.approx(1.5 / math.sqrt(math.pi), abs=1e-10)


def test_the_expected_maximum_of_many_is_that_of_a_simulation():
    random = np.random.default_rng(17)
    largest = random.standard_normal((4000, 1000)).max(axis=1)
    error = largest.std() / math.sqrt(len(largest))
    assert expected_maximum(1000) == pytest.approx(largest.mean(), abs=4 * error)


def test_the_best_of_27_arena_entries_by_noise_alone():
    # Half-width 12.5 of the launch interval: sigma 6.4; the best of 27 is 12.8 points above.
    assert best_of_n_inflation(27, 6.4) == pytest.approx(12.8, abs=0.05)


def test_what_attempts_share_does_not_inflate():
    assert best_of_n_inflation(10, 1.0, correlation=1.0) == 0
    half = best_of_n_inflation(10, 1.0, correlation=0.75)
    assert half == pytest.approx(0.5 * expected_maximum(10))


def test_documents_for_three_points_are_those_of_miller():
    # Miller (2024), section 5: omega^2 = 1/9, 3 points, 80 % power: 969 questions.
    assert documents_to_detect(0.03, 1 / 9) == 969


def test_a_detectable_difference_and_its_documents_are_one_formula():
    error = math.sqrt(1 / 9 / 969)
    assert minimum_detectable_difference(error) == pytest.approx(0.03, abs=1e-4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: expected_maximum(0),
        lambda: best_of_n_inflation(2, -1),
        lambda: best_of_n_inflation(2, 1, correlation=2),
        lambda: documents_to_detect(0, 1),
        lambda: documents_to_detect(1, 0),
        lambda: minimum_detectable_difference(-1),
    ],
)
def test_what_has_no_answer_is_refused(call):
    with pytest.raises(ValueError, match="expected"):
        call()
