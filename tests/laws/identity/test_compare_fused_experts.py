"""Experts in one stack of inputs x outputs, as ModelOpt quantises those of Llama 4."""

import json

import pytest
import torch
from safetensors.torch import save_file
from tests.making.checkpoints.quantisers import nvfp4

from weighin import api
from weighin.identity.comparison.report import Kinship

EXPERTS, INPUTS, OUTPUTS = 3, 64, 48
STACK = "model.layers.0.feed_forward.experts.gate_up_proj"


def drawn(seed, *shape):
    return 0.05 * torch.randn(shape, generator=torch.Generator().manual_seed(seed)).bfloat16()


def others():
    return {
        "model.embed_tokens.weight": drawn(1, 32, INPUTS),
        "model.layers.0.input_layernorm.weight": 1 + drawn(2, INPUTS),
    }


def saved(folder, tensors):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama4"}))
    save_file({n: t.clone().contiguous() for n, t in tensors.items()}, folder / "model.safetensors")
    return folder


def of_halves(stack):
    """What NVFP4 stands for, and its parts, as they are for inputs x outputs."""
    rows = stack.transpose(1, 2).reshape(-1, INPUTS)
    values, parts = nvfp4("x", rows)
    codes, scales = (
        parts[key].reshape(EXPERTS, OUTPUTS, -1).transpose(1, 2)
        for key in ("x.weight", "x.weight_scale")
    )
    named = {"": codes, "_weight_scale": scales, "_weight_scale_2": parts["x.weight_scale_2"]}
    return values.reshape(EXPERTS, OUTPUTS, INPUTS).transpose(1, 2), named


def of_floats(stack, *, each=False):
    factor = (stack.float().abs().amax((1, 2), keepdim=True) if each else stack.float().max()) / 448
    codes = (stack.float() / factor).to(torch.float8_e4m3fn)
    return codes.float() * factor, {"": codes, "_weight_scale": factor}


SCHEMES = {
    "NVFP4": of_halves,
    "FP8": of_floats,
    "FP8 per expert": lambda stack: of_floats(stack, each=True),
}


def packed(parts):
    found = {f"{STACK}{ending}": tensor for ending, tensor in parts.items()}
    return others() | found | {f"{STACK}_input_scale": torch.tensor(0.01)}


@pytest.fixture
def stack():
    return drawn(5, EXPERTS, INPUTS, OUTPUTS)


@pytest.fixture
def plain(tmp_path, stack):
    return saved(tmp_path / "plain", others() | {STACK: stack})


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_quantised_stack_is_what_it_was_made_of(plain, stack, tmp_path, scheme):
    values, parts = SCHEMES[scheme](stack)
    build = saved(tmp_path / "build", packed(parts))
    assert api.compare(plain, build).relation is Kinship.REQUANTISED
    unpacked = saved(tmp_path / "unpacked", others() | {STACK: values.float()})
    assert api.compare(unpacked, build).relation is Kinship.SAME_AFTER_CAST


@pytest.mark.parametrize("scheme", SCHEMES)
def test_one_expert_that_was_tuned_is_not_within_the_steps(plain, stack, tmp_path, scheme):
    tuned = stack.clone()
    tuned[1] += 0.05 * drawn(9, INPUTS, OUTPUTS).sign()
    report = api.compare(plain, saved(tmp_path / "tuned", packed(SCHEMES[scheme](tuned)[1])))
    assert report.relation is Kinship.RELATED
    assert report.differing == (STACK,)


def test_shapes_that_do_not_belong_together_stay_as_they_are_stored(plain, stack, tmp_path):
    _, parts = of_halves(stack)
    parts["_weight_scale"] = parts["_weight_scale"][:, :-1]
    report = api.compare(plain, saved(tmp_path / "broken", packed(parts)))
    assert report.relation is Kinship.RELATED
    reasons = {one.name: one.reason for one in report.not_measured}
    assert "packed in a way that weighin does not read" in reasons[STACK]
