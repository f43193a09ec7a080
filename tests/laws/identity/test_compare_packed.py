"""Of every form in which matrices are packed: the same numbers, one number, one scale."""

import json
import sys
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.making.checkpoints.comparing import compare, given, pattern
from tests.making.checkpoints.quantisers import (
    awq,
    blockwise,
    float8,
    gptq,
    gptq_of_3_bits,
    int8,
    mxfp4,
    mxfp4_stack,
    mxfp8,
    nvfp4,
    nvfp4_awq,
    pack_quantised,
)

from weighin.identity.comparison.checkpoints import compare_checkpoints
from weighin.identity.comparison.report import Kinship, PatternKind
from weighin.identity.numbers.rows import DerivedTensor, read_rows, whole

STEM = "model.layers.0.mlp.up_proj"
WEIGHT, OTHER = f"{STEM}.weight", "model.layers.0.mlp.down_proj.weight"
EXPERTS = "model.layers.0.mlp.experts.down_proj"
ROWS, COLUMNS = 64, 128

# How a form is made, the tensor of its codes, and those of its scales with how many numbers one
# of them scales and by what doubling it multiplies them.
FORMS = {
    "gptq": (gptq, "qweight", {"scales": (32, 2)}),
    "gptq act order": (partial(gptq, act_order=True), "qweight", {"scales": (32, 2)}),
    "gptq of 3 bits": (gptq_of_3_bits, "qweight", {"scales": (32, 2)}),
    "awq": (awq, "qweight", {"scales": (32, 2)}),
    "bitsandbytes nf4": (blockwise, "weight", {"weight.absmax": (64, 2)}),
    "bitsandbytes int8": (int8, "weight", {"SCB": (COLUMNS, 2)}),
    "fp8 per row": (float8, "weight", {"weight_scale": (COLUMNS, 2)}),
    "fp8 per tensor": (partial(float8, cut="tensor"), "weight", {"weight_scale": (None, 2)}),
    "fp8 per block": (partial(float8, cut="block"), "weight", {"weight_scale_inv": (None, 2)}),
    "mxfp8": (mxfp8, "weight", {"weight_scale": (32, 2)}),
    "int4": (pack_quantised, "weight_packed", {"weight_scale": (32, 2)}),
    "mxfp4 of compressed-tensors": (mxfp4, "weight_packed", {"weight_scale": (32, 2)}),
    "mxfp4 of quark": (partial(mxfp4, key="weight"), "weight", {"weight_scale": (32, 2)}),
    "nvfp4 of modelopt": (
        nvfp4,
        "weight",
        {"weight_scale": (16, 2), "weight_scale_2": (None, 2)},
    ),
    "nvfp4 after awq": (nvfp4_awq, "weight", {"weight_scale_2": (None, 2)}),
    "nvfp4 of compressed-tensors": (
        partial(nvfp4, maker="compressed-tensors"),
        "weight_packed",
        {"weight_scale": (16, 2), "weight_global_scale": (None, 0.5)},
    ),
}
SCALES = [(form, key) for form, (_, _, scales) in FORMS.items() for key in scales]
EVERY_FORM = pytest.mark.parametrize("form", FORMS)
CONFIG = {"config_groups": {"group_0": {"weights": {"num_bits": 4}}}}


def drawn(*shape):
    return 0.05 * torch.randn(shape, generator=torch.Generator().manual_seed(7))


def saved(folder, tensors):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"quantization_config": CONFIG}))
    kept = {name: tensor.clone().contiguous() for name, tensor in tensors.items()}
    save_file(kept, folder / "model.safetensors")
    return folder


def packed(folder, form, change=None):
    """A checkpoint of two matrices, one of them packed, and the numbers of that one."""
    values, parts = FORMS[form][0](STEM, drawn(ROWS, COLUMNS).bfloat16())
    if change is not None:
        change(parts)
    return saved(folder, {**parts, OTHER: drawn(COLUMNS, ROWS).bfloat16()}), values


def plain(folder, values, dtype=torch.float32):
    weights = {WEIGHT: values.to(dtype), OTHER: drawn(COLUMNS, ROWS).bfloat16()}
    return saved(folder, weights)


def bytes_of(tensor):
    return tensor.reshape(-1).view(torch.uint8)


def doubled(parts, key):
    """The first scale of a tensor, twice as large."""
    scales = parts[f"{STEM}.{key}"] = parts[f"{STEM}.{key}"].clone()
    if scales.dtype == torch.uint8:
        scales.reshape(-1)[0] += 1
    elif scales.dtype == torch.float8_e4m3fn:
        # One more in the exponent, whose three lower bits are the fraction.
        bytes_of(scales)[0] += 8
    else:
        scales.reshape(-1)[0] *= 2


def numbers_of(folder):
    logical = given(folder).logical()
    return {
        name: np.concatenate([rows.values for rows in read_rows(whole(tensor), 24)])
        for name, tensor in logical.tensors.items()
        if isinstance(tensor, DerivedTensor)
    }


@EVERY_FORM
def test_the_numbers_are_those_that_the_makers_decode(tmp_path, form):
    made, values = packed(tmp_path / "p", form)
    found = numbers_of(made)
    assert found.keys() == {WEIGHT}
    np.testing.assert_allclose(found[WEIGHT], values.double().numpy(), rtol=2e-7, atol=1e-12)


@EVERY_FORM
def test_the_same_numbers_in_other_bytes_are_said_to_be_the_same(tmp_path, form):
    made, _ = packed(tmp_path / "p", form)
    values = torch.from_numpy(numbers_of(made)[WEIGHT]).reshape(ROWS, COLUMNS)
    for first, second in (
        (made, plain(tmp_path / "v", values)),
        (plain(tmp_path / "w", values), made),
    ):
        report = compare(first, second)
        assert report.relation is Kinship.SAME_AFTER_CAST
        (tensor,) = report.measured
        assert (tensor.name, tensor.elements_differing, tensor.max_abs) == (WEIGHT, 0, 0)
        assert "same numbers in other bytes" in pattern(report, PatternKind.CAST).statement


@EVERY_FORM
def test_one_changed_number_names_exactly_its_tensor(tmp_path, form):
    made, _ = packed(tmp_path / "p", form)

    def change(parts):
        name = f"{STEM}.{FORMS[form][1]}"
        codes = parts[name] = parts[name].contiguous()
        # The lowest bit of the first code, in every form.
        bytes_of(codes)[0] ^= 1 if "nf4" not in form else 1 << 4

    other, _ = packed(tmp_path / "q", form, change)
    report = compare(made, other)
    assert report.relation is Kinship.RELATED
    assert report.differing == (WEIGHT,)
    (tensor,) = report.measured
    assert (tensor.elements_differing, tensor.pattern) == (1, PatternKind.FEW_ELEMENTS)
    # It is a code that was changed; how many bits of a number that no file holds says nothing.
    assert pattern(report, PatternKind.FEW_ELEMENTS).statement.endswith(
        "1 element of a tensor not equal"
    )


@pytest.mark.parametrize(("form", "key"), SCALES)
def test_a_doubled_scale_is_told_as_what_it_does_to_the_matrix(tmp_path, form, key):
    made, _ = packed(tmp_path / "p", form)
    other, _ = packed(tmp_path / "q", form, partial(doubled, key=key))
    before, after = numbers_of(made)[WEIGHT], numbers_of(other)[WEIGHT]
    count, factor = FORMS[form][2][key]
    changed = int((before != after).sum())
    report = compare(made, other)
    assert report.relation is Kinship.RELATED
    assert report.differing == (WEIGHT,)
    (tensor,) = report.measured
    assert tensor.elements_differing == changed <= (count or ROWS * COLUMNS)
    found = pattern(report, PatternKind.SCALED)
    assert found.evidence["least_factor"] == pytest.approx(factor, rel=1e-6)
    if count is None:
        assert changed == np.count_nonzero(before)
        assert f"the second is {factor:g} times the first" in found.statement
    else:
        assert found.detail == "in part"
        assert found.statement.endswith(
            f"{changed} numbers of a tensor of the second {factor:g} times those of the first, "
            "all others equal"
        )


@pytest.mark.parametrize("form", ["fp8 per tensor", "nvfp4 of modelopt", "nvfp4 after awq"])
def test_a_doubled_scale_is_told_beside_the_original_too(tmp_path, form):
    key = list(FORMS[form][2])[-1]
    original = plain(tmp_path / "v", drawn(ROWS, COLUMNS), torch.bfloat16)
    right, _ = packed(tmp_path / "p", form)
    wrong, _ = packed(tmp_path / "q", form, partial(doubled, key=key))
    assert compare(original, right).relation is Kinship.REQUANTISED
    report = compare(original, wrong)
    assert report.relation is Kinship.RELATED
    found = pattern(report, PatternKind.REQUANTISED)
    assert found.evidence["least_factor"] == pytest.approx(2, rel=0.01)
    assert "rows and columns scaled by about 2 on the whole" in found.statement


def test_a_scale_that_rounding_moved_is_told_as_rounded(tmp_path):
    """Model-Optimizer keeps what compressed-tensors keeps the inverse of."""
    made, _ = packed(tmp_path / "p", "nvfp4 of modelopt")
    parts = load_file(made / "model.safetensors")
    parts[f"{STEM}.weight_packed"] = parts.pop(f"{STEM}.weight")
    inverse = 1 / parts.pop(f"{STEM}.weight_scale_2")
    parts[f"{STEM}.weight_global_scale"] = inverse.reshape(1)
    parts.pop(f"{STEM}.input_scale")
    report = compare(made, saved(tmp_path / "q", parts))
    assert report.relation in {Kinship.REQUANTISED, Kinship.SAME_AFTER_CAST}
    (tensor,) = report.measured
    assert tensor.relative_frobenius < 1e-6


def test_a_global_scale_that_divides_is_none_that_multiplies(tmp_path):
    """The same bytes under either name are not the same matrix."""
    made, _ = packed(tmp_path / "p", "nvfp4 of modelopt")
    parts = load_file(made / "model.safetensors")
    factor = parts.pop(f"{STEM}.weight_scale_2")
    report = compare(made, saved(tmp_path / "q", {**parts, f"{STEM}.weight_global_scale": factor}))
    assert report.relation is Kinship.RELATED
    assert report.differing == (WEIGHT,)


def test_bytes_are_exponents_and_no_numbers(tmp_path):
    # OCP MX 1.0, E8M0: the power of two that lies 127 below the byte; E2M1: S EE M.
    codes = torch.tensor([[0x21, 0x43, 0x65, 0x87, 0xA9, 0xCB, 0xED, 0x0F] * 2], dtype=torch.uint8)
    parts = {
        f"{STEM}.weight_packed": codes,
        f"{STEM}.weight_scale": torch.tensor([[128]], dtype=torch.uint8),
    }
    (found,) = numbers_of(saved(tmp_path / "p", parts)).values()
    row = [0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6, 0]
    np.testing.assert_array_equal(found, [[2 * number for number in row] * 2])


@pytest.mark.parametrize(("inputs", "outputs"), [(64, 96), (64, 64)])
def test_stacks_of_gpt_oss_are_their_unpacked_form(tmp_path, inputs, outputs):
    """Which is transposed; of square ones the shape does not tell."""
    values, parts = mxfp4_stack(EXPERTS, drawn(3, outputs, inputs))
    expected = values.transpose(1, 2).bfloat16()
    norm = {"model.layers.0.input_layernorm.weight": torch.ones(64)}
    first = saved(tmp_path / "packed", {**parts, **norm})
    report = compare(first, saved(tmp_path / "plain", {EXPERTS: expected, **norm}))
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert report.measured[0].elements_differing == 0
    tuned = expected.clone()
    tuned[1, 2, 3] += 0.25
    report = compare(first, saved(tmp_path / "tuned", {EXPERTS: tuned, **norm}))
    assert report.relation is Kinship.RELATED
    assert [(t.name, t.elements_differing) for t in report.measured] == [(EXPERTS, 1)]
    found = pattern(report, PatternKind.FEW_ELEMENTS)
    assert found.statement.endswith(
        "1 element of a tensor not equal after casting the first to BF16"
    )
    edited = expected.clone()
    edited[2] += 0.01 * torch.randn(inputs, outputs, generator=torch.Generator().manual_seed(1))
    report = compare(first, saved(tmp_path / "edited", {EXPERTS: edited, **norm}))
    assert report.relation is Kinship.RELATED
    assert PatternKind.REQUANTISED not in {found.kind for found in report.patterns}


@pytest.mark.soak
def test_stacks_of_gpt_oss_are_what_transformers_unpacks(tmp_path):
    from transformers.integrations.mxfp4 import convert_moe_packed_tensors

    _, parts = mxfp4_stack(EXPERTS, drawn(3, 96, 64))
    expected = convert_moe_packed_tensors(parts[f"{EXPERTS}_blocks"], parts[f"{EXPERTS}_scales"])
    found = numbers_of(saved(tmp_path / "packed", parts))[EXPERTS]
    np.testing.assert_array_equal(
        found.reshape(3, 96, 64), expected.transpose(1, 2).double().numpy()
    )


MISFITS = {
    "scales of another block": {"weight_scale": torch.zeros(ROWS, 3, dtype=torch.uint8)},
    "scales of whole numbers": {"weight_scale": torch.ones(ROWS, 4, dtype=torch.int32)},
    "a factor of each row": {"weight_global_scale": torch.ones(ROWS)},
    "inputs of another number": {"pre_quant_scale": torch.ones(COLUMNS // 2)},
    "zero points": {"weight_zero_point": torch.zeros(ROWS, 4, dtype=torch.uint8)},
}


@pytest.mark.parametrize("parts", MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_stays_as_it_is_stored(tmp_path, parts):
    _, fitting = mxfp4(STEM, drawn(ROWS, COLUMNS))
    beside = {f"{STEM}.{part}": tensor for part, tensor in parts.items()}
    made = saved(tmp_path / "p", {**fitting, **beside})
    assert numbers_of(made) == {}
    assert compare(made, made).relation is Kinship.SAME_FILES


def calls(folder, first, second):
    """Calls of functions while two checkpoints are compared.

    Counted and not timed: what they cost depends on who else uses the machine.
    """
    folder.mkdir()
    sides = [given(saved(folder / "first", first)), given(saved(folder / "second", second))]
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        compare_checkpoints(*sides)
    finally:
        sys.setprofile(before)
    return count


def packed_layers(layers):
    values, parts = mxfp4(STEM, drawn(8, 64))
    first = {f"layers.{i}.{name}": tensor for i in range(layers) for name, tensor in parts.items()}
    return first, {f"layers.{i}.{WEIGHT}": values.bfloat16() for i in range(layers)}


def scales_of_one_side(layers):
    first, second = packed_layers(layers)
    return first | {f"layers.{i}.k_scale": torch.ones(1) for i in range(layers)}, second


def nothing_in_common(layers):
    rows = drawn(2 * layers, 5, 16)
    return (
        {f"a.{i}.w": rows[2 * i] for i in range(layers)},
        {f"b.{i}.w": rows[2 * i + 1, :3] for i in range(layers)},
    )


@pytest.mark.parametrize("make", [packed_layers, scales_of_one_side, nothing_in_common])
def test_twice_as_many_layers_take_twice_the_work(tmp_path, make):
    counts = [calls(tmp_path / str(layers), *make(layers)) for layers in (50, 100, 200)]
    assert all(after / before < 2.1 for before, after in pairwise(counts)), counts
