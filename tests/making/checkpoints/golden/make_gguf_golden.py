"""Writes gguf.json: the manifest of a small GGUF file, computed without weighin or gguf.

Shares no code with weighin: a parser of its own from struct, json and hashlib, the GGUF
specification, and the definitions in the docstrings of the manifest and of `gguf_facets`. Run it
from any folder; it rewrites the file beside it.
"""

import hashlib
import json
import math
import struct
from decimal import Decimal
from pathlib import Path

NAME = "tiny-q4_1.gguf"
TEMPLATE = "{% for m in messages %}{{ m.content }}\n{% endfor %}é"
SCALARS = "BbHhIif?"  # formats of the types 0 to 7
FORMATS = {**dict(enumerate(SCALARS)), 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
GGML = {0: ("F32", 1, 4), 3: ("Q4_1", 32, 20), 8: ("Q8_0", 32, 34), 30: ("BF16", 1, 2)}
KEYS = [  # key, type, value; arrays are (type of the elements, list)
    ("general.architecture", STRING, "llama"),
    ("general.type", STRING, "model"),
    ("general.name", STRING, "Tiny"),
    ("general.base_model.0.repo_url", STRING, "somewhere"),
    ("general.languages", ARRAY, (STRING, ["en"])),
    ("general.file_type", 4, 3),
    ("general.quantization_version", 4, 2),
    ("general.alignment", 4, 64),
    ("general.sampling.temp", 6, 0.5),
    ("llama.block_count", 4, 1),
    ("llama.rope.freq_base", 6, 10000.0),
    ("llama.attention.layer_norm_rms_epsilon", 6, 1e-05),
    ("llama.attention.sliding_window_pattern", ARRAY, (7, [True, False])),
    ("llama.big", 10, 2**63),
    ("tokenizer.ggml.model", STRING, "gpt2"),
    ("tokenizer.ggml.tokens", ARRAY, (STRING, ["<s>", "a", "é"])),
    ("tokenizer.ggml.scores", ARRAY, (6, [0.0, -1.5, float("-inf")])),
    ("tokenizer.ggml.token_type", ARRAY, (5, [3, 1, 1])),
    ("tokenizer.ggml.bos_token_id", 4, 0),
    ("tokenizer.ggml.add_bos_token", 7, False),
    ("tokenizer.chat_template", STRING, TEMPLATE),
    ("quantize.imatrix.file", STRING, "/home/x/imatrix.dat"),
]
TENSORS = [  # name, dimensions as ggml orders them, type, bytes
    ("output_norm.weight", [5], 0, struct.pack("<5f", 1, 2, 3, 4, -0.5)),
    ("blk.0.ffn_up.weight", [64, 3], 3, bytes(i * 7 % 256 for i in range(120))),
    ("token_embd.weight", [32, 2], 8, bytes(range(68))),
    ("blk.0.attn_norm.é", [3, 2], 30, bytes(range(12))),
]


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def packed(kind: int, value) -> bytes:
    if kind == STRING:
        return text(value)
    if kind == ARRAY:
        of, items = value
        return struct.pack("<IQ", of, len(items)) + b"".join(packed(of, item) for item in items)
    return struct.pack("<" + FORMATS[kind], value)


def gguf(keys, tensors, alignment: int = 32) -> bytes:
    """A GGUF file of version 3, little-endian."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    for key, kind, value in keys:
        head += text(key) + struct.pack("<I", kind) + packed(kind, value)
    data = b""
    for name, dims, kind, content in tensors:
        head += text(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, len(data))
        data += content + bytes(-len(content) % alignment)
    return head + bytes(-len(head) % alignment) + data


def build(folder: Path) -> Path:
    """Write the file that gguf.json is about."""
    (folder / NAME).write_bytes(gguf(KEYS, TENSORS, 64))
    return folder / NAME


class Parser:
    """Reads a GGUF file front to back."""

    def __init__(self, content: bytes) -> None:
        self.content, self.offset = content, 0
        magic, _, tensors, keys = self.take("<4sIQQ")
        assert magic == b"GGUF"
        self.keys = {self.string(): self.value(self.take("<I")[0]) for _ in range(keys)}
        infos = [self.info() for _ in range(tensors)]
        alignment = self.keys.get("general.alignment", 32)
        begin = math.ceil(self.offset / alignment) * alignment
        self.tensors = [self.entry(begin, *info) for info in infos]

    def take(self, layout: str):
        found = struct.unpack_from(layout, self.content, self.offset)
        self.offset += struct.calcsize(layout)
        return found

    def string(self) -> str:
        (length,) = self.take("<Q")
        return self.take(f"<{length}s")[0].decode()

    def value(self, kind: int):
        if kind == STRING:
            return self.string()
        if kind != ARRAY:
            return self.take("<" + FORMATS[kind])[0]
        of, count = self.take("<IQ")
        begin = self.offset
        for _ in range(count):
            self.value(of)
        return {"type": of, "count": count, "sha256": sha256(self.content[begin : self.offset])}

    def info(self):
        name = self.string()
        (rank,) = self.take("<I")
        return name, self.take(f"<{rank}Q"), *self.take("<IQ")

    def entry(self, begin: int, name: str, dims, kind: int, offset: int):
        dtype, elements, size = GGML[kind]
        begin += offset
        content = self.content[begin : begin + math.prod(dims) // elements * size]
        return {
            "name": name,
            "dtype": dtype,
            "shape": list(reversed(dims)),
            "sha256": sha256(content),
        }


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value) -> bytes:  # RFC 8785 for the values of such files
    match value:
        case dict():
            items = (canonical(key) + b":" + canonical(value[key]) for key in sorted(value))
            return b"{" + b",".join(items) + b"}"
        case list():
            return b"[" + b",".join(map(canonical, value)) + b"]"
        case float():
            return format(Decimal(repr(value)).normalize(), "f").encode()
        case int() if not isinstance(value, bool) and value >= 2**53:
            return canonical(str(value))
        case _:
            return json.dumps(value, ensure_ascii=False).encode()


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**i for i in range(32) if 2**i < len(leaves))
    return hashlib.sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:])).digest()


AUTHORSHIP = ("name", "base_model.", "languages", "organization", "finetune", "basename")
AUTHORSHIP += ("size_label", "license", "type", "alignment", "sampling.", "file_type")
AUTHORSHIP += ("quantization_version",)
OTHERS = ("tokenizer.", "quantize.", *(f"general.{key}" for key in AUTHORSHIP))


def golden(content: bytes, name: str) -> dict[str, object]:
    parsed = Parser(content)
    keys = parsed.keys
    entries = sorted(parsed.tensors, key=lambda entry: entry["name"].encode())
    leaves = [hashlib.sha256(b"\x00" + canonical(entry)).digest() for entry in entries]

    def digest(begins, *, is_policy: bool = False) -> str | None:
        chosen = {
            key: value
            for key, value in keys.items()
            if key.startswith(begins)
            and ("_token_id" in key or ".add_" in key) is is_policy
            and "chat_template" not in key
        }
        return sha256(canonical(chosen)) if chosen else None

    stated = {"general.file_type", "general.quantization_version"} & keys.keys()
    sizes: dict[str, int] = {}
    for entry in entries:
        sizes[entry["dtype"]] = sizes.get(entry["dtype"], 0) + math.prod(entry["shape"])
    quantised = sorted(dtype for dtype in sizes if dtype.startswith("Q"))
    config = {key: value for key, value in keys.items() if not key.startswith(OTHERS)}
    manifest = {
        "format": "weighin.checkpoint/1",
        "weights": tree(leaves).hex(),
        "tensors": entries,
        "files": [{"path": name, "role": "weights", "size_bytes": len(content), "sha256": None}],
        "config": sha256(canonical(config)),
        "generation_config": digest("general.sampling."),
        "tokenizer": digest("tokenizer."),
        "special_tokens": digest("tokenizer.", is_policy=True),
        "chat_template": sha256(keys["tokenizer.chat_template"].encode()),
        "remote_code": None,
        "dtype": "+".join(sorted(sizes, key=lambda dtype: (-sizes[dtype], dtype))),
        "quantization": sha256(
            canonical({"dtypes": quantised, **{key: keys[key] for key in stated}})
        ),
        "adapter": None,
    }
    return {"checkpoint_id": sha256(canonical(manifest)), "manifest": manifest}


if __name__ == "__main__":
    shown = golden(gguf(KEYS, TENSORS, 64), NAME)
    Path(__file__).with_name("gguf.json").write_text(
        json.dumps(shown, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
