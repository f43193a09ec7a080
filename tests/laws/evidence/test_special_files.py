"""Pipes, devices and files without end, where evidence was said to be."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.runs.stores import Written, finished

from weighin.errors import EvidenceError
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.store import COMMIT_NAME, Store
from weighin.sources.collecting.evidence import read_evidence

PLAIN_LOG = '{"results": {"arc": {"acc,none": 0.5}}, "configs": {"arc": {}}, "versions": {}}'


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    """A terabyte of zeros, which takes no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(1 << 40)


KINDS = pytest.mark.parametrize("make", [os.mkfifo, endless, huge])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def written(root: Path) -> Written:
    """One benchmark, recorded."""
    return finished(root)


def put_in_place(make: Callable[[Path], object], path: Path) -> None:
    path.unlink(missing_ok=True)
    make(path)


@KINDS
def test_a_record_that_is_no_plain_file_is_refused_by_name(make, root, written):
    put_in_place(make, written.path)
    with pytest.raises(EvidenceError, match=f"^{written.path}: expected "):
        read_evidence([root])


@KINDS
def test_a_record_that_is_no_plain_file_is_not_committed(make, root, written):
    put_in_place(make, written.path)
    (written.folder.parent / COMMIT_NAME).unlink()
    with pytest.raises(EvidenceError, match=f"^{written.path}: expected "):
        Store(root).committed(*written.job)


@KINDS
def test_a_commit_that_is_no_plain_file_is_refused_by_name(make, root, written):
    path = written.folder.parent / COMMIT_NAME
    put_in_place(make, path)
    with pytest.raises(EvidenceError, match=f"^{path}: expected "):
        Store(root).committed(*written.job)


@pytest.mark.parametrize("make", [os.mkfifo, endless])
def test_results_of_lm_eval_that_are_no_plain_file_are_passed_over_by_name(make, tmp_path):
    put_in_place(make, tmp_path / "results_2026-01-01T00-00-00.json")
    evidence = read_evidence([tmp_path])
    assert evidence.records == ()
    assert "results_2026-01-01T00-00-00.json" in str(evidence.notes)


def test_results_of_lm_eval_that_are_too_large_are_refused_by_name(tmp_path):
    path = tmp_path / "results_2026-01-01T00-00-00.json"
    huge(path)
    with pytest.raises(EvidenceError, match=f"^{path}: expected "):
        read_evidence([tmp_path])


@pytest.mark.parametrize("make", [os.mkfifo, endless])
def test_samples_of_lm_eval_that_are_no_plain_file_are_not_read(make, tmp_path):
    (tmp_path / "results_2026-01-01T00-00-00.json").write_text(PLAIN_LOG)
    put_in_place(make, tmp_path / "samples_arc_2026-01-01T00-00-00.jsonl")
    evidence = read_evidence([tmp_path])
    assert [record.files for record in evidence.records] == [()]


@pytest.mark.parametrize("make", [os.mkfifo, endless])
def test_samples_of_a_record_that_are_no_plain_file_are_broken(make, root, written):
    (path,) = written.folder.glob("lm-eval/samples_*")
    put_in_place(make, path)
    assert [file.file for file in read_evidence([root]).broken_files] == [str(path)]


@KINDS
@pytest.mark.usefixtures("written")
def test_other_files_that_are_no_plain_files_are_named_and_not_read(make, root):
    put_in_place(make, root / "notes.json")
    evidence = read_evidence([root], skip_unreadable=True)
    assert len(evidence.records) == 1
    assert any("notes.json" in note for note in evidence.notes)


@KINDS
def test_a_ledger_that_is_no_plain_file_is_refused_by_name(make, tmp_path):
    path = tmp_path / LEDGER_NAME
    put_in_place(make, path)
    with pytest.raises(EvidenceError, match=f"^{path}: expected "):
        read_ledger(path)


def test_a_pipe_in_place_of_a_ledger_is_never_waited_for(root, written):
    put_in_place(os.mkfifo, root / LEDGER_NAME)
    try:
        told = str(read_evidence([root]))
    except EvidenceError as error:
        told = str(error)
    assert LEDGER_NAME in told or "ledger" in told
    assert written.path.is_file()
