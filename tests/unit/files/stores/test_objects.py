"""What is asked of an object store before it is trusted, and what becomes of its refusals."""

import builtins
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from tests.making.stores.bucket import BUCKET, served_bucket
from tests.making.stores.servers import rclone

from weighin.errors import EvidenceError, InfrastructureError, UsageError
from weighin.evidence.store import Store
from weighin.files.stores.opening import storage_at

pytest.importorskip("obstore")


@pytest.fixture
def bucket(monkeypatch):
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def storage(bucket):
    assert bucket.endpoint
    return storage_at(f"s3://{BUCKET}/results/")


def test_a_place_is_named_as_it_was_given_without_a_slash_at_its_end(storage):
    assert storage.place == f"s3://{BUCKET}/results"


def test_a_store_that_ignores_if_none_match_is_refused_in_those_words(bucket, storage):
    bucket.honours_conditions = False
    with pytest.raises(UsageError, match="does not honour If-None-Match: the same key was created"):
        Store(storage).prepare()
    assert bucket.objects == {}


@pytest.mark.soak
@pytest.mark.child
def test_rclone_ignores_if_none_match_and_is_refused(tmp_path, monkeypatch):
    with rclone(tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(UsageError, match="does not honour If-None-Match"):
            Store(f"s3://{BUCKET}/results").prepare()


def test_a_store_that_does_not_know_the_condition_is_refused_in_those_words(bucket, storage):
    bucket.answers = [501] * 9
    with pytest.raises(UsageError, match="the store has no If-None-Match"):
        storage.prepare()


def test_of_writers_that_meet_only_the_racing_ones_may_be_let_in(storage, monkeypatch):
    # A store that asks whether a key is there before it writes, and does not keep others out
    # meanwhile, looks honest to writers who come one after the other.
    honest = type(storage)._create

    def hasty(self, key, content):
        if key.endswith("-raced"):
            self._store.put(key, content)
            return True
        return honest(self, key, content)

    monkeypatch.setattr(type(storage), "_create", hasty)
    with pytest.raises(UsageError, match="of 8 racing writers of one key 8 won"):
        storage.prepare()


def test_reading_writes_nothing(bucket, storage):
    store = Store(storage)
    assert store.committed("tiny", "gsm8k", "a" * 64) is None
    assert list(store.older_records("tiny", "gsm8k")) == []
    assert store.planned_subject("a" * 64) is None
    assert store.manifest("a" * 64) is None
    assert {method for method, _ in bucket.requests} == {"GET", "HEAD"}


def test_more_keys_than_one_page_are_all_listed(bucket, storage):
    bucket.page = 3
    keys = [f"a/{number}" for number in range(10)]
    for key in keys:
        storage.create(key, b"")
    assert list(storage.list("a/")) == keys


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_a_wrong_place():
    storage = storage_at("s3://elsewhere/results")
    for verb in (
        lambda: storage.create("a", b""),
        lambda: storage.read("a", max_bytes=1),
        lambda: list(storage.list("")),
        storage.prepare,
    ):
        with pytest.raises(
            UsageError, match=r"s3://elsewhere/results.*give a bucket that is there"
        ):
            verb()


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_forbidden_is_not_retryable(bucket, storage, status):
    bucket.answers = [status] * 9
    with pytest.raises(UsageError, match=r"cannot write: .*give credentials that may do that"):
        storage.create("a", b"")
    assert len(bucket.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_store_that_fails_for_a_moment_is_asked_again(bucket, storage, status):
    bucket.answers = [status]
    assert storage.create("a", b"1")
    assert storage.read("a", max_bytes=1) == b"1"


@pytest.mark.parametrize("status", [400, 405])
def test_another_refusal_is_not_retryable(bucket, storage, status):
    bucket.answers = [status] * 9
    with pytest.raises(UsageError, match=r"cannot read: .*give another place"):
        storage.read("a", max_bytes=1)


@pytest.mark.soak
def test_a_store_that_keeps_failing_is_a_failure_to_try_again(bucket, storage):
    bucket.answers = [503] * 99
    with pytest.raises(InfrastructureError, match=r"cannot write: .*run the same command again"):
        storage.create("a", b"")


@pytest.mark.usefixtures("bucket")
def test_a_store_that_cannot_be_reached_is_a_failure_to_try_again(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr("weighin.files.stores.objects._RETRIES", 0)
    with pytest.raises(InfrastructureError, match=r"cannot write: .*run the same command again"):
        storage_at(f"s3://{BUCKET}/x").create("a", b"")


@pytest.mark.usefixtures("bucket")
def test_an_endpoint_without_tls_that_is_not_this_machine_is_refused(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1:1")
    with pytest.raises(UsageError, match="give an endpoint with https, or AWS_ALLOW_HTTP"):
        storage_at(f"s3://{BUCKET}/x").create("a", b"")


def test_writers_that_are_all_told_of_a_conflict_try_again(bucket, storage):
    bucket.answers = [412]
    assert storage.create("a", b"1")
    assert bucket.objects == {"results/a": b"1"}


def test_a_blob_whose_file_changes_while_it_is_sent_is_never_completed(bucket, storage, tmp_path):
    source = tmp_path / "large"
    source.write_bytes(os.urandom(17 << 20))
    with pytest.raises(EvidenceError, match="expected sha256"):
        storage.put_blob(source, sha256(b"as it was").hexdigest())
    assert bucket.objects == {}


def test_without_obstore_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **more):
        if name.split(".")[0] == "obstore":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"needs obstore.* install weighin\[store\]"):
        storage_at("s3://bucket/x")


@pytest.mark.parametrize("url", ["ftp://a/b", "s3://", "s3:///", "http://a/b", "file:///tmp/x"])
def test_another_kind_of_url_is_refused_with_those_that_are_known(url):
    with pytest.raises(UsageError, match="s3://, gs://, az://, abfs://"):
        storage_at(url)


@pytest.mark.parametrize("url", ["gs://bucket/x", "az://container/x", "abfs://container/x"])
def test_the_other_stores_are_opened_and_not_asked(url, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    assert storage_at(url).place == url


@pytest.mark.child
def test_a_folder_is_opened_without_obstore(tmp_path):
    code = (
        "import sys; from weighin.evidence.store import Store; Store(sys.argv[1]).prepare(); "
        "sys.exit('obstore' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "r")], check=True)
    assert (tmp_path / "r" / "README.md").is_file()
    assert Path(tmp_path / "r").is_dir()
