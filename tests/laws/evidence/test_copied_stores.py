"""A store that is copied into a bucket, and back into a folder, keeps every byte."""

import shutil

import pytest
from tests.making.places import ROOT
from tests.making.runs.stores import finished, started
from tests.making.stores.bucket import BUCKET, served_bucket

from weighin import api
from weighin.errors import EvidenceError, UsageError
from weighin.evidence.jobs.claims import claim
from weighin.evidence.ledger import ledgers_at
from weighin.evidence.store import Store
from weighin.sources.collecting.renamed import renamed

pytest.importorskip("obstore")

DEMO = ROOT / "results" / "demo"
RESULTS = f"s3://{BUCKET}/results"


@pytest.fixture
def bucket(monkeypatch):
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def filled(folder):
    """A store with whatever may lie in one."""
    written = finished(folder)
    finished(folder)
    finished(folder, "arc")
    attempt, _ = started(folder, "arc")
    (attempt.folder / "left.txt").write_text("by a writer that died")
    (written.folder / "lm-eval" / "more.txt").write_text("that no record names")
    shutil.copytree(DEMO / "act-1" / "plans", folder / "plans", dirs_exist_ok=True)
    copies = folder / "imported" / "0123456789abcdef" / "files" / "a folder"
    copies.mkdir(parents=True)
    (copies / "log ü.json").write_text("{}")
    store = Store(folder)
    store.keep_plan("a" * 64, b"{}")
    (folder / "task.yaml").write_text("task: x")
    store.storage.put_blob(folder / "task.yaml", sha256_of(folder / "task.yaml"))
    return written


def sha256_of(path):
    from hashlib import sha256

    return sha256(path.read_bytes()).hexdigest()


def test_a_folder_comes_back_from_a_bucket_as_it_was(bucket, tmp_path):
    folder, back = tmp_path / "results", tmp_path / "back"
    filled(folder)
    api.copy_store(folder, into=RESULTS)
    api.copy_store(RESULTS, into=back)
    assert files_of(back) == files_of(folder)
    in_bucket = {key.removeprefix("results/"): bucket.objects[key] for key in bucket.objects}
    assert not any("/lm-eval/results" in key or "/samples" in key for key in in_bucket)
    assert set(files_of(folder).values()) - set(in_bucket.values()) <= {
        (folder / name).read_bytes() for name in ("README.md", "ledger.jsonl")
    }


def test_the_events_of_a_copy_are_those_of_the_store(bucket, tmp_path):
    folder = tmp_path / "results"
    filled(folder)
    api.copy_store(folder, into=RESULTS)
    assert any(key.startswith("results/ledger/") for key in bucket.objects)
    events = [[e.sha256 for e in ledgers_at(place).entries] for place in (folder, RESULTS)]
    assert events[0] == events[1] != []


def test_a_check_of_a_copy_says_the_same(bucket, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(DEMO / "act-1", folder)
    for name in ("report.html", "report.md", "report.txt", "verdict.json", "weighin.sarif"):
        (folder / name).unlink()
    requirements = DEMO / "requirements.yaml"
    before = api.check(requirements, [folder])
    api.copy_store(folder, into=RESULTS)
    shutil.rmtree(folder)
    in_bucket = api.check(requirements, [RESULTS])
    api.copy_store(RESULTS, into=folder)
    assert api.check(requirements, [folder]) == before
    assert in_bucket == renamed(before, {str(folder): RESULTS})
    assert bucket.objects


def test_a_copy_that_was_interrupted_is_gone_on_with(bucket, tmp_path):
    folder = tmp_path / "results"
    filled(folder)
    whole = api.copy_store(folder, into=RESULTS)
    kept = dict(bucket.objects)
    for number, key in enumerate(list(bucket.objects)):
        if number % 2:
            del bucket.objects[key]
    again = api.copy_store(folder, into=RESULTS)
    assert bucket.objects == kept
    assert 0 < again.files < whole.files
    twice = api.copy_store(folder, into=RESULTS)
    assert (twice.files, twice.events) == (0, 0)


def test_nothing_that_lies_there_is_overwritten(bucket, tmp_path):
    folder = tmp_path / "results"
    written = filled(folder)
    key = f"results/{written.path.relative_to(folder).as_posix()}"
    bucket.objects[key] = b"something else"
    with pytest.raises(EvidenceError, match=r"s3://bucket/results/tiny/.*found something else"):
        api.copy_store(folder, into=RESULTS)
    assert bucket.objects[key] == b"something else"


def test_what_is_damaged_is_damaged_in_the_copy(bucket, tmp_path):
    folder = tmp_path / "results"
    written = filled(folder)
    samples = next(f for f in written.record.files if f.role == "samples")
    (written.folder / samples.path).write_bytes(b"altered")
    (written.folder.parent / "claims").mkdir()
    api.copy_store(folder, into=RESULTS)
    before, after = (
        [broken for file in api.inspect([place]).files for broken in file.broken]
        for place in (folder, RESULTS)
    )
    assert after == renamed(before, {str(folder): RESULTS})
    assert len(after) == 1
    assert bucket.objects


def test_a_claim_is_not_copied(bucket, tmp_path):
    store = Store(tmp_path)
    job = store.job_key(*finished(tmp_path).job)
    claim(store.storage, job, worker="a", run_id="r")
    api.copy_store(tmp_path, into=RESULTS)
    assert not any("claims" in key for key in bucket.objects)


@pytest.mark.usefixtures("bucket")
def test_an_empty_place_is_no_store(tmp_path):
    with pytest.raises(EvidenceError, match="expected a results store, found nothing there"):
        api.copy_store(tmp_path / "nothing", into=RESULTS)


def test_a_bucket_that_cannot_be_trusted_gets_no_copy(bucket, tmp_path):
    finished(tmp_path)
    bucket.honours_conditions = False
    with pytest.raises(UsageError, match="does not honour If-None-Match"):
        api.copy_store(tmp_path, into=RESULTS)
    assert bucket.objects == {}
