"""`weighin run` on the demo against bare lm-eval: in one process, and a command a benchmark.

Needs the demo's checkpoint: `./run demo` makes it. Imports are outside the times of the two
in-process measurements, and inside that of the commands, where a user pays for them each time.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "checkpoints/demo/SmolLM2-135M-Instruct"
REQUIREMENTS = ROOT / "tasks/demo/requirements.yaml"
TASKS = ("demo_animals", "demo_elements", "demo_opposites", "demo_passages")
ROUNDS = 3


def weighin_in_process() -> dict[str, float]:
    """Seconds of `weighin.run`, of its watch, and of the same hashing on its own."""
    import weighin
    from weighin.harness.local.model import load_model
    from weighin.identity.fingerprint.checkpoint import changed_files, fingerprint
    from weighin.requirements.loading import load_requirements
    from weighin.rules.catalogue import rule_shapes

    requirements = load_requirements(REQUIREMENTS, rule_shapes())
    with tempfile.TemporaryDirectory() as results:
        started = time.monotonic()
        verdict = weighin.run(REQUIREMENTS, results=results)
        total = time.monotonic() - started
    started = time.monotonic()
    manifest = fingerprint(CHECKPOINT)
    hashing = time.monotonic() - started
    model = load_model(CHECKPOINT, manifest, requirements.model, None)
    started = time.monotonic()
    model.observe()
    hashing += 2 * len(TASKS) * (time.monotonic() - started)
    started = time.monotonic()
    changed_files(manifest, CHECKPOINT)
    hashing += len(TASKS) * (time.monotonic() - started)
    looks = [record.watch.looks for record in verdict.records if record.watch is not None]
    watch = sum(look.seconds for look in looks if look is not None)
    return {"seconds": total, "hashing": hashing, "watch": watch}


def lm_eval_in_process() -> dict[str, float]:
    """Seconds of loading the model once and of one `simple_evaluate` over all tasks."""
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    started = time.monotonic()
    model = HFLM(pretrained=str(CHECKPOINT), dtype="float32", device="cpu", batch_size=16)
    manager = TaskManager(include_path=str(ROOT / "tasks/demo"), include_defaults=False)
    lm_eval.simple_evaluate(
        model=model, tasks=list(TASKS), task_manager=manager, apply_chat_template=True
    )
    return {"seconds": time.monotonic() - started}


def lm_eval_commands() -> dict[str, float]:
    """Seconds of one `lm-eval run` command a benchmark."""
    started = time.monotonic()
    for task in TASKS:
        with tempfile.TemporaryDirectory() as output:
            subprocess.run(
                [
                    *(sys.executable, "-m", "lm_eval", "run", "--model", "hf", "--tasks", task),
                    *("--model_args", f"pretrained={CHECKPOINT},dtype=float32", "--log_samples"),
                    *("--apply_chat_template", "--device", "cpu", "--batch_size", "16"),
                    *("--include_path", str(ROOT / "tasks/demo"), "--output_path", output),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
    return {"seconds": time.monotonic() - started}


MEASUREMENTS = {
    "weighin run": weighin_in_process,
    "simple_evaluate": lm_eval_in_process,
    "lm-eval run each": lm_eval_commands,
}


def main() -> int:
    """Print medians and ratios; each measurement in a process of its own, interleaved."""
    if len(sys.argv) > 1:
        print(json.dumps(MEASUREMENTS[sys.argv[1]]()))
        return 0
    if not CHECKPOINT.is_dir():
        print(f"{CHECKPOINT.relative_to(ROOT)}: not there; ./run demo makes it")
        return 1
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in MEASUREMENTS}
    for number in range(ROUNDS):
        for name, values in taken.items():
            finished = subprocess.run(
                [sys.executable, __file__, name],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            values.append(json.loads(finished.stdout.splitlines()[-1]))
            print(f"round {number + 1}: {name}: {values[-1]['seconds']:.1f} s", flush=True)
    ours, bare, commands = (
        statistics.median(v["seconds"] for v in values) for values in taken.values()
    )
    hashing = statistics.median(v["hashing"] for v in taken["weighin run"])
    watch = statistics.median(v["watch"] for v in taken["weighin run"])
    print(
        f"weighin run {ours:.1f} s, of which hashing {hashing:.1f} s and watching {watch:.2f} s"
        f"   (medians of {ROUNDS})"
    )
    print(f"simple_evaluate in one process {bare:.1f} s; ratio {ours / bare:.3f}")
    print(f"without the hashing: ratio {(ours - hashing) / bare:.3f}   (goal: 1.01)")
    print(f"one lm-eval command each {commands:.1f} s; ratio {ours / commands:.2f}   (goal: 0.5)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
