"""Honest runs: order, batch size, threads, interruption, other folders, copies, reading again.

Six of them hold every kind of variation; `./run soak` makes a hundred, as does
`./run bench clean-runs`, which counts what comes out.
"""

import pytest

from tests.conformance.honest_runs import trial, variation
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

SEEDS = (0, 1, 4, 6, 8, 10)
HUNDRED = [pytest.param(n, marks=() if n in SEEDS else pytest.mark.soak) for n in range(100)]


@pytest.fixture(autouse=True)
def _threads_as_before():
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("seed", HUNDRED)
def test_an_honest_run_is_met_and_nothing_is_violated(seed, tiny_checkpoint, tmp_path):
    outcomes = trial(variation(seed), tiny_checkpoint, tmp_path / "trial")
    assert outcomes.violated == ()
    assert (set(outcomes.verdicts), outcomes.undecided) == ({Outcome.MET}, ())


def test_the_six_hold_every_kind_of_variation():
    six = [variation(seed) for seed in SEEDS]
    assert {v.profile for v in six} == {"same-checkpoint", "comparable"}
    assert {v.is_checkpoint_moved for v in six} == {True, False}
    assert {v.interrupted_at is None for v in six} == {True, False}
    assert {v.reading for v in six} == {"as it lies", "copied", "moved", "twice", "by benchmark"}
    assert len({v.order for v in six}) > 3
    assert {v.threads[0] == v.threads[1] for v in six} == {True, False}
    assert {len(v.commands) for v in six} == {1, 2, 3}
    assert {v.times_read for v in six} == {1, 2}
