"""What the tests of identity gaps do to a checkpoint, and what they ask of a verdict."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.making.places import TINY_TASKS

from weighin.evidence.records import Record
from weighin.executors.events import SilentListener
from weighin.rules.interface import Finding, Outcome, Verdict

CHOICE, GENERATE = "tiny_choice", "tiny_generate"
UP_PROJECTION = "model.layers.1.mlp.up_proj.weight"
EMBEDDING = "model.embed_tokens.weight"
HEAD = "lm_head.weight"


def requirements_file(
    folder: Path,
    checkpoint: Path | str,
    *,
    benchmarks: tuple[str, ...] = (CHOICE, GENERATE),
    model: str = "",
    rest: str = "",
    task_folder: Path = TINY_TASKS,
) -> Path:
    """A requirements file for tiny benchmarks.

    Args:
        folder: Where to write it.
        checkpoint: `model.checkpoint`.
        benchmarks: Tasks, each optionally with more lines.
        model: More lines below `model:`, indented.
        rest: More lines at the end.
        task_folder: Where the task files lie.
    """
    path = folder / "requirements.yaml"
    listed = "".join(f"  - task: {task}\n" for task in benchmarks)
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: {checkpoint}\n{model}"
        f"tasks: ['{task_folder}']\nbenchmarks:\n{listed}{rest}"
    )
    return path


def findings(
    verdict: Verdict, rule: str, outcome: Outcome = Outcome.VIOLATED
) -> tuple[Finding, ...]:
    """The findings of a rule with an outcome."""
    return tuple(
        judged.finding
        for judged in verdict.findings
        if judged.rule == rule and judged.finding.outcome is outcome
    )


def violated_rules(verdict: Verdict) -> set[str]:
    """Ids of the rules that are violated."""
    return {j.rule for j in verdict.findings if j.finding.outcome is Outcome.VIOLATED}


def record_of(verdict: Verdict, task: str) -> Record:
    """The latest record of a benchmark: a run judges what earlier ones left in the folder, too."""
    return [record for record in verdict.records if record.asked.task == task][-1]


def samples_of(results: Path, record: Record) -> list[dict[str, object]]:
    """The lines of the samples file of a record."""
    (file,) = (file for file in record.files if file.role == "samples")
    (path,) = results.rglob(f"{record.run.attempt_id}/{file.path}")
    return [json.loads(line) for line in path.read_text().splitlines()]


class At(SilentListener):
    """Does something once at a moment of a run."""

    def __init__(self, act: Callable[[], object], *, benchmark: str, requests: int | None) -> None:
        """Set what happens, and when.

        Args:
            act: What to do.
            benchmark: While this benchmark runs.
            requests: After so many of its requests were answered; `None` right before it.
        """
        self._act: Callable[[], object] | None = act
        self._benchmark = benchmark
        self._after = requests

    def benchmark_started(self, benchmark: str) -> None:
        if self._after is None:
            self._act_once(benchmark)

    def requests(self, benchmark: str, done: int, total: int) -> None:
        assert total
        if self._after is not None and done >= self._after:
            self._act_once(benchmark)

    def has_acted(self) -> bool:
        return self._act is None

    def _act_once(self, benchmark: str) -> None:
        if self._act is not None and benchmark == self._benchmark:
            act, self._act = self._act, None
            act()


def change_tensor(folder: Path, name: str = UP_PROJECTION, *, by: float = 0.5) -> None:
    """Replace the weights by a new file in which one tensor differs."""
    from safetensors.torch import load_file

    tensors = load_file(folder / "model.safetensors")
    tensors[name] = tensors[name] + by
    save_tensors(folder, tensors)


def save_tensors(folder: Path, tensors: dict[str, object]) -> None:
    """Replace the weights by a new file."""
    from safetensors.torch import save_file

    written = folder / "new.safetensors"
    save_file(tensors, written, metadata={"format": "pt"})
    written.replace(folder / "model.safetensors")


def quantise(checkpoint: Path) -> None:
    """Quantise the projections to 8-bit floats, one scale a tensor; a CPU dequantises them."""
    import torch
    from safetensors.torch import load_file

    tensors = load_file(checkpoint / "model.safetensors")
    for name in [name for name in tensors if name.endswith("_proj.weight")]:
        scale = tensors[name].abs().max() / torch.finfo(torch.float8_e4m3fn).max
        tensors[name] = (tensors[name] / scale).to(torch.float8_e4m3fn)
        tensors[f"{name}_scale_inv"] = scale.reshape(1, 1)
    save_tensors(checkpoint, tensors)
    method = {
        "quant_method": "fp8",
        "activation_scheme": "dynamic",
        "weight_block_size": [128, 128],
    }
    edit_json(checkpoint / "config.json", quantization_config=method)


def overwrite_tensor_in_place(folder: Path, name: str = UP_PROJECTION) -> None:
    """Write over the bytes of one tensor, in the file that may be mapped into memory."""
    path = folder / "model.safetensors"
    with path.open("r+b") as stream:
        header_bytes = int.from_bytes(stream.read(8), "little")
        begin, end = json.loads(stream.read(header_bytes))[name]["data_offsets"]
        stream.seek(8 + header_bytes + begin)
        # Every float32 of it becomes 0.5.
        stream.write(b"\x00\x00\x00\x3f" * ((end - begin) // 4))


def edit_json(path: Path, **changes: object) -> None:
    """Set keys of a JSON file; a key that is set to `None` is removed."""
    content = json.loads(path.read_text()) if path.exists() else {}
    content |= changes
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(kept, indent=2))


def copied_tasks(folder: Path) -> Path:
    """A copy of the tiny tasks, to be edited."""
    return Path(shutil.copytree(TINY_TASKS, folder, ignore=shutil.ignore_patterns("__pycache__")))


def edit_text(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly once."""
    content = path.read_text()
    assert content.count(old) == 1
    path.write_text(content.replace(old, new))
