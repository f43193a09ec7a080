"""A thousand honest variations of checkpoints, and not one of them differs."""

import random

import pytest
from tests.making.checkpoints.small import new_checkpoint, write_original
from tests.making.checkpoints.variations import COUNT, KINDS, shares, trial


@pytest.mark.parametrize("kind", KINDS)
def test_no_honest_variation_changes_the_weights_digest_or_a_facet(kind, tmp_path):
    assert trial(kind, shares(COUNT)[kind], tmp_path) == ()


def test_the_variations_are_a_thousand():
    assert sum(shares(COUNT).values()) == COUNT == 1000


def test_a_seed_gives_one_checkpoint(tmp_path):
    folders = [
        write_original(new_checkpoint(random.Random("a seed")), tmp_path / name)
        for name in ("first", "second")
    ]
    first, second = ({f.name: f.read_bytes() for f in folder.iterdir()} for folder in folders)
    assert first == second
