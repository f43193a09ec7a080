"""The chance that a swap was not seen is that of a simulation."""

from random import Random

import pytest

from weighin.harness.local.watch.chance import missed

TRIALS = 20_000


@pytest.mark.parametrize(
    ("looks", "tensors", "swapped"),
    [([8], 8, 1), ([8, 8, 8], 8, 1), ([2, 3], 8, 1), ([2, 3, 4, 1], 8, 3), ([4], 8, 8)],
)
def test_it_is_as_often_as_in_a_simulation(looks, tensors, swapped):
    draw = Random(0)  # a simulation
    unseen = 0
    for _ in range(TRIALS):
        others = set(draw.sample(range(tensors), swapped))
        seen = any(
            draw.random() < 1 / 2 and others & set(draw.sample(range(tensors), size))
            for size in looks
        )
        unseen += not seen
    assert missed(looks, tensors, swapped) == pytest.approx(unseen / TRIALS, abs=0.015)


def test_without_a_look_everything_is_missed():
    assert missed([], 8, 8) == 1
