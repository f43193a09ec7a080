"""A zip file that two readers could read in two ways is refused."""

import struct
import zipfile

import pytest
from tests.making.checkpoints.torch_files import write_entries

from weighin.errors import CheckpointError
from weighin.files.opened import opened
from weighin.identity.containers.torch.zip_layout import zip_entries

ENTRIES = {"a/x": b"first", "a/y": b"", "b": b"third"}
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def entries_of(path):
    with opened(path) as descriptor:
        return zip_entries(descriptor, path)


@pytest.fixture
def valid(tmp_path):
    return write_entries(tmp_path / "f.zip", ENTRIES)


def test_every_entry_is_found_where_its_bytes_lie(valid):
    content = valid.read_bytes()
    found = {entry.name: content[entry.begin : entry.end] for entry in entries_of(valid)}
    assert found == ENTRIES


class Unseekable:
    """Makes the standard library write descriptors behind the bytes, as PyTorch does."""

    def __init__(self, file):
        self.file = file

    def write(self, content):
        return self.file.write(content)

    def flush(self):
        self.file.flush()


@pytest.mark.parametrize("wide", [False, True], ids=["32 bits", "64 bits"])
def test_sizes_behind_the_bytes_are_read(tmp_path, wide):
    path = tmp_path / "f.zip"
    with path.open("wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:
        for name, content in ENTRIES.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=wide) as entry:
                entry.write(content)
    content = path.read_bytes()
    found = {entry.name: content[entry.begin : entry.end] for entry in entries_of(path)}
    assert found == ENTRIES


def field(content, signature, offset, layout, value, *, which=0):
    """The content with one field of the `which`-th header of a kind replaced."""
    at = -1
    for _ in range(which + 1):
        at = content.index(signature, at + 1)
    changed = bytearray(content)
    struct.pack_into(layout, changed, at + offset, value)
    return bytes(changed)


def renamed(content, signature, new):
    at = content.index(signature) + (30 if signature == LOCAL else 46)
    return content[:at] + new + content[at + len(new) :]


CHANGES = {
    "nothing before": (lambda c: b"#!/bin/sh\n" + c, "expected"),
    "nothing after": (lambda c: c + b"x", "expected to end with the directory"),
    "no comment": (
        lambda c: c[:-2] + struct.pack("<H", 22) + END + bytes(18),
        "expected to end with the directory|expected",
    ),
    "truncated": (lambda c: c[:-1], "the file is truncated or no zip file"),
    "another number of entries": (
        lambda c: field(field(c, END, 8, "<H", 2), END, 10, "<H", 2), "found more bytes after them"
    ),
    "too many entries": (
        lambda c: field(field(c, END, 8, "<H", 4), END, 10, "<H", 4), "expected 4 entries, found"
    ),
    "parts on other disks": (lambda c: field(c, END, 4, "<H", 1), "found one of several"),
    "directory elsewhere": (lambda c: field(c, END, 16, "<L", 1), "directory: expected to end at"),
    "directory of another size": (lambda c: field(c, END, 12, "<L", 1), "directory: expected"),
    "encrypted": (lambda c: field(c, CENTRAL, 8, "<H", 1), "'a/x': expected no encryption"),
    "odd flags": (lambda c: field(c, CENTRAL, 8, "<H", 64), "'a/x': expected plain zip flags"),
    "compressed": (lambda c: field(c, CENTRAL, 10, "<H", 8), "'a/x': expected stored bytes"),
    "marked as a folder": (
        lambda c: field(c, CENTRAL, 38, "<L", 0x10), "'a/x': expected a file, found an entry marked"
    ),
    "two sizes": (lambda c: field(c, CENTRAL, 20, "<L", 4), "'a/x': expected 5 stored bytes"),
    "a comment of an entry": (lambda c: field(c, CENTRAL, 32, "<H", 4), "expected an entry"),
    "an entry on another disk": (lambda c: field(c, CENTRAL, 34, "<H", 4), "expected an entry"),
    "no entry": (lambda c: field(c, CENTRAL, 0, "<L", 4), "entry 0: expected an entry of a zip"),
    "a name beyond the end": (lambda c: field(c, CENTRAL, 28, "<H", 999), "found the end"),
    "offset beyond the end": (
        lambda c: field(c, CENTRAL, 42, "<L", 2**31, which=2), "expected|truncated"
    ),
    "offset of another entry": (
        lambda c: field(c, CENTRAL, 42, "<L", 0, which=1), "expected a header at 0, found other"
    ),
    "offset within an entry": (
        lambda c: field(c, CENTRAL, 42, "<L", 34, which=1), "'a/x': expected to end before 34"
    ),
    "64 bits without": (lambda c: field(c, CENTRAL, 42, "<L", 2**32 - 1), "1 sizes of 64 bits"),
    "another name in the header": (
        lambda c: renamed(c, LOCAL, b"a/z"), "'a/x': expected this name"
    ),
    "the same name twice": (
        lambda c: c.replace(b"a/y", b"a/x"), "'a/x': expected once, found twice"
    ),
    "names that differ in case": (
        lambda c: c.replace(b"a/y", b"A/X"), "expected once, found twice"
    ),
    "a name that is no text": (
        lambda c: c.replace(b"a/x", b"a/\xff"), "expected a name, found b'"
    ),
    "another size in the header": (
        lambda c: field(field(c, LOCAL, 18, "<L", 4), LOCAL, 22, "<L", 4),
        "'a/x': expected 5 bytes .* found 4",
    ),
    "another checksum in the header": (
        lambda c: field(c, LOCAL, 14, "<L", 7), "'a/x': expected 5 bytes with CRC-32 .* 00000007"
    ),
    "other flags in the header": (
        lambda c: field(c, LOCAL, 6, "<H", 8), "'a/x': expected flags 0x0000"
    ),
    "another method in the header": (
        lambda c: field(c, LOCAL, 8, "<H", 8), "'a/x': .* no compression in its own header"
    ),
    "a longer name in the header": (
        lambda c: field(c, LOCAL, 26, "<H", 9), "'a/x': expected .*header"
    ),
    "no header": (lambda c: field(c, LOCAL, 0, "<L", 7), "'a/x': expected a header at 0"),
    "a smaller size": (
        lambda c: field(
            field(field(field(c, LOCAL, 18, "<L", 4), LOCAL, 22, "<L", 4), CENTRAL, 20, "<L", 4),
            CENTRAL, 24, "<L", 4,
        ),
        "'a/x': expected to end at 38, found 37: a hole of 1 bytes",
    ),
    "a descriptor that is missing": (
        lambda c: field(field(c, LOCAL, 6, "<H", 8), CENTRAL, 8, "<H", 8),
        "'a/x': expected a descriptor",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "complaint"), CHANGES.values(), ids=CHANGES.keys())
def test_an_archive_with_two_readings_is_refused(valid, change, complaint):
    content = change(valid.read_bytes())
    valid.write_bytes(content)
    with pytest.raises(CheckpointError, match=complaint) as caught:
        entries_of(valid)
    assert str(caught.value).startswith(f"{valid}: ")


def test_an_extra_field_that_renames_an_entry_is_refused(tmp_path):
    info = zipfile.ZipInfo("a/x")
    info.extra = struct.pack("<HHBL3s", 0x7075, 8, 1, 0, b"b/z")
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr(info, b"x")
    with pytest.raises(CheckpointError, match=r"'a/x': extra fields: .* found the field 0x7075"):
        entries_of(tmp_path / "f.zip")


def test_a_hole_between_entries_is_refused(valid):
    content = valid.read_bytes()
    at = content.index(LOCAL, 1)
    moved = content[:at] + b"hidden" + content[at:]
    for which, offset in enumerate([0, at + 6, content.index(LOCAL, at + 1) + 6]):
        moved = field(moved, CENTRAL, 42, "<L", offset, which=which)
    moved = field(moved, END, 16, "<L", content.index(CENTRAL) + 6)
    valid.write_bytes(moved)
    with pytest.raises(CheckpointError, match=r"'a/x': .* a hole of 6 bytes"):
        entries_of(valid)


def test_bytes_before_the_first_entry_are_refused(valid):
    content = b"hidden" + valid.read_bytes()
    for which, offset in enumerate([6, content.index(LOCAL, 7), content.rindex(LOCAL)]):
        content = field(content, CENTRAL, 42, "<L", offset, which=which)
    valid.write_bytes(field(content, END, 16, "<L", content.index(CENTRAL)))
    with pytest.raises(CheckpointError, match="the first entry at byte 0, found 6 bytes before it"):
        entries_of(valid)
