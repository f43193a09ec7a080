"""Archives of Inspect: compressed in any way, cancelled, damaged, hostile."""

import contextlib
import json
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.inspect import archive, header, read, record_of, three_of_four, zipfile
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.inspect import archive as inspect_archive
from weighin.sources.formats.inspect.reader import InspectReader

MIB = 1 << 20


@pytest.mark.parametrize("method", ["stored", "deflated", "zstd"])
def test_an_archive_says_what_the_json_log_says(method: str, tmp_path: Path):
    log = header() | {"samples": three_of_four()}
    (found,) = read(archive(tmp_path, header(), three_of_four(), method=method)).records
    of_json = record_of(log, tmp_path)
    assert found.record.scores == of_json.scores
    assert [fact.value for fact in found.record.facts] == [fact.value for fact in of_json.facts]
    assert list(found.recompute().values.values()) == [0.75]


def test_pointers_name_the_member(tmp_path: Path):
    (found,) = read(archive(tmp_path, header(), three_of_four())).records
    assert found.record.origin.pointer == "/header.json/eval"


def test_a_cancelled_log_is_a_record_without_scores(tmp_path: Path):
    reading = read(archive(tmp_path, header(), three_of_four()[:2], start_only=True))
    (found,) = reading.records
    assert (found.record.scores, found.record.is_partial) == ((), True)
    assert "no header: 2 samples are logged" in reading.notes[0]
    assert found.record.origin.pointer == "/_journal~1start.json/eval"


def test_an_archive_that_is_still_being_written_is_refused(tmp_path: Path):
    path = archive(tmp_path, header(), three_of_four())
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(EvidenceError, match="no end of its directory"):
        read(path)


def test_an_empty_file_is_refused(tmp_path: Path):
    path = tmp_path / "run.eval"
    path.touch()
    with pytest.raises(EvidenceError, match="expected a zip archive as Inspect writes it"):
        read(path)


@pytest.mark.parametrize("method", ["deflated", "zstd"])
def test_a_member_that_holds_more_than_it_says_is_refused_within_bounds(
    method: str, tmp_path: Path
):
    path = tmp_path / "run.eval"
    with zipfile.ZipFile(path, "w", 93 if method == "zstd" else 8) as writer:
        writer.writestr("header.json", b" " * (256 * MIB))
    content = path.read_bytes()
    # The size that the directory states, as a bomb would state it.
    at = content.rfind(b"PK\x01\x02") + 24
    path.write_bytes(content[:at] + struct.pack("<I", MIB) + content[at + 4 :])
    tracemalloc.start()
    with pytest.raises(EvidenceError, match="other bytes than its size and checksum say"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_a_member_above_the_limit_is_refused_unread(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(inspect_archive, "MAX_MEMBER_BYTES", 100)
    with pytest.raises(EvidenceError, match=r"epoch_1\.json: expected at most 100 bytes"):
        read(archive(tmp_path, header(), three_of_four()))


def test_all_members_together_are_bounded(tmp_path: Path, monkeypatch):
    path = archive(tmp_path, header(), three_of_four())
    monkeypatch.setattr(inspect_archive, "_ALWAYS_ALLOWED_BYTES", len(json.dumps(header())) + 10)
    monkeypatch.setattr(inspect_archive, "_MOST_GROWTH", 1)
    with pytest.raises(EvidenceError, match="1 times the archive, as are still left"):
        read(path)


BOMBS = {
    "a header of many lists": ("header.json", b'{"x":[' + b"[]," * (4 * MIB) + b"[]]}"),
    "a larger header": ("header.json", b'{"x":"' + b"x" * (17 * MIB) + b'"}'),
    "one large text": ("header.json", b'{"x":"' + b"x" * (12 * MIB) + b'"}'),
    "nothing but spaces": ("header.json", b" " * (12 * MIB)),
}
REFUSALS = {
    "a header of many lists": "4194306 lists, 1 objects|200 times what it takes packed",
    "a larger header": "at most 16777216 bytes, as no header is larger|200 times",
    "one large text": "200 times what it takes packed",
    "nothing but spaces": "200 times what it takes packed",
}


@pytest.mark.parametrize("method", ["stored", "deflated", "zstd"])
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_the_name_of_a_limit_before_it_takes_memory(name, method, tmp_path):
    if method == "stored" and name in {"one large text", "nothing but spaces"}:
        pytest.skip("takes as much memory as disk")
    member, content = BOMBS[name]
    path = tmp_path / "run.eval"
    with zipfile.ZipFile(path, "w", {"stored": 0, "deflated": 8, "zstd": 93}[method]) as writer:
        writer.writestr(member, content)
    tracemalloc.start()
    with pytest.raises(EvidenceError, match=REFUSALS[name]):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * len(content) + MIB


def test_a_changed_byte_is_noticed(tmp_path: Path):
    path = archive(tmp_path, header(), three_of_four(), method="stored")
    content = path.read_bytes()
    assert content.count(b"Be brief.") == 4
    path.write_bytes(content.replace(b"Be brief.", b"Be verbos", 1))
    with pytest.raises(EvidenceError, match="other bytes than its size and checksum say"):
        read(path)


def test_an_unknown_method_is_named(tmp_path: Path):
    path = archive(tmp_path, header(), [], method="stored")
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02", content.rfind(b"PK\x01\x02"))
    content[at + 10 : at + 12] = struct.pack("<H", 14)
    path.write_bytes(bytes(content))
    with pytest.raises(EvidenceError, match="found zip method 14"):
        read(path)


@hostile
@given(data=st.data())
def test_no_bytes_make_the_reader_fail_with_another_error(data: st.DataObject, tmp_path: Path):
    content = bytearray(archive(tmp_path, header(1), three_of_four()[:1]).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "mutated.eval"
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]) or b"")
    with contextlib.suppress(EvidenceError):
        InspectReader().read(ForeignFile(path, path.name))
