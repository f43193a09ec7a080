"""Evidence in a bucket is judged as if it lay in a folder, and is named by its URL."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from tests.making.places import ROOT
from tests.making.runs.stores import finished
from tests.making.stores.bucket import BUCKET, served_bucket

from weighin import api
from weighin.errors import EvidenceError, UsageError
from weighin.sources.collecting.renamed import renamed
from weighin.sources.collecting.staged import staged

pytest.importorskip("obstore")

DEMO = ROOT / "results" / "demo"
RESULTS = f"s3://{BUCKET}/of/results"


@pytest.fixture
def bucket(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served
    assert list((tmp_path / "temporary").iterdir()) == []


def uploaded(folder, bucket):
    """A folder in the bucket, with files of attempts as blobs."""
    for path in folder.rglob("*"):
        if path.is_file():
            bucket.objects[f"of/results/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    for key in [key for key in bucket.objects if key.endswith("/record.json")]:
        for file in json.loads(bucket.objects[key])["files"]:
            content = bucket.objects.pop(f"{key.rpartition('/')[0]}/{file['path']}")
            bucket.objects[f"of/results/blobs/{file['sha256']}"] = content


def named_alike(told, folder):
    return renamed(told, {str(folder): RESULTS})


def test_the_verdict_on_a_bucket_is_that_on_the_folder(bucket, tmp_path):
    folder = tmp_path / "act-1"
    shutil.copytree(DEMO / "act-1", folder)
    uploaded(folder, bucket)
    requirements = DEMO / "requirements.yaml"
    in_bucket = api.check(requirements, [RESULTS])
    assert in_bucket == named_alike(api.check(requirements, [folder]), folder)
    assert in_bucket.outcome == "met"
    assert {record.origin.file.partition("/SmolLM2")[0] for record in in_bucket.records} == {
        RESULTS
    }
    assert {method for method, _ in bucket.requests} <= {"GET", "HEAD"}


def test_what_is_recognised_in_a_bucket_is_named_by_its_url(bucket, tmp_path):
    folder = tmp_path / "results"
    finished(folder)
    uploaded(folder, bucket)
    assert api.inspect([RESULTS]) == named_alike(api.inspect([folder]), folder)


def test_a_log_of_another_harness_in_a_bucket_is_read(bucket):
    (log,) = (DEMO / "act-4").rglob("results_*.json")
    bucket.objects["logs/run/results_1.json"] = log.read_bytes()
    for place in ("logs", "logs/run/results_1.json"):
        (found,) = api.inspect([f"s3://{BUCKET}/{place}"]).files
        assert found.file == f"s3://{BUCKET}/logs/run/results_1.json"


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_part_of_a_store_is_read_with_the_ledger_above_it_and_its_blobs(bucket, tmp_path, level):
    folder = tmp_path / "results"
    written = finished(folder)
    finished(folder, "arc")
    uploaded(folder, bucket)
    part = [written.path, *written.path.parents][level]
    in_bucket = api.inspect([f"{RESULTS}/{part.relative_to(folder).as_posix()}"])
    assert in_bucket == named_alike(api.inspect([part]), folder)
    assert in_bucket.notes == ()
    assert all(file.broken == () for file in in_bucket.files)


def test_a_blob_that_is_gone_is_told_by_the_url_of_its_file(bucket, tmp_path):
    folder = tmp_path / "results"
    finished(folder)
    uploaded(folder, bucket)
    for key in [key for key in bucket.objects if "/blobs/" in key]:
        del bucket.objects[key]
    (found,) = api.inspect([RESULTS]).files
    assert {broken.found for broken in found.broken} == {"missing"}
    assert all(broken.file.startswith(f"{RESULTS}/tiny/gsm8k/") for broken in found.broken)


def test_an_error_names_the_url(bucket, tmp_path):
    folder = tmp_path / "results"
    written = finished(folder)
    uploaded(folder, bucket)
    (key,) = (key for key in bucket.objects if key.endswith("/record.json"))
    bucket.objects[key] = b"{}"
    place = f"{RESULTS}/{written.path.relative_to(folder).as_posix()}"
    with pytest.raises(EvidenceError, match=f"^{place}: expected format"):
        api.export([RESULTS], to="csv", into=tmp_path / "csv")


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("place", ["", "/nothing", "/nothing/here.json"])
def test_a_url_where_nothing_lies_is_a_wrong_place(place):
    with pytest.raises(EvidenceError, match="expected evidence, found nothing there"):
        api.inspect([f"s3://{BUCKET}{place}"])


def interrupted(place):
    with staged([place]) as local:
        assert (local.paths[0] / "a.json").read_bytes() == b"{}"
        assert list(Path(tempfile.gettempdir()).iterdir()) != []
        raise KeyboardInterrupt


def test_what_was_interrupted_leaves_nothing_behind(bucket):
    bucket.objects["logs/a.json"] = b"{}"
    with pytest.raises(KeyboardInterrupt):
        interrupted(f"s3://{BUCKET}/logs")


def test_no_more_is_copied_than_there_is_room_for(bucket, monkeypatch):
    bucket.objects["logs/a.json"] = b"x" * 1000
    usage = shutil.disk_usage("/")._replace(free=500)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UsageError, match=r"s3://bucket/logs.*no room for a copy.*TMPDIR"):
        api.inspect([f"s3://{BUCKET}/logs"])


@pytest.mark.parametrize("keys", [["a", "a/b"], ["a\\b"], ["a/../../b"]])
def test_keys_that_are_no_files_are_refused(bucket, keys):
    for key in keys:
        bucket.objects[f"logs/{key}"] = b"{}"
    with pytest.raises((EvidenceError, UsageError), match=r"s3://bucket/logs|names with /"):
        api.inspect([f"s3://{BUCKET}/logs"])


def test_folders_stay_where_they_are(tmp_path):
    with staged([tmp_path, "elsewhere"]) as local:
        assert local.paths == (tmp_path, Path("elsewhere"))
        assert local.named(told := ["text"]) is told


def test_blobs_and_claims_that_no_record_needs_are_not_copied(bucket, tmp_path):
    folder = tmp_path / "results"
    written = finished(folder)
    uploaded(folder, bucket)
    job = written.folder.parent.relative_to(folder).as_posix()
    bucket.objects[f"of/results/{job}/claims/0.json"] = b"{}"
    bucket.objects[f"of/results/blobs/{'0' * 64}"] = b"of an attempt that was interrupted"
    bucket.requests.clear()
    api.inspect([RESULTS])
    asked = [path for method, path in bucket.requests if method == "GET"]
    assert not any("claims" in path or "0" * 64 in path for path in asked)
    assert any("/blobs/" in path for path in asked)
