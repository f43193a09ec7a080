"""Writes golden.json: the digests of a small checkpoint, computed without weighin.

Shares no code with weighin: only the standard library, and the definitions in the docstrings of
the manifest. Run it from any folder; it rewrites the file beside it. The same tensors are written
as safetensors and as torch.save writes them.
"""

import hashlib
import io
import json
import struct
import zipfile
from pathlib import Path

TENSORS = {  # name: (dtype, shape, bytes)
    "model.embed.weight": ("BF16", [3, 2], bytes(range(12))),
    "model.norm.weight": ("F32", [2], struct.pack("<2f", 1.0, -0.5)),
    "buffer.é": ("I64", [], struct.pack("<q", 7)),
    "buffer.Z": ("U8", [0, 4], b""),
    "a.scale": ("F8_E4M3", [5], bytes([0, 1, 2, 0x7F, 0x80])),
}
CONFIG = {"model_type": "llama", "vocab_size": 3, "rope_theta": 10000.0, "nested": {"a": None}}
GENERATION = {"max_new_tokens": 8}
TOKENIZER = {
    "model": {"type": "WordLevel", "vocab": {"<s>": 0, "a": 1}},
    "added_tokens": [
        {
            "id": 0,
            "content": "<s>",
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
    ],
    "post_processor": None,
}
TEMPLATE = "{% for m in messages %}{{ m.content }}\n{% endfor %}é"
CODE = "VALUE = 1\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value) -> bytes:  # RFC 8785 for the values above: no odd floats, keys of the BMP
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.replace("10000.0", "10000").encode()


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**i for i in range(32) if 2**i < len(leaves))
    return hashlib.sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:])).digest()


def small_files() -> dict[str, bytes]:
    def dump(value) -> bytes:
        return json.dumps(value, indent=2).encode()

    return {
        "chat_template.jinja": TEMPLATE.encode(),
        "config.json": dump({**CONFIG, "transformers_version": "5", "_name_or_path": "/x"}),
        "generation_config.json": dump({**GENERATION, "_from_model_config": True}),
        "modeling_tiny.py": CODE.encode(),
        "tokenizer.json": dump({"padding": {"x": 1}, **TOKENIZER}),
        "tokenizer_config.json": dump({"bos_token": {"content": "<s>"}, "pad_token": None}),
    }


def weight_file(tensors=None) -> bytes:
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, shape, content) in (tensors or TENSORS).items():
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def torch_file(tensors=None) -> bytes:
    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value.encode())) + value.encode()

    def integer(value: int) -> bytes:
        return b"K" + bytes([value]) if value < 256 else b"M" + struct.pack("<H", value)

    def integers(values) -> bytes:
        return b"(" + b"".join(map(integer, values)) + b"t"

    kinds = {"BF16": "BFloat16", "F32": "Float", "I64": "Long", "U8": "Byte"}
    sizes = {"BF16": 2, "F32": 4, "I64": 8, "U8": 1}
    program = b"\x80\x02}("
    entries = {}
    for key, (name, (dtype, shape, content)) in enumerate((tensors or TENSORS).items()):
        plain = dtype in kinds  # PyTorch names a newer dtype in the tensor, not in its storage
        kind = f"torch\n{kinds[dtype]}Storage" if plain else "torch.storage\nUntypedStorage"
        strides = [1] * len(shape)
        for axis in range(len(shape) - 2, -1, -1):
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        program += text(name) + b"ctorch._utils\n_rebuild_tensor_v"
        program += b"2\n(" if plain else b"3\n("
        program += b"(" + text("storage") + f"c{kind}\n".encode() + text(str(key)) + text("cpu")
        program += integer(len(content) // sizes.get(dtype, 1)) + b"tQK\0"
        program += integers(shape) + integers(strides) + b"\x89ccollections\nOrderedDict\n)R"
        program += b"tR" if plain else b"ctorch\nfloat8_e4m3fn\ntR"
        entries[f"data/{key}"] = content
    entries |= {"data.pkl": program + b"u.", "byteorder": b"little", "version": b"3\n"}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(f"tiny/{name}"), content)
    return file.getvalue()


CONTAINERS = {"model.safetensors": weight_file, "pytorch_model.bin": torch_file}


def build(folder: Path, weights: str = "model.safetensors") -> None:
    """Write the checkpoint that golden.json is about."""
    for path, content in {**small_files(), weights: CONTAINERS[weights]()}.items():
        (folder / path).write_bytes(content)


def golden() -> dict[str, object]:
    return {**of_container("model.safetensors"), "torch": of_container("pytorch_model.bin")}


def of_container(weights: str) -> dict[str, object]:
    entries = [
        {"name": name, "dtype": dtype, "shape": shape, "sha256": sha256(content)}
        for name, (dtype, shape, content) in sorted(TENSORS.items(), key=lambda i: i[0].encode())
    ]
    leaves = [hashlib.sha256(b"\x00" + canonical(entry)).digest() for entry in entries]
    roles = {
        "chat_template.jinja": "chat_template",
        "config.json": "config",
        "generation_config.json": "generation_config",
        "modeling_tiny.py": "remote_code",
        "tokenizer.json": "tokenizer",
        "tokenizer_config.json": "tokenizer",
    }
    files = [
        {"path": path, "role": roles[path], "size_bytes": len(content), "sha256": sha256(content)}
        for path, content in small_files().items()
    ]
    files.append(
        {
            "path": weights,
            "role": "weights",
            "size_bytes": len(CONTAINERS[weights]()),
            "sha256": None,
        }
    )
    added = {"0": {k: v for k, v in TOKENIZER["added_tokens"][0].items() if k != "id"}}
    policy = {
        "added": added,
        "extra": [],
        "flags": {},
        "named": {"bos_token": "<s>"},
        "post_processor": None,
    }
    manifest = {
        "format": "weighin.checkpoint/1",
        "weights": tree(leaves).hex(),
        "tensors": entries,
        "files": sorted(files, key=lambda file: file["path"]),
        "config": sha256(canonical(CONFIG)),
        "generation_config": sha256(canonical(GENERATION)),
        "tokenizer": sha256(canonical({**TOKENIZER, "padding": None, "truncation": None})),
        "special_tokens": sha256(canonical(policy)),
        "chat_template": sha256(TEMPLATE.encode()),
        "remote_code": sha256(canonical({"modeling_tiny.py": sha256(CODE.encode())})),
        "dtype": "BF16+F8_E4M3+F32+I64+U8",
        "quantization": None,
        "adapter": None,
    }
    return {"checkpoint_id": sha256(canonical(manifest)), "manifest": manifest}


if __name__ == "__main__":
    text = json.dumps(golden(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    Path(__file__).with_name("golden.json").write_text(text, encoding="utf-8")
