"""Disks that are full, results that may not be written, reports that cannot be."""

import pytest
from tests.making.runs.disks import files_no_larger_than, mounted

from weighin.evidence.store import read_record

pytestmark = pytest.mark.model


def require_nothing_half_written(results):
    for path in results.rglob("record.json"):
        read_record(path)
    assert not list(results.rglob("*.draft"))


@pytest.mark.parametrize("size", ["8k", "24k", "48k", "72k"])
def test_a_full_disk_ends_with_75_and_nothing_half_written(weighin, recorded, tmp_path, size):
    with mounted(tmp_path / "disk", f"size={size}") as disk:
        results = disk / "results"
        told = weighin("run", recorded.requirements, "--results", results)
        require_nothing_half_written(results)
    assert told.code == 75, told.errors
    print(told.errors)
    assert "no space left on device" in told.errors or "the disk is full" in told.errors
    assert told.output == ""


@pytest.mark.parametrize("size_bytes", [300, 900, 4_000, 12_000])
def test_a_limit_on_file_sizes_ends_with_75_and_nothing_half_written(
    weighin, recorded, tmp_path, size_bytes
):
    results = tmp_path / "results"
    with files_no_larger_than(size_bytes):
        told = weighin("run", recorded.requirements, "--results", results)
    assert told.code == 75, told.errors
    require_nothing_half_written(results)
    assert weighin("run", recorded.requirements, "--results", results).code == 0


def test_a_read_only_results_folder_ends_with_2(weighin, recorded, tmp_path):
    with mounted(tmp_path / "disk", "ro") as disk:
        told = weighin("run", recorded.requirements, "--results", disk / "results")
    assert told.code == 2
    assert "read-only file system; give a folder that can be written with --results" in told.errors


def test_results_below_a_regular_file_end_with_2(weighin, recorded, tmp_path):
    (tmp_path / "file").write_text("")
    told = weighin("run", recorded.requirements, "--results", tmp_path / "file" / "results")
    assert told.code == 2
    assert "expected folders above it, found a file" in told.errors


def test_a_report_that_cannot_be_written_ends_with_2_before_anything_is_scored(
    weighin, recorded, tmp_path
):
    (tmp_path / "file").write_text("")
    results = tmp_path / "new"
    told = weighin(
        "run", recorded.requirements, "--results", results, "--junit", tmp_path / "file" / "a.xml"
    )
    assert told.code == 2
    assert "cannot write the report" in told.errors
    assert not results.exists()


def test_a_report_that_cannot_be_written_does_not_hide_the_verdict(weighin, recorded):
    told = weighin("check", recorded.requirements, recorded.results, "--markdown", "/dev/full")
    assert told.code == 75
    assert "no space left on device" in told.errors
    assert told.output.startswith("✓ MET")


def test_a_manifest_that_is_there_already_is_never_overwritten(weighin, tiny_checkpoint, tmp_path):
    (tmp_path / "manifest.json").write_text("mine")
    told = weighin("fingerprint", tiny_checkpoint, "--save", tmp_path / "manifest.json")
    assert told.code == 2
    assert (tmp_path / "manifest.json").read_text() == "mine"
