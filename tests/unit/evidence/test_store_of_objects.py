"""The results store in a bucket: the same laws as in a folder, and files as blobs."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256

import pytest
from tests.making.rules.builders import record
from tests.making.stores.bucket import BUCKET, served_bucket

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.jobs.claims import Claimed, ClaimedByOther, claim
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME, Store, file_digest

pytest.importorskip("obstore")

JOB = ("tiny", "gsm8k", record("gsm8k").run.job_id)
SAMPLES = b'{"doc_id": 0}\n'


@pytest.fixture
def bucket(monkeypatch):
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def store(bucket):
    assert bucket.endpoint
    return Store(f"s3://{BUCKET}/results")


def scored(store):
    """An attempt with its record, not committed yet."""
    attempt = store.new_attempt(*JOB)
    samples = attempt.folder / "lm-eval" / "samples.jsonl"
    samples.parent.mkdir()
    samples.write_bytes(SAMPLES)
    base = record("gsm8k")
    told = base.model_copy(
        update={
            "model": "tiny",
            "files": (file_digest(samples, role="samples", relative_to=attempt.folder),),
            "run": base.run.model_copy(update={"attempt_id": attempt.attempt_id}),
        }
    )
    return attempt, told


def keys(bucket):
    return sorted(key.removeprefix("results/") for key in bucket.objects)


def test_files_become_blobs_before_the_record_and_the_record_before_the_commit(bucket, store):
    attempt, told = scored(store)
    written = store.commit(attempt, told)
    assert written.is_first
    digest = sha256(SAMPLES).hexdigest()
    job = store.job_key(*JOB)
    put = [path for method, path in bucket.requests if method == "PUT"]
    assert [path.removeprefix(f"/{BUCKET}/results/") for path in put] == [
        f"blobs/{digest}",
        f"{job}/{attempt.attempt_id}/{RECORD_NAME}",
        f"{job}/{COMMIT_NAME}",
    ]
    assert bucket.objects[f"results/blobs/{digest}"] == SAMPLES


def test_what_is_committed_reads_back_as_it_was_written(store):
    attempt, told = scored(store)
    store.commit(attempt, told)
    assert store.committed(*JOB) == told
    assert list(store.records_of(*JOB)) == [told]


def test_the_first_attempt_counts_and_every_attempt_is_kept(bucket, store):
    first, second = (store.commit(*scored(store)) for _ in range(2))
    assert (first.is_first, second.is_first) == (True, False)
    assert len(list(store.records_of(*JOB))) == 2
    assert [key for key in keys(bucket) if key.startswith("blobs/")] == [
        f"blobs/{sha256(SAMPLES).hexdigest()}"
    ]


def test_a_record_that_a_dead_writer_did_not_commit_counts(bucket, store):
    attempt, told = scored(store)
    store.commit(attempt, told)
    job = store.job_key(*JOB)
    del bucket.objects[f"results/{job}/{COMMIT_NAME}"]
    assert store.committed(*JOB) == told
    assert f"{job}/{COMMIT_NAME}" in keys(bucket)


def test_a_writer_that_died_before_its_record_leaves_a_job_that_is_not_recorded(bucket, store):
    attempt, told = scored(store)
    store.commit(attempt, told)
    for key in list(bucket.objects):
        if "blobs" not in key:
            del bucket.objects[key]
    assert store.committed(*JOB) is None


@pytest.mark.parametrize(("writes", "is_recorded"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_writer_that_ends_at_any_write_leaves_a_store_that_goes_on(
    bucket, store, writes, is_recorded
):
    attempt, told = scored(store)
    bucket.writes_left = writes
    with suppress(UsageError):
        store.commit(attempt, told)
    bucket.writes_left = None
    assert store.committed(*JOB) == (told if is_recorded else None)
    assert store.commit(*scored(store)).is_first is not is_recorded
    assert store.committed(*JOB) is not None


def test_of_racing_workers_one_attempt_is_the_first_and_all_are_kept(store):
    attempts = [scored(store) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        committed = list(pool.map(lambda attempt: store.commit(*attempt), attempts))
    assert [each.is_first for each in committed].count(True) == 1
    assert len(list(store.records_of(*JOB))) == 8
    (first,) = (a for (a, _), each in zip(attempts, committed, strict=True) if each.is_first)
    assert store.committed(*JOB).run.attempt_id == first.attempt_id


def test_a_commit_whose_answer_is_lost_is_still_its_own(store):
    attempt, told = scored(store)
    store.commit(attempt, told)
    attempt.folder.mkdir(parents=True)
    (attempt.folder / "lm-eval").mkdir()
    (attempt.folder / "lm-eval" / "samples.jsonl").write_bytes(SAMPLES)
    assert store.commit(attempt, told).is_first


def test_a_record_of_which_one_byte_is_altered_is_refused_by_its_url(bucket, store):
    store.commit(*scored(store))
    (key,) = (key for key in bucket.objects if key.endswith(RECORD_NAME))
    bucket.objects[key] = bucket.objects[key].replace(
        b"transformers 5.23.0", b"transformers 5.23.1"
    )
    way_out = r"record\.json: expected sha256 .*weighin retire .* --results s3://bucket/results"
    with pytest.raises(EvidenceError, match=rf"s3://bucket/results/tiny/.*{way_out}"):
        store.committed(*JOB)


@pytest.mark.parametrize("name", ["../x", "a\0", "a" * 999, "a\\b"])
def test_a_commit_that_names_another_place_is_refused(bucket, store, name):
    store.commit(*scored(store))
    (key,) = (key for key in bucket.objects if key.endswith(COMMIT_NAME))
    told = {"format": "weighin.commit/1", "attempt_id": name, "record_sha256": "0" * 64}
    bucket.objects[key] = json.dumps(told).encode()
    with pytest.raises(EvidenceError, match=r"weighin retire|delete it"):
        store.committed(*JOB)


def test_what_was_staged_is_gone_once_it_is_kept(store):
    attempt, told = scored(store)
    assert attempt.folder.is_dir()
    store.commit(attempt, told)
    assert not attempt.folder.exists()


def test_a_plan_is_kept_under_its_digest_and_an_altered_one_is_refused(bucket, store):
    content = b'{"format":"weighin.plan/2"}'
    plan_id = sha256(content).hexdigest()
    assert store.plan(plan_id) is None
    store.keep_plan(plan_id, content)
    assert store.plan(plan_id) == content
    bucket.objects[f"results/plans/{plan_id}.json"] = content + b" "
    with pytest.raises(EvidenceError, match=rf"plans/{plan_id}\.json: expected sha256 {plan_id}"):
        store.plan(plan_id)


def test_a_job_in_a_bucket_is_claimed_once(store):
    job = store.job_key(*JOB)
    assert isinstance(claim(store.storage, job, worker="a", run_id="r"), Claimed)
    assert isinstance(claim(store.storage, job, worker="b", run_id="r"), ClaimedByOther)
