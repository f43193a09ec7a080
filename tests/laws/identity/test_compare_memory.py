"""Neither checkpoint is ever whole in memory, whatever its size."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

MEBIBYTE = 1024 * 1024
ROWS, COLUMNS, TENSORS = 4096, 18_432, 8
"""Of bfloat16: 8 x 144 MiB, 1.2 GB in all."""

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


def sparse_checkpoint(folder: Path, *, is_quantised: bool = False) -> Path:
    """Zeros that lie on no disk, but for a few numbers in each tensor."""
    folder.mkdir()
    header, size = {}, 0
    for number in range(TENSORS):
        stem = f"model.layers.{number}.mlp.up_proj"
        parts = {f"{stem}.weight": ("BF16", [ROWS, COLUMNS], 2)}
        if is_quantised and not number:
            parts = {
                f"{stem}.qweight": ("I32", [COLUMNS // 8, ROWS], 4),
                f"{stem}.qzeros": ("I32", [COLUMNS // 128, ROWS // 8], 4),
                f"{stem}.scales": ("F16", [COLUMNS // 128, ROWS], 2),
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


def scribble(folder: Path) -> None:
    """Other numbers in the midst of the first tensor, many enough for every pattern to be tried."""
    with (folder / "model.safetensors").open("r+b") as stream:
        stream.seek(ROWS * COLUMNS)
        stream.write(bytes(range(1, 60)) * 1000)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel does not tell")
@pytest.mark.parametrize("is_quantised", [False, True], ids=["dense", "packed"])
def test_comparing_takes_less_than_300_mb_above_the_imports(tmp_path, is_quantised):
    first = sparse_checkpoint(tmp_path / "first")
    second = sparse_checkpoint(tmp_path / "second", is_quantised=is_quantised)
    scribble(first)
    assert (first / "model.safetensors").stat().st_size > 1200 * 1_000_000
    found = subprocess.run(
        [sys.executable, "-c", CHILD, str(first), str(second)],
        capture_output=True,
        text=True,
        check=True,
        timeout=500,
    )
    differing, used = found.stdout.split()
    assert int(differing) == 1
    assert int(used) < 300 * MEBIBYTE
