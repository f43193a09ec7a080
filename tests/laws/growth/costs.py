"""What a run of weighin takes, in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.making.places import ROOT

LONGEST_SECONDS = 240
_CODE = """
import os, sys, resource
sys.argv[0] = 'weighin'
from weighin.cli.application import run_application
try:
    code = run_application()
except SystemExit as end:
    code = end.code
used = resource.getrusage(resource.RUSAGE_SELF)
below = resource.getrusage(resource.RUSAGE_CHILDREN)
with open('/proc/self/status') as status:  # the peak in rusage begins with that of the parent
    (peak,) = (int(line.split()[1]) for line in status if line.startswith('VmHWM'))
print('\\n', code or 0, used.ru_utime + used.ru_stime + below.ru_utime + below.ru_stime,
      max(peak, below.ru_maxrss) * 1024)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took.

    Attributes:
        code: Its exit code.
        seconds: Of CPU.
        peak_bytes: The most memory that it or a process that it began held.
        errors: The end of what it said on standard error.
    """

    code: int
    seconds: float
    peak_bytes: int
    errors: str


def cost_of(arguments: list[str], folder: Path) -> Cost:
    """Run weighin on a command line."""
    done = subprocess.run(
        [sys.executable, "-c", _CODE, *arguments],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, timeout=LONGEST_SECONDS, check=True, errors="replace",
    )  # fmt: skip
    code, seconds, peak = done.stdout.split()[-3:]
    return Cost(int(code), float(seconds), int(peak), done.stderr[-2_000:])
