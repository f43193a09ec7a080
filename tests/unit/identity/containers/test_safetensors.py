import json
import os
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.checkpoints.files import tensor_bytes

from weighin.errors import CheckpointError, WeighinError
from weighin.identity.containers.safetensors import (
    BITS_OF_DTYPE,
    read_header,
    tensor_chunks,
)

F32 = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'


def framed(header: str | bytes, data: bytes = bytes(8)) -> bytes:
    text = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(text)) + text + data


def one(**fields: object) -> str:
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | fields
    return json.dumps({"x": {key: value for key, value in tensor.items() if value is not None}})


def two(first: list[int], second: list[int]) -> str:
    entry = {"dtype": "U8", "shape": [first[1] - first[0]], "data_offsets": first}
    other = {"dtype": "U8", "shape": [second[1] - second[0]], "data_offsets": second}
    return json.dumps({"x": entry, "y": other})


MALFORMED = {
    "empty file": (b"", "found 0 bytes"),
    "shorter than the length": (b"\x01\x00", "found 2 bytes"),
    "giant header": (struct.pack("<Q", 2**63) + bytes(9), "expected at most 100000000 bytes"),
    "header over the cap": (struct.pack("<Q", 100_000_001) + b"{}", "expected at most"),
    "header beyond the file": (struct.pack("<Q", 50) + b"{}", "header: expected 50 bytes, found 2"),
    "empty header": (framed(""), "expected to start with"),
    "space before the header": (framed(f' {{"x":{F32}}}'), "expected to start with"),
    "header is a list": (framed("[]"), "expected to start with"),
    "header is cut": (framed('{"x":'), "header: expected strict JSON"),
    "header is not utf-8": (framed(b'{"\xff":{}}'), "header: expected strict JSON"),
    "header is deeply nested": (framed('{"x":' + "[" * 9000 + "]" * 9000 + "}"), "nested"),
    "header is somewhat nested": (framed('{"x":' + "[" * 200 + "]" * 200 + "}"), "nested"),
    "text after the header": (framed(f'{{"x":{F32}}} {{}}'), "header: expected strict JSON"),
    "NaN in the header": (framed('{"x":NaN}'), "NaN is not JSON"),
    "tensor twice": (framed(f'{{"x":{F32},"x":{F32}}}'), "key 'x' stands twice"),
    "tensor twice, escaped": (framed(f'{{"x":{F32},"\\u0078":{F32}}}'), "key 'x' stands twice"),
    "field twice": (
        framed('{"x":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}'),
        "key 'dtype' stands twice",
    ),
    "metadata twice": (
        framed(f'{{"__metadata__":{{}},"__metadata__":{{}},"x":{F32}}}'),
        "key '__metadata__' stands twice",
    ),
    "metadata key twice": (
        framed(f'{{"__metadata__":{{"a":"1","a":"2"}},"x":{F32}}}'),
        "key 'a' stands twice",
    ),
    "metadata is not an object": (framed('{"__metadata__":[]}', b""), "__metadata__: expected"),
    "metadata is not text": (framed('{"__metadata__":{"a":1}}', b""), "'a': expected a text"),
    "lone surrogate": (framed(f'{{"\\ud800":{F32}}}'), "lone surrogate"),
    "tensor is not an object": (framed('{"x":1}'), "tensor 'x': expected an object, found 1"),
    "unknown field": (framed(one(stride=1)), "tensor 'x': .* unknown field 'stride'"),
    "missing field": (framed(one(shape=None)), "tensor 'x': expected the field shape"),
    "unknown dtype": (framed(one(dtype="F128")), "tensor 'x': dtype: .* found 'F128'"),
    "dtype is not text": (framed(one(dtype=32)), "tensor 'x': dtype: .* found 32"),
    "shape is not a list": (framed(one(shape=2)), "tensor 'x': shape: .* found 2"),
    "shape with a fraction": (framed(one(shape=[2.0])), "tensor 'x': shape: .* found 2.0"),
    "shape with a truth value": (framed(one(shape=[True])), "tensor 'x': shape: .* found True"),
    "negative shape": (framed(one(shape=[-2])), "tensor 'x': shape: .* found -2"),
    "shape overflows": (framed(one(shape=[2**62, 2**62])), "tensor 'x': shape: .* 2\\*\\*63"),
    "shape overflows to zero": (framed(one(shape=[2**62, 4, 0])), "tensor 'x': shape:"),
    "shape of other size": (framed(one(shape=[3])), "tensor 'x': expected 12 bytes .* found 8"),
    "half a byte": (
        framed(one(dtype="F4", shape=[3], data_offsets=[0, 1]), b"\0"),
        "tensor 'x': expected a whole number of bytes, found 12 bits",
    ),
    "offsets are not a pair": (framed(one(data_offsets=[0, 4, 8])), "'x': data_offsets: expected"),
    "offsets reversed": (framed(one(data_offsets=[8, 0])), "'x': data_offsets: expected"),
    "offset negative": (framed(one(data_offsets=[-8, 0])), "'x': data_offsets: .* found -8"),
    "offset a fraction": (framed(one(data_offsets=[0.0, 8])), "'x': data_offsets: .* found 0.0"),
    "offset overflows": (framed(one(data_offsets=[2**64, 2**64 + 8])), "'x': data_offsets"),
    "first byte unused": (framed(one(data_offsets=[1, 9]), bytes(9)), "'x': .* a hole of 1 byte"),
    "overlap": (framed(two([0, 5], [3, 8])), "tensor 'y': .* expected to begin at 5, .* found 3"),
    "hole": (framed(two([0, 3], [5, 8])), "tensor 'y': .* a hole of 2 bytes"),
    "same bytes twice": (framed(two([0, 8], [0, 8])), "tensor 'y': .* overlaps"),
    "truncated": (framed(one(), bytes(7)), "tensor 'x': .* found 7: the file is truncated"),
    "out of range": (framed(two([0, 8], [8, 16])), "tensor 'y': .* found 8: the file is truncated"),
    "trailing bytes": (framed(one(), bytes(9)), "found 1 trailing bytes"),
    "data without tensors": (framed("{}", bytes(1)), "found 1 trailing bytes"),
}


@pytest.mark.parametrize(("content", "complaint"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_file_is_refused_by_name(tmp_path, content, complaint):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=complaint) as caught:
        read_header(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.safetensors: cannot be opened: No such"):
        read_header(tmp_path / "gone.safetensors")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(CheckpointError, match="expected a regular file"):
        read_header(tmp_path)


@pytest.mark.timeout(20)
def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError, match="expected a regular file"):
        read_header(tmp_path / "model.safetensors")


def test_names_are_neither_paths_nor_normalised(tmp_path, write_safetensors):
    names = ["", "../../x", "/etc/passwd", "e\u0301", "\u00e9", "\x00", "a\nb"]
    path = write_safetensors(tmp_path / "f", {n: ("U8", [1], b"\1") for n in names})
    assert [tensor.name for tensor in read_header(path).tensors] == names


@pytest.mark.parametrize(("dtype", "bits"), BITS_OF_DTYPE.items())
def test_every_dtype_of_the_format_is_read(tmp_path, write_safetensors, dtype, bits):
    path = write_safetensors(tmp_path / "f", {"x": (dtype, [2, 4], bytes(bits))})
    assert read_header(path).tensors[0].size_bytes == bits


def test_spaces_after_the_header_are_padding(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(framed(one() + "   "))
    assert read_header(path).tensors[0].begin == 8 + len(one()) + 3


def test_the_tensors_of_the_reference_library_are_read_back(tmp_path):
    import numpy as np
    from safetensors.numpy import save_file

    arrays = {
        "b": np.arange(6, dtype="<f4").reshape(2, 3),
        "a": np.array(-3, dtype="<i8"),
        "empty": np.zeros((0, 2), dtype="<f2"),
    }
    save_file(arrays, tmp_path / "f", metadata={"format": "np"})
    header = read_header(tmp_path / "f")
    found = {
        tensor.name: (tensor.dtype, tensor.shape, tensor_bytes(tmp_path / "f", tensor))
        for tensor in header.tensors
    }
    dtypes = {"b": "F32", "a": "I64", "empty": "F16"}
    assert found == {n: (dtypes[n], a.shape, a.tobytes()) for n, a in arrays.items()}
    assert header.metadata == {"format": "np"}


def test_chunks_of_a_large_tensor_are_bounded_and_in_order(tmp_path, write_safetensors):
    content = bytes(range(256)) * 40_000
    path = write_safetensors(tmp_path / "f", {"x": ("U8", [len(content)], content)})
    (tensor,) = read_header(path).tensors
    sizes, joined = [], b""
    for chunk in tensor_chunks(path, tensor):
        sizes.append(len(chunk))
        joined += chunk
    assert joined == content
    assert max(sizes) <= 4 * 1024 * 1024


def test_a_file_that_shrinks_after_its_header_was_read_is_refused(tmp_path, write_safetensors):
    path = write_safetensors(tmp_path / "f", {"x": ("U8", [100], bytes(100))})
    (tensor,) = read_header(path).tensors
    os.truncate(path, tensor.end - 1)
    with pytest.raises(CheckpointError, match="it is truncated"):
        tensor_bytes(path, tensor)


VALID = framed(
    '{"__metadata__":{"k":"v"},"x":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]},'
    '"y":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}',
    bytes(9),
)
mutations = st.lists(
    st.tuples(
        st.integers(0, len(VALID)),
        st.integers(0, 4),
        st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b"{", b"9", b"-", b"\\u", b","])),
    ),
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(mutations)
def test_only_our_errors_leave_the_reader_and_what_it_accepts_the_reference_reads_the_same(
    tmp_path_factory, edits
):
    content = VALID
    for position, removed, inserted in edits:
        content = content[:position] + inserted + content[position + removed :]
    path = tmp_path_factory.getbasetemp() / "mutated.safetensors"
    path.write_bytes(content)
    try:
        header = read_header(path)
    except WeighinError:
        return
    import safetensors

    reference = {
        name: (view["dtype"], tuple(view["shape"]), bytes(view["data"]))
        for name, view in safetensors.deserialize(content)
    }
    ours = {
        tensor.name: (tensor.dtype, tensor.shape, tensor_bytes(path, tensor))
        for tensor in header.tensors
    }
    assert ours == reference


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_only_our_errors_leave_the_reader_of_any_bytes(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "random.safetensors"
    path.write_bytes(framed(b"{" + content))
    try:
        read_header(path)
    except WeighinError:
        return
