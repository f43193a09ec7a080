"""CPU time of `weighin --help` against `lm-eval --help`: interleaved, medians."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 9
COMMANDS = {
    "weighin --help": ["weighin", "--help"],
    "weighin check --help": ["weighin", "check", "--help"],
    "lm-eval --help": ["lm-eval", "--help"],
}


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one call, children included."""
    program = str(Path(sys.executable).with_name(command[0]))
    before = os.times()
    subprocess.run([program, *command[1:]], stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def main() -> None:
    """Print medians and ratios."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(cpu_seconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    peer = medians["lm-eval --help"]
    print(f"{'command':<22} {'CPU ms':>8} {'of lm-eval':>11}   (median of {ROUNDS}, interleaved)")
    for name, seconds in medians.items():
        print(f"{name:<22} {1000 * seconds:>8.0f} {seconds / peer:>11.2f}")


if __name__ == "__main__":
    main()
