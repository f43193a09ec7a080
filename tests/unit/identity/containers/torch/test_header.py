"""What a file of torch.save may hold, and that whatever else it holds is refused by name."""

import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.checkpoints.files import tensor_bytes
from tests.making.checkpoints.torch_files import (
    EMPTY,
    NO,
    NONE,
    ORDERED,
    YES,
    call,
    integer,
    integers,
    items,
    mapping,
    name_of,
    pickled,
    storage,
    tensor,
    text,
    write_archive,
    write_entries,
    write_torch,
)

from weighin.errors import CheckpointError, WeighinError
from weighin.identity.containers.torch import header as torch_zip
from weighin.identity.containers.torch import pickled_tensors as tensor_pickle
from weighin.identity.containers.torch.header import read_header

FLOATS = storage("FloatStorage", "0", 6)
DATA = {"0": bytes(range(24))}
V2 = name_of("torch._utils", "_rebuild_tensor_v2")
V3 = name_of("torch._utils", "_rebuild_tensor_v3")
PARAMETER = name_of("torch._utils", "_rebuild_parameter")
X = tensor(FLOATS, [2, 3])


def one(value, storages=None):
    return lambda path: write_archive(
        path, pickled(mapping({"x": value})), DATA if storages is None else storages
    )


def body(value, storages=None):
    return lambda path: write_archive(path, pickled(value), DATA if storages is None else storages)


def tensors_in(path):
    return {
        span.name: (span.dtype, span.shape, tensor_bytes(path, span))
        for span in read_header(path).tensors
    }


ACCEPTED = {
    "a plain tensor": (X, ("F32", (2, 3), DATA["0"])),
    "a parameter": (call(PARAMETER, X, YES, ORDERED), ("F32", (2, 3), DATA["0"])),
    "a view in the middle": (tensor(FLOATS, [2], offset=3), ("F32", (2,), DATA["0"][12:20])),
    "a scalar": (tensor(FLOATS, [], offset=5), ("F32", (), DATA["0"][20:])),
    "nothing at all": (tensor(FLOATS, [0, 3]), ("F32", (0, 3), b"")),
    "a row with an odd stride": (
        tensor(FLOATS, [1, 6], stride=[99, 1]),
        ("F32", (1, 6), DATA["0"]),
    ),
    "empty metadata": (
        call(V2, FLOATS, integer(0), integers([6]), integers([1]), NO, ORDERED, b"}"),
        ("F32", (6,), DATA["0"]),
    ),
    "a dtype of its own": (
        call(
            V3, storage("torch.storage.UntypedStorage", "0", 24), integer(2), integers([3]),
            integers([1]), NO, ORDERED, name_of("torch", "uint16"),
        ),
        ("U16", (3,), DATA["0"][4:10]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_tensor_is_read_as_it_lies_in_its_storage(tmp_path, value, expected):
    path = one(value)(tmp_path / "f.bin")
    assert tensors_in(path) == {"x": expected}


def test_two_names_of_one_storage_are_two_tensors(tmp_path):
    # The second one comes from the memo, as PyTorch writes a weight that is tied.
    path = body(b"}(" + text("x") + X + b"q\x07" + text("y") + b"h\x07u")(tmp_path / "f.bin")
    expected = ("F32", (2, 3), DATA["0"])
    assert tensors_in(path) == {"x": expected, "y": expected}


def test_the_versions_of_modules_are_no_part_of_the_checkpoint(tmp_path):
    metadata = mapping({"": mapping({"version": integer(1)})})
    filled = ORDERED + b"(" + text("x") + X + b"u"
    path = body(filled + mapping({"_metadata": metadata}) + b"b")(tmp_path / "f.bin")
    assert tensors_in(path) == {"x": ("F32", (2, 3), DATA["0"])}


def test_a_file_without_a_byte_order_is_little_endian(tmp_path):
    entries = {"data.pkl": pickled(mapping({"x": X})), "data/0": DATA["0"], "version": b"3\n"}
    path = write_entries(tmp_path / "f.bin", {f"a/{n}": c for n, c in entries.items()})
    assert tensors_in(path) == {"x": ("F32", (2, 3), DATA["0"])}


def test_names_are_neither_paths_nor_normalised(tmp_path):
    names = ["", "../../x", "/etc/passwd", "e\u0301", "\u00e9", "\x00", "a\nb"]
    path = body(mapping(dict.fromkeys(names, X)))(tmp_path / "f.bin")
    assert set(tensors_in(path)) == set(names)


def test_deep_and_shared_nesting_costs_nothing(tmp_path):
    shared = EMPTY + b"q\x00" + b"h\x00\x86q\x00" * 300  # 2**300 items, if one walked
    deep = EMPTY + b"\x85" * 300_000
    for value in (shared, deep):
        path = one(value)(tmp_path / "f.bin")
        with pytest.raises(CheckpointError, match="'x': expected a tensor, found a tuple of"):
            read_header(path)


def test_a_huge_index_of_the_memo_reserves_no_memory(tmp_path):
    path = one(X + b"r\xff\xff\xff\x7f")(tmp_path / "f.bin")
    assert tensors_in(path) == {"x": ("F32", (2, 3), DATA["0"])}


STORAGE_NAME = name_of("torch", "FloatStorage")
REFUSED = {
    # What is no mapping from names to tensors.
    "a tensor alone": (body(X), "found a tensor; save the state dict alone"),
    "a list": (body(b"]" + X + b"a"), "from names to tensors, found a list of 1 items"),
    "nested": (one(mapping({"y": X})), "'x': expected a tensor, found a mapping of 1 entries"),
    "a number": (one(integer(3)), "'x': expected a tensor, found 3"),
    "a text": (one(text("y" * 999)), r"'x': expected a tensor, found 'y+\.\.\.y+'"),
    "nothing": (one(NONE), "'x': expected a tensor, found None"),
    "a storage": (one(FLOATS), "'x': expected a tensor, found a storage"),
    "a name": (one(STORAGE_NAME), "found the global torch.FloatStorage, which was not executed"),
    "a number as name": (body(b"}" + integer(1) + X + b"s"), "expected names of tensors, found 1"),
    "no text as name": (body(mapping({"\ud800": X})), "expected names of tensors, found"),
    "a name twice": (
        body(b"}" + text("x") + X + b"s" + text("x") + X + b"s"),
        "tensor 'x': expected once, found twice",
    ),
    # Tensors that are not what they seem.
    "a transposed view": (one(tensor(FLOATS, [3, 2], stride=[1, 3])), "'x': .* row by row, .*view"),
    "a repeated row": (one(tensor(FLOATS, [2, 3], stride=[0, 1])), "'x': expected its elements"),
    "beyond its storage": (one(tensor(FLOATS, [7])), "'x': .* within the 24 bytes .* found 28"),
    "offset beyond": (one(tensor(FLOATS, [2, 3], offset=1)), "'x': .* 24 bytes .* found 28"),
    "negative offset": (one(tensor(FLOATS, [1], offset=-1)), "'x': offset: .* found -1"),
    "huge offset": (one(tensor(FLOATS, [1], offset=2**63)), "'x': offset: .* found 9223372"),
    "negative shape": (one(tensor(FLOATS, [-1], stride=[1])), "'x': shape: .* found -1"),
    "huge shape": (one(tensor(FLOATS, [2**40, 2**40])), "'x': shape: expected fewer"),
    "shape overflows to zero": (one(tensor(FLOATS, [2**62, 4, 0])), "'x': shape: expected fewer"),
    "a stride too few": (one(tensor(FLOATS, [2, 3], stride=[1])), "'x': expected a stride for"),
    "shape of truth values": (
        one(call(V2, FLOATS, integer(0), items(YES), integers([1]), NO, ORDERED)),
        "'x': shape: .* found bool",
    ),
    "shape is no tuple": (
        one(call(V2, FLOATS, integer(0), b"]", integers([1]), NO, ORDERED)),
        "'x': shape: expected integers, found list",
    ),
    "conjugate": (
        one(call(V2, FLOATS, integer(0), integers([6]), integers([1]), NO, ORDERED,
                 mapping({"conj": YES}))),
        "a storage and its layout, found one of a storage with hooks or other attributes",
    ),
    "hooks": (
        one(call(V2, FLOATS, integer(0), integers([6]), integers([1]), NO, mapping({"h": NONE}))),
        "with hooks or other attributes",
    ),
    "no storage": (
        one(call(V2, NONE, integer(0), integers([6]), integers([1]), NO, ORDERED)),
        "found one of None with hooks",
    ),
    "too few arguments": (one(call(V2, FLOATS)), "_rebuild_tensor_v2 with 1 arguments"),
    "gradients of integers": (
        one(call(PARAMETER, tensor(storage("IntStorage", "0", 6), [6]), YES, ORDERED)),
        "gradients of real and complex numbers only, found some of I32",
    ),
    "a frame beyond the end": (body(b"\x95" + b"\x7f" * 8 + X), "one that is cut or malformed"),
    "a parameter of nothing": (one(call(PARAMETER, NONE, YES, ORDERED)), "_rebuild_parameter with"),
    "two dtypes": (
        one(call(V3, FLOATS, integer(0), integers([6]), integers([1]), NO, ORDERED,
                 name_of("torch", "uint16"))),
        "'x': expected one dtype, found F32 for its storage and U16 for itself",
    ),
    "no dtype": (
        one(tensor(storage("torch.storage.UntypedStorage", "0", 24), [24])),
        "'x': expected one dtype, found None for its storage and None",
    ),
    "on no device": (
        one(tensor(storage("FloatStorage", "0", 6, "meta"), [6])),
        "'x': expected bytes, found a tensor without",
    ),
    # Storages.
    "storage missing": (one(X, {}), "tensor 'x': expected its storage '0', found none"),
    "storage of another size": (one(X, {"0": bytes(25)}), "'x': expected 24 bytes .* found 25"),
    "storage that nobody uses": (one(X, {**DATA, "1": b"hidden"}), "data/1': .* no tensor uses"),
    "storage of two dtypes": (
        body(mapping({"x": X, "y": tensor(storage("IntStorage", "0", 6), [6])})),
        "storage '0' of one dtype and size, found two",
    ),
    "storage key is a path": (one(tensor(storage("FloatStorage", "../0", 6), [6])), r"'\.\./0'"),
    "not a storage": (one(text("x") + b"Q"), "a storage as torch.save names it, found 'x'"),
    "a storage in a list": (
        one(b"](" + text("storage") + STORAGE_NAME + text("0") + text("cpu") + integer(6) + b"eQ"),
        "a storage as torch.save names it, found a list of 5 items",
    ),
    "quantised": (
        one(tensor(storage("QInt8Storage", "0", 6), [6])),
        r"the global torch\.QInt8Storage, which was not executed",
    ),
    # What is no pickle.
    "empty pickle": (lambda path: write_archive(path, b"", DATA), "a pickle of protocol 2 to 5"),
    "protocol 0": (lambda path: write_archive(path, b"I1\n.", DATA), "found b'I' at its start"),
    "protocol 9": (lambda path: write_archive(path, b"\x80\x09N.", DATA), "found protocol 9"),
    "cut": (lambda path: write_archive(path, pickled(X)[:-1], DATA), "expected a pickle, found"),
    "no such opcode": (body(b"\xff"), "the opcode 0xff at byte 2, which was not executed"),
    "two pickles": (lambda p: write_archive(p, pickled(NONE) * 2, DATA), "found 4 more bytes"),
    "two values": (body(NONE + NONE), "expected one value, found several"),
    "nothing left": (body(b""), "found an opcode without its operand"),
    "an open mark": (body(b"(" + NONE), "expected one value, found several"),
    "no mark": (body(b"t"), "found an opcode without its mark"),
    "memo of nothing": (body(b"h\x07"), "found a use of value 7 before it was made"),
    "items of a tensor": (body(X + NONE + b"a"), "items of a list, found items of a tensor"),
    "pairs of a tensor": (body(X + text("y") + X + b"s"), "pairs of a mapping, found 2 items of a"),
    "half a pair": (body(b"}(" + text("x") + b"u"), "found 1 items of a mapping"),
    "a text beyond the end": (body(b"\x8d" + b"\xff" * 7 + b"\x7f"), "expected a pickle, found"),
    "a call of a text": (body(text("x") + EMPTY + b"R"), "a call of a global, found a call of 'x'"),
    "a call of a storage": (one(call(STORAGE_NAME)), "call of torch.FloatStorage with 0 arguments"),
    "a set": (one(b"\x8f"), "the opcode EMPTY_SET at byte"),
}  # fmt: skip


@pytest.mark.parametrize(("write", "complaint"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_mapping_of_plain_tensors_is_refused_by_name(tmp_path, write, complaint):
    path = write(tmp_path / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=complaint) as caught:
        read_header(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_pickle_of_too_many_opcodes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tensor_pickle, "MAX_OPCODES", 20)
    with pytest.raises(CheckpointError, match="expected at most 20 opcodes, found more"):
        read_header(one(X)(tmp_path / "f.bin"))


def test_a_pickle_of_too_many_bytes_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(torch_zip, "MAX_PICKLE_BYTES", 20)
    with pytest.raises(CheckpointError, match=r"data\.pkl': expected at most 20 bytes"):
        read_header(one(X)(tmp_path / "f.bin"))


LEGACY = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."
OTHER_FILES = {
    "before 1.6": (LEGACY, r"found a bare pickle, as torch\.save wrote before PyTorch 1\.6; load"),
    "tar": (bytes(257) + b"ustar\0" + bytes(300), "found a tar archive, .* before PyTorch 0"),
    "a pickle": (pickled(NONE), "found a bare pickle, which was not executed; load and save"),
    "safetensors": (struct.pack("<Q", 2) + b"{}", "expected a zip archive, .* found"),
    "empty": (b"", "expected a zip archive, .* found b''"),
    "an empty archive": (b"PK\x05\x06" + bytes(18), "expected a zip archive"),
}


@pytest.mark.parametrize(("content", "complaint"), OTHER_FILES.values(), ids=OTHER_FILES.keys())
def test_another_format_is_refused_by_name(tmp_path, content, complaint):
    path = tmp_path / "pytorch_model.bin"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=complaint):
        read_header(path)


def archive(entries):
    usual = {"a/data.pkl": pickled(mapping({})), "a/version": b"3\n"}
    return lambda path: write_entries(path, usual | entries)


OTHER_ENTRIES = {
    "no pickle": (lambda p: write_entries(p, {"a/version": b"3"}), r"data\.pkl, found none"),
    "no version": (
        lambda p: write_entries(p, {"a/data.pkl": pickled(mapping({}))}),
        "expected the entry version, found none",
    ),
    "a later version": (archive({"a/version": b"11\n"}), "version: expected 1 to 10, found 11"),
    "no number": (
        archive({"a/.storage_alignment": b"x"}),
        r"\.storage_alignment: expected a number, found b'x'",
    ),
    "two pickles": (archive({"b/data.pkl": b""}), "'b/data.pkl': expected one top folder 'a/'"),
    "no folder": (archive({"version": b"3"}), "'version': expected one top folder 'a/'"),
    "TorchScript": (archive({"a/code/x.py": b""}), r"'a/code/x\.py': .* a TorchScript program"),
    "a folder": (archive({"a/data/": b""}), "entry 'a/data/': expected data.pkl, storages"),
    "a path": (archive({"a/data/../0": b""}), r"entry 'a/data/\.\./0'"),
    "big-endian": (archive({"a/byteorder": b"big"}), "byteorder: expected little, found b'big'"),
    "upper case": (archive({"a/DATA.PKL": b""}), "entry 'a/D.*: expected once, found twice"),
}


@pytest.mark.parametrize(("write", "complaint"), OTHER_ENTRIES.values(), ids=OTHER_ENTRIES.keys())
def test_an_archive_of_anything_else_is_refused_by_name(tmp_path, write, complaint):
    with pytest.raises(CheckpointError, match=complaint):
        read_header(write(tmp_path / "f.bin"))


def test_a_pickle_that_does_not_match_its_checksum_is_refused(tmp_path):
    path = one(X)(tmp_path / "f.bin")
    path.write_bytes(path.read_bytes().replace(b"rebuild", b"rebuilt"))
    with pytest.raises(CheckpointError, match=r"data\.pkl': expected CRC-32"):
        read_header(path)


def test_compressed_tensors_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "f.bin", "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("a/data.pkl", pickled(mapping({})))
    with pytest.raises(CheckpointError, match=r"expected stored bytes, .* method 8"):
        read_header(tmp_path / "f.bin")


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valid")
    tensors = {"a": ("BF16", [2, 2], bytes(range(8))), "b": ("U8", [3], b"xyz")}
    return write_torch(folder / "f.bin", tensors).read_bytes()


edits = st.lists(
    st.tuples(
        st.integers(0, 1_200),
        st.integers(0, 4),
        st.one_of(st.binary(max_size=4), st.sampled_from([b"PK\x03\x04", b"\0\0\0\0", b"R", b"c"])),
    ),
    min_size=1,
    max_size=4,
)


def edited(content, changes):
    for position, removed, inserted in changes:
        at = position % len(content)
        content = content[:at] + inserted + content[at + removed :]
    return content


@settings(max_examples=400, deadline=None)
@given(edits)
def test_only_our_errors_leave_the_reader_of_a_mutated_file(valid, tmp_path_factory, changes):
    path = tmp_path_factory.getbasetemp() / "mutated.bin"
    path.write_bytes(edited(valid, changes))
    try:
        header = read_header(path)
    except WeighinError:
        return
    assert all(0 <= span.begin <= span.end <= header.size_bytes for span in header.tensors)


@settings(max_examples=400, deadline=None)
@given(edits)
def test_only_our_errors_leave_the_reader_of_a_mutated_pickle(tmp_path_factory, changes):
    path = tmp_path_factory.getbasetemp() / "mutated_pickle.bin"
    pickle = edited(pickled(mapping({"x": X, "y": call(PARAMETER, X, NO, ORDERED)})), changes)
    try:
        read_header(write_archive(path, pickle, DATA))
    except WeighinError:
        return


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([bytes([code]) for code in range(256)]) | st.just(X), max_size=12))
def test_only_our_errors_leave_the_reader_of_any_pickle(tmp_path_factory, opcodes):
    path = tmp_path_factory.getbasetemp() / "random_pickle.bin"
    try:
        read_header(write_archive(path, pickled(b"".join(opcodes)), DATA))
    except WeighinError:
        return
