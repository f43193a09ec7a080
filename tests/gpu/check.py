"""Checks on a machine with GPUs: `python tests/gpu/check.py [CHECKPOINT]`; needs a GPU.

It is no test of CI and has not been run where weighin is developed, which has no GPU. It takes less
than eight minutes on one GPU with a checkpoint of up to a few gigabytes; without one it makes its
own, random one. Each check is a run of `weighin run`; each line of the answer says what was
compared with what. It ends with 1 if any check fails, and with 2 where there is no GPU.

1. One GPU: the tiny benchmarks are met; every tensor in memory is tied to the disk; a second run
   reuses the records.
2. `device_map: auto` over all GPUs: the same job ids, the same digests of weights, and where the
   parameters lie (`bytes_by_place`).
3. Offloading to memory (`max_memory_per_gpu` of a third of the model, `max_cpu_memory`) and to disk
   (`offload_folder`): the same again; the watch held; what is kept elsewhere is named.
4. A tensor that is overwritten in the memory of the offload store while it answers is named by
   `weights-unchanged-during-run` and `watched-throughout`.
5. With two GPUs or more: `accelerate launch` on all of them: the same job ids and digests; a
   process that loads another tensor is refused with 3, by name.
6. Seconds of hashing a model on the GPU, and bytes of the checkpoint that were read: twice its
   size.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("HF_HUB_OFFLINE", "1")

SECONDS = 8 * 60
_NO_GPU = 2


def main(arguments: list[str]) -> int:
    """Run every check. Returns the exit status."""
    import torch

    if not torch.cuda.is_available():
        print("no GPU here; nothing was checked")
        return _NO_GPU
    cards = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    print(f"{len(cards)} GPUs: {', '.join(cards)}")
    started, failures = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="weighin-gpu-") as folder:
        checkpoint = Path(arguments[0]) if arguments else _made(Path(folder))
        for check in CHECKS:
            if time.monotonic() - started > SECONDS:
                print(f"not checked for want of time: {check.__name__}")
                failures += 1
                continue
            place = Path(folder) / check.__name__
            place.mkdir()
            began = time.monotonic()
            try:
                for line in check(checkpoint, place):
                    print(f"  {line}", flush=True)
            except Exception as error:  # noqa: BLE001  # each check is told, and the next one run
                failures += 1
                print(f"FAILED {check.__name__}: {type(error).__name__}: {error}", flush=True)
            else:
                print(f"ok {check.__name__} ({time.monotonic() - began:.0f} s)", flush=True)
    return 1 if failures else 0


def _made(folder: Path) -> Path:
    from tests.making.tiny.checkpoint import save_tiny_checkpoint

    return save_tiny_checkpoint(folder / "made", dtype="bfloat16", layers=8, hidden=512)


def _scored(folder: Path, checkpoint: Path, model: str, **settings: object):
    from tests.making.runs.scene import requirements_file

    import weighin

    folder.mkdir(exist_ok=True)
    file = requirements_file(folder, checkpoint, model=model)
    return weighin.run(file, results=folder / "results", **settings)


def _what_counts(verdict) -> list[tuple[object, ...]]:
    return [
        (r.asked.task, r.run.job_id, r.loaded.digest_before, r.loaded.digest_after)
        for r in verdict.records
    ]


def _require(*, holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def one_gpu(checkpoint: Path, folder: Path) -> Iterator[str]:
    """The tiny benchmarks on one GPU."""
    first = _scored(folder / "run", checkpoint, "  device: cuda:0\n")
    _require(holds=first.outcome.value == "met", what=f"verdict {first.outcome.value}")
    for record in first.records:
        on_disk = record.loaded.exactly_on_disk + record.loaded.on_disk_after_cast
        yield f"{record.asked.task}: {on_disk} of {record.loaded.tensors} tensors as on disk"
        _require(holds=record.loaded.differ_from_disk == (), what="tensors differ from the disk")
    again = _scored(folder / "run", checkpoint, "  device: cuda:0\n")
    _require(holds=_what_counts(again) == _what_counts(first), what="a second run scored again")


def all_gpus(checkpoint: Path, folder: Path) -> Iterator[str]:
    """The same, spread over all GPUs."""
    yield from _same_elsewhere(checkpoint, folder, "  device_map: balanced\n")


def offloaded_to_memory(checkpoint: Path, folder: Path) -> Iterator[str]:
    """The same, with two thirds of the model in memory."""
    third = max(1, _size(checkpoint) // 3)
    model = f"  device_map: auto\n  max_memory_per_gpu: {third}\n  max_cpu_memory: 64GiB\n"
    yield from _same_elsewhere(checkpoint, folder, model)


def offloaded_to_disk(checkpoint: Path, folder: Path) -> Iterator[str]:
    """The same, with two thirds of the model on disk."""
    third = max(1, _size(checkpoint) // 3)
    model = f"  device_map: auto\n  max_memory_per_gpu: {third}\n  offload_folder: kept\n"
    yield from _same_elsewhere(checkpoint, folder, model)


def _same_elsewhere(checkpoint: Path, folder: Path, model: str) -> Iterator[str]:
    whole = _scored(folder / "whole", checkpoint, "")
    spread = _scored(folder / "spread", checkpoint, model)
    _require(holds=_what_counts(spread) == _what_counts(whole), what="another job or digest")
    for record in spread.records:
        yield f"{record.asked.task}: {record.run.settings['bytes_by_place']}"
        state = "none" if record.watch is None else record.watch.state.value
        _require(holds=state == "held", what=f"the watch: {state}")


def swapped_in_memory(checkpoint: Path, folder: Path) -> Iterator[str]:
    """A tensor of the offload store that becomes another while it answers."""
    from tests.making.runs.scene import CHOICE, At, violated_rules
    from transformers import AutoModelForCausalLM

    from weighin.harness.local.placed.stores import InMemory, stored_tensors

    models: list[object] = []
    load = AutoModelForCausalLM.from_pretrained

    def load_and_keep(*given: object, **settings: object) -> object:
        loaded = load(*given, **settings)
        models.append(loaded[0] if isinstance(loaded, tuple) else loaded)
        return loaded

    def swap() -> None:
        stores = stored_tensors(models[-1])
        kept = next(s for s in stores.values() if isinstance(s, InMemory))
        kept.tensor.add_(0.5)

    third = max(1, _size(checkpoint) // 3)
    model = f"  device_map: auto\n  max_memory_per_gpu: {third}\n  max_cpu_memory: 64GiB\n"
    AutoModelForCausalLM.from_pretrained = load_and_keep
    try:
        act = At(swap, benchmark=CHOICE, requests=1)
        verdict = _scored(folder, checkpoint, model, listener=act)
    finally:
        AutoModelForCausalLM.from_pretrained = load
    expected = {"weights-unchanged-during-run", "watched-throughout"}
    found = violated_rules(verdict)
    _require(holds=expected <= found, what=f"violated: {sorted(found)}")
    yield f"violated: {', '.join(sorted(found))}"


_ANOTHER_TENSOR = """
import os, runpy, sys
if os.environ["RANK"] == "1":
    from transformers import AutoModelForCausalLM
    load = AutoModelForCausalLM.from_pretrained
    def other(*given, **settings):
        loaded = load(*given, **settings)
        next(loaded[0].parameters()).data.add_(0.5)
        return loaded
    AutoModelForCausalLM.from_pretrained = other
sys.argv = ["weighin", *sys.argv[1:]]
runpy.run_module("weighin", run_name="__main__")
"""


def launched(checkpoint: Path, folder: Path) -> Iterator[str]:
    """One process a GPU, and one of them with another tensor."""
    import torch
    from tests.making.runs.scene import requirements_file

    import weighin

    number = torch.cuda.device_count()
    if number == 1:
        yield "one GPU only: not checked"
        return
    alone = _scored(folder / "alone", checkpoint, "")
    file = requirements_file(folder, checkpoint)
    script = folder / "other.py"
    script.write_text(_ANOTHER_TENSOR)
    honest = _launch(number, "-m", "weighin", "run", str(file), "--results", str(folder / "all"))
    _require(holds=honest.returncode == 0, what=honest.stderr[-800:])
    together = weighin.check(file, [folder / "all"])
    _require(holds=_what_counts(together) == _what_counts(alone), what="another job or digest")
    yield f"{number} processes: the same jobs and digests as one"
    other = _launch(number, str(script), "run", str(file), "--results", str(folder / "other"))
    _require(holds="rank 1: expected what rank 0 holds" in other.stderr, what=other.stderr[-800:])
    yield "a process with another tensor: refused by name"


def _launch(number: int, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"),
            *("--num_processes", str(number), "--num_machines", "1", "--mixed_precision", "no"),
            *("--dynamo_backend", "no", *command),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def hashed(checkpoint: Path, folder: Path) -> Iterator[str]:
    """How long a model on the GPU takes to hash, and bytes that a run reads."""
    import pytest
    import torch
    from tests.making.checkpoints.reading import counted_reads, let_rest
    from transformers import AutoModelForCausalLM

    from weighin.harness.local.memory import digest_in_memory

    model = AutoModelForCausalLM.from_pretrained(checkpoint, device_map={"": 0})
    size = sum(parameter.nbytes for parameter in model.parameters())
    torch.cuda.synchronize()
    started = time.monotonic()
    digest_in_memory(model)
    yield f"{size / (time.monotonic() - started) / 1e9:.2f} GB/s hashed on the GPU"
    del model
    let_rest(checkpoint)
    with pytest.MonkeyPatch.context() as patched:
        read = counted_reads(patched)
        _scored(folder, checkpoint, "  device: cuda:0\n")
    names = {p.name: p.stat().st_size for p in checkpoint.iterdir() if p.is_file()}
    times = sum(read[name] for name in names) / sum(names.values())
    yield f"{times:.2f} times the checkpoint read"
    _require(holds=times < 2.2, what=f"{times:.2f} times the checkpoint read")


def _size(checkpoint: Path) -> int:
    return sum(path.stat().st_size for path in checkpoint.glob("*.safetensors"))


CHECKS: tuple[Callable[[Path, Path], Iterator[str]], ...] = (
    one_gpu,
    all_gpus,
    offloaded_to_memory,
    offloaded_to_disk,
    swapped_in_memory,
    launched,
    hashed,
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
