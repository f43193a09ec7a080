"""How long a check of a wide row takes, and how that grows: n, 2n and 4n required benchmarks."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.logs.wide import wide_row

from weighin.api import check

SMALLEST = 275
PROFILES = ("same-checkpoint", "comparable", "leaderboard")


def main() -> int:
    """Print CPU seconds by profile, and by how much they grow from n to 4n. Returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", type=int, default=SMALLEST, help="the smallest row")
    smallest = parser.parse_args().benchmarks
    sizes = (smallest, 2 * smallest, 4 * smallest)
    with tempfile.TemporaryDirectory() as scratch:
        # What is read once, whatever the row, for example the registry.
        _seconds(Path(scratch) / "first", 1, PROFILES[-1])
        for profile in PROFILES:
            took = [_seconds(Path(scratch) / f"{profile}{n}", n, profile) for n in sizes]
            told = ", ".join(f"{n}: {s:.2f} s" for n, s in zip(sizes, took, strict=True))
            print(f"{profile}: {told}; 4n takes {took[-1] / took[0]:.2f} times as long as n")
    return 0


def _seconds(folder: Path, benchmarks: int, profile: str) -> float:
    row = wide_row(folder, benchmarks, profile)
    started = time.process_time()
    check(row.requirements, [row.log])
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
