import math

import numpy as np
import pytest

from weighin.statistics.order_statistics import expected_maximum

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
    assert 6.4 * expected_maximum(27) == pytest.approx(12.8, abs=0.05)


def test_the_best_of_no_attempt_is_refused():
    with pytest.raises(ValueError, match="expected at least one attempt"):
        expected_maximum(0)
