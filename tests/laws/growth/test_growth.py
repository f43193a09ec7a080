"""Reading and judging take twice as long, and twice the memory, for twice as much, and no more.

Each case is a command on n, 2n and 4n of what its input repeats most. Each run is a process of its
own, whose start is taken off.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.laws.growth.inputs import OF_JUDGES
from tests.laws.growth.logs import OF_FORMATS
from tests.laws.growth.scorecards import OF_SCORECARDS
from tests.making.places import ROOT

from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.registry import READERS, reader_of

CASES = OF_JUDGES | OF_FORMATS | OF_SCORECARDS

MOST_RATIO = 2.6
# Differences below these are the noise of a machine, not growth.
NOISE_SECONDS, NOISE_BYTES = 0.25, 12 << 20
LONGEST_SECONDS = 120


def cost(arguments: list[str], folder: Path) -> tuple[float, int]:
    """CPU seconds and peak bytes of a run of weighin."""
    code = (
        "import os, sys, resource\n"
        "sys.argv[0] = 'weighin'\n"
        "from weighin.cli.application import app\n"
        "try:\n    app()\nexcept SystemExit as end:\n    code = end.code\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print('\\n', code or 0, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, timeout=LONGEST_SECONDS, check=True,
    )  # fmt: skip
    status, seconds, peak = done.stdout.split()[-3:]
    assert int(status) in {0, 10, 11}, done.stderr[-2_000:]
    return float(seconds), int(peak)


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_twice_as_much_costs_twice_as_much(name, tmp_path):
    make, start = CASES[name]
    costs = []
    for n in (1, start, 2 * start, 4 * start):
        folder = tmp_path / str(n)
        folder.mkdir()
        costs.append(cost(make(folder, n), folder))
    (seconds, peak), *grown = costs
    of_seconds = [max(s - seconds, NOISE_SECONDS) for s, _ in grown]
    of_peak = [max(p - peak, NOISE_BYTES) for _, p in grown]
    for kind, (one, two, four) in {"seconds": of_seconds, "bytes": of_peak}.items():
        print(f"{name}: {kind} above the start: {one:.6g}, {two:.6g}, {four:.6g}")
        assert two / one < MOST_RATIO, kind
        assert four / two < MOST_RATIO, kind


@pytest.mark.parametrize("name", CASES)
def test_every_case_is_read(name, tmp_path, weighin):
    make = CASES[name][0]
    told = weighin(*make(tmp_path, 2))
    assert told.code in {0, 10, 11}, told.errors


def test_every_reader_has_a_case(tmp_path):
    read = set()
    for name, (make, _) in CASES.items():
        folder = tmp_path / name
        folder.mkdir()
        make(folder, 2)
        for path in folder.rglob("*"):
            if path.is_file():
                read.add(type(reader_of(ForeignFile(path, path.name))))
    assert {type(reader) for reader in READERS} <= read
