"""Layouts of model families, each undone as the published conversion scripts do, or by content."""

import json
import shutil

import pytest
import torch
from safetensors.torch import save_file
from tests.making.checkpoints.comparing import compare, kinds, pattern

from weighin.identity.comparison.report import Kinship, PatternKind

LAYERS, HIDDEN, HEADS, INNER, ROWS = 2, 64, 4, 96, 40
HEAD = HIDDEN // HEADS
RANDOM = torch.Generator().manual_seed(0)


def randn(*shape):
    return torch.randn(*shape, generator=RANDOM)


def save(folder, tensors, **config):
    folder.mkdir()
    kept = {name: tensor.clone().contiguous() for name, tensor in tensors.items()}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def llama():
    tensors = {
        "model.embed_tokens.weight": randn(ROWS, HIDDEN),
        "model.norm.weight": randn(HIDDEN),
        "lm_head.weight": randn(ROWS, HIDDEN),
    }
    for layer in range(LAYERS):
        head = f"model.layers.{layer}."
        for part, rows, columns in (
            ("self_attn.q_proj", HIDDEN, HIDDEN),
            ("self_attn.k_proj", HIDDEN // 2, HIDDEN),
            ("self_attn.v_proj", HIDDEN // 2, HIDDEN),
            ("self_attn.o_proj", HIDDEN, HIDDEN),
            ("mlp.gate_proj", INNER, HIDDEN),
            ("mlp.up_proj", INNER, HIDDEN),
            ("mlp.down_proj", HIDDEN, INNER),
        ):
            tensors[f"{head}{part}.weight"] = randn(rows, columns)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{head}{norm}.weight"] = randn(HIDDEN)
    return tensors


# transformers, convert_llama_weights_to_hf.py: Meta's name and the dimension that is cut.
META = {
    "self_attn.q_proj": ("attention.wq", 0),
    "self_attn.k_proj": ("attention.wk", 0),
    "self_attn.v_proj": ("attention.wv", 0),
    "self_attn.o_proj": ("attention.wo", 1),
    "mlp.gate_proj": ("feed_forward.w1", 0),
    "mlp.up_proj": ("feed_forward.w3", 0),
    "mlp.down_proj": ("feed_forward.w2", 1),
}


def interleaved(weight):
    """Meta's order of rotary rows: the inverse of `permute` of the conversion script."""
    return weight.view(-1, 2, HEAD // 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def meta_slices(tensors, parts, *, embedding_axis):
    slices = [{} for _ in range(parts)]

    def cut(name, tensor, axis):
        pieces = [tensor] * parts if axis is None else tensor.chunk(parts, axis)
        for number, piece in enumerate(pieces):
            slices[number][name] = piece.clone().contiguous()

    cut("tok_embeddings.weight", tensors["model.embed_tokens.weight"], embedding_axis)
    cut("output.weight", tensors["lm_head.weight"], 0)
    cut("norm.weight", tensors["model.norm.weight"], None)
    for layer in range(LAYERS):
        head = f"model.layers.{layer}."
        for part, (name, axis) in META.items():
            weight = tensors[f"{head}{part}.weight"]
            weight = interleaved(weight) if part[-6:] in {"q_proj", "k_proj"} else weight
            cut(f"layers.{layer}.{name}.weight", weight, axis)
        for ours, theirs in (
            ("input_layernorm", "attention_norm"),
            ("post_attention_layernorm", "ffn_norm"),
        ):
            cut(f"layers.{layer}.{theirs}.weight", tensors[f"{head}{ours}.weight"], None)
    return slices


def save_meta(folder, slices):
    folder.mkdir()
    for number, tensors in enumerate(slices):
        torch.save(tensors, folder / f"consolidated.{number:02}.pth")
    (folder / "params.json").write_text(json.dumps({"dim": HIDDEN, "n_heads": HEADS}))
    return folder


@pytest.mark.parametrize("parts", [1, 2, 4])
@pytest.mark.parametrize("embedding_axis", [0, 1])
def test_slices_of_meta_are_the_same_tensors(tmp_path, parts, embedding_axis):
    tensors = llama()
    theirs = save_meta(
        tmp_path / "meta", meta_slices(tensors, parts, embedding_axis=embedding_axis)
    )
    report = compare(save(tmp_path / "hf", tensors), theirs)
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert (report.equal, report.pairs) == (len(tensors), len(tensors))
    assert len(pattern(report, PatternKind.REORDERED).tensors) == 2 * LAYERS


def test_a_change_in_one_slice_names_its_tensor(tmp_path):
    tensors = llama()
    slices = meta_slices(tensors, 2, embedding_axis=1)
    slices[1]["layers.1.feed_forward.w2.weight"][3, 7] += 1
    report = compare(save(tmp_path / "hf", tensors), save_meta(tmp_path / "meta", slices))
    assert report.differing == ("model.layers.1.mlp.down_proj.weight",)
    (tensor,) = report.measured
    assert tensor.elements_differing == 1
    assert tensor.max_abs == pytest.approx(1, rel=1e-6)
    assert "consolidated.01/layers.1.feed_forward.w2.weight" in tensor.second


def test_slices_that_disagree_on_a_norm_are_not_joined(tmp_path):
    tensors = llama()
    slices = meta_slices(tensors, 2, embedding_axis=1)
    slices[1]["layers.1.ffn_norm.weight"] = slices[1]["layers.1.ffn_norm.weight"] + 1
    report = compare(save(tmp_path / "hf", tensors), save_meta(tmp_path / "meta", slices))
    assert "consolidated.01/layers.1.ffn_norm.weight" in report.only_in_second
    assert report.relation is Kinship.RELATED


def qkv(tensors, layer):
    return [tensors[f"model.layers.{layer}.self_attn.{part}_proj.weight"] for part in "qkv"]


def head_by_head(tensors, prefix, layer):
    """Query, key and value of each head side by side, as GPT-NeoX and Bloom store them."""
    parts = [weight.view(HEADS, HEAD, HIDDEN) for weight in qkv(tensors, layer)]
    return {f"{prefix}.query_key_value.weight": torch.stack(parts, 1).reshape(-1, HIDDEN)}


def grouped(tensors, prefix, layer):
    """The queries of each group, its key and its value, as Falcon-40B stores them."""
    q, k, v = qkv(tensors, layer)
    groups = HEADS // 2
    parts = (q.view(groups, 2, HEAD, HIDDEN), k.view(groups, 1, HEAD, HIDDEN))
    fused = torch.cat([*parts, v.view(groups, 1, HEAD, HIDDEN)], 1)
    return {f"{prefix}.query_key_value.weight": fused.reshape(-1, HIDDEN)}


def attention_only(key_rows):
    tensors = {}
    for layer in range(LAYERS):
        for part, rows in (("q", HIDDEN), ("k", key_rows), ("v", key_rows)):
            tensors[f"model.layers.{layer}.self_attn.{part}_proj.weight"] = randn(rows, HIDDEN)
    return tensors


FUSED = {
    "gpt_neox": (
        "gpt_neox.layers.{}.attention",
        head_by_head,
        HIDDEN,
        {"num_attention_heads": HEADS},
    ),
    "bloom": ("transformer.h.{}.self_attention", head_by_head, HIDDEN, {"n_head": HEADS}),
    "falcon": (
        "transformer.h.{}.self_attention",
        grouped,
        HIDDEN // 2,
        {
            "num_attention_heads": HEADS,
            "num_kv_heads": HEADS // 2,
            "new_decoder_architecture": True,
        },
    ),
}


@pytest.mark.parametrize(("family", "layout"), FUSED.items())
def test_attention_that_is_fused_head_by_head_is_the_same_tensors(tmp_path, family, layout):
    prefix, fuse, key_rows, config = layout
    tensors = attention_only(key_rows)
    fused = {}
    for layer in range(LAYERS):
        fused |= fuse(tensors, prefix.format(layer), layer)
    theirs = save(tmp_path / "fused", fused, model_type=family, **config)
    report = compare(save(tmp_path / "apart", tensors), theirs)
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.pairs == report.equal == 3 * LAYERS


def test_weights_stored_as_inputs_by_outputs_are_the_same_tensors(tmp_path):
    convolved, straight = {}, {}
    names = {
        "attn.c_attn": ("attn_qkv", HIDDEN, 3 * HIDDEN),
        "attn.c_proj": ("attn_output", HIDDEN, HIDDEN),
        "mlp.c_fc": ("ffn_up", HIDDEN, 4 * HIDDEN),
        "mlp.c_proj": ("ffn_down", 4 * HIDDEN, HIDDEN),
    }
    for layer in range(LAYERS):
        for ours, (theirs, inputs, outputs) in names.items():
            weight = randn(inputs, outputs)
            convolved[f"transformer.h.{layer}.{ours}.weight"] = weight
            # llama.cpp, gguf-py/gguf/tensor_mapping.py and the transpose of its GPT-2 conversion.
            straight[f"blk.{layer}.{theirs}.weight"] = weight.T
    report = compare(save(tmp_path / "gpt2", convolved), save(tmp_path / "straight", straight))
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.equal == report.pairs == 4 * LAYERS


def test_experts_stored_as_inputs_by_outputs_are_those_of_a_list(tmp_path):
    norm = {"model.norm.weight": randn(HIDDEN)}
    lists, stacked = dict(norm), dict(norm)
    gates, ups, downs = randn(3, INNER, HIDDEN), randn(3, INNER, HIDDEN), randn(3, HIDDEN, INNER)
    for expert in range(3):
        for name, weight in (("w1", gates), ("w3", ups), ("w2", downs)):
            lists[f"model.layers.0.block_sparse_moe.experts.{expert}.{name}.weight"] = weight[
                expert
            ]
    head = "model.layers.0.feed_forward.experts."
    stacked[f"{head}gate_up_proj"] = torch.cat([gates, ups], 1).transpose(1, 2)
    stacked[f"{head}down_proj"] = downs.transpose(1, 2)
    report = compare(save(tmp_path / "lists", lists), save(tmp_path / "stacked", stacked))
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.equal == report.pairs == 10


def test_a_fused_tensor_of_an_unknown_name_is_found_by_content(tmp_path):
    apart = {f"block.{n}": randn(rows, HIDDEN) for n, rows in enumerate((64, 32, 32, 48))}
    fused = {
        "x.all": torch.cat([apart[f"block.{n}"] for n in (0, 1, 2)]),
        "x.more": apart["block.3"],
    }
    report = compare(save(tmp_path / "apart", apart), save(tmp_path / "fused", fused))
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.equal == report.pairs == 4


def test_a_stack_of_experts_of_an_unknown_name_is_found_by_content(tmp_path):
    experts = randn(5, INNER, HIDDEN)
    apart = {f"net.0.e{n}": experts[n] for n in range(5)}
    report = compare(save(tmp_path / "stack", {"s": experts}), save(tmp_path / "apart", apart))
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert PatternKind.REGROUPED in kinds(report)


def test_a_transposed_tensor_of_an_unknown_name_is_found_by_content(tmp_path):
    weight = randn(48, 80)
    report = compare(save(tmp_path / "one", {"a": weight}), save(tmp_path / "two", {"b": weight.T}))
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.equal == report.pairs == 1


def test_slices_survive_a_move_of_their_folder(tmp_path):
    theirs = save_meta(tmp_path / "meta", meta_slices(llama(), 2, embedding_axis=1))
    shutil.copytree(theirs, tmp_path / "moved")
    assert compare(theirs, tmp_path / "moved").relation is Kinship.SAME_FILES
