import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from weighin.statistics.paired import (
    PairedCounts,
    mcnemar_exact,
    paired_difference,
    paired_share_interval,
    student_interval,
    student_p_value,
    unpaired_interval,
    unpaired_p_value,
)

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


# Newcombe (1998), Statistics in Medicine 17, 2635-2650, table II, method 10.
NEWCOMBE = [
    ((36, 12, 2, 0), (0.0569, 0.3404)),
    ((20, 12, 2, 16), (0.0562, 0.3292)),
    ((0, 14, 0, 36), (0.1528, 0.4167)),
]


@pytest.mark.parametrize(("counts", "interval"), NEWCOMBE)
def test_the_interval_of_paired_shares_is_newcombes(counts, interval):
    both, first, second, neither = counts
    # His difference is first minus second.
    found = paired_share_interval(PairedCounts(both, second, first, neither))
    assert found == pytest.approx(interval, abs=5e-5)


def test_the_interval_of_paired_shares_is_that_of_fagerland_2014():
    # 21 children before and after a transplantation: Newcombe's interval, as printed.
    found = paired_share_interval(PairedCounts(1, 7, 1, 12))
    assert found == pytest.approx((-0.507, -0.026), abs=5e-4)


@given(counts, counts, counts, counts)
def test_the_interval_of_paired_shares_holds_the_difference_and_mirrors(a, b, c, d):
    if not a + b + c + d:
        return
    low, high = paired_share_interval(PairedCounts(a, b, c, d))
    assert -1 <= low <= (c - b) / (a + b + c + d) <= high <= 1
    assert paired_share_interval(PairedCounts(a, c, b, d)) == pytest.approx((-high, -low))


def test_without_documents_there_is_no_interval_of_shares():
    with pytest.raises(ValueError, match="at least 1 document"):
        paired_share_interval(PairedCounts(0, 0, 0, 0))


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40))
def test_students_test_is_scipys(differences):
    second = np.array(differences)
    if np.std(second) < 1e-6:
        return
    found = paired_difference(np.zeros(len(second)), second)
    theirs = scipy.stats.ttest_1samp(second, 0)
    assert student_p_value(found) == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)
    interval = theirs.confidence_interval(0.95)
    assert student_interval(found) == pytest.approx((interval.low, interval.high), rel=1e-6)


def test_what_moves_every_document_by_the_same_says_nothing_of_others():
    moved = paired_difference(np.zeros(3), np.full(3, 0.5))
    unmoved = paired_difference(np.zeros(3), np.zeros(3))
    assert student_interval(moved) is student_interval(unmoved) is None
    assert (student_p_value(moved), student_p_value(unmoved)) == (None, 1.0)


def test_unpaired_errors_add_as_squares():
    low, high = unpaired_interval(0.1, (0.03, 0.04))
    assert (low, high) == pytest.approx((0.1 - 1.959964 * 0.05, 0.1 + 1.959964 * 0.05), rel=1e-6)
    assert unpaired_p_value(0.1, (0.03, 0.04)) == pytest.approx(2 * scipy.stats.norm.sf(2))
    assert unpaired_p_value(0.1, (0.0, 0.0)) is None
