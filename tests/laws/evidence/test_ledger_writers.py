"""Several writers of one ledger, writers that die, and places that are full or have no locks."""

import errno
import fcntl
import os
import shutil
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.making.runs.ledgers import ObjectStorage, lines_of, old_lines, write_lines
from tests.making.runs.processes import outcome, race, start

from weighin.errors import EvidenceError
from weighin.evidence.ledger import LEDGER_NAME, Ledger, copy_ledgers, ledgers_at, read_ledger
from weighin.files.stores.interface import Storage

APPEND = """
import sys
from pathlib import Path
from weighin.evidence.ledger import Ledger
if sys.argv[3] == "objects":
    import errno, fcntl
    def refuse(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")
    fcntl.flock = refuse
print("ready", flush=True)
sys.stdin.readline()
ledger = Ledger(Path(sys.argv[1]), run_id="run-1", model="tiny")
for number in range(20):
    ledger.append("benchmark-started", benchmark=sys.argv[2], detail={"number": number})
"""
APPEND_FOR_EVER = """
import sys
from pathlib import Path
from weighin.evidence.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), run_id=sys.argv[2], model="tiny")
while True:
    ledger.append("benchmark-started", detail={"error": "x" * 20_000})
    print(".", end="", flush=True)
"""
CREATE_BEYOND_A_LIMIT = """
import errno, fcntl, resource, sys
from pathlib import Path
from weighin.errors import InfrastructureError
from weighin.evidence.ledger import Ledger
def refuse(*arguments):
    raise OSError(errno.ENOLCK, "No locks available")
fcntl.flock = refuse
resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))
try:
    Ledger(Path(sys.argv[1]), run_id="run-1", model="tiny").append("run-started")
except InfrastructureError as error:
    print(error)
"""


@pytest.fixture
def without_locks(monkeypatch):
    """A file system without locks, as some that reach over a network are mounted."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def numbers(place: Path | Storage, run: str = "run-1") -> list[int]:
    return [entry.seq for entry in ledgers_at(place).entries if entry.chain == run]


@pytest.mark.child
@pytest.mark.parametrize("way", ["lines", "objects"])
def test_processes_of_one_run_append_to_one_chain(way, tmp_path):
    race(APPEND, [(tmp_path, worker, way) for worker in "abc"])
    ledgers = ledgers_at(tmp_path)
    assert (ledgers.problems, ledgers.notes) == ((), ())
    assert numbers(tmp_path) == list(range(60))
    for worker in "abc":
        own = [line.detail["number"] for line in ledgers.lines if line.benchmark == worker]
        assert own == list(range(20))
    assert (tmp_path / LEDGER_NAME).exists() == (way == "lines")


@pytest.mark.child
def test_processes_with_and_without_locks_append_to_one_chain(tmp_path):
    Ledger(tmp_path, run_id="run-1", model="tiny").append("run-started")
    outcome(start(APPEND, tmp_path, "a", "objects"))
    outcome(start(APPEND, tmp_path, "b", "lines"))
    assert ledgers_at(tmp_path).problems == ()
    assert numbers(tmp_path) == list(range(41))


def test_threads_append_to_one_chain_of_objects():
    store = ObjectStorage()
    ledgers = [Ledger(store, run_id="run-1", model="tiny") for _ in range(4)]

    def append(ledger: Ledger) -> None:
        for _ in range(10):
            ledger.append("benchmark-started")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, ledgers))
    assert ledgers_at(store).problems == ()
    assert numbers(store) == list(range(40))


@pytest.mark.child
def test_a_writer_that_is_killed_leaves_at_most_a_torn_line(tmp_path):
    for number, moment in enumerate((0.0, 0.004, 0.009)):
        process = start(APPEND_FOR_EVER, tmp_path, f"run-{number}")
        assert process.stdout is not None
        process.stdout.read(3)
        time.sleep(moment)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        Ledger(tmp_path, run_id=f"run-{number}", model="tiny").append("run-resumed")
    content = read_ledger(tmp_path / LEDGER_NAME)
    assert content.breaks == ()
    assert len(content.torn) <= 3
    assert [line.event for line in content.lines].count("run-resumed") == 3


@pytest.mark.parametrize("kept", [1, 20, -2, -1])
def test_a_torn_line_hides_no_event_and_its_number_is_taken_again(kept, tmp_path):
    ledger = Ledger(tmp_path, run_id="run-1", model="tiny")
    for event in ("run-started", "benchmark-started", "benchmark-finished"):
        ledger.append(event)
    lines = lines_of(tmp_path)
    whole = kept == -1
    torn = lines[2] if whole else lines[2][:kept]
    (tmp_path / LEDGER_NAME).write_bytes(lines[0] + b"\n" + lines[1] + b"\n" + torn)
    Ledger(tmp_path, run_id="run-1", model="tiny").append("run-finished")
    ledger.append("run-finished")
    content = read_ledger(tmp_path / LEDGER_NAME)
    assert (content.breaks, len(content.torn)) == ((), 0 if whole else 1)
    assert numbers(tmp_path) == list(range(5 if whole else 4))


@pytest.mark.usefixtures("without_locks")
def test_a_folder_without_locks_has_an_object_for_each_event(tmp_path):
    for run in ("run-1", "run-2"):
        ledger = Ledger(tmp_path, run_id=run, model="tiny")
        for event in ("run-started", "run-finished"):
            ledger.append(event)
    assert not (tmp_path / LEDGER_NAME).exists()
    assert numbers(tmp_path, "run-2") == [0, 1]
    assert ledgers_at(tmp_path).problems == ()
    shutil.rmtree(tmp_path / "ledger" / "run-1")
    assert "run-1" in ledgers_at(tmp_path).problems[0].expected


def test_a_run_goes_on_where_it_began_when_its_store_was_put_together(tmp_path):
    for folder, run in ((tmp_path / "one", "run-1"), (tmp_path / "two", "run-2")):
        Ledger(folder, run_id=run, model="tiny").append("run-started")
    shutil.copy(tmp_path / "one" / LEDGER_NAME, tmp_path / "two" / "ledger-one.jsonl")
    Ledger(tmp_path / "two", run_id="run-1", model="tiny").append("run-finished")
    assert numbers(tmp_path / "two") == [0, 1]
    assert ledgers_at(tmp_path / "two").problems == ()


def test_a_run_goes_on_in_a_folder_that_a_bucket_was_copied_to(tmp_path):
    store = ObjectStorage()
    Ledger(store, run_id="run-1", model="tiny").append("run-started")
    copy_ledgers(store, tmp_path, as_objects=True)
    Ledger(tmp_path, run_id="run-1", model="tiny").append("run-finished")
    Ledger(tmp_path, run_id="run-2", model="tiny").append("run-started")
    assert numbers(tmp_path) == [0, 1]
    assert ledgers_at(tmp_path).problems == ()


def test_a_run_sees_ledgers_of_every_kind(tmp_path):
    write_lines(tmp_path, old_lines("run-started"), "ledger-x.jsonl")
    store = ObjectStorage()
    Ledger(store, run_id="run-1", model="tiny").append("run-started")
    copy_ledgers(store, tmp_path, as_objects=True)
    Ledger(tmp_path, run_id="run-2", model="tiny").append("run-started")
    (tmp_path / "ledger-x.jsonl").unlink()
    shutil.rmtree(tmp_path / "ledger")
    told = "\n".join(problem.expected for problem in ledgers_at(tmp_path).problems)
    assert " of file ledger-x.jsonl, which run run-2 saw" in told
    assert " of run run-1, which run run-2 saw" in told


def test_a_store_that_lost_the_answer_to_a_create_gets_no_second_event():
    class Forgetful(ObjectStorage):
        def create(self, key: str, content: bytes) -> bool:
            super().create(key, content)
            return False

    store = Forgetful()
    ledger = Ledger(store, run_id="run-1", model="tiny")
    for event in ("run-started", "run-finished"):
        ledger.append(event)
    assert numbers(store) == [0, 1]


@pytest.mark.child
def test_a_full_disk_leaves_no_event(tmp_path):
    told = outcome(start(CREATE_BEYOND_A_LIMIT, tmp_path))
    assert "file too large" in told
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_ledger_beside_that_cannot_be_read_stops_a_run_before_it_begins(tmp_path):
    (tmp_path / "ledger" / "run-0" / "00000000.json").mkdir(parents=True)
    with pytest.raises(EvidenceError, match="expected a regular file"):
        Ledger(tmp_path, run_id="run-1", model="tiny").append("run-started")


def test_a_lock_is_waited_for(tmp_path):
    Ledger(tmp_path, run_id="run-1", model="tiny").append("run-started")
    descriptor = os.open(tmp_path / LEDGER_NAME, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    other = threading.Thread(
        target=Ledger(tmp_path, run_id="run-2", model="tiny").append, args=("run-started",)
    )
    other.start()
    other.join(0.05)
    assert other.is_alive()
    os.close(descriptor)
    other.join(30)
    assert [entry.chain for entry in ledgers_at(tmp_path).entries] == ["run-1", "run-2"]
