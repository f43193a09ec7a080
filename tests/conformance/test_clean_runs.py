"""Honest runs: order, batch size, threads, interruption, other folders, copies, reading again.

`./run bench clean-runs` makes a hundred of them.
"""

import pytest

from tests.conformance.honest_runs import trial, variation
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

SEEDS = range(12)


@pytest.fixture(autouse=True)
def _threads_as_before():
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_honest_run_is_met_and_nothing_is_violated(seed, tiny_checkpoint, tmp_path):
    outcomes = trial(variation(seed), tiny_checkpoint, tmp_path / "trial")
    assert outcomes.violated == ()
    assert (set(outcomes.verdicts), outcomes.undecided) == ({Outcome.MET}, ())


def test_the_dozen_holds_every_kind_of_variation():
    dozen = [variation(seed) for seed in SEEDS]
    assert {v.profile for v in dozen} == {"same-checkpoint", "comparable"}
    assert {v.is_checkpoint_moved for v in dozen} == {True, False}
    assert {v.interrupted_at is None for v in dozen} == {True, False}
    assert {v.reading for v in dozen} == {"as it lies", "copied", "moved", "twice", "by benchmark"}
    assert len({v.order for v in dozen}) > 3
