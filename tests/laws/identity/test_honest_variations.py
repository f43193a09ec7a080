"""Honest variations of checkpoints, a thousand in `./run soak`, and not one of them differs."""

import random

import pytest
from tests.making.checkpoints.small import new_checkpoint, write_original
from tests.making.checkpoints.variations import COUNT, KINDS, shares, trial

FEW = 10


@pytest.mark.parametrize(
    "is_all", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["few", "all"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_no_honest_variation_changes_the_weights_digest_or_a_facet(kind, is_all, tmp_path):
    assert trial(kind, shares(COUNT)[kind] if is_all else FEW, tmp_path) == ()


def test_the_variations_are_a_thousand():
    assert sum(shares(COUNT).values()) == COUNT == 1000
    assert min(shares(COUNT).values()) > FEW


def test_a_seed_gives_one_checkpoint(tmp_path):
    folders = [
        write_original(new_checkpoint(random.Random("a seed")), tmp_path / name)
        for name in ("first", "second")
    ]
    first, second = ({f.name: f.read_bytes() for f in folder.iterdir()} for folder in folders)
    assert first == second
