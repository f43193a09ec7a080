"""What every place for results keeps to, whatever it lies on."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

import pytest
from tests.making.stores.bucket import BUCKET, served_bucket
from tests.making.stores.servers import moto, seaweedfs

from weighin.errors import EvidenceError, UsageError
from weighin.files.stores.opening import storage_at

WRITERS = 16


def without_links(*_):
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def object_storage(environment, monkeypatch, prefix):
    pytest.importorskip("obstore")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return storage_at(f"s3://{BUCKET}/{prefix}")


@pytest.fixture(scope="module")
def own_server():
    with served_bucket() as bucket:
        yield bucket.environment


@pytest.fixture(scope="module")
def moto_server(tmp_path_factory):
    with moto(tmp_path_factory.mktemp("moto")) as environment:
        yield environment


@pytest.fixture(scope="module")
def seaweedfs_server(tmp_path_factory):
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as environment:
        yield environment


@pytest.fixture(
    params=[
        "folder",
        "folder_without_links",
        "own_server",
        pytest.param("moto_server", marks=pytest.mark.child),
        pytest.param("seaweedfs_server", marks=(pytest.mark.child, pytest.mark.soak)),
    ]
)
def storage(request, tmp_path, monkeypatch):
    if request.param == "folder_without_links":
        monkeypatch.setattr(os, "link", without_links)
    if request.param.startswith("folder"):
        return storage_at(tmp_path / "results")
    environment = request.getfixturevalue(request.param)
    return object_storage(environment, monkeypatch, f"of/{os.urandom(4).hex()}")


def test_what_is_created_is_read_back_and_stays(storage):
    assert storage.create("a/b.json", b"first")
    assert not storage.create("a/b.json", b"second")
    assert storage.read("a/b.json", max_bytes=5) == b"first"


def test_an_empty_object_is_an_object(storage):
    assert storage.create("empty", b"")
    assert storage.exists("empty")
    assert storage.read("empty", max_bytes=0) == b""


def test_what_is_not_there_is_none(storage):
    assert storage.read("a/b.json", max_bytes=5) is None
    assert not storage.exists("a/b.json")
    storage.create("a", b"")
    assert storage.read("a/b.json", max_bytes=5) is None
    assert not storage.exists("a/b.json")
    assert list(storage.list("b/")) == []


def test_an_object_larger_than_the_bound_is_refused_by_name(storage):
    storage.create("large", b"x" * 6)
    with pytest.raises(EvidenceError, match="large: expected at most 5 bytes, found 6"):
        storage.read("large", max_bytes=5)


KEYS = ["a/2", "a/10", "a/1", "a-b/1", "a/b/c", "a~x/1", "b", "with space/ü+%20{}#?&=", "B/1", "ab"]


def test_keys_are_listed_in_order_whatever_they_hold(storage):
    for key in KEYS:
        assert storage.create(key, key.encode())
    assert list(storage.list("")) == sorted(KEYS)
    assert list(storage.list("a/")) == ["a/1", "a/10", "a/2", "a/b/c"]
    assert list(storage.list("a/b/")) == ["a/b/c"]
    for key in KEYS:
        assert storage.read(key, max_bytes=100) == key.encode()


@pytest.mark.parametrize(
    "key", ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a\\b", "a\0b", "a\nb", "a" * 256]
)
def test_a_key_that_may_lead_elsewhere_is_refused(storage, key):
    for verb in (
        lambda: storage.create(key, b""),
        lambda: storage.read(key, max_bytes=1),
        lambda: storage.exists(key),
    ):
        with pytest.raises(UsageError, match="expected names with / between them"):
            verb()


@pytest.mark.parametrize("prefix", ["a", "/", "../", "a//", "a/../"])
def test_a_prefix_that_is_no_folder_is_refused(storage, prefix):
    with pytest.raises(UsageError, match="expected names with / between them"):
        list(storage.list(prefix))


def test_of_racing_writers_one_wins_and_its_content_is_kept(storage):
    gate = Barrier(WRITERS)

    def write(writer: int) -> bool:
        gate.wait()
        return storage.create("raced", bytes([writer]) * 1000)

    with ThreadPoolExecutor(WRITERS) as pool:
        created = list(pool.map(write, range(WRITERS)))
    assert created.count(True) == 1
    assert storage.read("raced", max_bytes=1000) == bytes([created.index(True)]) * 1000


@pytest.mark.soak
def test_of_200_racing_writers_one_wins(storage):
    with ThreadPoolExecutor(200) as pool:
        created = list(pool.map(lambda w: storage.create("raced", str(w).encode()), range(200)))
    assert created.count(True) == 1
    assert storage.read("raced", max_bytes=3) == str(created.index(True)).encode()


# The last one is sent in parts to an object store.
@pytest.mark.parametrize("size", [0, 1, 5_000_000, 17 << 20])
def test_a_blob_lies_under_its_digest(storage, tmp_path, size):
    source = tmp_path / "source"
    content = os.urandom(size)
    source.write_bytes(content)
    digest = sha256(content).hexdigest()
    for _ in range(2):
        storage.put_blob(source, digest)
    assert storage.read(f"blobs/{digest}", max_bytes=size) == content
    assert list(storage.list("blobs/")) == [f"blobs/{digest}"]


@pytest.mark.parametrize("size", [1, 17 << 20])
def test_a_file_of_another_digest_is_no_blob(storage, tmp_path, size):
    source = tmp_path / "source"
    source.write_bytes(b"x" * size)
    with pytest.raises(EvidenceError, match=r"source: expected sha256 0{64}, found"):
        storage.put_blob(source, "0" * 64)
    assert list(storage.list("")) == []


def test_a_place_that_can_be_trusted_is_prepared_and_left_as_it_was(storage):
    storage.prepare()
    storage.prepare()
    assert list(storage.list("")) == []
