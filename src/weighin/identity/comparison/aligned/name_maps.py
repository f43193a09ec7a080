"""Published names of tensors: what llama.cpp, Meta and fused layouts call those of transformers.

Source:
    llama.cpp, gguf-py/gguf/tensor_mapping.py; transformers, convert_llama_weights_to_hf.py;
    transformers, modeling_mixtral.py, modeling_phi3.py, modeling_gpt2.py, modeling_gpt_neox.py,
    modeling_bloom.py, modeling_llama4.py and modeling_gpt_oss.py; mlx-lm, models/qwen3_moe.py and
    models/mixtral.py (`sanitize`: the experts of a layer are stacked below `switch_mlp`).
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

_WRAPPERS: Final = (
    "module.",
    "_orig_mod.",
    "base_model.model.",
    "language_model.",
    "text_model.",
    "transformer.",
    "gpt_neox.",
)
_WHOLE: Mapping[str, str] = MappingProxyType(
    {
        "token_embd": "model.embed_tokens",
        "tok_embeddings": "model.embed_tokens",
        "embed_tokens": "model.embed_tokens",
        "output_norm": "model.norm",
        "norm": "model.norm",
        "output": "lm_head",
        "wte": "model.embed_tokens",
        "wpe": "model.embed_positions",
        "position_embd": "model.embed_positions",
        "ln_f": "model.norm",
        "embed_in": "model.embed_tokens",
        "embed_out": "lm_head",
        "final_layer_norm": "model.norm",
        "word_embeddings": "model.embed_tokens",
        "word_embeddings_layernorm": "model.embed_norm",
        "token_embd_norm": "model.embed_norm",
    }
)
_IN_BLOCK: Mapping[str, str] = MappingProxyType(
    {
        "attn_norm": "input_layernorm",
        "attention_norm": "input_layernorm",
        "ffn_norm": "post_attention_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "attn_q_norm": "self_attn.q_norm",
        "attn_k_norm": "self_attn.k_norm",
        "attn_qkv": "self_attn.qkv_proj",
        "attention.wq": "self_attn.q_proj",
        "attention.wk": "self_attn.k_proj",
        "attention.wv": "self_attn.v_proj",
        "attention.wo": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
        "feed_forward.w1": "mlp.gate_proj",
        "feed_forward.w2": "mlp.down_proj",
        "feed_forward.w3": "mlp.up_proj",
        "ffn_gate_inp": "mlp.gate",
        "ffn_gate_exps": "mlp.experts.gate_proj",
        "ffn_up_exps": "mlp.experts.up_proj",
        "ffn_down_exps": "mlp.experts.down_proj",
        "attn_sinks": "self_attn.sinks",
        "mlp.router": "mlp.gate",
        "post_attention_norm": "post_attention_layernorm",
        "block_sparse_moe.gate": "mlp.gate",
        "ln_1": "input_layernorm",
        "ln_2": "post_attention_layernorm",
        "attn.c_attn": "self_attn.qkv_proj",
        "attn.c_proj": "self_attn.o_proj",
        "mlp.c_fc": "mlp.up_proj",
        "mlp.c_proj": "mlp.down_proj",
        "attention.dense": "self_attn.o_proj",
        "self_attention.dense": "self_attn.o_proj",
        "mlp.dense_h_to_4h": "mlp.up_proj",
        "mlp.dense_4h_to_h": "mlp.down_proj",
    }
)
_FUSED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "self_attn.qkv_proj": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        "mlp.gate_up_proj": ("mlp.gate_proj", "mlp.up_proj"),
    }
)
_EXPERT_MATRICES: Mapping[str, str] = MappingProxyType(
    {"w1": "gate_proj", "w2": "down_proj", "w3": "up_proj"}
)
_ANY_BLOCK = re.compile(r"((?:.*\.)?(?:layers|blk|h|blocks|layer))\.(\d{1,6})\..+", re.DOTALL)
_BLOCK = re.compile(r"(?:model\.)?(?:layers|blk|h)\.(\d{1,6})\.(.+)", re.DOTALL)
_EXPERT = re.compile(r"(?:block_sparse_moe|mlp)\.experts\.(\d{1,6})\.(w[123]|\w+_proj)$")
_EXPERTS = re.compile(
    r"(?:mlp|feed_forward|block_sparse_moe)\.(?:experts|switch_mlp|switch_glu)\."
    r"(gate_up_proj|gate_proj|up_proj|down_proj)$"
)
_EXPERT_DIMENSIONS: Final = 3
_MOST_EXPERTS: Final = 4096


def block_of(name: str) -> tuple[str, int] | None:
    """The stack and the number of the block that a tensor lies in; `None` outside the blocks.

    Of `model.layers.3.mlp.up_proj.weight` it is `("model.layers", 3)`.
    """
    found = _ANY_BLOCK.fullmatch(name)
    return None if found is None else (found.group(1), int(found.group(2)))


def published_parts(name: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    """What transformers calls the tensors that one tensor holds, one below the other.

    Args:
        name: Any name.
        shape: Its shape: the experts of a fused tensor are counted by it.

    Returns:
        One name, if the tensor is not fused; a name that no table knows, as it is.
    """
    bare = _unwrapped(name)
    stem, suffix = _split(bare)
    block = _BLOCK.fullmatch(stem)
    if block is None:
        return (_WHOLE.get(stem, stem) + suffix,)
    number, within = int(block.group(1)), block.group(2)
    within = _IN_BLOCK.get(within, within)
    head = f"model.layers.{number}."
    if expert := _EXPERT.fullmatch(within):
        matrix = _EXPERT_MATRICES.get(expert.group(2), expert.group(2))
        return (f"{head}mlp.experts.{int(expert.group(1))}.{matrix}.weight",)
    experts = _EXPERTS.fullmatch(within)
    if experts and len(shape) == _EXPERT_DIMENSIONS and shape[0] <= _MOST_EXPERTS:
        fused = experts.group(1)
        matrices = ("gate_proj", "up_proj") if fused == "gate_up_proj" else (fused,)
        return tuple(
            f"{head}mlp.experts.{expert_number}.{matrix}.weight"
            for expert_number in range(shape[0])
            for matrix in matrices
        )
    return tuple(f"{head}{part}{suffix}" for part in _FUSED.get(within, (within,)))


def has_rotary_rows(published: str) -> bool:
    """Whether the rows of a tensor may lie in another order of its rotary halves.

    llama.cpp and Meta interleave the two halves of every head of q and k; transformers does not.
    """
    return published.endswith(("self_attn.q_proj.weight", "self_attn.k_proj.weight"))


def _unwrapped(name: str) -> str:
    while wrapper := next((w for w in _WRAPPERS if name.startswith(w)), None):
        name = name.removeprefix(wrapper)
    # A model of several kinds of input has the language model within it.
    within = name.removeprefix("model.")
    if within != name and within.startswith((*_WRAPPERS, "model.")):
        return _unwrapped(within)
    return name


def is_of_ggml(names: Iterable[str]) -> bool:
    """Whether tensors have the names that llama.cpp gives them."""
    return any(name.startswith("blk.") for name in names)


def _split(name: str) -> tuple[str, str]:
    for suffix in (".weight", ".bias"):
        if name.endswith(suffix):
            return name.removesuffix(suffix), suffix
    # Parameters of no layer of their own, which llama.cpp names like those of one.
    if name.endswith(".sinks"):
        return name, ".weight"
    if name.endswith("_proj_bias"):
        return name.removesuffix("_bias"), ".bias"
    return name, ""
