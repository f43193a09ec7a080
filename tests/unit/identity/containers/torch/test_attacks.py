"""Pickles that would run code: they are refused by name, and nothing runs.

Every payload is first given to the standard library, to show that it does run there.
"""

import copyreg
import os
import pickle
import sys

import pytest
from tests.making.checkpoints.torch_files import (
    EMPTY,
    NO,
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
)

from weighin.errors import CheckpointError
from weighin.identity.containers.torch.header import read_header
from weighin.identity.fingerprint.checkpoint import fingerprint

SYSTEM = name_of("posix", "system")
V2 = name_of("torch._utils", "_rebuild_tensor_v2")
FLOATS = storage("FloatStorage", "0", 2)
DATA = {"0": bytes(8)}
X = tensor(FLOATS, [2])
EXTENSION = 240


def short(value):
    content = value.encode()
    return b"\x8c" + bytes([len(content)]) + content


class Reduced:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def run(command):
    return call(SYSTEM, text(command))


def lines(command):
    return b"S'" + command.encode() + b"'\n"


PAYLOADS = {
    "pickled with protocol 2": lambda c: pickle.dumps(Reduced(c), 2)[2:-1],
    "pickled with protocol 4": lambda c: pickle.dumps(Reduced(c), 4)[2:-1],
    "GLOBAL and REDUCE": run,
    "STACK_GLOBAL": lambda c: short("posix") + short("system") + b"\x93" + items(text(c)) + b"R",
    "STACK_GLOBAL of names in the memo": lambda c: (
        text("posix") + b"q\x01" + text("system") + b"q\x02\x93" + items(text(c)) + b"R"
    ),
    "INST": lambda c: b"(" + text(c) + b"iposix\nsystem\n",
    "OBJ": lambda c: b"(" + SYSTEM + text(c) + b"o",
    "NEWOBJ": lambda c: (
        name_of("functools", "partial") + items(SYSTEM, text(c)) + b"\x81" + EMPTY + b"R"
    ),
    "EXT1": lambda c: b"\x82" + bytes([EXTENSION]) + items(text(c)) + b"R",
    "EXT2": lambda c: b"\x83" + bytes([EXTENSION, 0]) + items(text(c)) + b"R",
    "EXT4": lambda c: b"\x84" + bytes([EXTENSION, 0, 0, 0]) + items(text(c)) + b"R",
    "eval": lambda c: call(
        name_of("builtins", "eval"), text(f"__import__('os').system({c!r})")
    ),
    "exec": lambda c: call(name_of("builtins", "exec"), text(f"import os; os.system({c!r})")),
    "getattr": lambda c: call(
        call(name_of("builtins", "getattr"), call(name_of("builtins", "__import__"), text("os")),
             text("system")),
        text(c),
    ),
    "a dotted name": lambda c: (
        short("os") + short("path.os.system") + b"\x93" + items(text(c)) + b"R"
    ),
    "subprocess": lambda c: call(
        name_of("subprocess", "getoutput"), text(c)
    ),
    "map in a list": lambda c: call(
        name_of("builtins", "list"), call(name_of("builtins", "map"), SYSTEM, items(text(c)))
    ),
    "__setstate__ by BUILD": lambda c: (
        # An object whose class gets os.system as its __setstate__, which BUILD then calls.
        name_of("types", "SimpleNamespace") + EMPTY + b"R"
        + mapping({"__setstate__": SYSTEM}) + b"b" + text(c) + b"b"
    ),
    "a text of the old kind": lambda c: SYSTEM + b"(" + lines(c) + b"tR",
}  # fmt: skip


@pytest.fixture
def extension():
    copyreg.add_extension("posix", "system", EXTENSION)
    yield
    copyreg.remove_extension("posix", "system", EXTENSION)


@pytest.mark.child
@pytest.mark.usefixtures("extension")
@pytest.mark.parametrize("make", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_a_pickle_that_would_run_code_is_refused_and_runs_nothing(tmp_path, make):
    marker = tmp_path / "marker"
    payload = make(f"echo > {marker}")
    program = b"\x80\x04" + mapping({"x": payload}) + b"."
    pickle.loads(program)
    assert marker.exists()
    marker.unlink()
    path = write_archive(tmp_path / "pytorch_model.bin", program, DATA)
    for read in (lambda: read_header(path), lambda: fingerprint(tmp_path)):
        with pytest.raises(CheckpointError, match="which was not executed") as caught:
            read()
        assert str(caught.value).startswith(f"{path}: data.pkl: expected tensors only, found the ")
    assert not marker.exists()


def metadata(value):
    return ORDERED + b"(" + text("x") + X + b"u" + mapping({"_metadata": value}) + b"b"


PLACES = {
    "beside tensors": lambda p: mapping({"x": X, "y": p}),
    "as a name": lambda p: b"}" + p + X + b"s",
    "as the whole": lambda p: p,
    "before the whole": lambda p: p + b"q\x01" + mapping({"x": X}) + b"\x86",
    "in the versions of modules": metadata,
    "as a storage": lambda p: mapping({"x": tensor(p, [2])}),
    "as the type of a storage": lambda p: mapping(
        {"x": tensor(items(text("storage"), p, text("0"), text("cpu"), integer(2)) + b"Q", [2])}
    ),
    "as a shape": lambda p: mapping(
        {"x": call(V2, FLOATS, integer(0), p, integers([1]), NO, ORDERED)}
    ),
    "as hooks": lambda p: mapping(
        {"x": call(V2, FLOATS, integer(0), integers([2]), integers([1]), NO, p)}
    ),
    "as the data of a parameter": lambda p: mapping(
        {"x": call(name_of("torch._utils", "_rebuild_parameter"), p, YES, ORDERED)}
    ),
}


@pytest.mark.parametrize("wrap", PLACES.values(), ids=PLACES.keys())
def test_code_runs_in_no_place_of_a_state_dict(tmp_path, wrap):
    marker = tmp_path / "marker"
    program = pickled(wrap(run(f"echo > {marker}")))
    path = write_archive(tmp_path / "f.bin", program, DATA)
    with pytest.raises(CheckpointError, match=r"the global posix\.system, which was not executed"):
        read_header(path)
    assert not marker.exists()


def test_code_behind_the_end_is_refused(tmp_path):
    marker = tmp_path / "marker"
    program = pickled(mapping({"x": X})) + pickled(run(f"echo > {marker}"))
    with pytest.raises(CheckpointError, match="to end with its last opcode"):
        read_header(write_archive(tmp_path / "f.bin", program, DATA))
    assert not marker.exists()


ALLOWED_BUT_MISUSED = {
    "attributes of a tensor": X + mapping({"__class__": integer(1)}) + b"b",
    "attributes of a function": V2 + mapping({"__code__": integer(1)}) + b"b",
    "methods of a state dict": ORDERED + mapping({"items": V2}) + b"b",
    "a class for a state dict": ORDERED + mapping({"__class__": V2}) + b"b",
    "slots of a state dict": ORDERED + b"N" + mapping({"_metadata": b"}"}) + b"\x86b",
    "items for an ordered dict": call(name_of("collections", "OrderedDict"), b"]"),
    "a storage that is called": call(name_of("torch", "FloatStorage"), integer(1)),
    "a dtype that is called": call(name_of("torch", "uint16"), integer(1)),
    "part of a name": short("torch._utils") + short("_rebuild_tensor_v2.__globals__") + b"\x93",
    "name of a subclass": name_of("collections", "OrderedDict.fromkeys"),
    "another function of the module": name_of("torch._utils", "_rebuild_qtensor"),
    "another module": name_of("torch.hub", "load"),
}


@pytest.mark.parametrize("value", ALLOWED_BUT_MISUSED.values(), ids=ALLOWED_BUT_MISUSED.keys())
def test_what_is_allowed_is_allowed_in_its_place_only(tmp_path, value):
    path = write_archive(tmp_path / "f.bin", pickled(mapping({"x": value})), DATA)
    with pytest.raises(CheckpointError, match=r"not executed|not set"):
        read_header(path)


def test_a_module_that_a_pickle_names_is_not_imported(tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    code = f"open({str(marker)!r}, 'w').close()\nthing = 1\n"
    (tmp_path / "innocent_module.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    program = pickled(mapping({"x": name_of("innocent_module", "thing")}))
    with pytest.raises(CheckpointError, match=r"the global innocent_module\.thing, which was not"):
        read_header(write_archive(tmp_path / "f.bin", program, DATA))
    assert not marker.exists()
    assert "innocent_module" not in sys.modules
