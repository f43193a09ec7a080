"""What the witness costs a whole evaluation: lm-eval on the demo's checkpoint, with it and without.

Prints the median wall clock of each, what weighing takes of the difference, and what is left as a
part of the wall clock without. Without the demo's checkpoint there is nothing to measure, and that
is said.
"""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.places import ROOT

NAME = "SmolLM2-135M-Instruct"
DEMO = ROOT / "checkpoints" / "demo" / NAME
TIMES = 3
COMMAND = (
    f"-m lm_eval run --model hf --model_args pretrained={DEMO},dtype=float32 --device cpu "
    f"--tasks demo_animals --include_path {ROOT / 'tasks' / 'demo'} --batch_size 16 --log_samples"
)


def main() -> None:
    """Measure, and print."""
    if not DEMO.is_dir():
        print("the demo's checkpoint is not here: ./run demo makes it")
        return
    with tempfile.TemporaryDirectory() as made:
        took: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(TIMES):
            for is_witnessed, seconds in took.items():
                seconds.append(_run(Path(made, f"{turn}-{is_witnessed}"), is_witnessed))
        without, with_it = median(took[False]), median(took[True])
        weighing = _weighing(Path(made))
    rest = with_it - weighing - without
    print(f"lm-eval, demo_animals: {without:.1f} s without and {with_it:.1f} s with the witness")
    print(
        f"medians of {TIMES}; weighed twice with the disk, and files read again: {weighing:.1f} s"
    )
    print(f"the rest is {rest:.1f} s, {100 * rest / without:.1f} % of the wall clock without")


def _run(folder: Path, is_witnessed: bool) -> float:  # noqa: FBT001  # what is compared
    folder.mkdir()
    witness = f"-m weighin witness --results {folder / 'results'} -- {shlex.quote(sys.executable)} "
    words = f"{witness if is_witnessed else ''}{COMMAND} --output_path {folder / 'out'}"
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *shlex.split(words)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def _weighing(kept_in: Path) -> float:
    """Seconds of one weighing with the disk, one without, and one reading of the files."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from weighin.harness.witness.weighing import Loading, Scale
    from weighin.identity.fingerprint.hashed_files import HashedFiles

    loading = Loading(str(DEMO), {})
    model = AutoModelForCausalLM.from_pretrained(DEMO, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(DEMO)
    loading.finish(model, {"missing_keys": (), "mismatched_keys": ()})
    started = time.perf_counter()
    scale = Scale(model, tokenizer, loading, "", kept_in)
    scale.weigh(model, "first", 0.0)
    scale.weigh(model, "again", 0.0)
    HashedFiles(DEMO, None).read(scale.manifest)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
