"""gpt-oss as it is released, unpacked by transformers, and converted by llama.cpp."""

import json

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tests.making.checkpoints.comparing import pattern
from tests.making.checkpoints.quantisers import mxfp4_stack

from weighin import api
from weighin.identity.comparison.report import Kinship, PatternKind

EXPERTS, HIDDEN, INNER = 3, 64, 64  # square, as those that were released
BLOCK = "model.layers.0"
STACKS = {"gate_up_proj": (2 * INNER, HIDDEN), "down_proj": (HIDDEN, INNER)}
KIND = gguf.GGMLQuantizationType


def drawn(seed, *shape):
    return 0.05 * torch.randn(shape, generator=torch.Generator().manual_seed(seed)).bfloat16()


@pytest.fixture(scope="module")
def others():
    return {
        "model.embed_tokens.weight": drawn(1, 32, HIDDEN),
        f"{BLOCK}.input_layernorm.weight": drawn(2, HIDDEN),
        f"{BLOCK}.post_attention_layernorm.weight": drawn(3, HIDDEN),
        f"{BLOCK}.self_attn.sinks": drawn(4, 2),
        f"{BLOCK}.self_attn.q_proj.weight": drawn(5, HIDDEN, HIDDEN),
        f"{BLOCK}.self_attn.q_proj.bias": drawn(6, HIDDEN),
        f"{BLOCK}.mlp.router.weight": drawn(7, EXPERTS, HIDDEN),
        f"{BLOCK}.mlp.router.bias": drawn(8, EXPERTS),
        f"{BLOCK}.mlp.experts.gate_up_proj_bias": drawn(9, EXPERTS, 2 * INNER),
        f"{BLOCK}.mlp.experts.down_proj_bias": drawn(10, EXPERTS, HIDDEN),
    }


@pytest.fixture(scope="module")
def stacks():
    """Numbers of each stack, experts x outputs x inputs, and how it is packed."""
    return {
        name: mxfp4_stack(f"{BLOCK}.mlp.experts.{name}", drawn(20 + i, EXPERTS, *shape))
        for i, (name, shape) in enumerate(STACKS.items())
    }


def saved(folder, tensors):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt_oss"}))
    save_file({n: t.clone().contiguous() for n, t in tensors.items()}, folder / "model.safetensors")
    return folder


@pytest.fixture
def released(tmp_path, others, stacks):
    tensors = dict(others)
    for _, parts in stacks.values():
        tensors |= parts
    return saved(tmp_path / "released", tensors)


@pytest.fixture
def unpacked(tmp_path, others, stacks):
    tensors = dict(others)
    for name, (values, _) in stacks.items():
        tensors[f"{BLOCK}.mlp.experts.{name}"] = values.transpose(1, 2).bfloat16()
    return saved(tmp_path / "unpacked", tensors)


NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    f"{BLOCK}.input_layernorm.weight": "blk.0.attn_norm.weight",
    f"{BLOCK}.post_attention_layernorm.weight": "blk.0.post_attention_norm.weight",
    f"{BLOCK}.self_attn.sinks": "blk.0.attn_sinks.weight",
    f"{BLOCK}.self_attn.q_proj.weight": "blk.0.attn_q.weight",
    f"{BLOCK}.self_attn.q_proj.bias": "blk.0.attn_q.bias",
    f"{BLOCK}.mlp.router.weight": "blk.0.ffn_gate_inp.weight",
    f"{BLOCK}.mlp.router.bias": "blk.0.ffn_gate_inp.bias",
    f"{BLOCK}.mlp.experts.down_proj_bias": "blk.0.ffn_down_exps.bias",
}


def repacked(parts, rows):
    """llama.cpp, `GptOssModel.repack_mxfp4`: the scale, and the first half of the numbers low."""
    blocks, scales = (tensor.numpy()[:, rows] for tensor in parts)
    codes = np.stack([blocks & 15, blocks >> 4], axis=-1).reshape(*blocks.shape[:-1], 32)
    nibbles = codes[..., :16] | (codes[..., 16:] << 4)
    return np.concatenate([scales[..., None], nibbles], axis=-1).reshape(*blocks.shape[:2], -1)


def converted(path, others, stacks, change=None):
    writer = gguf.GGUFWriter(path, "gpt-oss")
    writer.add_file_type(38)
    for name, new in NAMES.items():
        writer.add_tensor(new, others[name].float().numpy())
    bias = others[f"{BLOCK}.mlp.experts.gate_up_proj_bias"].float().numpy()
    packed = {name: tuple(parts.values()) for name, (_, parts) in stacks.items()}
    every = slice(None)
    for part, stack, rows in (
        ("gate", "gate_up_proj", slice(0, None, 2)),
        ("up", "gate_up_proj", slice(1, None, 2)),
        ("down", "down_proj", every),
    ):
        if part != "down":
            writer.add_tensor(f"blk.0.ffn_{part}_exps.bias", np.ascontiguousarray(bias[:, rows]))
        content = repacked(packed[stack], rows)
        if change is not None and part == "up":
            content = change(content.copy())
        writer.add_tensor(f"blk.0.ffn_{part}_exps.weight", content, raw_dtype=KIND.MXFP4)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_released_form_is_the_unpacked_one(released, unpacked):
    report = api.compare(released, unpacked)
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert {tensor.elements_differing for tensor in report.measured} == {0}
    assert (report.only_in_first, report.only_in_second, report.shapes_differ) == ((), (), ())


@pytest.mark.child
@pytest.mark.parametrize("form", ["released", "unpacked"])
def test_the_conversion_of_llama_cpp_is_the_same_numbers(form, tmp_path, others, stacks, request):
    folder = request.getfixturevalue(form)
    report = api.compare(folder, converted(tmp_path / "model.gguf", others, stacks))
    assert (report.only_in_first, report.only_in_second, report.shapes_differ) == ((), (), ())
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert {tensor.elements_differing for tensor in report.measured} == {0}


@pytest.mark.child
def test_a_doubled_block_of_one_expert_is_told_of_its_matrix(released, tmp_path, others, stacks):
    def change(content):
        content[1, 2, 0] += 1
        return content

    report = api.compare(released, converted(tmp_path / "model.gguf", others, stacks, change))
    assert report.relation is Kinship.RELATED
    found = pattern(report, PatternKind.SCALED)
    # A stack is named by its first matrix.
    assert found.tensors == (f"{BLOCK}.mlp.experts.0.up_proj.weight",)
    assert found.evidence["least_factor"] == 2
    assert "times those of the first, all others equal" in found.statement
