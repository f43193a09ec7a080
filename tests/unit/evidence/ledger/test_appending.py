import hashlib
import json

import pytest
from tests.making.places import DOCS
from tests.making.runs.processes import outcome, race, start

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.ledger import LEDGER_NAME, Ledger, read_ledger
from weighin.files.canonical import canonical_json

APPEND = """
import sys
from pathlib import Path
from weighin.evidence.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), run_id=sys.argv[2], model="tiny")
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    ledger.append("benchmark-started", benchmark=str(number))
"""
APPEND_BEYOND_A_LIMIT = """
import resource, sys
from pathlib import Path
from weighin.errors import InfrastructureError
from weighin.evidence.ledger import Ledger
size = (Path(sys.argv[1]) / "ledger.jsonl").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))
try:
    Ledger(Path(sys.argv[1]), run_id="run", model="tiny").append("run-started")
except InfrastructureError as error:
    print(error)
"""


@pytest.fixture
def ledger(tmp_path):
    """Four lines, written by the ledger."""
    ledger = Ledger(tmp_path, run_id="run-1", model="tiny")
    for number in range(4):
        ledger.append("benchmark-started", benchmark=f"task-{number}")
    return ledger


@pytest.fixture
def path(ledger, tmp_path):
    """Where the four lines lie."""
    assert isinstance(ledger, Ledger)
    return tmp_path / LEDGER_NAME


def lines_of(path):
    return path.read_bytes().split(b"\n")[:-1]


def test_every_event_holds_its_number_and_the_sha256_of_the_event_before(path):
    previous = "0" * 64
    for number, line in enumerate(lines_of(path)):
        event = json.loads(line)
        assert (event["seq"], event["previous"]) == (number, previous)
        assert ("heads" in event) == (number == 0)
        previous = hashlib.sha256(line).hexdigest()


def test_an_untouched_ledger_has_no_breaks(path):
    content = read_ledger(path)
    assert [line.benchmark for line in content.lines] == [f"task-{n}" for n in range(4)]
    assert (content.breaks, content.torn) == ((), ())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_altered_line_breaks_the_line_after_it(path, number):
    path.write_bytes(path.read_bytes().replace(b"task-%d" % number, b"task-9"))
    (told,) = read_ledger(path).breaks
    assert told.startswith(f"line {number + 2}, event {number + 1} of run run-1: it follows ")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_removed_line_is_a_gap_before_the_line_after_it(path, number):
    kept = [line for position, line in enumerate(lines_of(path)) if position != number]
    path.write_bytes(b"\n".join(kept) + b"\n")
    (told,) = read_ledger(path).breaks
    place = f"line {number + 1}, event {number + 1} of run run-1"
    assert told == f"{place}: a gap is before it; expected event {number} of run run-1 before it"


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (3, 2, 1, 0), (0, 1, 2, 3, 3, 0)])
def test_lines_in_another_order_or_twice_break_nothing(path, order):
    lines = lines_of(path)
    path.write_bytes(b"".join(lines[number] + b"\n" for number in order))
    assert read_ledger(path).breaks == ()
    assert len(read_ledger(path).lines) == 4
    Ledger(path.parent, run_id="run-1", model="tiny").append("run-finished")
    assert read_ledger(path).breaks == ()


@pytest.mark.parametrize("kept", [1, 40, 150])
def test_a_torn_last_line_is_told_and_swallows_no_other(ledger, path, kept):
    content = path.read_bytes()
    end_of_third = len(b"\n".join(lines_of(path)[:3])) + 1
    path.write_bytes(content[: end_of_third + kept])
    ledger.append("run-finished")
    after = read_ledger(path)
    assert [line.event for line in after.lines] == ["benchmark-started"] * 3 + ["run-finished"]
    assert after.torn == ("line 4 cannot be read",)
    assert after.breaks == ()


def test_empty_lines_bind_nothing(ledger, path):
    path.write_bytes(path.read_bytes() + b"\n\n")
    ledger.append("run-finished")
    assert read_ledger(path).breaks == ()


def test_a_file_of_empty_lines_is_the_start_of_a_ledger(tmp_path):
    (tmp_path / LEDGER_NAME).write_bytes(b"\n\n")
    Ledger(tmp_path, run_id="run-1", model="tiny").append("run-started")
    assert read_ledger(tmp_path / LEDGER_NAME).breaks == ()


def test_a_line_longer_than_a_block_is_followed(ledger, path):
    ledger.append("benchmark-failed", detail={"error": "x" * 200_000})
    ledger.append("run-finished")
    assert read_ledger(path).breaks == ()


@pytest.mark.child
def test_processes_that_append_at_once_lose_no_line_and_break_no_chain(tmp_path):
    race(APPEND, [(tmp_path, run) for run in "abc"])
    content = read_ledger(tmp_path / LEDGER_NAME)
    assert (content.breaks, content.torn) == ((), ())
    for run in "abc":
        of_run = [line.benchmark for line in content.lines if line.run_id == run]
        assert of_run == [str(number) for number in range(25)]


@pytest.mark.child
def test_a_full_disk_leaves_the_ledger_as_it_was(path, tmp_path):
    before = path.read_bytes()
    told = outcome(start(APPEND_BEYOND_A_LIMIT, tmp_path))
    assert "cannot append to the ledger: file too large" in told
    assert path.read_bytes() == before


def test_a_ledger_that_does_not_exist_has_no_lines(tmp_path):
    assert read_ledger(tmp_path / LEDGER_NAME).lines == ()


def test_a_ledger_that_cannot_be_read_is_an_error_not_an_empty_ledger(tmp_path):
    (tmp_path / LEDGER_NAME).mkdir()
    with pytest.raises(EvidenceError, match="expected a regular file"):
        read_ledger(tmp_path / LEDGER_NAME)


@pytest.mark.parametrize(
    "hostile",
    [
        b"null",
        b"[" * 5000,
        b'{"event": NaN}',
        b"\xff\xfe",
        b'{"event": "run-started", "event": "run-finished"}',
        b'"\\ud800"',
    ],
)
def test_a_hostile_line_is_told_and_the_others_are_read(path, hostile):
    path.write_bytes(hostile + b"\n" + path.read_bytes())
    content = read_ledger(path)
    assert content.torn == ("line 1 cannot be read",)
    assert len(content.lines) == 4
    assert content.breaks == ()


@pytest.mark.parametrize(
    "change",
    [
        {"seq": -1},
        {"seq": 10**8},
        {"seq": 10**30},
        {"seq": 1.5},
        {"seq": True},
        {"run_id": "../../x"},
        {"run_id": "ledger.jsonl"},
        {"run_id": ""},
        {"heads": None},
        {"heads": {"run-0": "0"}},
        {"heads": {"run-0": 1}},
        {"previous": "x"},
        {"format": "weighin.event/3"},
        {"more": 1},
        {"detail": {"a": [[]]}, "time": 1},
    ],
    ids=str,
)
def test_an_event_that_weighin_does_not_write_cannot_be_read(path, change):
    first, *rest = lines_of(path)
    hostile = json.dumps(json.loads(first) | change, separators=(",", ":"), sort_keys=True)
    path.write_bytes(b"\n".join([hostile.encode(), *rest, b""]))
    content = read_ledger(path)
    assert content.torn == ("line 1 cannot be read",)
    assert len(content.breaks) == 1


def nested(depth):
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("depth", [50, 99, 200, 5000, 100_000])
def test_a_detail_that_is_nested_deeply_leads_to_no_error(path, depth):
    first, *rest = lines_of(path)
    hostile = first.replace(b'"detail":{}', b'"detail":{"a":' + nested(depth) + b"}")
    path.write_bytes(b"\n".join([hostile, *rest, b""]))
    content = read_ledger(path)
    assert len(content.lines) == (4 if depth < 98 else 3)
    assert len(content.breaks) == 1


@pytest.mark.parametrize(
    "other", [b' {"', b'{ "', b'{"attempt_id":"\\u0061","attempt_id":', b'{"attempt_id":"x",']
)
def test_another_spelling_of_an_event_cannot_be_read(path, other):
    first, *rest = lines_of(path)
    path.write_bytes(b"\n".join([other + first.removeprefix(b'{"'), *rest, b""]))
    assert read_ledger(path).torn == ("line 1 cannot be read",)


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", "ledger.jsonl", "ledger-a.jsonl", "a" * 200])
def test_a_run_id_that_leads_elsewhere_is_refused(tmp_path, run_id):
    with pytest.raises(UsageError, match="run id"):
        Ledger(tmp_path, run_id=run_id, model="tiny")


def test_the_page_shows_an_event_as_it_is_written(path):
    page = (DOCS / "ledger.md").read_text()
    shown = page.partition("```json\n")[2].partition("\n```")[0]
    assert json.loads(shown).keys() == json.loads(lines_of(path)[1]).keys()
    assert shown.encode() == canonical_json(json.loads(shown))
