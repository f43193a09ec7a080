"""Folders of file systems that lack what a worker needs to win alone."""

import errno
import fcntl
import os
import shutil
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from tests.making.stores.servers import program

from weighin.errors import UsageError
from weighin.evidence.store import Store
from weighin.files.stores import publishing
from weighin.files.stores.locks import has_locks
from weighin.files.written import create_file

WRITERS = 16


def lacking(number):
    def call(*_):
        raise OSError(number, os.strerror(number))

    return call


LACKS = ["EPERM", "ENOSYS", "EOPNOTSUPP", "EMLINK", "EXDEV"]


@pytest.mark.parametrize("name", LACKS)
def test_where_links_are_missing_a_rename_that_replaces_nothing_will_do(
    tmp_path, monkeypatch, name
):
    monkeypatch.setattr(os, "link", lacking(getattr(errno, name)))
    assert create_file(tmp_path / "one", b"first")
    assert not create_file(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_of_writers_with_and_without_links_one_wins(tmp_path, monkeypatch):
    gate, calls, link = Barrier(WRITERS), count(), os.link

    def every_other(*arguments):
        return (link if next(calls) % 2 else lacking(errno.EPERM))(*arguments)

    monkeypatch.setattr(os, "link", every_other)

    def write(writer: int) -> bool:
        gate.wait()
        return create_file(tmp_path / "one", bytes([writer]) * 10_000)

    with ThreadPoolExecutor(WRITERS) as pool:
        created = list(pool.map(write, range(WRITERS)))
    assert created.count(True) == 1
    assert (tmp_path / "one").read_bytes() == bytes([created.index(True)]) * 10_000
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("name", ["EINVAL", "ENOSYS"])
def test_where_both_are_missing_the_folder_is_refused_and_left_empty(tmp_path, monkeypatch, name):
    monkeypatch.setattr(os, "link", lacking(errno.EPERM))
    monkeypatch.setattr(publishing, "_rename_unless_there", lacking(getattr(errno, name)))
    refusal = r"results: the file system there \(\w+\) has neither hard links .* s3://BUCKET/PREFIX"
    with pytest.raises(UsageError, match=refusal):
        Store(tmp_path / "results").prepare()
    with pytest.raises(UsageError, match=refusal):
        create_file(tmp_path / "results" / "one", b"first")
    assert list((tmp_path / "results").iterdir()) == []


def test_a_folder_that_was_prepared_elsewhere_is_refused_before_anything_is_scored(
    tmp_path, monkeypatch
):
    Store(tmp_path).prepare()
    monkeypatch.setattr(publishing, "_rename_unless_there", lacking(errno.EINVAL))

    def link(_, target):
        # As the kernel does, which looks for the name first.
        raise FileExistsError if os.path.lexists(target) else OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(UsageError, match="neither hard links"):
        Store(tmp_path).prepare()


def test_a_rename_that_replaces_nothing_fails_where_the_name_is_taken(tmp_path):
    for name in ("draft", "taken"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        publishing._rename_unless_there(tmp_path / "draft", tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "taken"


def test_another_failure_of_a_link_is_told_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", lacking(errno.EACCES))
    with pytest.raises(UsageError, match="one: cannot write: permission denied"):
        create_file(tmp_path / "one", b"")


def test_a_folder_that_cannot_be_synced_is_written_all_the_same(tmp_path, monkeypatch):
    sync = os.fsync

    def without_folders(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no sync of folders")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", without_folders)
    assert create_file(tmp_path / "one", b"first")


@pytest.mark.parametrize("name", ["ENOSYS", "EOPNOTSUPP", "ENOLCK"])
def test_a_folder_says_whether_it_has_locks_and_is_left_as_it_was(tmp_path, monkeypatch, name):
    assert has_locks(tmp_path)
    monkeypatch.setattr(fcntl, "flock", lacking(getattr(errno, name)))
    assert not has_locks(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.soak
@pytest.mark.child
def test_a_mounted_bucket_is_refused_with_a_way_out(tmp_path):
    if not os.access("/dev/fuse", os.W_OK) or shutil.which("fusermount3") is None:
        pytest.skip("there is no FUSE here, or no fusermount3")
    behind, mounted = tmp_path / "behind", tmp_path / "mounted"
    behind.mkdir()
    mounted.mkdir()
    process = subprocess.Popen(
        [program("rclone"), "mount", behind, mounted, "--vfs-cache-mode", "writes"],
        env={**os.environ, "HOME": str(tmp_path), "RCLONE_CONFIG": str(tmp_path / "conf")},
    )
    try:
        end = time.monotonic() + 20
        while not mounted.is_mount():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        with pytest.raises(UsageError, match=r"\(fuse\.rclone\) has neither hard links .* s3://"):
            Store(mounted / "results").prepare()
        assert list((mounted / "results").iterdir()) == []
    finally:
        subprocess.run(["fusermount3", "-uz", mounted], check=True)
        process.wait(timeout=20)
