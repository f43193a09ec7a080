"""What people wrote takes 150 MB and 8 bytes a byte at most."""

import pytest
from tests.laws.growth.costs import Cost, cost_of
from tests.laws.growth.many_costs import costs_of
from tests.making.places import ROOT

CORPUS = ROOT.parent / "shared" / "corpus"
DATASETS = ROOT.parent / "shared" / "datasets"
FIXED_BYTES, BYTES_A_BYTE = 150_000_000, 8
FOLDERS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else ()
TABLES = sorted(DATASETS.rglob("*.csv")) if DATASETS.is_dir() else ()

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no {CORPUS}")


def most(size: int) -> int:
    """The most memory that a file of a size may take."""
    return FIXED_BYTES + BYTES_A_BYTE * size


def assert_lean(found: Cost, path) -> None:
    assert found.code in {0, 3, 10, 11}, f"{path}: {found.code}, {found.errors}"
    assert found.peak_bytes <= most(path.stat().st_size), path


def looked_at(files, folder) -> None:
    """Hold all files to the bound, and print the worst."""
    files = sorted(files, key=lambda path: path.stat().st_size)
    costs = costs_of([["inspect", str(path)] for path in files], folder)
    found = dict(zip(files, costs, strict=True))
    worst = max(files, key=lambda path: found[path].peak_bytes / most(path.stat().st_size))
    print(
        f"{len(files)} files, the worst {worst.relative_to(CORPUS)}: {worst.stat().st_size} bytes, "
        f"peak {found[worst].peak_bytes / 1e6:.0f} of {most(worst.stat().st_size) / 1e6:.0f} MB; "
        f"CPU {sum(cost.seconds for cost in costs):.0f} s in all"
    )
    for path, cost in found.items():
        assert_lean(cost, path)


@pytest.mark.soak
@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_is_read_leanly(name, tmp_path):
    looked_at([path for path in (CORPUS / name).rglob("*") if path.is_file()], tmp_path)


@pytest.mark.child
def test_the_largest_files_are_read_leanly(tmp_path):
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    looked_at(sorted(files, key=lambda path: path.stat().st_size)[-4:], tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_tables_of_leaderboards_are_read_leanly(path, tmp_path):
    assert_lean(cost_of(["scorecard", str(path)], tmp_path), path)
