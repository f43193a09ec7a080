"""Matrices as MLX packs them: the same numbers, or said not to be known; never other ones."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tests.laws.identity.test_compare_packed import OTHER, STEM, WEIGHT, drawn, numbers_of
from tests.making.checkpoints.comparing import compare
from tests.making.checkpoints.quantisers import mlx

from weighin.identity.comparison.report import Kinship

SIZES = [(bits, group) for bits in (2, 3, 4, 5, 6, 8) for group in (32, 64, 128)]
EVERY_SIZE = pytest.mark.parametrize(("bits", "group"), SIZES)
STACK = "model.layers.0.mlp.switch_mlp.up_proj"


def saved(folder, tensors, stated=None):
    folder.mkdir()
    config = {} if stated is None else {"quantization": stated}
    (folder / "config.json").write_text(json.dumps(config))
    kept = {name: tensor.clone().contiguous() for name, tensor in tensors.items()}
    save_file({**kept, OTHER: drawn(128, 8).bfloat16()}, folder / "model.safetensors")
    return folder


@EVERY_SIZE
@pytest.mark.parametrize("shape", [(8, 128), (3, 4, 128)])
def test_the_numbers_are_code_times_scale_plus_bias(tmp_path, bits, group, shape):
    values, parts = mlx(STEM, drawn(*shape), bits=bits, group=group)
    packed = saved(tmp_path / "p", parts, {"bits": bits, "group_size": group})
    (found,) = numbers_of(packed).values()
    np.testing.assert_allclose(found, values.double().reshape(-1, 128), rtol=3e-7, atol=1e-8)
    unpacked = torch.from_numpy(found).reshape(shape).float()
    report = compare(packed, saved(tmp_path / "v", {WEIGHT: unpacked}))
    assert report.relation is Kinship.SAME_AFTER_CAST


@EVERY_SIZE
def test_a_changed_code_is_a_changed_number(tmp_path, bits, group):
    _, parts = mlx(STEM, drawn(8, 128), bits=bits, group=group)
    stated = {"bits": bits, "group_size": group}
    first = saved(tmp_path / "p", parts, stated)
    codes = parts[WEIGHT].clone()
    codes.reshape(-1).view(torch.uint8)[0] ^= 1
    report = compare(first, saved(tmp_path / "q", {**parts, WEIGHT: codes}, stated))
    assert report.relation is Kinship.RELATED
    assert [(t.name, t.elements_differing) for t in report.measured] == [(WEIGHT, 1)]


def test_a_layer_of_other_bits_is_read_by_its_own(tmp_path):
    values, parts = mlx(STEM, drawn(8, 128), bits=8, group=32)
    stated = {"bits": 4, "group_size": 64, STEM: {"bits": 8, "group_size": 32}}
    (found,) = numbers_of(saved(tmp_path / "p", parts, stated)).values()
    np.testing.assert_allclose(found, values.double(), rtol=3e-7, atol=1e-8)


@pytest.mark.parametrize(
    "stated",
    [
        None,
        {"bits": 3, "group_size": 64},
        {"bits": 4, "group_size": 64, "mode": "nvfp4"},
        {"bits": 4, "group_size": 64, STEM: {"bits": 4, "group_size": 32, "mode": "mxfp4"}},
    ],
)
def test_what_nothing_states_is_not_known_and_not_different(tmp_path, stated):
    values, parts = mlx(STEM, drawn(64, 128), bits=4, group=64)
    packed = saved(tmp_path / "p", parts, stated)
    report = compare(packed, saved(tmp_path / "v", {WEIGHT: values}))
    assert report.relation not in {Kinship.UNRELATED, Kinship.SAME_AFTER_CAST}
    assert [one.name for one in report.not_measured] == [WEIGHT]
    assert "packed" in report.not_measured[0].reason


LAYER = "model.layers.0.mlp"
NORM = {"model.layers.0.input_layernorm.weight": torch.ones(64)}


def apart(values, matrix):
    return {f"{LAYER}.experts.{n}.{matrix}.weight": one for n, one in enumerate(values)}


@pytest.mark.parametrize("bits", [3, 4, 6])
@pytest.mark.parametrize("below", ["mlp.switch_mlp", "block_sparse_moe.switch_mlp", "mlp.experts"])
def test_a_packed_stack_of_experts_is_the_experts_of_others(tmp_path, bits, below):
    stem = f"model.layers.0.{below}.up_proj"
    values, parts = mlx(stem, drawn(3, 64, 128), bits=bits, group=32)
    packed = saved(tmp_path / "p", {**parts, **NORM}, {"bits": bits, "group_size": 32})
    exact = torch.from_numpy(numbers_of(packed)[f"{stem}.weight"]).reshape(values.shape).float()
    report = compare(packed, saved(tmp_path / "v", {**apart(exact, "up_proj"), **NORM}))
    assert report.relation is Kinship.SAME_AFTER_CAST
    other = exact.clone()
    other[1, 2, 3] += 0.5
    report = compare(packed, saved(tmp_path / "o", {**apart(other, "up_proj"), **NORM}))
    assert report.relation is Kinship.RELATED
    assert sum(tensor.elements_differing for tensor in report.measured) == 1


@pytest.mark.parametrize("is_apart", [True, False])
def test_a_packed_stack_in_a_layout_that_is_not_known_is_told(tmp_path, is_apart):
    stem = f"{LAYER}.experts.down_proj"
    codes = (drawn(3, 128, 64) / 0.01).to(torch.float8_e4m3fn)
    packed = {stem: codes, f"{stem}_weight_scale": torch.tensor(0.01)}
    values = (codes.float() * 0.01).transpose(1, 2)
    plain = apart(values, "down_proj") if is_apart else {stem: values}
    first, second = saved(tmp_path / "p", packed), saved(tmp_path / "v", plain)
    for report in (compare(first, second), compare(second, first)):
        assert [one.name for one in report.not_measured] == [stem]
        assert "fp8 E4M3 per tensor" in report.not_measured[0].reason
