"""What wrappers and older versions of a library leave around the same weights."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from weighin import api
from weighin.identity.comparison.report import Kinship

HIDDEN, INNER, VOCABULARY, LAYERS, EXPERTS = 64, 48, 96, 2, 3
BASE = 10_000.0


def drawn(seed, *shape):
    return 0.05 * torch.randn(shape, generator=torch.Generator().manual_seed(seed)).bfloat16()


def model():
    found = {
        "model.embed_tokens.weight": drawn(1, VOCABULARY, HIDDEN),
        "model.norm.weight": 1 + drawn(2, HIDDEN),
        "lm_head.weight": drawn(3, VOCABULARY, HIDDEN),
    }
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        for number, name in enumerate(("q_proj", "k_proj", "v_proj", "o_proj")):
            found[f"{at}.self_attn.{name}.weight"] = drawn(10 * layer + number, HIDDEN, HIDDEN)
        found[f"{at}.input_layernorm.weight"] = 1 + drawn(10 * layer + 5, HIDDEN)
    return found


def saved(folder, tensors, **config):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"} | config))
    save_file({n: t.clone().contiguous() for n, t in tensors.items()}, folder / "model.safetensors")
    return folder


@pytest.fixture
def plain(tmp_path):
    return saved(tmp_path / "plain", model())


def wrapped(tensors, body, head=""):
    """A body for what lies within `model`, a head for what lies beside it."""
    return {
        (body + name.removeprefix("model.") if name.startswith("model.") else head + name): tensor
        for name, tensor in tensors.items()
    }


WRAPPERS = {
    "vision-language": ("model.language_model.", ""),
    "older vision-language": ("language_model.model.", "language_model."),
    "two texts": ("model.text_model.", ""),
    "of speech": ("thinker.model.", "thinker."),
    "nobody's": ("inner.trunk.", "inner."),
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_another_prefix_changes_no_relation(plain, tmp_path, wrapper):
    names = WRAPPERS[wrapper]
    same = saved(tmp_path / "same", wrapped(model(), *names))
    assert api.compare(plain, same).relation is Kinship.SAME_TENSORS_RENAMED
    cast = saved(tmp_path / "cast", {n: t.half() for n, t in wrapped(model(), *names).items()})
    assert api.compare(plain, cast).relation is Kinship.SAME_AFTER_CAST
    tuned = model()
    tuned["model.layers.1.self_attn.o_proj.weight"] += 0.01
    report = api.compare(plain, saved(tmp_path / "tuned", wrapped(tuned, *names)))
    assert report.relation is Kinship.RELATED
    (one,) = report.differing
    assert one.endswith("layers.1.self_attn.o_proj.weight")


def test_two_stacks_of_one_shape_keep_their_own_prefix(tmp_path):
    towers = {
        f"{tower}.layers.{n}.q_proj.weight": drawn(100 * t + n, HIDDEN, HIDDEN)
        for t, tower in enumerate(("encoder", "decoder"))
        for n in range(4)
    }
    other = {f"wrapper.{name}": tensor.half() for name, tensor in towers.items()}
    report = api.compare(saved(tmp_path / "a", towers), saved(tmp_path / "b", other))
    assert report.relation is Kinship.SAME_AFTER_CAST


def frequencies(base, rotary=8):
    return torch.tensor([base ** (-2 * i / rotary) for i in range(rotary // 2)])


BUFFERS = {
    "frequencies": {
        f"model.layers.{n}.self_attn.rotary_emb.inv_freq": frequencies(BASE) for n in range(LAYERS)
    },
    "rounded frequencies": {"model.rotary_emb.inv_freq": frequencies(BASE).bfloat16()},
    "positions": {"model.embeddings.position_ids": torch.arange(16)[None]},
    "masks": {
        "h.0.attn.bias": torch.tril(torch.ones(8, 8, dtype=torch.bool))[None, None],
        "h.0.attn.masked_bias": torch.tensor(-1e4),
    },
}


@pytest.mark.parametrize("kind", BUFFERS)
def test_buffers_that_are_computed_are_set_aside_and_named(plain, tmp_path, kind):
    other = saved(tmp_path / "other", model() | BUFFERS[kind])
    for pair in ((plain, other), (other, plain)):
        report = api.compare(*pair)
        assert report.relation is Kinship.SAME_TENSORS_RENAMED
        assert {one.name for one in report.not_measured} == BUFFERS[kind].keys()


NOT_COMPUTED = {
    "another base": {"model.rotary_emb.inv_freq": frequencies(500_000.0)},
    "not a number": {"model.rotary_emb.inv_freq": torch.full((4,), float("nan"))},
    "positions out of order": {"model.embeddings.position_ids": torch.tensor([[0, 2, 1]])},
    "all are seen": {"h.0.attn.bias": torch.ones(1, 1, 8, 8)},
    "a bias": {"h.0.attn.bias": torch.zeros(8)},
    "another model's name": {"model.adapter.weight": frequencies(BASE)},
}


@pytest.mark.parametrize("kind", NOT_COMPUTED)
def test_what_only_has_the_name_of_a_buffer_is_a_tensor(plain, tmp_path, kind):
    report = api.compare(plain, saved(tmp_path / "other", model() | NOT_COMPUTED[kind]))
    assert report.relation is Kinship.RELATED
    assert set(report.only_in_second) == NOT_COMPUTED[kind].keys()
    assert "1 tensor only in the second" in report.headline


def test_a_base_that_the_configuration_states_is_the_one(tmp_path):
    stated = {"rope_parameters": {"rope_theta": 500_000.0, "rope_type": "default"}}
    other = saved(tmp_path / "b", model() | NOT_COMPUTED["another base"], **stated)
    relation = api.compare(saved(tmp_path / "a", model(), **stated), other).relation
    assert relation is Kinship.SAME_TENSORS_RENAMED


def experts(inner, *, fused="", tuned=0.0):
    """Experts of one layer: each on its own, or as stacks of outputs x inputs, or the reverse."""
    at = "model.layers.0.mlp.experts"
    alone = {
        f"{at}.{expert}.{name}.weight": drawn(40 + 10 * expert + number, *shape)
        for expert in range(EXPERTS)
        for number, (name, shape) in enumerate(
            (
                ("gate_proj", (inner, HIDDEN)),
                ("up_proj", (inner, HIDDEN)),
                ("down_proj", (HIDDEN, inner)),
            )
        )
    }
    alone[f"{at}.1.up_proj.weight"][3] += tuned
    if not fused:
        return model() | alone
    gate, up, down = (
        torch.stack([alone[f"{at}.{expert}.{name}.weight"] for expert in range(EXPERTS)])
        for name in ("gate_proj", "up_proj", "down_proj")
    )
    stacks = {"gate_up_proj": torch.cat([gate, up], dim=1), "down_proj": down}
    turned = {n: t.transpose(1, 2) for n, t in stacks.items()} if fused == "inputs" else stacks
    return model() | {f"{at}.{name}": tensor for name, tensor in turned.items()}


@pytest.mark.parametrize(
    "inner", [INNER, HIDDEN // 2, HIDDEN], ids=["long", "square gate", "square"]
)
def test_experts_are_the_same_however_they_are_stacked(tmp_path, inner):
    forms = [
        saved(tmp_path / (fused or "alone"), experts(inner, fused=fused), model_type="qwen3_moe")
        for fused in ("", "outputs", "inputs")
    ]
    for first in forms:
        for second in forms:
            relation = api.compare(first, second).relation
            assert relation in {Kinship.SAME_FILES, Kinship.SAME_TENSORS_RENAMED}
        tuned = saved(first / "tuned", experts(inner, fused="inputs", tuned=0.01))
        assert api.compare(first, tuned).relation is Kinship.RELATED


def affine(tensors, group=32):
    """Four bits a number, eight in a word, with a scale and an offset a group, as MLX stores."""
    found = {}
    for name, tensor in tensors.items():
        if tensor.ndim < 2:
            found[name] = tensor
            continue
        groups = tensor.float().reshape(len(tensor), -1, group)
        low = groups.amin(-1, keepdim=True)
        scale = (groups.amax(-1, keepdim=True) - low) / 15
        codes = ((groups - low) / scale).round().to(torch.int64).reshape(len(tensor), -1, 8).numpy()
        words = (codes << (4 * np.arange(8))).sum(-1).astype(np.uint32)
        layer = name.removesuffix(".weight")
        found |= {name: torch.from_numpy(words), f"{layer}.scales": scale[..., 0].half()}
        found[f"{layer}.biases"] = low[..., 0].half()
    return found


def test_what_packs_is_not_known_does_not_tell_and_is_named(plain, tmp_path):
    report = api.compare(plain, saved(tmp_path / "packed", affine(model())))
    assert report.relation is Kinship.UNKNOWN
    reasons = {one.name: one.reason for one in report.not_measured}
    told = reasons["model.layers.0.self_attn.q_proj.weight"]
    assert "stored as U32 [64, 8]" in told
    assert "beside biases, scales: packed in a way that weighin does not read" in told


def test_blocks_that_share_a_scale_are_those_that_the_configuration_states(tmp_path):
    rows, columns, block = 192, 128, 128
    weight = drawn(7, rows, columns)
    scales = torch.stack([weight[:block].float().abs().amax(), weight[block:].float().abs().amax()])
    scales = (scales / 448).reshape(2, 1)
    whole = scales.repeat_interleave(block, 0)[:rows]
    name = "model.layers.0.mlp.up_proj"
    packed = {
        f"{name}.weight": (weight.float() / whole).to(torch.float8_e4m3fn),
        f"{name}.weight_scale_inv": scales,
    }
    stated = {"quantization_config": {"quant_method": "fp8", "weight_block_size": [block, block]}}
    report = api.compare(
        saved(tmp_path / "a", {f"{name}.weight": weight}),
        saved(tmp_path / "b", packed, **stated),
    )
    assert report.relation is Kinship.REQUANTISED
    assert "per block of 128x128" in report.headline


@pytest.mark.parametrize("kind", BUFFERS)
def test_verify_says_of_buffers_what_compare_says(plain, tmp_path, kind):
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(api.fingerprint(plain).canonical())
    other = saved(tmp_path / "other", model() | BUFFERS[kind])
    held = api.verify(manifest, other)
    assert held.relation is api.compare(manifest, other).relation is Kinship.SAME_TENSORS_RENAMED
    assert not held.is_unchanged
