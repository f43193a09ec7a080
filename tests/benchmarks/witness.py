"""What the witness costs: each pass of the demo's model looked at, and one weighing.

Prints the time of a pass at batch 1 and 64 with and without the looks of every pass, and of one
weighing. Without the demo's checkpoint a tiny one stands in for it, and that is said.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.places import ROOT
from tests.making.tiny.checkpoint import save_tiny_checkpoint

DEMO = ROOT / "checkpoints" / "demo" / "SmolLM2-135M-Instruct"
TOKENS = 16
PASSES = {1: 40, 64: 6}


def main() -> None:
    """Measure, and print."""
    import torch
    from transformers import AutoModelForCausalLM

    from weighin.harness.witness.weighing import Loading, Scale

    with tempfile.TemporaryDirectory() as made:
        folder = DEMO if DEMO.is_dir() else save_tiny_checkpoint(Path(made) / "tiny")
        loading = Loading(str(folder), {})
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        loading.finish(model, {"missing_keys": (), "mismatched_keys": ()})
        print(
            f"{folder.name}, float32, {torch.get_num_threads()} threads, {TOKENS} tokens a prompt"
        )
        scale = Scale(model, None, loading, "", Path(made))
        started = time.perf_counter()
        scale.weigh(model, "first", 0.0)
        first = time.perf_counter() - started
        started = time.perf_counter()
        scale.weigh(model, "again", 0.0)
        again = time.perf_counter() - started
        print(f"weighed with the disk in {first:.2f} s, again in {again:.2f} s")
        seconds = number = 0
        for batch, passes in PASSES.items():
            rows = torch.ones((batch, TOKENS), dtype=torch.long)
            plain, looks = [], []
            for _ in range(passes):
                number += 1
                started = time.perf_counter()
                scale.on_pass(number, seconds)
                looked = time.perf_counter()
                with torch.no_grad():
                    model(rows)
                plain.append(time.perf_counter() - looked)
                looks.append(looked - started)
                seconds += plain[-1]
            share = sum(looks) / sum(plain)
            print(
                f"batch {batch}: {1000 * median(plain):.1f} ms a pass, looks "
                f"{1000 * median(looks):.2f} ms (median), {100 * share:.1f} % of all"
            )


if __name__ == "__main__":
    main()
