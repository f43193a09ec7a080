"""A small seeded slice of `./run bench statistics`."""

import pytest
from tests.benchmarks.calibration import SEED, SIMULATIONS

RUNS = 800


@pytest.mark.parametrize("simulation", SIMULATIONS, ids=lambda s: f"{s.test}, {s.setting}")
def test_every_test_keeps_its_nominal_rate(simulation):
    assert simulation.is_kept(*simulation.rate(RUNS, SEED))
