"""`weighin run` against bare lm-eval: on the demo, and on a tiny model where only overhead is left.

The demo needs its checkpoint: `./run demo` makes it. Imports are outside the times that are
measured in a process, and inside those of the commands, where a user pays for them each time. Time
is that of the processors, user and system, of the process and all of its threads.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "checkpoints/demo/SmolLM2-135M-Instruct"
DEMO = ROOT / "tasks/demo"
TASKS = ("demo_animals", "demo_elements", "demo_opposites", "demo_passages")
TINY = ("tiny_choice", "tiny_generate", "tiny_rolling")
ROUNDS = 3
TINY_ROUNDS = 7

Seconds = Mapping[str, float]


def _weighed(requirements: Path, checkpoint: Path, benchmarks: int) -> dict[str, float]:
    """Seconds of `weighin.run`, of its watch, and of the same hashing on its own."""
    import weighin.api
    from weighin.harness.local.model import load_model
    from weighin.identity.fingerprint.checkpoint import changed_files, fingerprint
    from weighin.requirements.loading import load_requirements
    from weighin.rules.catalogue import rule_shapes

    required = load_requirements(requirements, rule_shapes()).model
    with tempfile.TemporaryDirectory() as results:
        started = time.process_time()
        verdict = weighin.run(requirements, results=results)
        total = time.process_time() - started
    started = time.process_time()
    manifest = fingerprint(checkpoint)
    hashing = time.process_time() - started
    model = load_model(checkpoint, manifest, required, None)
    started = time.process_time()
    model.observe()
    hashing += 2 * benchmarks * (time.process_time() - started)
    started = time.process_time()
    changed_files(manifest, checkpoint)
    hashing += benchmarks * (time.process_time() - started)
    looks = [record.watch.looks for record in verdict.records if record.watch is not None]
    watch = sum(look.seconds for look in looks if look is not None)
    return {"seconds": total, "hashing": hashing, "watch": watch}


def _bare(checkpoint: Path, folder: Path, tasks: Sequence[str], *, template: bool) -> Seconds:
    """Seconds of loading the model once and of one `simple_evaluate` over all tasks."""
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    started = time.process_time()
    model = HFLM(pretrained=str(checkpoint), dtype="float32", device="cpu", batch_size=16)
    manager = TaskManager(include_path=str(folder), include_defaults=False)
    lm_eval.simple_evaluate(
        model=model, tasks=list(tasks), task_manager=manager, apply_chat_template=template
    )
    return {"seconds": time.process_time() - started}


def weighin_in_process() -> Seconds:
    """The demo with weighin."""
    return _weighed(DEMO / "requirements.yaml", CHECKPOINT, len(TASKS))


def lm_eval_in_process() -> Seconds:
    """The demo with lm-eval alone."""
    return _bare(CHECKPOINT, DEMO, TASKS, template=True)


def tiny() -> Seconds:
    """What a benchmark more costs, with weighin and with lm-eval alone, of a model of no size."""
    sys.path.insert(0, str(ROOT))
    from tests.making.places import TINY_TASKS
    from tests.making.runs.scene import requirements_file
    from tests.making.tiny.checkpoint import save_tiny_checkpoint

    with tempfile.TemporaryDirectory() as folder:
        checkpoint = save_tiny_checkpoint(Path(folder) / "tiny")
        few = TINY[:1]
        files = []
        for tasks in (few, TINY):
            place = Path(folder) / str(len(tasks))
            place.mkdir()
            files.append(requirements_file(place, checkpoint, benchmarks=tasks))
        # What is imported or compiled on first use is of no benchmark.
        _weighed(files[1], checkpoint, len(TINY))
        _bare(checkpoint, TINY_TASKS, TINY, template=False)
        taken = [
            (
                *(_weighed(f, checkpoint, n) for f, n in zip(files, (1, len(TINY)), strict=True)),
                *(_bare(checkpoint, TINY_TASKS, t, template=False) for t in (few, TINY)),
            )
            for _ in range(TINY_ROUNDS)
        ]
    more = len(TINY) - 1

    def difference(first: int, second: int, key: str) -> float:
        return statistics.median(t[second][key] - t[first][key] for t in taken) / more

    return {
        "seconds": difference(0, 1, "seconds"),
        "bare": difference(2, 3, "seconds"),
        "hashing": difference(0, 1, "hashing"),
        "watch": statistics.median(t[1]["watch"] for t in taken) / len(TINY),
    }


def _command(*module: str) -> None:
    subprocess.run(
        [sys.executable, "-m", *module],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def lm_eval_commands() -> Seconds:
    """One `lm-eval run` command a benchmark of the demo, in seconds of wall time."""
    started = time.monotonic()
    for task in TASKS:
        with tempfile.TemporaryDirectory() as output:
            _command(
                *("lm_eval", "run", "--model", "hf", "--tasks", task),
                *("--model_args", f"pretrained={CHECKPOINT},dtype=float32", "--log_samples"),
                *("--apply_chat_template", "--device", "cpu", "--batch_size", "16"),
                *("--include_path", str(DEMO), "--output_path", output),
            )
    return {"seconds": time.monotonic() - started}


def weighin_command() -> Seconds:
    """One `weighin run` command for the demo, in seconds of wall time."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as results:
        _command("weighin", "run", str(DEMO / "requirements.yaml"), "--results", results)
    return {"seconds": time.monotonic() - started}


MEASUREMENTS = {
    "weighin.run": weighin_in_process,
    "simple_evaluate": lm_eval_in_process,
    "tiny": tiny,
    "weighin run, a command": weighin_command,
    "lm-eval run, a command each": lm_eval_commands,
}


def _taken(name: str) -> dict[str, float]:
    finished = subprocess.run(
        [sys.executable, __file__, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    found: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    print(f"{name}: " + ", ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
    return found


def main() -> int:
    """Print medians and ratios; each measurement in a process of its own, interleaved."""
    if len(sys.argv) > 1:
        print(json.dumps(MEASUREMENTS[sys.argv[1]]()))
        return 0
    if not CHECKPOINT.is_dir():
        print(f"{CHECKPOINT.relative_to(ROOT)}: not there; ./run demo makes it")
        return 1
    rounds = [{name: _taken(name) for name in MEASUREMENTS} for _ in range(ROUNDS)]

    def median(name: str, key: str = "seconds") -> float:
        return statistics.median(taken[name][key] for taken in rounds)

    ours, bare = median("weighin.run"), median("simple_evaluate")
    hashing, watch = median("weighin.run", "hashing"), median("weighin.run", "watch")
    rest = ours - hashing - watch - bare
    print(f"medians of {ROUNDS}, the demo, seconds of CPU: weighin.run {ours:.1f}, bare {bare:.1f}")
    for what, seconds, goal in (
        ("hashing", hashing, ""),
        ("the watch", watch, "   (goal: 1 %)"),
        ("all else", rest, "   (goal: 1 %)"),
    ):
        print(f"  {what} {seconds:.2f} s, {seconds / bare:.2%} of bare lm-eval{goal}")
    milliseconds = {key: 1000 * median("tiny", key) for key in rounds[0]["tiny"]}
    print(
        "a tiny benchmark more, milliseconds of CPU: weighin.run {seconds:.0f}, bare {bare:.0f}, "
        "hashing {hashing:.0f}, the watch {watch:.0f}; ".format_map(milliseconds)
        + f"more than bare {milliseconds['seconds'] - milliseconds['bare']:.0f}   (goal: 50)"
    )
    ours, each = median("weighin run, a command"), median("lm-eval run, a command each")
    print(
        f"wall: one weighin command {ours:.1f} s, lm-eval commands {each:.1f} s; {ours / each:.2f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
