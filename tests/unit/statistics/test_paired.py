import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from weighin.statistics.paired import mcnemar_exact, paired_difference

counts = st.integers(0, 400)


def test_a_paired_difference_is_second_minus_first():
    found = paired_difference(np.array([0.0, 0, 1, 1]), np.array([1.0, 1, 1, 0]))
    # Differences 1, 1, 0, -1: mean 1/4, variance 11/12.
    assert found == pytest.approx((0.25, math.sqrt(11 / 12) / 2, 4))


def test_documents_that_are_clustered_make_a_difference_less_certain():
    first, second = np.zeros(8), np.array([1.0, 1, 0, 0, 1, 1, 0, 0])
    clusters = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    alone = paired_difference(first, second).standard_error
    assert paired_difference(first, second, clusters).standard_error > alone


@given(counts, counts)
def test_mcnemar_is_statsmodels(b, c):
    theirs = 1.0 if b + c == 0 else mcnemar([[0, b], [c, 0]], exact=True).pvalue
    assert mcnemar_exact(b, c) == pytest.approx(min(1.0, theirs), rel=1e-8)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="expected counts from 0, found -1 and 2"):
        mcnemar_exact(-1, 2)


def test_two_runs_are_over_the_same_documents():
    with pytest.raises(ValueError, match="the same documents, found 2 and 3"):
        paired_difference(np.zeros(2), np.zeros(3))
