import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from weighin.statistics.multiplicity import e_benjamini_hochberg, holm


def test_holm_adjusts_a_worked_example():
    found = holm([0.001, 0.008, 0.012, 0.04, 0.2])
    assert found == pytest.approx([0.005, 0.032, 0.036, 0.08, 0.2])


def test_holm_is_statsmodels():
    random = np.random.default_rng(29)
    for count in (1, 2, 7, 30):
        p_values = [*random.random(count) ** 3, 0.0, 1.0, 0.5, 0.5]
        theirs = multipletests(p_values, method="holm")[1]
        assert holm(p_values) == pytest.approx(list(theirs), abs=1e-12)


def test_e_values_that_are_discoveries_of_a_worked_example():
    # K = 4, alpha 0.1: thresholds K / (alpha k) = 40, 20, 13.3, 10 for the k largest.
    assert e_benjamini_hochberg([25, 1, 21, 12], 0.1) == (True, False, True, False)
    assert e_benjamini_hochberg([19, 1, 19, 14], 0.1) == (True, False, True, True)


def test_false_discoveries_stay_below_alpha_however_the_e_values_depend():
    random = np.random.default_rng(19)
    shares = []
    for _ in range(2000):
        shared = random.standard_normal()
        z = 0.7 * shared + math.sqrt(1 - 0.49) * random.standard_normal(20)
        z[:5] += 3
        # E-values of a likelihood ratio for a shift by 3.
        found = np.array(e_benjamini_hochberg([math.exp(3 * x - 4.5) for x in z], 0.1))
        shares.append(found[5:].sum() / max(1, found.sum()))
    assert np.mean(shares) <= 0.1


@pytest.mark.parametrize("p_values", [[-0.1], [1.1], [math.nan]])
def test_what_is_no_p_value_is_refused(p_values):
    with pytest.raises(ValueError, match="expected p-values"):
        holm(p_values)


@pytest.mark.parametrize(("e_values", "alpha"), [([-1], 0.1), ([1], 0), ([math.nan], 0.1)])
def test_what_is_no_e_value_is_refused(e_values, alpha):
    with pytest.raises(ValueError, match="expected e-values"):
        e_benjamini_hochberg(e_values, alpha)
