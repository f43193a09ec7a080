"""Writes the seeds of the fuzzers: `python -m tests.fuzz.make_corpus`.

Small real files, as their own libraries write them, and hostile ones. What a fuzzer found is kept
beside them under a name `found-…`, which this script leaves alone.
"""

import io
import json
import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from safetensors.numpy import save
from tests.fuzz.pickles import HOSTILE, PERSISTENT
from tests.fuzz.reader_seeds import reader_files
from tests.fuzz.targets import CORPUS
from tests.making.checkpoints.torch_files import mapping, pickled, storage, tensor, write_archive

FLOATS = np.arange(6, dtype="<f4").reshape(2, 3)
TENSOR = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'


def framed(header: str, data: bytes = bytes(8)) -> bytes:
    """A safetensors file of any header."""
    text = header.encode()
    return struct.pack("<Q", len(text)) + text + data


def safetensors_files() -> dict[str, bytes]:
    """As the library writes them, and as it should not read them."""
    arrays = {
        "model.embed_tokens.weight": FLOATS.astype("<f2"),
        "model.norm.weight": FLOATS[0],
        "steps": np.array(7, dtype="<i8"),
        "none": np.zeros((0, 4), dtype="<f4"),
    }
    return {
        "numpy": save(arrays, {"format": "np"}),
        "one": save({"x": FLOATS}),
        "empty": save({}),
        "tensor-twice": framed(f'{{"x":{TENSOR},"\\u0078":{TENSOR}}}'),
        "space-first": framed(f' {{"x":{TENSOR}}}'),
        "tensor-as-list": framed('{"x":["F32",[2],[0,8]]}'),
        "negative-zero": framed(f'{{"x":{TENSOR}}}'.replace("[0,8]", "[-0,8]")),
        "product-wraps": framed(
            '{"x":{"dtype":"F32","shape":[4294967296,2147483648,0],"data_offsets":[0,0]}}', b""
        ),
        "giant-header": struct.pack("<Q", 2**63) + b"{}",
        "nested": framed('{"x":' + "[" * 5000 + "]" * 5000 + "}"),
    }


def torch_files() -> dict[str, bytes]:
    """Archives of PyTorch, their pickles, and pickles that would run code."""
    layer = torch.nn.Linear(2, 1)
    torch.nn.init.ones_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    tied = torch.arange(4, dtype=torch.bfloat16)
    contents = {
        "state-dict": layer.state_dict(),
        "tied": {"a": tied, "b": tied, "c": tied[2:]},
        "wide": {"x": torch.arange(3, dtype=torch.int32).to(torch.uint16)},
        "parameter": {"w": torch.nn.Parameter(torch.zeros(2, 2))},
    }
    files: dict[str, bytes] = {}
    for name, content in contents.items():
        for protocol in (2, 4):
            written = io.BytesIO()
            torch.save(content, written, pickle_protocol=protocol)
            archive = torch.PyTorchFileReader(io.BytesIO(written.getvalue()))
            files[f"{name}-{protocol}.pkl"] = archive.get_record("data.pkl")
        files[f"{name}.zip"] = written.getvalue()
    body = mapping({"x": tensor(storage("FloatStorage", "0", 2), [2])})
    with TemporaryDirectory() as folder:
        plain = write_archive(Path(folder) / "a.bin", pickled(body), {"0": bytes(8)})
        files["plain.zip"] = plain.read_bytes()
    files["a-list.pkl"] = pickle.dumps([1.5, None, True, "x"], 4)
    programs = {**HOSTILE, **PERSISTENT}
    hostile = {f"hostile-{name}.pkl": program for name, program in programs.items()}
    return {**files, **hostile}


def gguf_files() -> dict[str, bytes]:
    """A file of the package's writer, and descriptions of parts."""
    from gguf import GGMLQuantizationType, GGUFWriter, quants

    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.gguf"
        writer = GGUFWriter(path, "llama")
        writer.add_block_count(1)
        writer.add_token_list(["<s>", "a"])
        writer.add_bos_token_id(0)
        writer.add_chat_template("{{ messages }}")
        writer.add_tensor("norm", FLOATS)
        row = np.linspace(-1, 1, 32, dtype="<f4").reshape(1, 32)
        packed = quants.quantize(row, GGMLQuantizationType.Q4_1)
        writer.add_tensor("up", packed, raw_dtype=GGMLQuantizationType.Q4_1)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        real = path.read_bytes()
    norm = {"name": "norm", "type": 0, "shape": [2, 3], "begin": 4064}
    array = {"type": 8, "count": 2, "sha256": "0" * 64}
    keys = {"general.architecture": "llama", "tokenizer.ggml.tokens": array, "llama.rope": 1.5}
    one = {"alignment": 32, "data_offset": 4064, "tensors": [norm], "metadata": keys}
    halves: list[object] = []
    for number in (0, 1):
        split = {"split.no": number, "split.count": 2, "split.tensors.count": 2}
        half = {**one, "metadata": {**keys, **split}, "tensors": [{**norm, "name": f"t{number}"}]}
        halves.append([f"m-0000{number + 1}-of-00002.gguf", half])
    contents = {"one": [["model.gguf", one]], "split": halves, "part-missing": halves[:1]}
    described = {name: json.dumps(content).encode() for name, content in contents.items()}
    huge = real[:16] + b"\xff" * 8 + real[24:]
    return {"real": real, "count-of-keys": huge, "cut": real[:100], **described}


def index_files() -> dict[str, bytes]:
    """As `save_pretrained` writes it, and with shards that lie elsewhere."""
    shards = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    real = {
        "metadata": {"total_parameters": 12, "total_size": 24},
        "weight_map": {"lm_head.weight": shards[1], "model.embed_tokens.weight": shards[0]},
    }
    names = {
        "parent": "../secret.safetensors",
        "below": "below/model.safetensors",
        "absolute": "/etc/passwd.safetensors",
        "backslash": "below\\model.safetensors",
        "nul": "x\0.safetensors",
        "link": "link.bin",
    }
    hostile = {name: {"weight_map": {"x": shard}} for name, shard in names.items()}
    written = {name: json.dumps(content) for name, content in {"real": real, **hostile}.items()}
    written["no-map"] = '{"weight_map": []}'
    written["twice"] = f'{{"weight_map": {{"x": "{shards[0]}", "x": "{shards[1]}"}}}}'
    return {name: text.encode() for name, text in written.items()}


def tokenizer_files() -> dict[str, bytes]:
    """Files of a tokenizer as three versions of transformers write them."""
    model = {"type": "BPE", "vocab": {"<s>": 0, "a": 1}, "merges": []}
    added = [{"id": 0, "content": "<s>", "special": True, "lstrip": False}]
    real = {
        "tokenizer.json": {"version": "1.0", "added_tokens": added, "model": model,
                           "post_processor": None, "padding": {"length": 8}},
        "tokenizer_config.json": {"bos_token": "<s>", "model_max_length": 10**30,
                                  "chat_template": "{{ messages }}"},
    }  # fmt: skip
    old = {
        "vocab.json": {"a": 0},
        "merges.txt": "#version: 0.2",
        "special_tokens_map.json": {"bos_token": {"content": "<s>"},
                                    "additional_special_tokens": ["x"]},
        "added_tokens.json": {"<pad>": 1.0},
        "tokenizer_config.json": {"add_bos_token": True, "clean_up_tokenization_spaces": None},
        "chat_template.json": {"chat_template": [{"name": "default", "template": "a"},
                                                 {"name": "tool_use", "template": "b"}]},
    }  # fmt: skip
    templates = {
        "tokenizer_config.json": {"added_tokens_decoder": {"0": {"content": "<s>"}},
                                  "extra_special_tokens": {"image_token": "<i>"}},
        "chat_template.jinja": "a\r\nb",
        "additional_chat_templates/rag.jinja": "c",
    }  # fmt: skip
    choice = {"tokenizer_config.json": {"fast_tokenizer_files": ["tokenizer.4.0.json"]}}
    found: Mapping[str, Mapping[str, object]] = {
        "real": real, "old": old, "templates": templates, "by-version": choice
    }  # fmt: skip
    return {name: _joined(files) for name, files in found.items()}


def _joined(files: Mapping[str, object]) -> bytes:
    texts = {
        name: content if isinstance(content, str) else json.dumps(content)
        for name, content in files.items()
    }
    return "".join(f"--- {name}\n{text}\n" for name, text in texts.items()).encode()


def main() -> None:
    """Write all seeds."""
    made = {
        "fuzz_safetensors": safetensors_files(),
        "fuzz_torch_pickle": torch_files(),
        "fuzz_gguf_paths": gguf_files(),
        "fuzz_index_json": index_files(),
        "fuzz_tokenizer": tokenizer_files(),
        **reader_files(),
    }
    for target, files in made.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
