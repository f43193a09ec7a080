"""The numbers that comparisons rest on, held against other implementations."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.identity.comparison.aligned.name_maps import block_of, published_parts
from weighin.identity.comparison.measured.lowrank import largest_singular_values, low_rank
from weighin.identity.comparison.measured.rounding import Rounding
from weighin.identity.comparison.quantities import percent, ranges
from weighin.identity.containers.gguf.types import ggml_block
from weighin.identity.numbers.block_numbers import unpacked
from weighin.identity.numbers.casts import equal_numbers, half_gaps, rounded

BLOCKS = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "MXFP4", "NVFP4"]


@pytest.mark.parametrize("dtype", BLOCKS)
def test_blocks_are_the_numbers_that_the_gguf_package_reads(dtype):
    import gguf

    kind = gguf.GGMLQuantizationType[dtype]
    random = np.random.default_rng(0)
    elements, size = ggml_block(dtype)
    content = random.integers(0, 256, (64, size), dtype=np.uint8)
    scales = random.normal(0, 0.1, (64, 2)).astype("<f2").view(np.uint8)
    # The scales where each type has them; random bytes would be NaN and infinities too.
    begin = 208 if dtype == "Q6_K" else 0
    width = 4 if dtype.endswith(("_1", "4_K", "5_K")) else 2
    content[:, begin : begin + width] = scales[:, :width]
    if dtype.endswith("FP4"):
        # Exponents of a byte, or four FP8 numbers without a sign.
        width, most = (1, 140) if dtype == "MXFP4" else (4, 0x80)
        content[:, :width] = random.integers(0, most, (64, width))
    expected = gguf.quants.dequantize(content, kind).reshape(-1)
    found = unpacked(content.tobytes(), dtype)
    assert found.values.shape == found.steps.shape == (64 * elements,)
    np.testing.assert_array_equal(found.values, expected.astype(np.float64))


@pytest.mark.parametrize("dtype", ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "MXFP4"])
def test_a_quantiser_moves_by_the_steps_that_are_told(dtype):
    import gguf

    numbers = np.random.default_rng(1).normal(size=32 * 100).astype(np.float32)
    packed = gguf.quants.quantize(numbers, gguf.GGMLQuantizationType[dtype])
    found = unpacked(packed.tobytes(), dtype)
    moved = np.abs(found.values - numbers) / found.steps
    # Of Q4_0 and Q5_0 the end of the range that is not the largest number is cut off by a step, and
    # of MXFP4 what lies beyond the largest code.
    assert moved.max() <= (1.01 if dtype in {"Q4_0", "Q5_0", "MXFP4"} else 0.52)


DTYPES = {
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
}


@pytest.mark.model
@pytest.mark.parametrize(("dtype", "name"), DTYPES.items())
def test_rounding_is_that_of_torch(dtype, name):
    import torch

    codes = np.random.default_rng(2).integers(0, 2**32, 200_000, dtype=np.uint32)
    small = np.random.default_rng(3).normal(0, 1, 200_000).astype(np.float32)
    ties = (np.arange(4096, dtype=np.float32) / 64).repeat(2)
    numbers = np.concatenate([codes.view(np.float32), small, ties, -ties])
    expected = torch.from_numpy(numbers).to(getattr(torch, name)).double().numpy()
    with np.errstate(invalid="ignore"):
        wide = numbers.astype(np.float64)
    assert equal_numbers(rounded(wide, dtype), expected).all()


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"])
def test_rounding_moves_by_at_most_half_a_gap(dtype):
    numbers = np.random.default_rng(4).normal(size=10_000)
    moved = np.abs(rounded(numbers, dtype) - numbers)
    assert (moved <= half_gaps(numbers, dtype)).all()
    assert (moved > 0.9 * half_gaps(numbers, dtype)).any()


def test_nan_equals_nan_and_zero_is_not_minus_zero():
    left, right = np.array([np.nan, 0.0, 1.0]), np.array([-np.nan, -0.0, 1.0])
    assert equal_numbers(left, right).tolist() == [True, False, True]


def test_singular_values_are_those_of_numpy():
    random = np.random.default_rng(5)
    matrix = random.normal(size=(300, 12)) @ random.normal(size=(12, 200))
    found = largest_singular_values(lambda: iter(np.array_split(matrix, 7)), 300, 200)
    expected = np.linalg.svd(matrix, compute_uv=False)[:12]
    np.testing.assert_allclose(found[:12], expected, rtol=1e-9)
    assert (found[12:] < 1e-6 * found[0]).all()


def test_a_full_rank_matrix_has_no_few_directions():
    matrix = np.random.default_rng(6).normal(size=(300, 200))
    values = largest_singular_values(lambda: iter([matrix]), 300, 200)
    energy = float((matrix**2).sum())
    assert low_rank(values, energy, Rounding(0.0, 0.0), 300, 200) is None


def test_the_largest_of_72_rows_of_any_matrix_is_never_larger_than_its_energy():
    matrix = np.random.default_rng(7).normal(size=(100, 90))
    values = largest_singular_values(lambda: iter([matrix]), 100, 90)
    assert (values**2).sum() <= (matrix**2).sum() * (1 + 1e-12)


def test_names_of_gguf_are_those_of_its_own_map():
    import gguf

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 12)
    parts = ["input_layernorm", "post_attention_layernorm"]
    parts += [f"self_attn.{p}_proj" for p in "qkvo"] + [
        f"mlp.{p}_proj" for p in ("gate", "up", "down")
    ]
    published = [f"model.layers.11.{part}" for part in parts]
    for name in (*published, "model.embed_tokens", "model.norm", "lm_head"):
        theirs = names.get_name(f"{name}.weight", try_suffixes=(".weight",))
        assert published_parts(theirs, (1,)) == (f"{name}.weight",)


def test_names_of_meta_are_those_of_the_conversion_script():
    # transformers, convert_llama_weights_to_hf.py
    pairs = {
        "tok_embeddings.weight": "model.embed_tokens.weight",
        "norm.weight": "model.norm.weight",
        "output.weight": "lm_head.weight",
        "layers.7.attention.wq.weight": "model.layers.7.self_attn.q_proj.weight",
        "layers.7.attention.wo.weight": "model.layers.7.self_attn.o_proj.weight",
        "layers.7.feed_forward.w1.weight": "model.layers.7.mlp.gate_proj.weight",
        "layers.7.feed_forward.w2.weight": "model.layers.7.mlp.down_proj.weight",
        "layers.7.feed_forward.w3.weight": "model.layers.7.mlp.up_proj.weight",
        "layers.7.attention_norm.weight": "model.layers.7.input_layernorm.weight",
        "layers.7.ffn_norm.weight": "model.layers.7.post_attention_layernorm.weight",
    }
    assert {name: published_parts(name, (1,)) for name in pairs} == {
        name: (theirs,) for name, theirs in pairs.items()
    }


@given(st.text(max_size=60), st.lists(st.integers(0, 5), max_size=4))
def test_any_name_has_parts_and_a_block_or_none(name, shape):
    assert published_parts(name, tuple(shape)) or shape[0] == 0
    block_of(name)


def test_a_vision_tower_keeps_its_own_blocks():
    name = "vision_tower.encoder.layers.3.mlp.up_proj.weight"
    assert published_parts(name, (2, 2)) == (name,)
    assert block_of(name) == ("vision_tower.encoder.layers", 3)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.5, "50 %"),
        (0.9999, "99.99 %"),
        (0.00001, "0.001 %"),
        (1 - 1e-9, "more than 99.9999 %"),
        (1e-9, "less than 0.0001 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share, words):
    assert percent(share) == words


def test_ranges_join_neighbours():
    assert ranges([3, 1, 2, 7]) == "1-3, 7"
    assert ranges(itertools.islice(itertools.count(0, 2), 9)) == "0, 2, 4, 6, 8, 10, ..."
