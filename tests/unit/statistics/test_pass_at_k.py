"""The estimate of pass@k, against its closed form."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.statistics.pass_at_k import pass_at_k


@given(
    counts=st.integers(1, 60).flatmap(
        lambda n: st.tuples(*[st.just(n), st.integers(0, n), st.integers(1, n)])
    )
)
def test_it_is_the_chance_of_a_draw_without_a_right_answer(counts):
    n, right, k = counts
    assert pass_at_k(n, right, k) == pytest.approx(1 - comb(n - right, k) / comb(n, k))


def test_of_one_answer_it_is_the_share_of_right_ones():
    assert pass_at_k(20, 3, 1) == pytest.approx(0.15)


@pytest.mark.parametrize("counts", [(1, 0, 2), (1, 2, 1), (1, -1, 1), (1, 0, 0)])
def test_counts_out_of_range_are_refused(counts):
    with pytest.raises(ValueError, match="expected 1 <= k"):
        pass_at_k(*counts)
