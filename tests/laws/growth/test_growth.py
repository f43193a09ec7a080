"""Reading and judging take twice as long, and twice the memory, for twice as much, and no more.

Each case is a command on n, 2n and 4n of what its input repeats most. Each run is a process of its
own, whose start is taken off.
"""

import pytest
from tests.laws.growth.costs import cost_of
from tests.laws.growth.inputs import OF_JUDGES
from tests.laws.growth.logs import OF_FORMATS
from tests.laws.growth.scorecards import OF_SCORECARDS

from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.registry import READERS, reader_of

CASES = OF_JUDGES | OF_FORMATS | OF_SCORECARDS

MOST_RATIO = 2.6
# Differences below these are the noise of a machine, not growth.
NOISE_SECONDS, NOISE_BYTES = 0.25, 12 << 20


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_twice_as_much_costs_twice_as_much(name, tmp_path):
    make, start = CASES[name]
    costs = []
    for n in (1, start, 2 * start, 4 * start):
        folder = tmp_path / str(n)
        folder.mkdir()
        found = cost_of(make(folder, n), folder)
        assert found.code in {0, 10, 11}, found.errors
        costs.append((found.seconds, found.peak_bytes))
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
