"""Tensors hashed where they lie: any layout, any dtype, never copied whole."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from weighin.errors import RunError
from weighin.harness.local import tensor_hashing
from weighin.harness.local.memory import digest_in_memory, match_with_disk
from weighin.harness.local.tensor_hashing import cast_sha256, is_cast, tensor_sha256
from weighin.identity.manifest import TensorEntry

NUMBERS = np.arange(5 * 6 * 7, dtype=np.float32).reshape(5, 6, 7)
VIEWS = {
    "whole": lambda array: array,
    "transposed": lambda array: array.T,
    "strided": lambda array: array[::2, 1:, ::3],
    "one element": lambda array: array[1, 2, 3, ...],
    "empty": lambda array: array[:, :0],
    "rows": lambda array: array[3:],
}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def digest_of(tensor):
    return tensor_sha256("x", tensor)


@pytest.mark.parametrize("chunk_bytes", [4, 64, 4 << 20])
@pytest.mark.parametrize("view", VIEWS)
def test_the_digest_is_that_of_the_elements_row_major_however_they_lie(
    monkeypatch, view, chunk_bytes
):
    monkeypatch.setattr(tensor_hashing, "CHUNK_BYTES", chunk_bytes)
    array = VIEWS[view](NUMBERS)
    tensor = torch.from_numpy(array)
    assert tensor.is_contiguous() == array.flags.c_contiguous
    # numpy's own row-major bytes: another library than the one under test.
    assert digest_of(tensor) == sha256(array.tobytes(order="C"))


def test_an_expanded_tensor_counts_every_element():
    assert digest_of(torch.ones(1).expand(1000)) == sha256(np.ones(1000, np.float32).tobytes())


@pytest.mark.parametrize(
    "dtype", [torch.bfloat16, torch.float8_e4m3fn, torch.float8_e8m0fnu, torch.bool]
)
def test_the_bytes_of_a_dtype_that_numpy_has_not_are_hashed_as_they_are(dtype):
    content = bytes([0, 1] * 50)
    tensor = torch.frombuffer(bytearray(content), dtype=torch.uint8).view(dtype)
    assert digest_of(tensor) == sha256(content)


def peak_beyond(work):
    """Bytes that this process took at most while it worked, beyond what it held before."""

    def status(name):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    work()
    return status("VmHWM") - before


def test_a_large_transposed_tensor_is_not_copied_whole():
    tensor = torch.zeros(8_000, 8_000).t()
    assert not tensor.is_contiguous()
    assert peak_beyond(lambda: digest_of(tensor)) < 100_000_000


def test_a_large_cast_holds_only_pieces_of_the_tensor():
    piece = memoryview(bytearray(4 << 20))
    assert peak_beyond(lambda: cast_sha256([piece] * 50, "BF16", "F32")) < 100_000_000


@pytest.mark.parametrize("cut", [1, 3, 7, 1000])
def test_a_cast_does_not_depend_on_how_its_bytes_are_cut(cut):
    half = np.linspace(-3, 3, 501, dtype=np.float16)
    content = half.tobytes()
    pieces = [memoryview(content[i : i + cut]) for i in range(0, len(content), cut)]
    assert cast_sha256(pieces, "F16", "F32") == sha256(half.astype(np.float32).tobytes())


def test_packed_integers_are_no_cast_of_numbers():
    assert is_cast("BF16", "F32")
    assert not is_cast("I8", "F32")
    assert not is_cast("F4", "F32")


def test_an_offloaded_tensor_is_refused():
    with pytest.raises(RunError, match="tensor 'x' is not in memory"):
        digest_of(torch.empty(3, device="meta"))


class PackedLinear(torch.nn.Module):
    """As bitsandbytes does it: packed bytes as parameter, scales only in the state."""

    def __init__(self, scale):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(8, 1, dtype=torch.uint8), requires_grad=False)
        self.scale = scale

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, keep_vars)
        destination[f"{prefix}weight.absmax"] = self.scale


def test_scales_that_only_the_state_of_a_module_holds_count():
    first = digest_in_memory(torch.nn.Sequential(PackedLinear(torch.ones(2))))
    second = digest_in_memory(torch.nn.Sequential(PackedLinear(torch.full((2,), 2.0))))
    assert [tensor.name for tensor in first.tensors] == ["0.weight", "0.weight.absmax"]
    assert first.weights != second.weights


def test_a_state_that_is_no_tensor_is_refused_by_name():
    with pytest.raises(RunError, match=r"'0\.weight\.absmax' in the state of the model"):
        digest_in_memory(torch.nn.Sequential(PackedLinear("secret")))


class Scaled(torch.Tensor):
    """A tensor that stands for packed numbers and a scale, as torchao's do."""

    @staticmethod
    def __new__(cls, packed, scale):
        return torch.Tensor._make_wrapper_subclass(cls, packed.shape, dtype=torch.float32)

    def __init__(self, packed, scale):
        self.packed, self.scale = packed, scale

    def __tensor_flatten__(self):
        return ["packed", "scale"], None

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        if func is torch.ops.aten.detach.default:
            return cls(args[0].packed, args[0].scale)
        raise NotImplementedError(func)


def test_a_tensor_that_stands_for_others_is_hashed_as_those():
    packed, scale = torch.zeros(4, dtype=torch.int8), torch.ones(1)
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(Scaled(packed, scale), requires_grad=False)
    entries = {tensor.name: tensor.sha256 for tensor in digest_in_memory(module).tensors}
    assert entries == {
        "weight.packed": sha256(bytes(4)),
        "weight.scale": sha256(np.ones(1, np.float32).tobytes()),
    }


def test_tensors_are_matched_with_the_disk_after_a_cast():
    half = np.linspace(-1, 1, 12, dtype=np.float16)
    module = torch.nn.Module()
    module.w = torch.nn.Parameter(torch.from_numpy(half.astype(np.float32)), requires_grad=False)
    stored = TensorEntry(name="w", dtype="F16", shape=(12,), sha256=sha256(half.tobytes()))
    match = match_with_disk(
        digest_in_memory(module),
        [stored],
        lambda _name: [memoryview(half.tobytes())],
        is_quantized=False,
    )
    assert (match.after_cast, match.differ, match.not_comparable) == (1, (), ())
