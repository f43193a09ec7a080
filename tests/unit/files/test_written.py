from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from tests.making.runs.processes import outcome, race, start
from tests.making.runs.stores import finished

from weighin.errors import InfrastructureError, UsageError
from weighin.files.written import create_file, translated_errors
from weighin.sources.collecting.evidence import read_evidence

WRITERS = 16
CREATE = """
import sys
from pathlib import Path
from weighin.files.written import create_file
content = sys.argv[2].encode() * 50_000
print("ready", flush=True)
sys.stdin.readline()
print(create_file(Path(sys.argv[1]), content))
"""
CREATE_BEYOND_A_LIMIT = """
import resource, sys
from pathlib import Path
from weighin.errors import InfrastructureError
from weighin.files.written import create_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    create_file(Path(sys.argv[1]), b"x" * 5000)
except InfrastructureError as error:
    print(error)
"""


def test_one_of_many_threads_creates_a_file(tmp_path):
    gate = Barrier(WRITERS)

    def write(writer: int) -> bool:
        gate.wait()
        return create_file(tmp_path / "one", bytes([writer]) * 10_000)

    with ThreadPoolExecutor(WRITERS) as pool:
        created = list(pool.map(write, range(WRITERS)))
    assert created.count(True) == 1
    assert (tmp_path / "one").read_bytes() == bytes([created.index(True)]) * 10_000
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.child
def test_one_of_many_processes_creates_a_file(tmp_path):
    letters = "abcd"
    answers = race(CREATE, [(tmp_path / "one", letter) for letter in letters])
    assert sorted(answers) == ["False", "False", "False", "True"]
    winner = letters[answers.index("True")]
    assert (tmp_path / "one").read_bytes() == winner.encode() * 50_000


def test_a_file_that_is_there_is_never_rewritten(tmp_path):
    assert create_file(tmp_path / "one", b"first")
    assert not create_file(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"first"


def test_a_draft_of_a_dead_writer_is_no_record_and_stops_nobody(tmp_path):
    written = finished(tmp_path)
    content = written.path.read_bytes()
    written.path.unlink()
    draft = written.folder / ".record.json.4711-0a0b0c0d.draft"
    draft.write_bytes(content)
    assert read_evidence([tmp_path]).records == ()
    assert create_file(written.path, content)
    assert len(read_evidence([tmp_path]).records) == 1


@pytest.mark.child
def test_a_limit_on_file_size_is_a_failure_to_try_again_and_leaves_nothing(tmp_path):
    told = outcome(start(CREATE_BEYOND_A_LIMIT, tmp_path / "big"))
    assert "file too large; nothing recorded before is lost, free some space" in told
    assert list(tmp_path.iterdir()) == []


def test_a_place_below_a_regular_file_is_a_wrong_place(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        UsageError,
        match="expected folders above it, found a file; give",
    ):
        create_file(tmp_path / "file" / "below", b"")


@pytest.mark.parametrize("number", [28, 122, 27, 5, 116, 110])
def test_a_full_or_failing_disk_is_retryable(number):
    with pytest.raises(InfrastructureError), translated_errors(Path("there"), "write"):
        raise OSError(number, "failed")


@pytest.mark.parametrize("number", [1, 13, 30, 36])
def test_a_place_that_can_never_be_written_is_not_retryable(number):
    with (
        pytest.raises(UsageError, match="cannot write: failed; write elsewhere"),
        translated_errors(Path("there"), "write", way_out="write elsewhere"),
    ):
        raise OSError(number, "failed")
