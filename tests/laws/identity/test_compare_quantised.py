"""Quantised builds against the original: dequantised as their makers do, judged by their steps."""

import json
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given as given_any
from hypothesis import strategies as st
from safetensors.torch import save_file
from tests.making.checkpoints.comparing import changed_copy, compare, given, pattern, tensors_of
from tests.making.checkpoints.quantisers import (
    awq,
    blockwise,
    float8,
    gptq,
    int8,
    pack_quantised,
    pack_quantised_asymmetric,
)
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin.errors import CheckpointError
from weighin.identity.comparison.report import Kinship, PatternKind
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.derivation import Logical
from weighin.identity.numbers.packed.tensors import quantised_tensors
from weighin.identity.numbers.rows import DerivedTensor, read_rows, whole
from weighin.identity.parts.model_settings import ModelSettings

SCHEMES = {
    "gptq int4 per group of 32": gptq,
    "gptq int4 per group of 64": partial(gptq, group=64, act_order=True),
    "gptq int8 per group of 32": partial(gptq, bits=8),
    "gptq int2 per group of 32": partial(gptq, bits=2),
    "gptq v2 int4 per group of 32": partial(gptq, is_v2=True),
    "awq int4 per group of 32": awq,
    "bitsandbytes nf4 per block of 64": blockwise,
    "bitsandbytes nf4 per block of 64 with packed scales": partial(blockwise, nested=True),
    "bitsandbytes fp4 per block of 64": partial(blockwise, scheme="fp4"),
    "bitsandbytes int8 per row": int8,
    "fp8 E4M3 per row": float8,
    "fp8 E4M3 per tensor": partial(float8, cut="tensor"),
    "fp8 E4M3 per block of 128x128": partial(float8, cut="block"),
    "fp8 E5M2 per row": partial(float8, dtype=torch.float8_e5m2),
    "int4 per group of 32": pack_quantised,
    "int4 per group of 32 with zero points": pack_quantised_asymmetric,
}
CONFIGS = {
    "gptq v2 int4 per group of 32": {"quant_method": "gptq", "checkpoint_format": "gptq_v2"},
    "int4 per group of 32": {"config_groups": {"group_0": {"weights": {"num_bits": 4}}}},
    "int4 per group of 32 with zero points": {
        "config_groups": {"group_0": {"weights": {"num_bits": 4, "symmetric": False}}}
    },
}
PROJECTIONS = ("q_proj", "up_proj", "down_proj")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """In bfloat16. No test may change it."""
    folder = tmp_path_factory.mktemp("base") / "base"
    return save_tiny_checkpoint(folder, hidden=128, dtype="bfloat16")


def quantised(folder, place, quantise, scheme):
    """A copy with every projection quantised, and the numbers that it stands for."""
    expected = {}

    def change(tensors):
        made = dict(tensors)
        for name in [n for n in tensors if n.split(".")[-2] in PROJECTIONS]:
            values, packed = quantise(name.removesuffix(".weight"), made.pop(name))
            expected[name] = values
            made |= packed
        return made

    made = changed_copy(folder, place, change)
    config = json.loads((made / "config.json").read_text())
    config["quantization_config"] = CONFIGS.get(scheme, {"quant_method": "any"})
    (made / "config.json").write_text(json.dumps(config))
    return made, expected


def numbers_of(folder):
    logical = given(folder).logical()
    return {
        name: np.concatenate([rows.values for rows in read_rows(whole(tensor), 24)])
        for name, tensor in logical.tensors.items()
        if isinstance(tensor, DerivedTensor)
    }


@pytest.mark.parametrize(("scheme", "quantise"), SCHEMES.items())
def test_a_quantised_matrix_is_the_numbers_that_its_makers_decode(base, tmp_path, scheme, quantise):
    made, expected = quantised(base, tmp_path / "q", quantise, scheme)
    found = numbers_of(made)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values.double().numpy(), rtol=2e-7, atol=1e-12)


@pytest.mark.parametrize(("scheme", "quantise"), SCHEMES.items())
def test_a_quantised_build_is_related_by_its_scheme(base, tmp_path, scheme, quantise):
    made, expected = quantised(base, tmp_path / "q", quantise, scheme)
    report = compare(base, made)
    assert report.relation is Kinship.REQUANTISED
    found = pattern(report, PatternKind.REQUANTISED)
    assert found.detail == f"BF16 -> {scheme}"
    assert set(found.tensors) == set(expected) == set(report.differing)
    assert found.evidence["least_share_within_half_step"] > 0.98
    assert (report.only_in_first, report.only_in_second, report.shapes_differ) == ((), (), ())
    weights = tensors_of(base)
    for tensor in report.measured:
        before, after = weights[tensor.name].double(), expected[tensor.name].double()
        distance = (after - before).norm() / before.norm()
        assert tensor.relative_frobenius == pytest.approx(distance.item(), rel=1e-5)


def test_the_quantised_build_may_be_the_first(base, tmp_path):
    made, _ = quantised(base, tmp_path / "q", gptq, "")
    report = compare(made, base)
    assert report.relation is Kinship.REQUANTISED
    found = pattern(report, PatternKind.REQUANTISED)
    assert found.detail == "gptq int4 per group of 32 <- BF16"
    assert "the first lies on the levels of gptq int4" in found.statement


def test_the_build_of_another_model_is_no_requantisation(base, tmp_path):
    other = save_tiny_checkpoint(tmp_path / "other", hidden=128, dtype="bfloat16", seed=1)
    made, expected = quantised(other, tmp_path / "q", awq, "")
    report = compare(base, made)
    assert report.relation is Kinship.UNRELATED
    assert set(pattern(report, PatternKind.NO_COMMON_DIRECTION).tensors) >= set(expected)


def test_the_build_of_a_fine_tune_is_not_within_the_steps(base, tmp_path):
    def tune(tensors):
        return {
            name: weight + 0.3 * weight.std() * torch.randn_like(weight)
            for name, weight in tensors.items()
        }

    tuned = changed_copy(base, tmp_path / "tuned", tune)
    made, _ = quantised(tuned, tmp_path / "q", partial(gptq, bits=8), "")
    report = compare(base, made)
    assert report.relation is Kinship.RELATED
    assert PatternKind.REQUANTISED not in {p.kind for p in report.patterns}


def test_two_builds_of_one_model_are_related(base, tmp_path):
    first, _ = quantised(base, tmp_path / "gptq", gptq, "")
    second, _ = quantised(base, tmp_path / "nf4", blockwise, "")
    report = compare(first, second)
    assert report.relation is Kinship.RELATED
    assert all(tensor.cosine > 0.95 for tensor in report.measured)


def test_a_build_is_the_same_files_as_itself(base, tmp_path):
    made, _ = quantised(base, tmp_path / "q", gptq, "")
    assert compare(made, made).relation is Kinship.SAME_FILES


def test_a_changed_scale_names_its_matrix_and_what_it_is_stored_as(base, tmp_path):
    made, _ = quantised(base, tmp_path / "q", gptq, "")
    stem = "model.layers.0.mlp.up_proj"

    def change(tensors):
        tensors[f"{stem}.scales"][0, 0] *= 2
        return tensors

    report = compare(made, changed_copy(made, tmp_path / "c", change))
    assert report.differing == (f"{stem}.weight",)
    (tensor,) = report.measured
    assert f"{stem}.scales" in tensor.second
    assert tensor.elements_differing <= 32


def test_what_fp8_stands_for_saved_in_bfloat16_is_an_exact_cast(base, tmp_path):
    made, expected = quantised(base, tmp_path / "q", partial(float8, cut="block"), "")
    plain = changed_copy(
        base, tmp_path / "plain", lambda t: t | {n: v.bfloat16() for n, v in expected.items()}
    )
    report = compare(made, plain)
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert pattern(report, PatternKind.CAST).detail == "fp8 E4M3 per block of 128x128 -> BF16"


def test_awq_with_scaled_channels_is_a_requantisation_after_scaling(base, tmp_path):
    random = torch.Generator().manual_seed(5)

    def scaled(stem, weight):
        factors = torch.exp2(2 * torch.rand(weight.shape[1], generator=random) - 1)
        return awq(stem, weight.float() * factors)

    made, expected = quantised(base, tmp_path / "q", scaled, "")
    report = compare(base, made)
    found = pattern(report, PatternKind.REQUANTISED)
    assert set(found.tensors) == set(expected)
    assert found.detail == "BF16 -> awq int4 per group of 32, rows and columns scaled"
    assert report.relation is Kinship.RELATED


def test_a_manifest_alone_still_names_what_answers_to_what(base, tmp_path):
    made, expected = quantised(base, tmp_path / "q", gptq, "")
    manifest = tmp_path / "q.json"
    manifest.write_bytes(fingerprint(made).canonical())
    report = compare(base, manifest)
    assert {entry.name for entry in report.not_measured} == set(expected)
    assert report.only_in_second == ()


def test_a_group_that_is_not_there_is_refused(base, tmp_path):
    made, _ = quantised(base, tmp_path / "q", gptq, "")
    name = "model.layers.0.mlp.up_proj.g_idx"
    wrong = changed_copy(made, tmp_path / "w", lambda t: t | {name: t[name] + 99})
    with pytest.raises(CheckpointError, match="expected groups below 4"):
        compare(base, wrong)


def test_a_malformed_state_is_refused(base, tmp_path):
    made, _ = quantised(base, tmp_path / "q", blockwise, "")
    name = "model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4"
    text = torch.frombuffer(bytearray(b'{"shape": [1]}'), dtype=torch.uint8)
    tensors = tensors_of(made) | {name: text}
    save_file(tensors, made / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match="quantisation state of bitsandbytes"):
        compare(base, made)


SHAPES = st.lists(st.sampled_from([*range(10), 16, 32]), max_size=4).map(tuple)
DTYPES = st.sampled_from(["I32", "F16", "F8_E4M3", "F8_E8M0", "I8", "U8", "BF16", "F4"])
PARTS = [
    *("weight", "weight_scale", "weight_scale_inv", "weight_zero_point", "SCB", "qweight"),
    *("qzeros", "scales", "g_idx", "weight_packed", "weight_g_idx", "weight.absmax"),
    *("weight_scale_2", "weight_global_scale", "pre_quant_scale", "experts_blocks"),
    *("experts_scales", "k_scale"),
]


@given_any(st.dictionaries(st.sampled_from(PARTS), st.tuples(DTYPES, SHAPES)), st.integers(0, 9))
def test_any_shapes_side_by_side_are_a_matrix_or_stay_as_they_are(parts, bits):
    entries = {
        f"m.{part}": TensorEntry(name=f"m.{part}", dtype=dtype, shape=shape, sha256="0" * 64)
        for part, (dtype, shape) in parts.items()
    }
    logical = Logical(entries, None, {})
    found = list(quantised_tensors(logical, ModelSettings(packed_bits=bits)))
    assert len(found) <= 2
    assert all(name in entries for derivation in found for name in derivation.replaces)
