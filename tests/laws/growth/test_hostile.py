"""No file of up to 64 MB and no archive takes more than 1 GB: it is refused, and why is said."""

import pytest
from tests.laws.growth.costs import cost_of
from tests.laws.growth.hostile import HOSTILE

MOST_BYTES = 1 << 30
MOST_SECONDS = 60
# Read, refused by name, of the wrong kind; never 70, and never killed.
TOLD = {0, 2, 3, 10, 11}
FEW = (
    "results of empty lists",
    "table of tables (.md)",
    "rows of the leaderboard",
    "requirements of keys",
)


def assert_bounded(name, folder):
    found = cost_of(HOSTILE[name](folder, 1), folder)
    print(f"{name}: {found.code}, {found.seconds:.1f} s, {found.peak_bytes >> 20} MB")
    assert found.code in TOLD, found.errors
    assert found.peak_bytes < MOST_BYTES
    assert found.seconds < MOST_SECONDS


@pytest.mark.child
@pytest.mark.parametrize("name", FEW)
def test_some_hostile_files_are_bounded(name, tmp_path):
    assert_bounded(name, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in FEW])
def test_every_hostile_file_is_bounded(name, tmp_path):
    assert_bounded(name, tmp_path)
