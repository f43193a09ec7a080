import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from weighin.statistics.multiplicity import holm


def test_holm_adjusts_a_worked_example():
    found = holm([0.001, 0.008, 0.012, 0.04, 0.2])
    assert found == pytest.approx([0.005, 0.032, 0.036, 0.08, 0.2])


def test_holm_is_statsmodels():
    random = np.random.default_rng(29)
    for count in (1, 2, 7, 30):
        p_values = [*random.random(count) ** 3, 0.0, 1.0, 0.5, 0.5]
        theirs = multipletests(p_values, method="holm")[1]
        assert holm(p_values) == pytest.approx(list(theirs), abs=1e-12)


@pytest.mark.parametrize("p_values", [[-0.1], [1.1], [math.nan]])
def test_what_is_no_p_value_is_refused(p_values):
    with pytest.raises(ValueError, match="expected p-values"):
        holm(p_values)
