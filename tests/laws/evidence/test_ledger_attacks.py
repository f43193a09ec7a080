"""What somebody does to a ledger afterwards: found by what came after it, or said not to be."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.runs.ledgers import (
    ObjectStorage,
    lines_of,
    old_lines,
    relinked,
    write_lines,
)
from tests.making.runs.stores import finished

from weighin.evidence.ledger import LEDGER_NAME, Ledger, Problem, ledgers_at
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.stores.interface import Storage
from weighin.sources.collecting.evidence import read_evidence

RUNS = ("run-a", "run-b", "run-c")
EVENTS = ("run-started", "benchmark-started", "benchmark-finished", "run-finished")

Lines = list[bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Lines:
    folder = tmp_path_factory.mktemp("made")
    for run in RUNS:
        ledger = Ledger(folder, run_id=run, model="tiny")
        for event in EVENTS:
            ledger.append(event, benchmark="gsm8k")
    return lines_of(folder)


@pytest.fixture
def lines(made) -> Lines:
    """The events of three runs, one after the other."""
    return list(made)


def of_run(lines: Lines, run: str) -> Lines:
    return [line for line in lines if json.loads(line)["run_id"] == run]


def without(lines: Lines, *gone: bytes) -> Lines:
    return [line for line in lines if line not in gone]


def key_of(line: bytes) -> str:
    event = json.loads(line)
    return f"ledger/{event['run_id']}/{event['seq']:08d}.json"


def as_lines(folder: Path, lines: Lines) -> Path:
    write_lines(folder / "lines", lines)
    return folder / "lines"


def as_files(folder: Path, lines: Lines) -> Path:
    for line in lines:
        path = folder / "files" / key_of(line)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(line)
    return folder / "files"


def as_objects(_: Path, lines: Lines) -> Storage:
    return ObjectStorage({key_of(line): line for line in lines})


def half_of_each(folder: Path, lines: Lines) -> Path:
    as_files(folder, lines[1::2])
    write_lines(folder / "files", lines[4::4], "ledger-x.jsonl")
    write_lines(folder / "files", [*lines[0:1], *lines[2::4]])
    return folder / "files"


LAYOUTS = pytest.mark.parametrize("lay", [as_lines, as_files, as_objects, half_of_each])
Lay = Callable[[Path, Lines], Path | Storage]


def problems(place: Path | Storage) -> tuple[Problem, ...]:
    found = ledgers_at(place).problems
    assert all(each.file and each.expected and each.found for each in found)
    return found


def told(place: Path | Storage) -> str:
    return "\n".join(each.told for each in problems(place))


@LAYOUTS
def test_what_was_written_holds(lay: Lay, lines, tmp_path):
    ledgers = ledgers_at(lay(tmp_path, lines))
    assert (ledgers.problems, ledgers.notes) == ((), ())
    assert [entry.lying.raw for entry in ledgers.entries] == lines


@LAYOUTS
@pytest.mark.parametrize("run", RUNS[:2])
def test_a_run_that_was_deleted_whole_is_found_by_a_later_one(lay: Lay, lines, run, tmp_path):
    gone = of_run(lines, run)
    (problem,) = problems(lay(tmp_path, without(lines, *gone)))
    assert problem.expected.startswith(f"event {sha256_hex(gone[-1])} of run {run}, which run run-")
    assert problem.found.endswith("nothing of it is there")


@LAYOUTS
def test_each_of_two_runs_that_were_deleted_is_named(lay: Lay, lines, tmp_path):
    found = told(lay(tmp_path, of_run(lines, "run-c")))
    assert "of run run-a" in found
    assert "of run run-b" in found


@LAYOUTS
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_cut_tail_is_found_by_a_later_run(lay: Lay, lines, cut, tmp_path):
    run = "run-b" if cut == 2 else "run-a"
    gone = of_run(lines, run)[-cut:]
    (problem,) = problems(lay(tmp_path, without(lines, *gone)))
    assert problem.expected.startswith(f"event {sha256_hex(gone[-1])} of run {run}, ")
    assert problem.found.endswith(f"cut or altered, {4 - cut} others of it are there")


@LAYOUTS
def test_what_no_later_run_saw_is_not_found(lay: Lay, lines, tmp_path):
    for cut in (1, 2, 4):
        assert problems(lay(tmp_path / str(cut), lines[:-cut])) == ()


@LAYOUTS
def test_an_event_that_is_missing_in_the_middle_is_found(lay: Lay, lines, tmp_path):
    for run in RUNS:
        for seq, gone in enumerate(of_run(lines, run)[:-1]):
            place = lay(tmp_path / f"{run}-{seq}", without(lines, gone))
            assert f"expected event {seq} of run {run} before it" in told(place)


@LAYOUTS
def test_one_changed_byte_is_found_wherever_something_follows(lay: Lay, lines, tmp_path):
    for number, line in enumerate(lines[:-1]):
        changed = [*lines[:number], line.replace(b"gsm8k", b"gsm8K"), *lines[number + 1 :]]
        assert len(problems(lay(tmp_path / str(number), changed))) == 1


@LAYOUTS
def test_every_digest_of_the_event_before_counts(lay: Lay, lines, tmp_path):
    for number, line in enumerate(lines):
        previous = json.loads(line)["previous"]
        other = ("1" if previous[0] == "0" else "0") + previous[1:]
        forged = line.replace(f'"previous":"{previous}'.encode(), f'"previous":"{other}'.encode())
        place = lay(tmp_path / str(number), [*lines[:number], forged, *lines[number + 1 :]])
        assert f"it follows {other}" in told(place)


@LAYOUTS
def test_two_events_that_change_places_are_found(lay: Lay, lines, tmp_path):
    one, two = json.loads(lines[1]), json.loads(lines[2])
    one["seq"], two["seq"] = two["seq"], one["seq"]
    lines[1:3] = [canonical_json(two), canonical_json(one)]
    assert len(problems(lay(tmp_path, lines))) >= 2


@LAYOUTS
@pytest.mark.parametrize("run", RUNS[:2])
def test_a_run_that_was_linked_again_is_found_by_a_later_one(lay: Lay, lines, run, tmp_path):
    def change(line: dict) -> None:
        line["model"] = "other"

    start = lines.index(of_run(lines, run)[0])
    lines[start : start + 4] = relinked(lines[start : start + 4], change)
    (problem,) = problems(lay(tmp_path, lines))
    assert f"of run {run}, which run run-" in problem.expected


@LAYOUTS
def test_whoever_writes_all_later_runs_anew_is_not_found(lay: Lay, lines, tmp_path):
    def change(line: dict) -> None:
        line["model"] = "other"

    assert problems(lay(tmp_path, relinked(lines, change))) == ()


@LAYOUTS
@pytest.mark.parametrize(
    "heads", [{}, {"run-a": "f" * 64}, {"run-z": "0" * 64}, {"run-b": "0" * 64}]
)
def test_forged_heads_are_found_by_a_later_run(lay: Lay, lines, heads, tmp_path):
    def forge(line: dict) -> None:
        if "heads" in line:
            line["heads"] = heads

    lines[4:8] = relinked(lines[4:8], forge)
    assert "of run run-b, which run run-c saw" in told(lay(tmp_path, lines))


@LAYOUTS
@pytest.mark.parametrize(
    "heads", [{"run-z": "0" * 64}, {"run-c": "0" * 64}, {"ledger.jsonl": "0" * 64}]
)
def test_the_last_run_that_saw_what_is_not_there_is_told(lay: Lay, lines, heads, tmp_path):
    def forge(line: dict) -> None:
        if "heads" in line:
            line["heads"] = heads

    lines[8:12] = relinked(lines[8:12], forge)
    (problem,) = problems(lay(tmp_path, lines))
    assert "which run run-c saw" in problem.expected


def test_runs_that_each_claim_to_have_seen_the_other_are_read(lines, tmp_path):
    other = json.loads(lines[0]) | {"heads": {"run-c": sha256_hex(lines[8])}}
    ledgers = ledgers_at(as_lines(tmp_path, [*lines, canonical_json(other)]))
    assert len(ledgers.entries) == 13
    assert "one event 0 of run run-a" in "\n".join(each.told for each in ledgers.problems)


@pytest.mark.parametrize("lay", [as_lines, half_of_each])
@pytest.mark.parametrize("number", range(12))
def test_two_events_that_claim_one_number_are_found(lay: Lay, lines, number, tmp_path):
    place = lay(tmp_path, lines)
    write_lines(place, [lines[number].replace(b"gsm8k", b"gsm8K")], "ledger-other.jsonl")
    seq = number % 4
    assert "2 claim it: " in told(place)
    assert f"expected one event {seq} of run {RUNS[number // 4]}" in told(place)


@pytest.mark.parametrize("lay", [as_files, as_objects])
def test_an_event_in_the_place_of_another_is_found(lay: Lay, lines, tmp_path):
    place = lay(tmp_path, lines[:7])
    if isinstance(place, Path):
        (place / key_of(lines[7])).write_bytes(lines[1])
    else:
        place.create(key_of(lines[7]), lines[1])
    (problem,) = problems(place)
    assert problem.file == key_of(lines[7])
    assert problem.expected == "event 3 of run run-b"
    assert problem.found == "event 1 of run run-a"


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b"[" * 9999, b"\xff", b'{"a":1}\n{"b":2}']
)
@pytest.mark.parametrize("number", [3, 5])
def test_an_object_that_is_no_event_is_told_and_missed(lines, content, number, tmp_path):
    place = as_files(tmp_path, lines)
    (place / key_of(lines[number])).write_bytes(content)
    ledgers = ledgers_at(place)
    assert ledgers.notes == ((key_of(lines[number]), "it cannot be read"),)
    assert len(ledgers.problems) == 1


def test_an_old_line_in_the_place_of_an_event_is_found(lines, tmp_path):
    place = as_files(tmp_path, lines[:11])
    (place / key_of(lines[11])).write_bytes(old_lines("run-finished", run_id="run-c")[0])
    (problem, *_) = problems(place)
    assert problem.found == "a line of a ledger of before"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_lines_changes_nothing(lines, seed, tmp_path):
    before = [entry.line for entry in ledgers_at(as_lines(tmp_path, lines)).entries]
    random.Random(seed).shuffle(lines)
    ledgers = ledgers_at(as_lines(tmp_path, lines))
    assert ledgers.problems == ()
    assert [entry.line for entry in ledgers.entries] == before


def test_a_run_that_was_copied_in_twice_counts_once_and_is_told(lines, tmp_path):
    place = as_lines(tmp_path, lines)
    write_lines(place, of_run(lines, "run-b"), "ledger-again.jsonl")
    ledgers = ledgers_at(place)
    assert (len(ledgers.entries), ledgers.problems) == (12, ())
    (note,) = ledgers.notes
    assert note == (
        "ledger-again.jsonl",
        "4 events of it stand in this store twice, and count once",
    )


@LAYOUTS
def test_a_torn_last_line_is_told_and_no_problem(lay: Lay, lines, tmp_path):
    place = lay(tmp_path, lines)
    if isinstance(place, Path):
        with (place / LEDGER_NAME).open("ab") as ledger:
            ledger.write(lines[-1][:100])
        (note,) = ledgers_at(place).notes
        assert note[0] == LEDGER_NAME
        assert note[1].endswith(" cannot be read")
    Ledger(place, run_id="run-d", model="tiny").append("run-started")
    Ledger(place, run_id="run-c", model="tiny").append("run-resumed")
    ledgers = ledgers_at(place)
    assert (len(ledgers.entries), ledgers.problems) == (14, ())


def test_two_stores_put_together_are_whole(lines, tmp_path):
    for run in ("run-x", "run-y"):
        Ledger(tmp_path / "other", run_id=run, model="tiny").append("run-started")
    place = as_lines(tmp_path, lines)
    shutil.copy(tmp_path / "other" / LEDGER_NAME, place / "ledger-other.jsonl")
    assert problems(place) == ()
    Ledger(place, run_id="run-z", model="tiny").append("run-started")
    assert problems(place) == ()
    (place / "ledger-other.jsonl").unlink()
    (missing,) = (
        each.expected.split(", ")[0] for each in problems(place) if "run-y" in each.expected
    )
    assert missing.endswith("of run run-y")


def test_ledgers_of_both_kinds_in_one_folder_are_one(lines, tmp_path):
    place = as_files(tmp_path, lines[:8])
    write_lines(place, lines[8:])
    assert [entry.line.run_id for entry in ledgers_at(place).entries[::4]] == list(RUNS)
    assert problems(place) == ()
    shutil.rmtree(place / "ledger" / "run-a")
    assert "of run run-a" in told(place)


def test_a_model_of_the_name_ledger_is_no_ledger(tmp_path):
    finished(tmp_path, model="ledger")
    assert problems(tmp_path) == ()
    assert read_evidence([tmp_path]).broken_files == ()


@pytest.mark.parametrize("run", ["run-0", "run-1"])
def test_records_whose_run_was_deleted_with_its_events_are_missed_in_a_check(run, tmp_path):
    for number in range(3):
        finished(tmp_path, run_id=f"run-{number}")
    gone = of_run(lines_of(tmp_path), run)
    shutil.rmtree(next(tmp_path.rglob(json.loads(gone[0])["attempt_id"])))
    write_lines(tmp_path, without(lines_of(tmp_path), *gone))
    (broken,) = (b for b in read_evidence([tmp_path]).broken_files if "ledger" in b.file)
    assert f"of run {run}, which run run-" in broken.expected


# Many runs


def test_many_runs_name_few_others_and_every_one_is_missed(tmp_path):
    many = 80
    for number in range(many):
        Ledger(tmp_path, run_id=f"run-{number:03d}", model="tiny").append("run-started")
    lines = lines_of(tmp_path)
    assert max(len(json.loads(line)["heads"]) for line in lines) <= 64
    assert [entry.lying.raw for entry in ledgers_at(tmp_path).entries] == lines
    for number in (0, 1, 70, many - 2):
        write_lines(tmp_path, [*lines[:number], *lines[number + 1 :]])
        (problem,) = problems(tmp_path)
        assert f"of run run-{number:03d}, " in problem.expected
    write_lines(tmp_path, lines[-1:])
    assert len(problems(tmp_path)) == 64


def mutated(chance: random.Random, content: bytes) -> bytes:
    """Some bytes changed, left out, put twice or moved."""
    at, size = chance.randrange(len(content)), chance.choice((1, 2, 8, 64, 400))
    part = content[at : at + size]
    match chance.randrange(4):
        case 0:
            other = bytes(chance.randrange(256) for _ in part)
            return content[:at] + other + content[at + size :]
        case 1:
            return content[:at] + content[at + size :]
        case 2:
            return content[:at] + part + content[at:]
        case _:
            to = chance.randrange(len(content))
            return content[:to] + part + content[to:]


@pytest.mark.parametrize("seed", [0, 1])
def test_whatever_is_done_to_the_bytes_is_read_and_what_came_before_is_missed(
    lines, seed, tmp_path
):
    chance = random.Random(seed)
    # The last run has no later one.
    before = b"".join(line + b"\n" for line in lines[:8])
    after = b"".join(line + b"\n" for line in lines[8:])
    write_lines(tmp_path, [])
    for _ in range(40):
        (tmp_path / LEDGER_NAME).write_bytes(mutated(chance, before) + b"\n" + after)
        ledgers = ledgers_at(tmp_path)
        kept = {entry.lying.raw for entry in ledgers.entries}
        assert bool(ledgers.problems) == bool(set(lines[:8]) - kept) or kept - set(lines)
