"""A ledger in an object store, which has no append and no locks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.making.runs.stores import finished
from tests.making.stores.bucket import BUCKET, served_bucket

import weighin
from weighin.evidence.ledger import Ledger, copy_ledgers, ledgers_at

pytest.importorskip("obstore")

URL = f"s3://{BUCKET}/results"


@pytest.fixture
def bucket(monkeypatch):
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.mark.usefixtures("bucket")
def test_workers_of_one_run_and_of_others_append_at_once():
    def work(number: int) -> None:
        ledger = Ledger(URL, run_id=f"run-{number % 2}", model="tiny")
        for _ in range(5):
            ledger.append("benchmark-started", benchmark=str(number))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    Ledger(URL, run_id="run-2", model="tiny").append("run-started")
    ledgers = ledgers_at(URL)
    assert (len(ledgers.entries), ledgers.problems, ledgers.notes) == (31, (), ())


def test_a_run_that_begins_asks_for_the_ends_of_the_others_alone(bucket):
    for number in range(3):
        ledger = Ledger(URL, run_id=f"run-{number}", model="tiny")
        for _ in range(8):
            ledger.append("benchmark-started")
    bucket.requests.clear()
    ledger = Ledger(URL, run_id="run-3", model="tiny")
    ledger.append("run-started")
    read = [path for method, path in bucket.requests if method == "GET" and path.endswith(".json")]
    assert len(read) == 6
    bucket.requests.clear()
    ledger.append("run-finished")
    assert [method for method, _ in bucket.requests] == ["PUT"]


def test_a_run_that_was_deleted_from_a_bucket_is_missed(bucket):
    for number in range(3):
        Ledger(URL, run_id=f"run-{number}", model="tiny").append("run-started")
    for key in [key for key in bucket.objects if "/run-1/" in key]:
        del bucket.objects[key]
    (problem,) = ledgers_at(URL).problems
    assert "of run run-1, which run run-2 saw" in problem.expected
    assert problem.file == "ledger/run-2/00000000.json"


@pytest.mark.usefixtures("bucket")
def test_a_job_is_retired_in_a_bucket(tmp_path):
    job_id = finished(tmp_path).job[2]
    copy_ledgers(tmp_path, URL)
    assert weighin.retire(job_id[:8], reason="why", results=URL).before != frozenset()
    copy_ledgers(URL, tmp_path)
    assert [line.event for line in ledgers_at(tmp_path).lines][-1] == "job-retired"
