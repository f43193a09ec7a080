"""Is any honest run called violated? A hundred real runs of a tiny model, varied as people do.

Order of the benchmarks, batch size, threads, interruption and resumption, several commands, a
checkpoint and a results folder that move, copied evidence, evidence given twice or in parts, and
reading it again. The tests make six of them, `./run soak` all.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance.honest_runs import trial, variation
from tests.making.tiny.checkpoint import save_tiny_checkpoint

COUNT = 100


def main() -> int:
    """Print what came out, by verdict, and every rule that was not met. Returns 1 if violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=COUNT, help="how many variations")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first")
    given = parser.parse_args()
    verdicts: Counter[str] = Counter()
    problems: list[str] = []
    violated = 0
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        checkpoint = save_tiny_checkpoint(Path(scratch) / "tiny")
        for seed in range(given.seed, given.seed + given.runs):
            varied = variation(seed)
            outcomes = trial(varied, checkpoint, Path(scratch) / str(seed))
            verdicts.update(outcomes.verdicts)
            violated += bool(outcomes.violated)
            found = dict.fromkeys((*outcomes.violated, *outcomes.undecided))
            problems += [f"seed {seed} ({varied.in_words}): {problem}" for problem in found]
    for problem in problems:
        print(problem)
    told = ", ".join(f"{count} {outcome}" for outcome, count in verdicts.most_common())
    seconds = time.perf_counter() - started
    print(f"{given.runs} honest runs, {verdicts.total()} checks: {told}; {seconds:.0f} s")
    print(f"runs with something violated: {violated}   (goal: 0)")
    return 1 if violated else 0


if __name__ == "__main__":
    sys.exit(main())
