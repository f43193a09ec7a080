import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from tests.making.runs.processes import start
from tests.making.runs.stores import finished

from weighin.evidence.jobs.claims import Claimed, ClaimedByOther, claim, held
from weighin.evidence.store import COMMIT_NAME, Store, is_own_file
from weighin.files.stores.folder import FolderStorage
from weighin.sources.collecting.evidence import inspect_evidence

JOB = "model/gsm8k/0123456789ab"
WORKERS = 16
CLAIM = """
import sys
from pathlib import Path
from weighin.evidence.jobs.claims import Claimed, claim
from weighin.files.stores.folder import FolderStorage
print("ready", flush=True)
sys.stdin.readline()
got = claim(FolderStorage(Path(sys.argv[1])), sys.argv[2], worker=sys.argv[3], run_id="run")
print(isinstance(got, Claimed), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def storage(tmp_path):
    return FolderStorage(tmp_path)


def claimed(storage, worker, *, lease_s=60.0):
    return claim(storage, JOB, worker=worker, run_id="run-1", lease_s=lease_s)


def claims_of(storage):
    keys = storage.list(f"{JOB}/claims/")
    return [json.loads(storage.read(key, max_bytes=1 << 16)) for key in keys]


def write_claim(storage, number=0, **changes):
    told = {
        "format": "weighin.claim/1",
        "worker": "other",
        "host": "elsewhere",
        "process": "",
        "run_id": "run-0",
        "until": (datetime.now(UTC) + timedelta(seconds=60)).isoformat(),
        **changes,
    }
    storage.create(f"{JOB}/claims/{number}.json", json.dumps(told).encode())


def test_a_job_that_another_worker_is_at_is_not_claimed_and_says_who(storage):
    assert isinstance(claimed(storage, "a"), Claimed)
    other = claimed(storage, "b")
    assert isinstance(other, ClaimedByOther)
    assert (other.worker, other.host) == ("a", socket.gethostname())
    assert datetime.fromisoformat(other.until) > datetime.now(UTC)


def test_another_job_is_free(storage):
    claimed(storage, "a")
    assert isinstance(claim(storage, "model/gsm8k/ba9876543210", worker="b", run_id="r"), Claimed)


def test_one_of_many_threads_claims_a_job(storage):
    gate = Barrier(WORKERS)

    def one(worker: int) -> object:
        gate.wait()
        return claimed(storage, f"worker {worker}")

    with ThreadPoolExecutor(WORKERS) as pool:
        got = list(pool.map(one, range(WORKERS)))
    assert [isinstance(each, Claimed) for each in got].count(True) == 1


@pytest.mark.child
def test_one_of_many_processes_claims_a_job(tmp_path):
    # Each stays until all have answered: what a dead process claimed is free again.
    processes = [start(CLAIM, tmp_path, JOB, f"worker {number}") for number in range(3)]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.stdout.readline().strip() for process in processes]
    for process in processes:
        process.communicate("go\n", timeout=60)
    assert sorted(answers) == ["False", "False", "True"]


@pytest.mark.child
def test_the_claim_of_a_process_that_was_killed_on_this_machine_is_free_at_once(tmp_path, storage):
    process = start(CLAIM, tmp_path, JOB, "killed")
    process.stdin.write("go\n")
    process.stdin.flush()
    assert [process.stdout.readline().strip() for _ in range(2)] == ["ready", "True"]
    assert isinstance(claimed(storage, "b"), ClaimedByOther)
    process.kill()
    process.communicate()
    assert isinstance(claimed(storage, "b"), Claimed)


def test_a_process_of_another_machine_or_namespace_is_not_held_to_be_dead(storage):
    claimed(storage, "a")
    (own,) = claims_of(storage)
    boot, namespace, _, started = own["process"].split("/")
    dead = 2**22 + 1  # Above the highest process id of Linux.
    places = [
        ("elsewhere", f"{boot}/{namespace}/{dead}/{started}"),
        (own["host"], f"{boot}/1/{dead}/{started}"),
        (own["host"], f"other-boot/{namespace}/{dead}/{started}"),
        (own["host"], "not/a/process"),
    ]
    for number, (host, process) in enumerate(places, start=1):
        write_claim(storage, number, host=host, process=process)
        assert isinstance(claimed(storage, "b"), ClaimedByOther)
    write_claim(
        storage, len(places) + 1, host=own["host"], process=f"{boot}/{namespace}/{dead}/{started}"
    )
    assert isinstance(claimed(storage, "b"), Claimed)


def test_the_number_of_a_process_that_is_given_again_is_not_that_process(storage):
    claimed(storage, "a")
    (own,) = claims_of(storage)
    before, _, started = own["process"].rpartition("/")
    write_claim(storage, 1, host=own["host"], process=f"{before}/{int(started) - 1}")
    assert isinstance(claimed(storage, "b"), Claimed)


def test_an_expired_claim_is_followed_by_the_next_number(storage):
    claimed(storage, "a", lease_s=0.0)
    assert isinstance(claimed(storage, "b"), Claimed)
    assert [told["worker"] for told in claims_of(storage)] == ["a", "b"]


def test_the_same_worker_claims_again_after_a_restart(storage):
    write_claim(storage, worker="array-7_3")
    assert isinstance(claimed(storage, "array-7_3"), Claimed)
    assert isinstance(claimed(storage, "array-7_4"), ClaimedByOther)


@pytest.mark.child
def test_shells_that_one_task_started_are_not_one_worker_while_they_live(tmp_path, storage):
    process = start(CLAIM, tmp_path, JOB, "array-7_3")
    process.stdin.write("go\n")
    process.stdin.flush()
    assert [process.stdout.readline().strip() for _ in range(2)] == ["ready", "True"]
    assert isinstance(claimed(storage, "array-7_3"), ClaimedByOther)
    process.kill()
    process.communicate()
    assert isinstance(claimed(storage, "array-7_3"), Claimed)


def test_a_claim_is_renewed_while_it_is_held_and_given_free_at_the_end(storage):
    mine = claimed(storage, "a", lease_s=0.3)
    with held(mine):
        time.sleep(0.5)
        assert isinstance(claimed(storage, "b"), ClaimedByOther)
        assert len(claims_of(storage)) > 1
    assert isinstance(claimed(storage, "b"), Claimed)


def test_a_claim_is_given_free_when_the_body_fails(storage):
    with pytest.raises(KeyboardInterrupt), held(claimed(storage, "a")):
        raise KeyboardInterrupt
    assert isinstance(claimed(storage, "b"), Claimed)


def test_a_claim_that_was_lost_is_not_taken_back(storage):
    mine = claimed(storage, "a", lease_s=0.0)
    with held(mine):
        assert isinstance(claimed(storage, "b"), Claimed)
    assert [told["worker"] for told in claims_of(storage)][-1] == "b"
    assert isinstance(claimed(storage, "a"), ClaimedByOther)


@pytest.mark.parametrize("hours", [-10_000, -1, 0.4, 23, 10_000])
def test_a_clock_that_is_wrong_holds_nobody_up_for_ever(storage, hours):
    until = datetime.now(UTC) + timedelta(hours=hours)
    write_claim(storage, until=until.isoformat())
    assert isinstance(claimed(storage, "b"), Claimed)


GARBAGE = {
    "nothing": b"",
    "no JSON": b"\xff\xfe",
    "another value": b"[]",
    "another format": b'{"format": "weighin.claim/2"}',
    "torn": b'{"format": "weighin.claim/1", "wor',
    "deep": b"[" * 50_000,
    "large": b" " * (1 << 17),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_no_claim_holds_nobody_up(storage, name):
    storage.create(f"{JOB}/claims/0.json", GARBAGE[name])
    assert isinstance(claimed(storage, "b"), Claimed)
    assert isinstance(claimed(storage, "c"), ClaimedByOther)


@pytest.mark.parametrize("number", ["1000000", "9" * 18, "1" * 17])
def test_a_number_that_nobody_counted_to_holds_nobody_up(storage, number):
    storage.create(f"{JOB}/claims/{number}.json", b"{}")
    for _ in range(3):
        assert isinstance(claimed(storage, "b"), Claimed)
    assert isinstance(claimed(storage, "c"), ClaimedByOther)
    assert storage.exists(f"{JOB}/claims/2.json")


def test_a_job_is_worked_on_where_no_claim_can_be_made(tmp_path):
    claims = tmp_path / JOB / "claims"
    claims.mkdir(parents=True)
    # It is no file, so that it is not listed, and nothing can be created in its place.
    (claims / "0.json").mkdir()
    mine = claimed(FolderStorage(tmp_path), "b")
    assert isinstance(mine, Claimed)
    with held(mine):
        pass


@pytest.mark.parametrize("until", ["", "soon", "2026-11-30T12:00:00", "9999-12-31T23:59:59-14:00"])
def test_a_lease_without_an_end_holds_nobody_up(storage, until):
    write_claim(storage, until=until)
    assert isinstance(claimed(storage, "b"), Claimed)


def test_a_name_that_is_no_number_is_no_claim(storage):
    for name in ("x.json", "-1.json", "01.json", "1.txt", "1.json/2.json"):
        storage.create(f"{JOB}/claims/{name}", b"{}")
    assert isinstance(claimed(storage, "a"), Claimed)
    assert storage.exists(f"{JOB}/claims/0.json")


def test_claims_are_the_stores_own_and_no_evidence(tmp_path):
    written = finished(tmp_path)
    store = Store(tmp_path)
    claim(store.storage, store.job_key(*written.job), worker="a", run_id="run-1")
    (path,) = (written.folder.parent / "claims").iterdir()
    assert is_own_file(path)
    found = inspect_evidence([tmp_path])
    assert len(found.files) == 1
    assert found.unread == ()
    assert (written.folder.parent / COMMIT_NAME).is_file()
