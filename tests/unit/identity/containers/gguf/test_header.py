import contextlib
import ctypes
import importlib.util
import json
import os
import re
import struct
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.places import GOLDEN

from weighin.errors import CheckpointError
from weighin.identity.containers.gguf import process as gguf_process
from weighin.identity.containers.gguf.child import description, open_reader
from weighin.identity.containers.gguf.header import described_header, header_of, read_header
from weighin.identity.containers.gguf.process import Limits
from weighin.identity.containers.gguf.types import GGML_BLOCKS, ggml_block, ggml_type, is_quantised

_spec = importlib.util.spec_from_file_location("make_gguf_golden", GOLDEN / "make_gguf_golden.py")
independent = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(independent)
gguf = independent.gguf

F32, Q4_1 = 0, 3
ARCHITECTURE = ("general.architecture", 8, "llama")
X = ("x", [2], F32, struct.pack("<2f", 1, 2))
Y = ("y", [3], F32, struct.pack("<3f", 1, 2, 3))
VALID = gguf(
    [ARCHITECTURE, ("tokenizer.ggml.tokens", 9, (8, ["a", "b"]))],
    [X, ("q", [32, 2], Q4_1, bytes(40))],
)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(content)
    return path


def refused(content: bytes, path: Path) -> str | None:
    """Why a file is refused, with the parser in this process; `None` if it is read.

    Of the parser, any exception is a refusal: it would end its process.
    """
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            printed = json.dumps(description(open_reader(str(path), lambda: None)))
    except Exception as error:  # noqa: BLE001  # whatever the parser raises
        return str(error)
    try:
        described_header(printed.encode(), len(content), path)
    except CheckpointError as error:
        return str(error)
    return None


def keys(*more):
    return gguf([ARCHITECTURE, *more], [X])


MALFORMED = {
    "no header": (b"GGUF\3\0\0\0", "at least 24 bytes, found 8"),
    "other magic": (b"GGML" + bytes(30), "expected to start with b'GGUF', found b'GGML'"),
    "version 1": (b"GGUF\1\0\0\0" + bytes(30), "expected version 2 or 3 of GGUF, found 1"),
    "big-endian": (b"GGUF\0\0\0\3" + bytes(30), "little-endian GGUF file, found a big-endian"),
}


@pytest.mark.parametrize(("content", "complaint"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_little_endian_gguf_is_refused_by_name(tmp_path, content, complaint):
    path = written(tmp_path, content)
    with pytest.raises(CheckpointError, match=complaint) as caught:
        read_header(path)
    assert str(caught.value).startswith(f"{path}: ")


UNPARSED = {
    "header is cut": (VALID[:60], "bytes 56 to 64 of a file of 60 bytes"),
    "truncated data": (VALID[:-60], "the file is truncated"),
    "count of keys beyond the file": (VALID[:16] + b"\xff" * 8 + VALID[24:], "of a file of"),
    "count of an array beyond the file": (
        VALID.replace(struct.pack("<IQ", 8, 2), struct.pack("<IQ", 0, 2**60)),
        "of a file of",
    ),
    "length of a text beyond the file": (
        VALID.replace(struct.pack("<Q", 5) + b"llama", struct.pack("<Q", 2**63) + b"llama"),
        "bytes .* of a file of",
    ),
    "offset overflows": (
        VALID.replace(struct.pack("<QIQ", 2, F32, 0), struct.pack("<QIQ", 2, F32, 2**64 - 32)),
        "less than or equal to 9223372036854775807",
    ),
    "key twice": (keys(ARCHITECTURE), "Duplicate general.architecture"),
    "tensor twice": (gguf([ARCHITECTURE], [X, X]), "tensor 'x': expected once, found twice"),
    "unknown type of a value": (keys(("k", 8, "v")).replace(b"k\x08", b"k\x63"), "99"),
    "unknown type of a tensor": (
        gguf([], [X, ("y", [2], 199, bytes(8))]),
        "tensor 'y': expected a type of ggml .*, found type 199",
    ),
    "text is not utf-8": (VALID.replace(b"llama", b"ll\xffma"), "utf-8"),
    "NaN": (keys(("k", 6, float("nan"))), "k: expected a finite number, found nan"),
    "alignment of 48": (
        gguf([("general.alignment", 4, 48)], [X], 48),
        "power of two",
    ),
    "alignment of a megabyte": (
        gguf([("general.alignment", 4, 2**20)], [X], 2**20),
        "power of two up to 65536, found 1048576",
    ),
    "row of half a block": (gguf([], [("x", [48], Q4_1, bytes(40))]), "multiple of 32 elements"),
    "five dimensions": (gguf([], [("x", [1] * 5, F32, bytes(4))]), "at most 4 dimensions"),
    "shape overflows to zero": (gguf([], [("x", [2**32, 2**32], F32, b"")]), "fewer than 2..63"),
    "overlap": (
        gguf([ARCHITECTURE], [X, Y]).replace(
            struct.pack("<QIQ", 3, F32, 32), struct.pack("<QIQ", 3, F32, 0)
        ),
        "tensor 'y': expected to begin at .*: it overlaps",
    ),
    "hole": (
        gguf([], [X, Y]).replace(struct.pack("<QIQ", 3, F32, 32), struct.pack("<QIQ", 3, F32, 64))
        + bytes(32),
        "tensor 'y': expected to begin at .*: it is out of place",
    ),
    "not aligned": (
        gguf([], [X, Y]).replace(struct.pack("<QIQ", 3, F32, 32), struct.pack("<QIQ", 3, F32, 8)),
        "tensor 'y': expected to begin at .*: it is out of place",
    ),
    "trailing bytes": (VALID + b"\0", "found 1 trailing bytes"),
}


@pytest.mark.parametrize(("content", "complaint"), UNPARSED.values(), ids=UNPARSED.keys())
def test_a_malformed_file_is_refused(tmp_path, content, complaint):
    assert re.search(complaint, refused(content, tmp_path / "model.gguf") or "it is read")


@pytest.mark.child
def test_a_valid_file_is_read_by_a_process_of_its_own(tmp_path):
    header = read_header(written(tmp_path, VALID))
    found = {t.name: (t.dtype, t.shape, VALID[t.begin : t.end]) for t in header.tensors}
    assert found == {"x": ("F32", (2,), X[3]), "q": ("Q4_1", (2, 32), bytes(40))}
    assert header.metadata["general.architecture"] == '"llama"'


@pytest.mark.child
def test_what_the_parser_says_is_told_with_the_name_of_the_file(tmp_path):
    path = written(tmp_path, keys(ARCHITECTURE))
    with pytest.raises(CheckpointError, match=r"Duplicate general\.architecture") as caught:
        read_header(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.child
def test_the_bytes_of_the_open_file_count_whatever_lies_at_its_path_later(tmp_path):
    path = written(tmp_path, VALID)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        path.unlink()
        path.write_bytes(gguf([ARCHITECTURE], [Y]))
        assert [tensor.name for tensor in header_of(descriptor, path).tensors] == ["x", "q"]
    finally:
        os.close(descriptor)


MANY = gguf([ARCHITECTURE, ("k", 9, (0, [1] * 400_000))], [X])
LONG = gguf([ARCHITECTURE, ("k", 8, "text" * 20_000)], [X])


@pytest.mark.child
@pytest.mark.parametrize(
    ("content", "limits", "complaint"),
    [
        (MANY, Limits(memory_bytes=200_000_000), "MemoryError|Unable to allocate"),
        (MANY, Limits(cpu_seconds=1), "killed by signal"),
        (VALID, Limits(seconds=0.01), "parsed within 0.01 seconds"),
        (LONG, Limits(output_bytes=40_000), "File too large"),
    ],
    ids=["memory", "processor", "clock", "output"],
)
def test_a_parser_that_costs_too_much_is_a_refusal_of_the_file(
    tmp_path, content, limits, complaint
):
    path = written(tmp_path, content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(CheckpointError, match=complaint) as caught:
            header_of(descriptor, path, limits)
    finally:
        os.close(descriptor)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.child
def test_a_parser_that_crashes_is_a_refusal_of_the_file(tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(gguf_process, "_CHILD", child)
    with pytest.raises(CheckpointError, match=r"model\.gguf: .* killed by signal 6"):
        read_header(written(tmp_path, VALID))


@pytest.mark.child
def test_the_parser_sees_no_token_of_the_environment_and_can_open_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "secret")
    child = tmp_path / "child.py"
    source = Path(gguf_process.__file__).with_name("child.py")
    child.write_text(
        f"import os, runpy, socket, sys\n"
        f"assert 'HF_TOKEN' not in os.environ\n"
        f"child = runpy.run_path({str(source)!r})\n"
        "child['confine'](2**30, 60, 10**6)\n"
        "child['refuse_to_act']()\n"
        "socket.socket()\n"
    )
    monkeypatch.setattr(gguf_process, "_CHILD", child)
    with pytest.raises(CheckpointError, match="Too many open files"):
        read_header(written(tmp_path, VALID))


def outcomes_in_the_parser(tmp_path, monkeypatch, *acts):
    """For each act `done` or the error that it ends in, once the parser has mapped a file."""
    source = Path(gguf_process.__file__).with_name("child.py")
    child = tmp_path / "child.py"
    child.write_text(
        f"import os, runpy, sys\nhere = {str(tmp_path)!r}\n"
        f"child = runpy.run_path({str(source)!r})\n"
        "child['confine'](2**30, 60, 10**6)\nchild['refuse_to_act']()\nfound = []\n"
        f"for act in {acts!r}:\n"
        "    try:\n        eval(act)\n        found.append('done')\n"
        "    except OSError as error:\n        found.append(error.strerror)\n"
        "raise SystemExit(' | '.join(found))\n"
    )
    monkeypatch.setattr(gguf_process, "_CHILD", child)
    with pytest.raises(CheckpointError) as refused:
        read_header(written(tmp_path, VALID))
    return str(refused.value).partition("found: ")[2].split(" | ")


def has_landlock():
    kernel = ctypes.CDLL(None)
    return kernel.syscall(444, None, ctypes.c_size_t(0), 1) >= 1


@pytest.mark.child
def test_the_parser_gains_no_privilege(tmp_path, monkeypatch):
    status = "os.write(2, b'') or child['ctypes'].CDLL(None).prctl(39, 0, 0, 0, 0) == 1 or 1 / 0"
    assert outcomes_in_the_parser(tmp_path, monkeypatch, status) == ["done"]


@pytest.mark.child
@pytest.mark.skipif(not has_landlock(), reason="this kernel has no Landlock")
def test_the_parser_changes_nothing_in_a_file_system(tmp_path, monkeypatch):
    (tmp_path / "kept").touch()
    acts = (
        "os.mkdir(here + '/made')",
        "os.unlink(here + '/kept')",
        "os.rename(here + '/kept', here + '/moved')",
        "os.symlink('/', here + '/link')",
    )
    found = outcomes_in_the_parser(tmp_path, monkeypatch, *acts)
    assert set(found) <= {"Permission denied", "Invalid cross-device link"}, found
    assert {path.name for path in tmp_path.iterdir()} == {"kept", "child.py", "model.gguf"}


@pytest.mark.child
@pytest.mark.skipif(os.geteuid() == 0, reason="the kernel limits the processes of others only")
def test_the_parser_starts_no_process(tmp_path, monkeypatch):
    (found,) = outcomes_in_the_parser(tmp_path, monkeypatch, "os.fork()")
    assert found == "Resource temporarily unavailable"


def test_without_the_package_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(gguf_process, "find_spec", lambda _name: None)
    with pytest.raises(CheckpointError, match=r"model\.gguf: .* install weighin\[gguf\]"):
        read_header(written(tmp_path, VALID))


def described(**changed) -> bytes:
    fields = {
        "alignment": 32,
        "data_offset": 64,
        "tensors": [{"name": "x", "type": F32, "shape": [2], "begin": 64}],
        "metadata": {"k": 1},
    }
    return json.dumps(fields | changed).encode()


def tensor(**changed):
    fields = {"name": "x", "type": F32, "shape": [2], "begin": 64}
    return [fields | changed]


HOSTILE = {
    "nothing": b"",
    "not JSON": b"\x00",
    "a list": b"[]",
    "key twice": b'{"alignment":32,' + described()[1:],
    "deeply nested": b"[" * 100_000,
    "NaN": described(metadata={"k": float("nan")}),
    "lone surrogate": described(tensors=tensor(name="\ud800")),
    "unknown field": described(more=1),
    "no tensors": b'{"alignment":32,"data_offset":64,"metadata":{}}',
    "nested metadata": described(metadata={"k": [1]}),
    "digest is no digest": described(metadata={"k": {"type": 8, "count": 1, "sha256": "x"}}),
    "alignment 0": described(alignment=0),
    "negative alignment": described(alignment=-32),
    "data in the header": described(data_offset=0),
    "unknown type": described(tensors=tensor(type=199)),
    "negative type": described(tensors=tensor(type=-1)),
    "type is a text": described(tensors=tensor(type="F32")),
    "end of a tensor is stated": described(tensors=tensor(end=72)),
    "negative begin": described(tensors=tensor(begin=-8)),
    "begin is a truth value": described(tensors=tensor(begin=True)),
    "begin is a fraction": described(tensors=tensor(begin=64.0)),
    "negative shape": described(tensors=tensor(shape=[-1, -2])),
    "shape of other size": described(tensors=tensor(shape=[30])),
    "end beyond the file": described(tensors=tensor(shape=[1000])),
    "giant end": described(tensors=tensor(shape=[2**62])),
    "begin in the header": described(tensors=tensor(begin=0)),
    "same bytes twice": described(tensors=tensor() + tensor(name="y")),
    "name twice": described(tensors=tensor() + tensor(begin=96)),
    "name is not text": described(tensors=tensor(name=1)),
}


@pytest.mark.parametrize("printed", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_that_the_parser_prints_is_believed_unchecked(printed):
    described_header(described(), 96, Path("f"))
    with pytest.raises(CheckpointError, match=r"^f: "):
        described_header(printed, 104 if b'"begin": 96' in printed else 96, Path("f"))


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_only_our_errors_leave_the_checks_of_any_description(value):
    for field in ("alignment", "data_offset", "tensors", "metadata"):
        with contextlib.suppress(CheckpointError):
            described_header(described(**{field: value}), 96, Path("f"))


edits = st.lists(
    st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None)
@given(edits)
def test_tensors_of_a_mutated_file_lie_inside_it_and_do_not_overlap(tmp_path_factory, changes):
    content = bytearray(VALID)
    for position, byte in changes:
        content[position] = byte
    path = tmp_path_factory.getbasetemp() / "mutated.gguf"
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            printed = json.dumps(description(open_reader(str(path), lambda: None)))
    except Exception:  # noqa: BLE001  # it would end the process of the parser
        return
    with contextlib.suppress(CheckpointError):
        spans = described_header(printed.encode(), len(content), path).tensors
        ends = [0, *(span.end for span in spans)]
        assert all(span.begin >= end for span, end in zip(spans, ends, strict=False))
        assert ends[-1] <= len(content)


@pytest.mark.child
@settings(max_examples=4, deadline=None)
@given(edits)
def test_only_our_errors_leave_the_reader_of_a_mutated_file(tmp_path_factory, changes):
    content = bytearray(VALID)
    for position, byte in changes:
        content[position] = byte
    path = tmp_path_factory.getbasetemp() / "mutated.gguf"
    path.write_bytes(content)
    with contextlib.suppress(CheckpointError):
        read_header(path)


def test_the_types_of_the_gguf_package_have_its_numbers_and_blocks():
    from gguf.constants import GGML_QUANT_SIZES

    for kind, sizes in GGML_QUANT_SIZES.items():
        assert ggml_type(kind.value, "here") == kind.name
        assert ggml_block(kind.name) == sizes


# ggml-common.h and ggml.h: halves and bytes of each structure, of numbers that the package lacks.
BESIDE_THE_PACKAGE = {
    4: ("Q4_2", 16, 2 + 8),
    5: ("Q4_3", 16, 2 + 2 + 8),
    31: ("Q4_0_4_4", 32, 2 + 16),
    32: ("Q4_0_4_8", 32, 2 + 16),
    33: ("Q4_0_8_8", 32, 2 + 16),
    36: ("IQ4_NL_4_4", 32, 2 + 16),
    37: ("IQ4_NL_4_8", 32, 2 + 16),
    38: ("IQ4_NL_8_8", 32, 2 + 16),
    42: ("Q2_0", 64, 2 + 16),
}


@pytest.mark.parametrize(("number", "block"), BESIDE_THE_PACKAGE.items())
def test_removed_and_new_types_are_read_by_their_blocks(tmp_path, number, block):
    name, elements, size = block
    packed = bytes(range(size)) * 2
    content = gguf([ARCHITECTURE], [("q", [elements, 2], number, packed), X])
    assert refused(content, tmp_path / "model.gguf") is None
    printed = json.dumps(description(open_reader(str(tmp_path / "model.gguf"), lambda: None)))
    first, _ = described_header(printed.encode(), len(content), Path("f")).tensors
    assert (first.dtype, first.shape) == (name, (2, elements))
    assert content[first.begin : first.end] == packed
    assert is_quantised(name)


def test_no_number_below_the_largest_is_unknown():
    assert len({ggml_type(number, "here") for number in range(len(GGML_BLOCKS))}) == 43
    with pytest.raises(CheckpointError, match="found type 43"):
        ggml_type(43, "here")


def test_a_block_of_q4_1_packs_32_elements_into_20_bytes():
    # Two halves of scale and minimum, and 32 numbers of 4 bits.
    assert ggml_block("Q4_1") == (32, 2 + 2 + 16)
    assert is_quantised("Q4_1")
    assert not is_quantised("BF16")


def test_a_type_that_ggml_does_not_have_has_no_block():
    with pytest.raises(CheckpointError, match="found 'F8_E4M3'"):
        ggml_block("F8_E4M3")
