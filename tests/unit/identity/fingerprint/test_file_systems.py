"""Which file systems are taken at their word, by the list of mounts that Linux gives."""

from pathlib import Path

import pytest

from weighin.identity.fingerprint import file_systems
from weighin.identity.fingerprint.file_systems import tell_of_writes

# As in proc_pid_mountinfo(5): fields, optional ones, ` - `, type, source, options.
LINE = "36 35 98:0 / {point} rw,noatime {optional}- {kind} source {options}\n"


@pytest.fixture
def mounted(tmp_path, monkeypatch):
    """Makes a folder a mount point of a type, in the list at least."""
    listed = tmp_path / "mountinfo"
    listed.write_text(LINE.format(point="/", optional="", kind="ext4", options="rw"))
    monkeypatch.setattr(file_systems, "MOUNTS", listed)

    def mount(name: str, kind: str, optional: str = "shared:1 ", options: str = "rw") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        point = str(folder).replace(" ", "\\040")
        with listed.open("a") as stream:
            line = LINE.format(point=point, optional=optional, kind=kind, options=options)
            stream.write(line)
        return folder

    return mount


@pytest.mark.parametrize("kind", ["ext4", "xfs", "nfs4", "tmpfs", "lustre", "overlay"])
def test_a_file_system_that_keeps_ctime_tells(mounted, kind):
    assert tell_of_writes([mounted("disk", kind) / "a"])


@pytest.mark.parametrize("kind", ["vfat", "exfat", "cifs", "fuse.s3fs", "fuse", "9p", "unheard-of"])
def test_another_does_not(mounted, kind):
    assert not tell_of_writes([mounted("disk", kind) / "a"])


def test_nfs_that_does_not_ask_its_server_does_not(mounted):
    assert not tell_of_writes([mounted("disk", "nfs4", options="rw,vers=4.2,nocto") / "a"])


def test_a_name_with_a_blank_is_found(mounted):
    assert not tell_of_writes([mounted("a disk", "vfat", optional="") / "a"])


def test_the_last_of_two_mounts_at_one_point_counts(mounted):
    mounted("disk", "ext4")
    assert not tell_of_writes([mounted("disk", "fuse.bucket") / "a"])


def test_one_file_that_is_linked_from_elsewhere_makes_it_no(mounted):
    disk, bucket = mounted("disk", "ext4"), mounted("bucket", "fuse.bucket")
    (bucket / "blob").touch()
    (disk / "plain").touch()
    (disk / "link").symlink_to(bucket / "blob")
    assert tell_of_writes([disk / "plain"])
    assert not tell_of_writes([disk / "plain", disk / "link"])


def test_what_cannot_be_found_out_is_no(monkeypatch, tmp_path):
    monkeypatch.setattr(file_systems, "MOUNTS", tmp_path / "missing")
    assert not tell_of_writes([tmp_path / "a"])
    (tmp_path / "missing").write_text("nonsense\n\n - \n")
    assert not tell_of_writes([tmp_path / "a"])


def test_no_file_is_no():
    assert not tell_of_writes([])
