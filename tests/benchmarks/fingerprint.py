"""`weighin fingerprint` against hashlib, model-signing, hanfei-fa, sha256sum and cat.

Four checkpoints of 2.1 GB each are made in a temporary folder, one after the other: 4 shards, 1
file, 16,000 small tensors in a file, 16,000 small files. All programs read all of them from the
page cache, interleaved, each time in a process of its own. Imports are outside the times of the
Python programs; sha256sum and cat are timed from their start. `weighin --files`
hashes every byte twice: for its tensor and for its file.
"""

import argparse
import gc
import hashlib
import json
import math
import mmap
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.peak_memory import peak_mib

TENSOR_BYTES, TENSORS = 15 << 20, 136
SMALL_BYTES, SMALL_TENSORS = 128 << 10, 16_000
ROUNDS = 5
FREE_BYTES = 4 << 30

Measured = dict[str, float]


def write_file(path: Path, names: list[str], size: int, content: bytes) -> None:
    """A safetensors file of tensors of one size."""
    header = {
        name: {"dtype": "U8", "shape": [size], "data_offsets": [i * size, (i + 1) * size]}
        for i, name in enumerate(names)
    }
    text = json.dumps(header).encode()
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for number in range(len(names)):
            # Of a prime, so that no two tensors are equal.
            shift = number * 4099 % (len(content) - size)
            stream.write(content[shift : shift + size])


def write_checkpoint(folder: Path, shards: list[list[str]], size: int) -> None:
    """A checkpoint folder of shards with the given tensors."""
    folder.mkdir()
    content = os.urandom(64 << 20)
    if len(shards) == 1:
        write_file(folder / "model.safetensors", shards[0], size, content)
        return
    weight_map: dict[str, str] = {}
    for number, names in enumerate(shards):
        shard = f"model-{number:05d}.safetensors"
        write_file(folder / shard, names, size, content)
        weight_map |= dict.fromkeys(names, shard)
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}))


def four_shards(folder: Path) -> None:
    """Four shards of large tensors."""
    names = [f"layers.{i}.weight" for i in range(TENSORS)]
    write_checkpoint(folder, [names[i::4] for i in range(4)], TENSOR_BYTES)


def one_file(folder: Path) -> None:
    """One file of large tensors."""
    write_checkpoint(folder, [[f"layers.{i}.weight" for i in range(TENSORS)]], TENSOR_BYTES)


def small_tensors(folder: Path) -> None:
    """One file of small tensors."""
    names = [f"layers.{i}.weight" for i in range(SMALL_TENSORS)]
    write_checkpoint(folder, [names], SMALL_BYTES)


def small_files(folder: Path) -> None:
    """Small files of one tensor each."""
    names = [f"layers.{i}.weight" for i in range(SMALL_TENSORS)]
    write_checkpoint(folder, [[name] for name in names], SMALL_BYTES)


LAYOUTS: dict[str, Callable[[Path], None]] = {
    "4 shards": four_shards,
    "1 file": one_file,
    "16,000 small tensors": small_tensors,
    "16,000 small files": small_files,
}


def by_weighin(folder: Path) -> Callable[[], object]:
    """The checkpoint id, as `weighin fingerprint` computes it."""
    from weighin.identity.fingerprint.checkpoint import fingerprint

    gc.disable()  # as the command does
    return lambda: fingerprint(folder).checkpoint_id


def by_weighin_on_one_core(folder: Path) -> Callable[[], object]:
    """The same, where this process may use one core only."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return by_weighin(folder)


def by_weighin_with_files(folder: Path) -> Callable[[], object]:
    """The same and the digests of all files, as `--files` prints them."""
    from weighin.identity.fingerprint.checkpoint import fingerprint

    gc.disable()
    return lambda: fingerprint(folder, with_file_digests=True).checkpoint_id


def by_hashlib(folder: Path) -> Callable[[], object]:
    """SHA-256 of every file, one after the other, in blocks of 1 MiB.

    The buffer begins at a page, as weighin's do. In a new process, reading into one that does not
    may take the kernel several times as long, and the ratio to hashlib would be that of the copies.
    """
    buffer = memoryview(mmap.mmap(-1, 1 << 20))

    def hash_all() -> None:
        for entry in os.scandir(folder):
            digest = hashlib.sha256()
            with open(entry.path, "rb", buffering=0) as stream:  # noqa: PTH123  # costs less
                while count := stream.readinto(buffer):
                    digest.update(buffer[:count])
            digest.hexdigest()

    return hash_all


def by_file_digest(folder: Path) -> Callable[[], object]:
    """The same as the standard library does it, with a buffer of its own."""

    def hash_all() -> None:
        for entry in os.scandir(folder):
            with open(entry.path, "rb", buffering=0) as stream:  # noqa: PTH123  # as above
                hashlib.file_digest(stream, "sha256").hexdigest()

    return hash_all


def by_model_signing(folder: Path) -> Callable[[], object]:
    """The manifest of model-signing, with SHA-256 of every file."""
    from model_signing import hashing  # type: ignore[import-not-found]  # in its own environment

    config = hashing.Config().use_file_serialization(hashing_algorithm="sha256")
    return lambda: config.hash(folder)


def by_hanfei_fa(folder: Path) -> Callable[[], object]:
    """The Merkle tree of hanfei-fa over every file; it writes nothing."""
    from merkle_verify.safetensors_adapter import (  # type: ignore[import-not-found]  # as above
        sign,
    )

    paths = [str(path) for path in sorted(folder.glob("*.safetensors"))]
    return lambda: [sign(path, sidecar=False) for path in paths]


IN_PYTHON: dict[str, Callable[[Path], Callable[[], object]]] = {
    "weighin": by_weighin,
    "weighin on one core": by_weighin_on_one_core,
    "weighin --files": by_weighin_with_files,
    "hashlib": by_hashlib,
    "hashlib.file_digest": by_file_digest,
    "model-signing": by_model_signing,
    "hanfei-fa": by_hanfei_fa,
}
PEERS = ("model-signing", "hanfei-fa")
PROGRAMS = ("sha256sum", "cat")


def measure_here(name: str, folder: Path) -> Measured:
    """Seconds and peak memory of one way, in this process."""
    work = IN_PYTHON[name](folder)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "peak": peak_mib() * 1.048576}


def measure_python(name: str, folder: Path, python: str) -> Measured:
    """The same, in a process of its own."""
    done = subprocess.run(
        [python, __file__, "--measure", name, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    found: Measured = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_program(name: str, folder: Path) -> Measured:
    """Seconds of a program that is given all files; its peak memory is not known."""
    wall = time.perf_counter()
    process = subprocess.Popen(
        [name, *sorted(path.name for path in folder.iterdir())],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, name)
    wall = time.perf_counter() - wall
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": math.nan}


def environment_of_peers(folder: Path) -> str | None:
    """Python of a new environment that holds the peers; `None` if pip cannot make it."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    # model-signing 1.1.1 imports OpenSSL and does not require it.
    packages = ["model-signing", "pyopenssl", "hanfei-fa[safetensors]", "numpy"]
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *packages], check=False, capture_output=True
    )
    return python if done.returncode == 0 else None


def measure(layout: str, folder: Path, peers: str | None, rounds: int) -> dict[str, list[Measured]]:
    """All ways on one checkpoint, interleaved."""
    names = [n for n in IN_PYTHON if peers is not None or n not in PEERS]
    taken: dict[str, list[Measured]] = {name: [] for name in (*names, *PROGRAMS)}
    LAYOUTS[layout](folder)
    try:
        measure_program("cat", folder)
        for _ in range(rounds):
            for name, values in taken.items():
                if name in PROGRAMS:
                    values.append(measure_program(name, folder))
                else:
                    python = peers if peers is not None and name in PEERS else sys.executable
                    values.append(measure_python(name, folder, python))
    finally:
        shutil.rmtree(folder)
    return taken


def show(layout: str, taken: dict[str, list[Measured]], gigabytes: float) -> None:
    """Print medians, and ratios to weighin's."""
    medians = {
        name: {key: statistics.median(v[key] for v in values) for key in ("wall", "cpu", "peak")}
        for name, values in taken.items()
    }
    ours = medians["weighin"]
    print(f"\n{layout}, {gigabytes:.2f} GB; ratios are to weighin's time: above 1 is slower")
    print(
        f"{'':<20} {'wall s':>7} {'ratio':>6} {'CPU s':>7} {'ratio':>6} {'GB/CPU s':>9} {'MB':>5}"
    )
    for name, found in medians.items():
        print(
            f"{name:<20} {found['wall']:>7.2f} {found['wall'] / ours['wall']:>6.2f} "
            f"{found['cpu']:>7.2f} {found['cpu'] / ours['cpu']:>6.2f} "
            f"{gigabytes / found['cpu']:>9.2f} {found['peak']:>5.0f}"
        )
    alone = medians["weighin on one core"]
    print(
        f"of hashlib's rate a core {medians['hashlib']['cpu'] / alone['cpu']:.2f} (goal 0.97); "
        f"all cores against one {alone['wall'] / ours['wall']:.2f} (goal 1.9 with two)",
        flush=True,
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--layout", choices=LAYOUTS, action="append", default=[])
    parser.add_argument("--peers", help="python of an environment with the peers; else one is made")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Print a table for each layout."""
    options = arguments()
    if options.measure:
        print(json.dumps(measure_here(options.measure[0], Path(options.measure[1]))))
        return 0
    with tempfile.TemporaryDirectory(prefix="weighin-bench-", dir=options.folder) as parent:
        if (free := shutil.disk_usage(parent).free) < FREE_BYTES:
            print(
                f"{parent}: expected {FREE_BYTES >> 30} GiB free, found {free >> 30}; use --folder"
            )
            return 1
        peers = options.peers or environment_of_peers(Path(parent) / "peers")
        if peers is None:
            print("model-signing and hanfei-fa cannot be installed: measured without them")
        print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}; ", end="")
        print(f"medians of {options.rounds}, interleaved, page cache warm")
        for layout in options.layout or LAYOUTS:
            size = SMALL_BYTES * SMALL_TENSORS if "small" in layout else TENSOR_BYTES * TENSORS
            show(layout, measure(layout, Path(parent) / "c", peers, options.rounds), size / 1e9)
    return 0


if __name__ == "__main__":
    sys.exit(main())
