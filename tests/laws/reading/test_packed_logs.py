"""A log that somebody packed with gzip is the log, in every format that is JSON or a table."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.making.logs.every_format import FORMATS, log_of

from weighin.api import inspect
from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.packed import MAX_UNPACKED_BYTES, is_packed_name, unpacked
from weighin.sources.collecting.evidence import read_evidence

PACKED = (".json", ".csv", ".md", ".yaml")


def pack(folder: Path) -> None:
    for path in sorted(p for p in folder.rglob("*") if p.suffix in PACKED):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()


def said(record: Record) -> tuple[object, ...]:
    """What a record says, but not of which file."""
    of_files = [file.sha256 for file in record.files]
    what = (record.model, record.asked, record.scores, record.observations, record.facts)
    return (*what, record.run, record.is_partial, of_files)


def records(folder: Path) -> tuple[Record, ...]:
    evidence = read_evidence([folder])
    assert evidence.records
    return evidence.records


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_packed_log_says_what_the_log_says_and_names_the_file_that_is_there(
    name: str, tmp_path: Path
):
    log_of(name, tmp_path)
    before = records(tmp_path)
    pack(tmp_path)
    after = records(tmp_path)
    assert [said(record) for record in after] == [said(record) for record in before]
    assert all(Path(record.origin.file).is_file() for record in after)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"{}", "expected gzip"),
        (gzip.compress(b'{"a": 1}' * 99, mtime=0)[:-12], "an end within it"),
    ],
    ids=["empty", "not packed", "cut"],
)
def test_what_is_no_gzip_is_refused_by_name(content: bytes, message: str, tmp_path: Path):
    path = tmp_path / "results.json.gz"
    path.write_bytes(content)
    found = inspect([path])
    assert found.files == ()
    assert [message in file.reason for file in found.unread] == [True]


def test_what_holds_more_than_is_read_is_refused_before_it_is_unpacked():
    content = gzip.compress(bytes(3 << 20))
    with pytest.raises(EvidenceError, match=r"at most 1048576 bytes .*; unpack it"):
        unpacked(content, Path("a.json.gz"), max_bytes=1 << 20)
    assert MAX_UNPACKED_BYTES < 1 << 28


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.binary(max_size=200), min_size=1, max_size=4), padding=st.integers(0, 3))
def test_members_one_after_the_other_are_one_file(parts: list[bytes], padding: int):
    content = b"".join(gzip.compress(part) for part in parts) + bytes(padding)
    assert unpacked(content, Path("a.json.gz")) == b"".join(parts)


def test_samples_are_unpacked_by_whoever_reads_them():
    assert not is_packed_name("samples_arc.jsonl.gz")
