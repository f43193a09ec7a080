"""What people wrote takes 150 MB and 8 bytes a byte at most."""

import pytest
from tests.laws.growth.costs import cost_of
from tests.making.places import ROOT

CORPUS = ROOT.parent / "shared" / "corpus"
DATASETS = ROOT.parent / "shared" / "datasets"
FIXED_BYTES, BYTES_A_BYTE = 150_000_000, 8
LARGEST = 12
FOLDERS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else ()
TABLES = sorted(DATASETS.rglob("*.csv")) if DATASETS.is_dir() else ()

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no {CORPUS}"),
]


def assert_lean(command, path, folder):
    found = cost_of([command, str(path)], folder)
    most = FIXED_BYTES + BYTES_A_BYTE * path.stat().st_size
    print(f"{path.name}: {path.stat().st_size} bytes, peak {found.peak_bytes} of {most}")
    assert found.code != 70, found.errors
    assert found.peak_bytes <= most


@pytest.mark.parametrize("name", FOLDERS)
def test_the_largest_files_of_a_kind_are_read_leanly(name, tmp_path):
    files = [path for path in (CORPUS / name).rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: -path.stat().st_size)[:LARGEST]:
        assert_lean("inspect", path, tmp_path)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_tables_of_leaderboards_are_read_leanly(path, tmp_path):
    assert_lean("scorecard", path, tmp_path)
