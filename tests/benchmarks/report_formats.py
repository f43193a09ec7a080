"""What each format costs: CPU of the whole command, and how printing grows with the row.

The peer of a whole command is the same command that prints nothing; the peer of printing is the
JSON of the same verdict, by pydantic and the standard library.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.logs.wide import wide_row

from weighin.api import check
from weighin.reports.shared.formats import Format
from weighin.reports.verdict.report import verdict_report

ROOT = Path(__file__).parents[2]
ROUNDS = 5
SIZES = (100, 750, 1500, 3000, 6000)
DEMO = ("check", "results/demo/requirements.yaml", "results/demo/act-1")


def cpu_seconds(*arguments: str) -> float:
    """User and system time of one command."""
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "weighin", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def whole_commands() -> None:
    """Print the median CPU of a check of the demo in each format, interleaved."""
    ways = {"nothing": ("--quiet",)} | {told: ("--format", told) for told in Format}
    times: dict[str, list[float]] = {name: [] for name in ("--help", *ways)}
    for _ in range(ROUNDS):
        times["--help"].append(cpu_seconds("--help"))
        for name, options in ways.items():
            times[name].append(cpu_seconds(*DEMO, *options))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'weighin':<20} {'CPU ms':>7} {'of nothing':>11}   (median of {ROUNDS}, interleaved)")
    print(f"{'--help':<20} {1000 * medians.pop('--help'):>7.0f}")
    for name, seconds in medians.items():
        ratio = seconds / medians["nothing"]
        print(f"{f'check, {name}':<20} {1000 * seconds:>7.0f} {ratio:>11.2f}")


def printing() -> None:
    """Print the CPU of each format by number of benchmarks, and what 2n costs of n."""
    of = {told: [] for told in Format if told is not Format.TEXT}
    bytes_of = dict.fromkeys(of, 0)
    for size in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            row = wide_row(Path(scratch), size, "leaderboard")
            report = verdict_report(check(row.requirements, [row.log]))
            for told, times in of.items():
                started = time.process_time()
                text = report.told(told)
                times.append(time.process_time() - started)
                if size == SIZES[0]:
                    bytes_of[told] = len(text.encode())
    sizes = "".join(f"{size:>9}" for size in SIZES)
    print(f"{'CPU s of printing':<18}{sizes}   4n of n   of json   kB of {SIZES[0]}")
    for told, times in of.items():
        seconds = "".join(f"{spent:>9.2f}" for spent in times)
        growth, ratio = times[-1] / times[2], times[-1] / of[Format.JSON][-1]
        print(f"{told:<18}{seconds} {growth:>9.2f} {ratio:>9.2f} {bytes_of[told] / 1000:>8.0f}")


if __name__ == "__main__":
    whole_commands()
    printing()
