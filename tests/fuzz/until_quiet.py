"""Fuzzes until nothing new is found for long enough, and counts what was done."""

import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.fuzz.fuzzing import TOLD

_EDGES = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ")


@dataclass(frozen=True)
class Until:
    """When a run ends: quiet for long enough and enough tried, or at one of the bounds.

    Attributes:
        quiet_cpu_minutes: What it must have run since its last new edge.
        executions: What it must have tried.
        at_most_cpu_minutes: A bound, however much is found; None for no bound.
        at_most_seconds: The same by the clock.
    """

    quiet_cpu_minutes: float = 10
    executions: int = 200_000
    at_most_cpu_minutes: float | None = None
    at_most_seconds: float | None = None

    def ended(self, run: "Run", seconds: float) -> str | None:
        """Why a run ends now; None if it goes on."""
        quiet = run.cpu_minutes - run.last_new_edge_cpu_minutes
        if run.executions >= self.executions and quiet >= self.quiet_cpu_minutes:
            return (
                f"no new edge for {self.quiet_cpu_minutes:g} CPU minutes, "
                f"at least {self.executions} executions"
            )
        if self.at_most_cpu_minutes is not None and run.cpu_minutes >= self.at_most_cpu_minutes:
            return f"the bound of {self.at_most_cpu_minutes:g} CPU minutes"
        if self.at_most_seconds is not None and seconds >= self.at_most_seconds:
            return f"the bound of {self.at_most_seconds:g} seconds"
        return None


@dataclass
class Run:
    """What one run of a target has done.

    Attributes:
        executions: Inputs that were tried.
        accepted: Of those, the ones that were read; the others were refused by name.
        edges_of_seeds: Branches of weighin that the committed seeds reach.
        edges: Branches that were reached.
        last_new_edge_at: Executions when the last one of them was.
        crashes: Faults: places that raised what breaks the law.
    """

    target: str
    executions: int = 0
    accepted: int = 0
    edges_of_seeds: int = 0
    edges: int = 0
    last_new_edge_at: int = 0
    last_new_edge_cpu_minutes: float = 0
    cpu_minutes: float = 0
    crashes: int = 0
    ended: str = ""

    def hear(self, line: str) -> None:
        """Count what a line of the fuzzing process tells."""
        if line.startswith(TOLD):
            executions, accepted, crashes, seconds = line.split()[1:]
            self.executions, self.accepted = int(executions), int(accepted)
            self.crashes = int(crashes)
            self.cpu_minutes = round(float(seconds) / 60, 3)
        elif found := _EDGES.match(line):
            edges = int(found[2])
            if "INITED" in line:
                self.edges_of_seeds = edges
            elif edges > self.edges:
                self.last_new_edge_at = int(found[1])
                self.last_new_edge_cpu_minutes = self.cpu_minutes
            self.edges = max(self.edges, edges)

    def document(self) -> dict[str, object]:
        """The run as it is kept and printed."""
        return asdict(self)


@dataclass
class Tail:
    """The last lines that are neither counts nor of the course of a run: a traceback, mostly."""

    lines: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        """Keep a line."""
        if line.strip() and not line.startswith((TOLD, "#", "INFO:")):
            self.lines = [*self.lines[-60:], line.rstrip()]


def fuzz(target: str, until: Until, *, seed: int, found: Path) -> tuple[Run, Tail]:
    """Run a target in a process of its own until it is to end."""
    run, tail, began = Run(target), Tail(), time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz.fuzzing", target, str(seed), str(found)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            run.hear(line)
            tail.hear(line)
            if not run.ended and (why := until.ended(run, time.monotonic() - began)):
                run.ended = why
                process.send_signal(signal.SIGKILL)
    if not run.ended:
        # What no exception tells: too much memory or time, or a fault of the interpreter.
        run.ended, run.crashes = "it died", run.crashes + 1
    return run, tail
