"""Held against PyTorch: what it saves is read, and what is read is what it would load."""

import struct

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.checkpoints.files import tensor_bytes
from tests.making.checkpoints.torch_files import write_archive, write_torch

from weighin.errors import CheckpointError, WeighinError
from weighin.identity.containers.torch.header import read_header
from weighin.identity.fingerprint.checkpoint import fingerprint

DTYPES = {
    "bfloat16": "BF16", "bool": "BOOL", "complex64": "C64", "float16": "F16", "float32": "F32",
    "float64": "F64", "float8_e4m3fn": "F8_E4M3", "float8_e4m3fnuz": "F8_E4M3FNUZ",
    "float8_e5m2": "F8_E5M2", "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0",
    "int16": "I16", "int32": "I32", "int64": "I64", "int8": "I8", "uint16": "U16",
    "uint32": "U32", "uint64": "U64", "uint8": "U8",
}  # fmt: skip


def content_of(tensor):
    return bytes(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy())


def tensors_in(path):
    return {
        span.name: (span.dtype, span.shape, tensor_bytes(path, span))
        for span in read_header(path).tensors
    }


@pytest.mark.parametrize(("name", "dtype"), DTYPES.items())
def test_every_dtype_that_safetensors_has_too_is_read(tmp_path, name, dtype):
    saved = torch.tensor([[0, 1, 1], [1, 0, 1]]).to(getattr(torch, name))
    torch.save({"x": saved}, tmp_path / "f.bin")
    assert tensors_in(tmp_path / "f.bin") == {"x": (dtype, (2, 3), content_of(saved))}


def test_a_dtype_that_safetensors_has_not_is_refused_by_name(tmp_path):
    torch.save({"x": torch.zeros(2, dtype=torch.complex128)}, tmp_path / "f.bin")
    with pytest.raises(CheckpointError, match=r"the global torch\.ComplexDoubleStorage"):
        read_header(tmp_path / "f.bin")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_pickle_protocol_is_read(tmp_path, protocol):
    module = torch.nn.Linear(3, 300)
    torch.save(module.state_dict(), tmp_path / "f.bin", pickle_protocol=protocol)
    expected = {
        name: ("F32", tuple(tensor.shape), content_of(tensor))
        for name, tensor in module.state_dict().items()
    }
    assert tensors_in(tmp_path / "f.bin") == expected


def test_parameters_views_and_tied_tensors_are_read_as_they_are(tmp_path):
    base = torch.arange(24.0).reshape(4, 6)
    saved = {
        "parameter": torch.nn.Parameter(torch.ones(3)),
        "row": base[2],
        "rows": base[1:3],
        "base": base,
        "tied": base,
        "scalar": torch.tensor(7.0),
        "empty": torch.zeros(0, 4),
    }
    torch.save(saved, tmp_path / "f.bin")
    assert tensors_in(tmp_path / "f.bin") == {
        name: ("F32", tuple(tensor.shape), content_of(tensor)) for name, tensor in saved.items()
    }


ODD = {
    "a transposed view": lambda: torch.arange(6.0).reshape(2, 3).t(),
    "an expanded view": lambda: torch.ones(1).expand(3),
    "conjugate": lambda: torch.zeros(2, dtype=torch.complex64).conj(),
    "negated": lambda: torch.zeros(2, dtype=torch.complex64).conj().imag,
    "sparse": lambda: torch.eye(3).to_sparse(),
    "on no device": lambda: torch.zeros(2, device="meta"),
    "a subclass": lambda: torch.nn.Buffer(torch.ones(2)),
    "with attributes": lambda: with_attribute(torch.ones(2)),
    "a module": lambda: torch.nn.Linear(2, 2),
    "a size": lambda: torch.ones(2).size(),
    "a dtype": lambda: torch.float32,
    "a device": lambda: torch.device("cpu"),
    "nested": lambda: {"y": torch.ones(2)},
}


def with_attribute(tensor):
    tensor.note = "x"
    return tensor


@pytest.mark.parametrize("make", ODD.values(), ids=ODD.keys())
def test_what_is_no_plain_tensor_is_refused_or_read_as_it_is(tmp_path, make):
    torch.save({"x": make()}, tmp_path / "f.bin")
    try:
        found = tensors_in(tmp_path / "f.bin")
    except CheckpointError:
        return
    loaded = torch.load(tmp_path / "f.bin", weights_only=True)["x"]
    assert found == {"x": ("F32", tuple(loaded.shape), content_of(loaded))}


def test_the_format_before_1_6_is_refused_by_name(tmp_path):
    saved = {"x": torch.ones(2)}
    torch.save(saved, tmp_path / "f.bin", _use_new_zipfile_serialization=False)
    with pytest.raises(CheckpointError, match=r"a bare pickle, .* before PyTorch 1\.6"):
        read_header(tmp_path / "f.bin")


def test_tensors_beyond_four_gigabytes_are_found(tmp_path):
    # A file with a hole: PyTorch writes no bytes for it, and the disk holds none.
    with torch.serialization.skip_data():
        large = torch.empty(5 * 2**30, dtype=torch.uint8)
        torch.save({"a": torch.ones(3), "large": large, "z": torch.ones(2)}, tmp_path / "f.bin")
    spans = {span.name: span for span in read_header(tmp_path / "f.bin").tensors}
    assert {name: span.size_bytes for name, span in spans.items()} == {
        "a": 12,
        "large": 5 * 2**30,
        "z": 8,
    }
    with (tmp_path / "f.bin").open("r+b") as file:
        for name, numbers in (("a", (1.0, 2.0, 3.0)), ("z", (4.0, 5.0))):
            file.seek(spans[name].begin)
            file.write(struct.pack(f"<{len(numbers)}f", *numbers))
    loaded = torch.load(tmp_path / "f.bin", weights_only=True, mmap=True)
    assert loaded["a"].tolist() == [1.0, 2.0, 3.0]
    assert loaded["z"].tolist() == [4.0, 5.0]


@pytest.mark.model
def test_a_real_checkpoint_has_one_weights_digest_in_every_container(tiny_checkpoint, tmp_path):
    from safetensors.torch import load_file, save_file

    tensors = load_file(tiny_checkpoint / "model.safetensors")
    names = sorted(tensors)
    folders = {
        "bin": lambda f: torch.save(tensors, f / "pytorch_model.bin"),
        "parameters": lambda f: torch.save(
            {name: torch.nn.Parameter(tensors[name]) for name in names}, f / "pytorch_model.bin"
        ),
        "pt": lambda f: torch.save(tensors, f / "model.pt"),
        "Meta": lambda f: torch.save(tensors, f / "consolidated.00.pth"),
        "safetensors": lambda f: save_file(tensors, f / "model.safetensors", {"a": "b"}),
        "shards": lambda f: save_shards(f, [names[::2], names[1::2]], tensors),
    }
    digests = {fingerprint(tiny_checkpoint).weights}
    for name, save in folders.items():
        folder = tmp_path / name
        folder.mkdir()
        save(folder)
        digests.add(fingerprint(folder).weights)
    assert len(digests) == 1


def save_shards(folder, shards, tensors):
    import json

    weight_map = {}
    for number, names in enumerate(shards, start=1):
        shard = f"pytorch_model-{number:05}-of-{len(shards):05}.bin"
        torch.save({name: tensors[name] for name in names}, folder / shard)
        weight_map |= dict.fromkeys(names, shard)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


VALID = {"x": ("BF16", [2, 2], bytes(8)), "y": ("U8", [3], b"abc")}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["pickle", "file"]),
    st.lists(st.tuples(st.integers(0, 2_000), st.binary(min_size=1, max_size=2)), max_size=2),
)
def test_what_is_accepted_pytorch_loads_as_the_same_tensors(tmp_path_factory, where, edits):
    path = tmp_path_factory.getbasetemp() / "reference.bin"
    content = bytearray(write_torch(path, VALID).read_bytes())
    if where == "pickle":
        begin = content.index(b"\x80\x02}")
        content = content[begin : content.index(b"u.", begin) + 2]
    for position, replacement in edits:
        at = position % len(content)
        content[at : at + len(replacement)] = replacement
    if where == "pickle":
        write_archive(path, bytes(content), {"0": bytes(8), "1": b"abc"})
    else:
        path.write_bytes(content)
    try:
        found = tensors_in(path)
    except WeighinError:
        return
    # Which devices there are is a matter of the machine.
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    assert found == {
        name: (DTYPES[str(tensor.dtype).removeprefix("torch.")], tuple(tensor.shape),
               content_of(tensor))
        for name, tensor in loaded.items()
    }  # fmt: skip
