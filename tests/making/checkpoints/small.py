"""Small checkpoints by chance, written byte by byte."""

import json
import random
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

Tensors = dict[str, torch.Tensor]
Json = dict[str, Any]

_DTYPES = {
    "BF16": torch.bfloat16,
    "F16": torch.float16,
    "F32": torch.float32,
    "F64": torch.float64,
    "I8": torch.int8,
    "I16": torch.int16,
    "I32": torch.int32,
    "I64": torch.int64,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
_SPELLED = {dtype: name for name, dtype in _DTYPES.items()}
TEMPLATE = "{% for m in messages %}\n{{ m.content }}\n{% endfor %}"


@dataclass(frozen=True)
class Checkpoint:
    """What a folder holds.

    Attributes:
        tensors: By name; two names of tied weights are one tensor.
        config: Of `config.json`.
        tokenizer_config: Of `tokenizer_config.json`.
    """

    tensors: Tensors
    config: Json
    tokenizer_config: Json


def new_checkpoint(chance: random.Random) -> Checkpoint:
    """A small checkpoint: dense or with experts, tied or not, of one dtype or several."""
    dtype = chance.choice(["BF16", "F16", "F32"])
    width, vocabulary = chance.choice([4, 6, 8]), chance.randint(5, 40)
    shapes: dict[str, tuple[str, list[int]]] = {
        "model.embed_tokens.weight": (dtype, [vocabulary, width]),
        "model.norm.weight": (chance.choice([dtype, "F32"]), [width]),
    }
    for layer in range(chance.randint(1, 3)):
        head = f"model.layers.{layer}."
        for part in "qkvo":
            shapes[f"{head}self_attn.{part}_proj.weight"] = (dtype, [width, width])
        if chance.random() < 0.5:
            for expert in range(chance.randint(2, 4)):
                for name in ("w1", "w2", "w3"):
                    expert_name = f"{head}block_sparse_moe.experts.{expert}.{name}.weight"
                    shapes[expert_name] = (dtype, [width, width])
        else:
            shapes[f"{head}mlp.up_proj.weight"] = (dtype, [2 * width, width])
    if chance.random() < 0.4:
        shapes["model.rotary.inv_freq"] = ("F64", [width // 2])
        shapes["model.position_ids"] = ("I64", [1, width])
        shapes["model.num_batches"] = ("I32", [])
        shapes["model.mask"] = ("BOOL", [width, width])
        shapes["model.packed"] = (chance.choice(["U8", "I8", "I16"]), [3, width])
    if chance.random() < 0.3:
        shapes["model.no_bias"] = (dtype, [0])
        shapes["model.no_experts"] = (dtype, [0, width])
    tensors = {name: _tensor(chance, *described) for name, described in shapes.items()}
    is_tied = chance.random() < 0.5
    if is_tied:
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    config: Json = {
        "model_type": "llama",
        "hidden_size": width,
        "vocab_size": vocabulary,
        "tie_word_embeddings": is_tied,
        "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"},
        "transformers_version": "5.23.0",
    }
    tokenizer_config: Json = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "tokenizer_class": "PreTrainedTokenizerFast",
        "additional_special_tokens": ["<tool>", "<end>"],
    }
    return Checkpoint(tensors, config, tokenizer_config)


def write_beside(checkpoint: Checkpoint, folder: Path) -> None:
    """All files but the weights."""
    tokenizer = {"model": {"type": "BPE", "vocab": {"a": 0}}, "added_tokens": []}
    contents: dict[str, Json] = {
        "config.json": checkpoint.config,
        "generation_config.json": {"max_new_tokens": 4, "transformers_version": "5.23.0"},
        "tokenizer.json": tokenizer,
        "tokenizer_config.json": checkpoint.tokenizer_config,
    }
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content))
    (folder / "chat_template.jinja").write_text(TEMPLATE)


def write_original(checkpoint: Checkpoint, folder: Path) -> Path:
    """A folder with one safetensors file, written byte by byte."""
    folder.mkdir()
    write_beside(checkpoint, folder)
    write_safetensors(folder / "model.safetensors", checkpoint.tensors)
    return folder


def _tensor(chance: random.Random, dtype: str, shape: Sequence[int]) -> torch.Tensor:
    item = _DTYPES[dtype]
    count = 1
    for size in shape:
        count *= size
    content = chance.randbytes(count * item.itemsize)
    if dtype == "BOOL":
        content = bytes(byte & 1 for byte in content)
    if not content:
        return torch.empty(list(shape), dtype=item)
    return torch.frombuffer(bytearray(content), dtype=item).reshape(list(shape))


def _bytes(tensor: torch.Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def write_safetensors(
    path: Path,
    tensors: Tensors,
    *,
    metadata: Mapping[str, str] | None = None,
    indent: int | None = None,
    align: int = 8,
) -> None:
    """By hand: in this order, with this spelling of the header, padded to this alignment."""
    header: Json = {} if metadata is None else {"__metadata__": dict(metadata)}
    data = b""
    for name, tensor in tensors.items():
        content = _bytes(tensor)
        header[name] = {
            "dtype": _SPELLED[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header, indent=indent).encode()
    text += b" " * (-(8 + len(text)) % align)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
