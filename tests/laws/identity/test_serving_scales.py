"""Scales of a cache or of activations are no weights: set aside by name, and never silently."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.making.checkpoints.comparing import compare, given
from tests.making.checkpoints.quantisers import float8

from weighin.identity.comparison.aligned.serving_scales import what_it_scales
from weighin.identity.comparison.report import Kinship
from weighin.identity.manifest import TensorEntry

LAYER = "model.layers.0.self_attn"
# As Model-Optimizer, compressed-tensors, quark, vLLM, transformers and Mistral call them.
OF_THE_CACHE = (
    *("k_proj.k_scale", "v_proj.v_scale", "k_scale", "v_scale", "kv_scale", "q_scale"),
    *("attn.k_scale", "attn.kv_scale", "prob_scale", "prob_output_scale", "k_zero_point"),
    *("k_proj.output_scale", "v_proj.output_zero_point", "q_global_scale", "k_cache_scale"),
)
OF_ACTIVATIONS = (
    *("o_proj.input_scale", "o_proj.input_global_scale", "o_proj.input_zero_point"),
    *("o_proj.activation_scale", "o_proj.act_scale", "o_proj.input_scale_inv", "wo.qscale_act"),
    *("experts.gate_up_proj_input_scale", "o_proj.output_scale"),
)
NEITHER = (
    *("k_proj.weight_scale", "k_proj.weight", "k_norm.weight", "scale", "sinks", "q_norm.scale"),
    *("k_proj.weight_global_scale", "k_proj.weight_scale_2", "layer_scalar", "k_proj.scales"),
    *("layer_output_scale", "rotary.inv_freq", "qscale_weight", "k_proj.pre_quant_scale"),
)


def entry(name, shape=()):
    return TensorEntry(name=f"{LAYER}.{name}", dtype="F32", shape=shape, sha256="0" * 64)


@pytest.mark.parametrize("name", OF_THE_CACHE)
def test_scales_of_a_cache_are_known_by_their_names(name):
    assert what_it_scales(entry(name)) == "the cache"


@pytest.mark.parametrize("name", OF_ACTIVATIONS)
def test_scales_of_activations_are_known_by_their_names(name):
    assert what_it_scales(entry(name)) == "activations"


@pytest.mark.parametrize("name", NEITHER)
def test_weights_and_their_scales_are_neither(name):
    assert what_it_scales(entry(name)) == ""


def test_a_matrix_of_such_a_name_is_a_weight():
    assert what_it_scales(entry("k_scale", (8, 1, 1))) == "the cache"
    assert what_it_scales(entry("k_scale", (1024, 1024))) == ""


def saved(folder, tensors):
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    save_file({n: t.clone().contiguous() for n, t in tensors.items()}, folder / "model.safetensors")
    return folder


@pytest.fixture
def weight():
    return 0.05 * torch.randn(48, 64, generator=torch.Generator().manual_seed(3)).bfloat16()


@pytest.fixture
def plain(tmp_path, weight):
    return saved(tmp_path / "plain", {f"{LAYER}.k_proj.weight": weight})


@pytest.fixture
def packed(tmp_path, weight):
    """With a scale of activations."""
    _, parts = float8(f"{LAYER}.k_proj", weight, cut="tensor")
    return saved(tmp_path / "packed", parts)


def with_more(folder, place, **more):
    tensors = load_file(folder / "model.safetensors")
    return saved(place, tensors | {f"{LAYER}.{name}": torch.tensor(v) for name, v in more.items()})


def aside(report):
    return {(entry.name.removeprefix(f"{LAYER}."), entry.reason) for entry in report.not_measured}


def test_scales_of_one_side_decide_nothing_and_are_named(plain, packed, tmp_path):
    served = with_more(packed, tmp_path / "served", k_scale=0.5, v_scale=0.25)
    report = compare(plain, served)
    assert report.relation is Kinship.REQUANTISED
    assert (report.only_in_first, report.only_in_second) == ((), ())
    assert aside(report) == {
        ("k_scale", f"by its name a scale of the cache, no weight; only in {served}"),
        ("v_scale", f"by its name a scale of the cache, no weight; only in {served}"),
        (
            "k_proj.input_scale",
            f"by its name a scale of activations, no weight; only in {served}",
        ),
    }


def test_the_same_scales_on_both_sides_are_not_worth_a_word(packed, tmp_path):
    first = with_more(packed, tmp_path / "first", k_scale=0.5)
    second = with_more(packed, tmp_path / "second", k_scale=0.5, v_scale=0.5)
    report = compare(first, second)
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert [name for name, _ in aside(report)] == ["v_scale"]


@pytest.mark.parametrize("name", ["k_scale", "k_proj.input_scale"])
def test_other_scales_on_both_sides_are_a_difference(packed, tmp_path, name):
    first = with_more(packed, tmp_path / "first", **{name: 0.5})
    second = with_more(packed, tmp_path / "second", **{name: 0.75})
    report = compare(first, second)
    assert report.relation is Kinship.RELATED
    assert report.differing == (f"{LAYER}.{name}",)
    assert aside(report) == set()


def test_parameters_are_counted_without_them(plain, packed, tmp_path):
    served = with_more(packed, tmp_path / "served", k_scale=0.5)
    report = compare(plain, served)
    assert report.second.parameters == report.first.parameters == 48 * 64
    assert report.second.tensors == len(given(served).manifest.tensors)
