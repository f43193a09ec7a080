"""Writes formats.json: the manifest of a small checkpoint in each format, computed without weighin.

Shares no code with weighin: only the standard library, `make_golden.py` beside it, and the
definitions in the docstrings of the manifest. Names, dtypes and shapes are those that each tool
writes for layers of 32 numbers. Run it from any folder; it rewrites the file beside it.
"""

import hashlib
import json
import math
from collections import Counter
from pathlib import Path

from make_golden import canonical, sha256, torch_file, tree, weight_file

ITEM = {"BF16": 2, "F16": 2, "F32": 4, "F8_E4M3": 1, "I32": 4, "I8": 1, "U32": 4, "U8": 1}
LAYER, BASE = "model.layers.0.self_attn.q_proj", "base_model.model.model.layers.0.self_attn.q_proj"
MLP, LLAMA = "model.layers.0.mlp.gate_proj", {"model_type": "llama", "hidden_size": 32}
EMBED, NORM = {"model.embed_tokens.weight": ("BF16", [8, 32])}, {"model.norm.weight": ("F32", [32])}
GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": False, "sym": True}
AWQ = {"quant_method": "awq", "bits": 4, "group_size": 32, "zero_point": True, "version": "gemm"}
BNB_4 = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
BNB_8 = {"quant_method": "bitsandbytes", "load_in_8bit": True, "llm_int8_threshold": 6}
GROUP = {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "float", "strategy": "channel"}}
FP8 = {
    "quant_method": "compressed-tensors",
    "format": "float-quantized",
    "config_groups": {"group_0": GROUP},
}
BLOCKS = {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [16, 16]}
MLX = {"group_size": 32, "bits": 4}
MXFP4 = {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}
DORA = {"peft_type": "LORA", "use_dora": True, "r": 2, "base_model_name_or_path": "org/base"}
ROLES = {
    "adapter_config.json": "adapter",
    "config.json": "config",
    "params.json": "config",
    "preprocessor_config.json": "processor",
    "processor_config.json": "processor",
    "quantize_config.json": "quantization",
    "tokenizer.model": "tokenizer",
}


def layer(name: str, **parts) -> dict:
    return {f"{name}.{part.replace('__', '.')}": tensor for part, tensor in parts.items()}


PACKED = {"qzeros": ("I32", [1, 4]), "scales": ("F16", [1, 32])}
GPTQ_LAYER = layer(LAYER, qweight=("I32", [4, 32]), **PACKED, g_idx=("I32", [32]))
AWQ_LAYER = layer(LAYER, qweight=("I32", [32, 4]), **PACKED)
BNB_4_LAYER = layer(
    LAYER,
    weight=("U8", [128, 1]),
    weight__absmax=("U8", [16]),
    weight__nested_absmax=("F32", [1]),
    weight__nested_quant_map=("F32", [16]),
    weight__quant_map=("F32", [16]),
) | {f"{LAYER}.weight.quant_state.bitsandbytes__nf4": ("U8", [80])}
BNB_8_LAYER = layer(LAYER, weight=("I8", [8, 32]), SCB=("F32", [8]), weight_format=("U8", []))
FLOAT_8 = ("F8_E4M3", [32, 32])
FP8_LAYER = layer(LAYER, weight=FLOAT_8, weight_scale=("BF16", [32, 1]), input_scale=("BF16", [1]))
BLOCK_LAYER = layer(MLP, weight=FLOAT_8, weight_scale_inv=("F32", [2, 2]))
MLX_LAYER = layer(LAYER, weight=("U32", [8, 4]), scales=("BF16", [8, 1]), biases=("BF16", [8, 1]))
EXPERTS = {
    f"model.layers.0.block_sparse_moe.experts.{number}.{part}.weight": ("BF16", [4, 4])
    for number in range(2)
    for part in ("w1", "w2", "w3")
} | {"model.layers.0.block_sparse_moe.gate.weight": ("BF16", [2, 4])}
FUSED = {
    "model.layers.0.mlp.experts.gate_up_proj_blocks": ("U8", [2, 8, 1, 16]),
    "model.layers.0.mlp.experts.gate_up_proj_scales": ("U8", [2, 8, 1]),
    "model.layers.0.mlp.experts.gate_up_proj_bias": ("BF16", [2, 8]),
}
VISION = {
    "model.vision_tower.patch_conv.weight": ("BF16", [4, 3, 2, 2]),
    "model.multi_modal_projector.linear_1.weight": ("BF16", [4, 4]),
    "model.language_model.embed_tokens.weight": ("BF16", [8, 4]),
}
PROCESSORS = {
    "preprocessor_config.json": {"image_processor_type": "CLIPImageProcessor", "size": 28},
    "processor_config.json": {"processor_class": "LlavaProcessor", "patch_size": 14},
}
ADAPTER = {
    f"{BASE}.lora_A.weight": ("F32", [2, 32]),
    f"{BASE}.lora_B.weight": ("F32", [32, 2]),
    f"{BASE}.lora_magnitude_vector": ("F32", [32]),
    "base_model.model.lm_head.weight": ("BF16", [8, 32]),  # of modules_to_save
}
SLICE = {"tok_embeddings.weight": ("BF16", [8, 4]), "norm.weight": ("BF16", [8])}
SHARDS = {"model-00001-of-00002": EMBED, "model-00002-of-00002": NORM}
INDEX = {
    "metadata": {"total_size": 640},
    "weight_map": {name: f"{shard}.safetensors" for shard, ts in SHARDS.items() for name in ts},
}
BIN_INDEX = {
    "weight_map": {name: f"pytorch_{shard}.bin" for shard, ts in SHARDS.items() for name in ts}
}
ONE, ADAPTED = "model.safetensors", {"config.json": LLAMA, "adapter_config.json": DORA}


def quantised(tensors, config, **others) -> dict:
    return {ONE: NORM | tensors, "config.json": LLAMA | {"quantization_config": config} | others}


FORMATS = {  # format: {path: tensors of a weight file, JSON of another}
    "safetensors": {ONE: EMBED | NORM, "config.json": LLAMA},
    "safetensors shards": {f"{shard}.safetensors": ts for shard, ts in SHARDS.items()}
    | {"model.safetensors.index.json": INDEX, "config.json": LLAMA},
    "safetensors shards without index": {f"{shard}.safetensors": ts for shard, ts in SHARDS.items()}
    | {"config.json": LLAMA},
    "torch": {"pytorch_model.bin": EMBED | NORM, "config.json": LLAMA},
    "torch shards": {f"pytorch_{shard}.bin": ts for shard, ts in SHARDS.items()}
    | {"pytorch_model.bin.index.json": BIN_INDEX, "config.json": LLAMA},
    "meta": {"consolidated.00.pth": SLICE, "params.json": {"dim": 8}, "tokenizer.model": {}},
    "meta slices": {"consolidated.00.pth": SLICE, "consolidated.01.pth": SLICE}
    | {"params.json": {"dim": 8}, "tokenizer.model": {}},
    "adapter": {ONE: EMBED, "adapter_model.safetensors": ADAPTER, **ADAPTED},
    "adapter of torch": {ONE: EMBED, "adapter_model.bin": ADAPTER, **ADAPTED},
    "gptq": quantised(GPTQ_LAYER, GPTQ),
    "gptq with a file of its own": {ONE: NORM | GPTQ_LAYER, "config.json": LLAMA}
    | {"quantize_config.json": {"bits": 4, "group_size": 32}},
    "awq": quantised(AWQ_LAYER, AWQ),
    "bitsandbytes 4-bit": quantised(BNB_4_LAYER, BNB_4),
    "bitsandbytes 8-bit": quantised(BNB_8_LAYER, BNB_8),
    "compressed-tensors": quantised(FP8_LAYER, FP8),
    "fp8 in blocks": quantised(BLOCK_LAYER, BLOCKS),
    "mlx": {ONE: NORM | MLX_LAYER, "config.json": LLAMA | {"quantization": MLX}},
    "mixture of experts": {ONE: EXPERTS, "config.json": {"model_type": "mixtral"}},
    "fused experts": quantised(FUSED, MXFP4, model_type="gpt_oss"),
    "multi-modal": {ONE: VISION, "config.json": {"model_type": "llava"}, **PROCESSORS},
}


def stored(name: str, dtype: str, shape: list[int], place: str) -> bytes:
    """The bytes of a tensor: SHA-256 of its name, again and again. Slices hold other ones."""
    seed = f"{place}/{name}" if place.startswith("consolidated") else name
    size = math.prod(shape) * ITEM[dtype]
    return b"".join(hashlib.sha256(f"{seed} {i}".encode()).digest() for i in range(size))[:size]


def is_weights(path: str) -> bool:
    return path.endswith((".safetensors", ".bin", ".pth"))


def files_of(kind: str) -> dict[str, bytes]:
    """The bytes of every file of a checkpoint."""
    files = {}
    for path, value in FORMATS[kind].items():
        if is_weights(path):
            tensors = {n: (d, s, stored(n, d, s, path)) for n, (d, s) in value.items()}
            write = weight_file if path.endswith(".safetensors") else torch_file
            files[path] = write(tensors)
        else:
            files[path] = json.dumps(value, indent=2).encode()
    return files


def build(folder: Path, kind: str) -> None:
    """Write the checkpoint of one format."""
    for path, content in files_of(kind).items():
        (folder / path).write_bytes(content)


def entries_of(paths: list[str], kind: str) -> list[dict]:
    entries = []
    slices = [path for path in paths if path.endswith(".pth")]
    for path in paths:
        prefix = path.removesuffix(".pth") + "/" if len(slices) > 1 else ""
        for name, (dtype, shape) in FORMATS[kind][path].items():
            digest = sha256(stored(name, dtype, shape, path))
            entries.append(
                {"name": prefix + name, "dtype": dtype, "shape": shape, "sha256": digest}
            )
    return sorted(entries, key=lambda entry: entry["name"].encode())


def root(entries: list[dict]) -> str:
    leaves = [hashlib.sha256(b"\x00" + canonical(entry)).digest() for entry in entries]
    return tree(leaves).hex()


def role(path: str) -> str:
    if path.endswith(".index.json"):
        return "index"
    if path.startswith("adapter_model"):
        return "adapter"
    return "weights" if is_weights(path) else ROLES[path]


def config_of(small: dict) -> str:
    config = small.get("config.json", small.get("params.json"))
    processors = {path: value for path, value in small.items() if ROLES.get(path) == "processor"}
    return sha256(canonical({"config": config, "processors": processors} if processors else config))


def quantization_of(small: dict) -> str | None:
    config = small.get("config.json", {})
    stated = config.get("quantization_config", config.get("quantization"))
    if stated is None and "quantize_config.json" in small:
        stated = {"quantize_config.json": small["quantize_config.json"]}
    return None if stated is None else sha256(canonical(stated))


def adapter_of(kind: str, small: dict) -> dict | None:
    paths = [path for path in FORMATS[kind] if path.startswith("adapter_model")]
    if not paths:
        return None
    entries = entries_of(paths, kind)
    return {
        "config_sha256": sha256(canonical(small["adapter_config.json"])),
        "weights": root(entries),
        "base_model": "org/base",
        "tensors": entries,
    }


def manifest_of(kind: str) -> dict:
    small = {path: value for path, value in FORMATS[kind].items() if not is_weights(path)}
    entries = entries_of([path for path in FORMATS[kind] if role(path) == "weights"], kind)
    numbers = Counter()
    for entry in entries:
        numbers[entry["dtype"]] += math.prod(entry["shape"])
    files = [
        {
            "path": path,
            "role": role(path),
            "size_bytes": len(content),
            "sha256": None if is_weights(path) else sha256(content),
        }
        for path, content in sorted(files_of(kind).items())
    ]
    vocabulary = {"tokenizer.model": sha256(b"{}")}
    return {
        "format": "weighin.checkpoint/1",
        "weights": root(entries),
        "tensors": entries,
        "files": files,
        "config": config_of(small),
        "generation_config": None,
        "tokenizer": sha256(canonical(vocabulary)) if "tokenizer.model" in small else None,
        "special_tokens": None,
        "chat_template": None,
        "remote_code": None,
        "dtype": "+".join(sorted(numbers, key=lambda dtype: (-numbers[dtype], dtype))),
        "quantization": quantization_of(small),
        "adapter": adapter_of(kind, small),
    }


def golden() -> dict[str, object]:
    manifests = {kind: manifest_of(kind) for kind in FORMATS}
    return {
        kind: {"checkpoint_id": sha256(canonical(manifest)), "manifest": manifest}
        for kind, manifest in manifests.items()
    }


if __name__ == "__main__":
    text = json.dumps(golden(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    Path(__file__).with_name("formats.json").write_text(text, encoding="utf-8")
