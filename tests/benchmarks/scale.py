"""`weighin run`, in one process and on a local Ray, against one lm-eval command a benchmark.

The demo needs its checkpoint: `./run demo` makes it. Ray runs in namespaces in which only loopback
is up; where none can be made, that part is left out, visibly. Wall time, all that a user waits for.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.making.places import TINY_TASKS  # noqa: E402  # found by the line above
from tests.making.ray.world import World, why_no_world, world  # noqa: E402  # the same
from tests.making.tiny.checkpoint import save_tiny_checkpoint  # noqa: E402  # the same

from weighin.evidence.ledger import LEDGER_NAME, LedgerLine, read_ledger  # noqa: E402  # the same

CHECKPOINT = ROOT / "checkpoints/demo/SmolLM2-135M-Instruct"
DEMO = ROOT / "tasks/demo"
REQUIREMENTS = DEMO / "requirements.yaml"
SHOTS = {"demo_animals": 0, "demo_elements": 0, "demo_opposites": 2, "demo_passages": 0}
TINY = ("tiny_choice", "tiny_generate", "tiny_rolling")
MOST_SHOTS = 4
GOAL = 0.5


def _seconds(*module: str) -> float:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", *module],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - started


def _lm_eval_of_each(folder: Path) -> float:
    return sum(
        _seconds(
            *("lm_eval", "run", "--model", "hf", "--tasks", task, "--num_fewshot", str(shots)),
            *("--model_args", f"pretrained={CHECKPOINT},dtype=float32", "--log_samples"),
            *("--apply_chat_template", "--device", "cpu", "--batch_size", "16"),
            *("--include_path", str(DEMO), "--output_path", str(folder / task)),
        )
        for task, shots in SHOTS.items()
    )


def _on_ray(made: World, *arguments: str | Path) -> float:
    started = time.monotonic()
    run = made.weighin(*arguments, "--on", "ray:local", name=f"run-{time.monotonic_ns()}")
    if run.wait(3600):
        raise SystemExit(run.told)
    return time.monotonic() - started


def _between(results: Path) -> Iterator[float]:
    """Seconds from the end of each benchmark to the start of the next one."""
    lines = read_ledger(results / LEDGER_NAME).lines
    told = [line for line in lines if line.event in {"benchmark-started", "benchmark-finished"}]
    for line, following in pairwise(told):
        if (line.event, following.event) == ("benchmark-finished", "benchmark-started"):
            yield (_moment(following) - _moment(line)).total_seconds()


def _moment(line: LedgerLine) -> datetime:
    return datetime.fromisoformat(line.time)


def _many_small_jobs(folder: Path) -> Path:
    """Requirements of jobs that take no time, so that what lies between them can be seen."""
    checkpoint = save_tiny_checkpoint(folder / "tiny")
    benchmarks = "".join(
        f"  - {{task: {task}, num_fewshot: {shots}}}\n"
        for shots in range(MOST_SHOTS)
        for task in TINY[: 3 if shots == 0 else 2]
    )
    path = folder / "requirements.yaml"
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: {checkpoint}\n"
        f"tasks: ['{TINY_TASKS}']\nbenchmarks:\n{benchmarks}",
        encoding="utf-8",
    )
    return path


def _added_a_job(made: World, folder: Path) -> None:
    requirements = _many_small_jobs(folder)
    here, on_ray = folder / "here", folder / "on-ray"
    _seconds("weighin", "run", str(requirements), "--results", str(here))
    _on_ray(made, "run", requirements, "--results", on_ray, "--cpus-per-job", "2")
    between = {place: [1000 * s for s in _between(place)] for place in (here, on_ray)}
    plain, ray = (statistics.median(between[place]) for place in (here, on_ray))
    print(
        f"from one benchmark to the next on the same worker, medians of {len(between[on_ray])}: "
        f"{plain:.0f} ms in one process, {ray:.0f} ms on Ray; Ray adds {ray - plain:.0f} ms a job"
    )


def main() -> int:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-jobs", action="store_true", help="only what Ray adds to a job")
    only_jobs = parser.parse_args().only_jobs
    why_not = why_no_world()
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        folder = Path(temporary)
        if not only_jobs and CHECKPOINT.is_dir():
            each = _lm_eval_of_each(folder / "lm-eval")
            print(f"lm-eval, a command a benchmark: {each:.1f} s", flush=True)
            ours = _seconds("weighin", "run", str(REQUIREMENTS), "--results", str(folder / "here"))
            print(f"weighin run: {ours:.1f} s, {ours / each:.2f}   (goal: {GOAL})", flush=True)
        elif not only_jobs:
            print(f"{CHECKPOINT.relative_to(ROOT)}: not there; ./run demo makes it")
            each = 0.0
        if why_not:
            print(f"Ray is left out: no namespaces here: {why_not}")
            return 0
        with world(folder / "w") as made:
            if not only_jobs and each:
                ray = _on_ray(made, "run", REQUIREMENTS, "--results", folder / "on-ray")
                print(f"weighin run --on ray: {ray:.1f} s, {ray / each:.2f}", flush=True)
            _added_a_job(made, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
