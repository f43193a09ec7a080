"""Neither checkpoint is ever whole in memory, whatever its size."""

import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Size:
    """Of a checkpoint in bfloat16, and what comparing two of them may take.

    Far less than either checkpoint; less, too, than one tensor of both as float32.
    """

    rows: int
    columns: int
    tensors: int
    bound_bytes: int

    @property
    def tensor_bytes(self) -> int:
        return self.rows * self.columns * 2

    @property
    def checkpoint_bytes(self) -> int:
        return self.tensors * self.tensor_bytes


SMALL = Size(2048, 9216, 6, 100 * MEBIBYTE)
LARGE = Size(4096, 18_432, 8, 300 * MEBIBYTE)

CHILD = """
import os, sys
from pathlib import Path
os.environ["OMP_NUM_THREADS"] = "1"
import numpy, pydantic
from weighin.identity.comparison import checkpoints
from weighin.identity.digests import hashing
from weighin.identity.fingerprint.checkpoint import fingerprint

def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

before = most()
given = [checkpoints.Given.at(p, fingerprint(Path(p)), Path(p)) for p in sys.argv[1:]]
report = checkpoints.compare_checkpoints(*given)
print(len(report.differing), most() - before)
"""


def sparse_checkpoint(folder: Path, of: Size, *, is_quantised: bool = False) -> Path:
    """Zeros that lie on no disk, but for a few numbers in each tensor."""
    folder.mkdir()
    header, size = {}, 0
    for number in range(of.tensors):
        stem = f"model.layers.{number}.mlp.up_proj"
        parts = {f"{stem}.weight": ("BF16", [of.rows, of.columns], 2)}
        if is_quantised and not number:
            parts = {
                f"{stem}.qweight": ("I32", [of.columns // 8, of.rows], 4),
                f"{stem}.qzeros": ("I32", [of.columns // 128, of.rows // 8], 4),
                f"{stem}.scales": ("F16", [of.columns // 128, of.rows], 2),
            }
        for name, (dtype, shape, width) in parts.items():
            length = shape[0] * shape[1] * width
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [size, size + length]}
            size += length
    text = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + size)
    return folder


def scribble(folder: Path, of: Size) -> None:
    """Other numbers in the midst of the first tensor, many enough for every pattern to be tried."""
    with (folder / "model.safetensors").open("r+b") as stream:
        stream.seek(of.tensor_bytes // 2)
        stream.write(bytes(range(1, 60)) * 1000)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel does not tell")
@pytest.mark.parametrize("is_quantised", [False, True], ids=["dense", "packed"])
@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(LARGE, marks=pytest.mark.soak)], ids=["0.2 GB", "1.2 GB"]
)
def test_comparing_takes_far_less_than_a_checkpoint_above_the_imports(tmp_path, size, is_quantised):
    first = sparse_checkpoint(tmp_path / "first", size)
    second = sparse_checkpoint(tmp_path / "second", size, is_quantised=is_quantised)
    scribble(first, size)
    assert (first / "model.safetensors").stat().st_size > size.checkpoint_bytes
    assert size.bound_bytes < min(size.checkpoint_bytes / 2, 2 * 2 * size.tensor_bytes)
    found = subprocess.run(
        [sys.executable, "-c", CHILD, str(first), str(second)],
        capture_output=True,
        text=True,
        check=True,
        timeout=500,
    )
    differing, used = found.stdout.split()
    assert int(differing) == 1
    assert int(used) < size.bound_bytes
