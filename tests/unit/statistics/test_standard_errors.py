import math
from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from weighin.statistics.standard_errors import (
    clustered_se,
    documents_at,
    largest_standard_error,
    share_standard_error,
    standard_error,
)

SCORES = np.array([1, 1, 0, 0, 1, 0, 1, 1, 1, 0], dtype=float)
CLUSTERS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 3])

scores = st.lists(st.floats(0, 1), min_size=2, max_size=60).map(np.array)


@pytest.mark.model
def test_the_standard_error_is_lm_evals():
    from lm_eval.api.metrics import mean_stderr

    assert standard_error(SCORES) == pytest.approx(mean_stderr(list(SCORES)), rel=1e-12)


def test_the_error_of_a_share_is_that_of_its_scores():
    assert share_standard_error(0.6, 10) == pytest.approx(standard_error(SCORES), rel=1e-12)


@given(right=st.integers(1, 99), documents=st.integers(100, 5000))
def test_score_and_error_give_the_documents_behind_them(right, documents):
    share = Fraction(right, 100)
    error = Fraction(share_standard_error(float(share), documents))
    assert documents_at(share, error) == pytest.approx(documents, rel=1e-9)


def test_the_clustered_error_of_a_worked_example():
    # By hand: residual sums of the clusters are 0.2, -0.8, 0.8, -0.2; their squares add to 1.36.
    assert clustered_se(SCORES, CLUSTERS) == pytest.approx(math.sqrt(1.36) / 10, rel=1e-12)


def test_the_clustered_error_is_statsmodels():
    random = np.random.default_rng(3)
    clusters = random.integers(0, 40, 500)
    values = random.random(500) + clusters / 40
    theirs = sm.OLS(values, np.ones(500)).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    assert clustered_se(values, clusters) == pytest.approx(float(theirs.bse[0]), rel=1e-9)


@given(scores)
def test_clusters_of_one_document_give_the_plain_error(values):
    n = len(values)
    plain = math.sqrt((n - 1) / n) * standard_error(values)
    assert clustered_se(values, np.arange(n)) == pytest.approx(plain, rel=1e-9, abs=1e-12)


@given(scores)
def test_no_scores_from_0_to_1_have_an_error_above_the_largest(values):
    largest = largest_standard_error(float(np.clip(values.mean(), 0, 1)), len(values))
    assert standard_error(values) <= largest + 1e-9


@pytest.mark.parametrize(
    "call",
    [
        lambda: standard_error(np.array([1.0])),
        lambda: share_standard_error(1.1, 10),
        lambda: share_standard_error(0.5, 1),
        lambda: clustered_se(SCORES, CLUSTERS[:3]),
        lambda: clustered_se(SCORES, np.zeros(10, dtype=int)),
    ],
)
def test_what_has_no_error_is_refused(call):
    with pytest.raises(ValueError, match="expected"):
        call()
