import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from statsmodels.stats.contingency_tables import mcnemar

from weighin.statistics.paired import e_mcnemar, mcnemar_exact, paired_difference

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


# b, c and the factor by hand: 2^10 B(5.5, 5.5) / B(0.5, 0.5), and so on, to four digits.
@pytest.mark.parametrize(
    ("b", "c", "expected"),
    [(5, 5, 0.2461), (10, 0, 180.4258), (20, 5, 19.4853), (30, 10, 23.444), (60, 40, 0.5961)],
)
def test_the_e_value_of_worked_examples(b, c, expected):
    assert e_mcnemar(b, c) == pytest.approx(expected, abs=5e-5)


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.1, 5))
def test_the_e_value_is_the_ratio_of_beta_functions(b, c, prior):
    log = (
        (b + c) * math.log(2) + special.betaln(prior + b, prior + c) - special.betaln(prior, prior)
    )
    assert math.log(e_mcnemar(b, c, prior)) == pytest.approx(log, abs=1e-8)


@given(st.integers(0, 12))
def test_an_e_value_expects_1_where_there_is_no_difference(documents):
    expected = sum(
        math.comb(documents, b) / 2**documents * e_mcnemar(b, documents - b)
        for b in range(documents + 1)
    )
    assert expected == pytest.approx(1)


def test_looking_after_every_document_raises_no_more_false_alarms_than_stated():
    random = np.random.default_rng(11)
    alarms = 0
    for _ in range(1000):
        wins = np.cumsum(random.integers(0, 2, 200))
        looked_at = ((int(w), n - int(w)) for n, w in enumerate(wins, start=1))
        alarms += any(e_mcnemar(b, c) >= 20 for b, c in looked_at)
    assert alarms / 1000 <= 0.05


@pytest.mark.parametrize("test", [mcnemar_exact, e_mcnemar])
def test_a_negative_count_is_refused(test):
    with pytest.raises(ValueError, match="expected counts from 0, found -1 and 2"):
        test(-1, 2)


def test_two_runs_are_over_the_same_documents():
    with pytest.raises(ValueError, match="the same documents, found 2 and 3"):
        paired_difference(np.zeros(2), np.zeros(3))
