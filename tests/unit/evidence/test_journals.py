"""Answers that are kept beside an attempt, and what of them another attempt may take."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pydantic import JsonValue
from tests.making.runs.disks import files_no_larger_than

from weighin.errors import EvidenceError
from weighin.evidence.ledger import ANSWERING, KEPT, Ledger, read_ledger
from weighin.evidence.store import JOURNAL_NAME, Store, is_own_file
from weighin.evidence.store.journals import (
    AnswersKept,
    Held,
    Journal,
    answers_kept,
    discard_journals,
    discard_recorded,
    keeping,
    read_journal,
)
from weighin.evidence.store.results_store import Attempt
from weighin.files.canonical import canonical_json, sha256_hex

JOB = "a" * 64
HELD = Held(parts={"weights": "w", "tokenizer": "t"}, weights="w", settings={"batch_size": 8})
ASKED = [sha256_hex(b"%d" % number) for number in range(5)]
KIND = "generate_until"


@dataclass
class Results:
    """A results folder in which one job is tried again and again."""

    root: Path
    notes: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.root)

    def ledger(self) -> Ledger:
        return Ledger(self.root, run_id="run-1", model="tiny")

    def attempt(self) -> tuple[Attempt, AnswersKept]:
        attempt = self.store.new_attempt("tiny", "task", JOB)
        self.append(attempt, "benchmark-started", {})
        kept = answers_kept(
            self.store,
            attempt,
            job_id=JOB,
            run_id="run-1",
            append=lambda event, *, detail: self.append(attempt, event, detail),
            on_note=self.notes.append,
        )
        return attempt, kept

    def append(self, attempt: Attempt, event: str, detail: dict[str, JsonValue]) -> None:
        self.ledger().append(
            event, benchmark="task", job_id=JOB, attempt_id=attempt.attempt_id, detail=detail
        )

    def ended_attempt(self, answers: int = 3, held: Held = HELD) -> tuple[Path, AnswersKept]:
        """One that is ended after some answers; each is in a line of its own."""
        attempt, kept = self.attempt()
        kept.begin(held)
        for found in kept.find(KIND, ASKED[:answers]):
            if found.answer is None:
                kept.keep([found.request], [f"answer to {found.request.sha256[:4]}"])
        kept.stop()
        return attempt.folder / JOURNAL_NAME, kept

    def known(self, held: Held = HELD) -> list[JsonValue]:
        """What another attempt finds answered."""
        _, kept = self.attempt()
        kept.begin(held)
        found = [one.answer for one in kept.find(KIND, ASKED)]
        kept.stop()
        return found

    def events(self, name: str) -> list[dict[str, JsonValue]]:
        lines = read_ledger(self.root / "ledger.jsonl").lines
        return [line.detail for line in lines if line.event == name]


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def answers_to(number: int) -> list[JsonValue]:
    return [*(f"answer to {asked[:4]}" for asked in ASKED[:number]), *[None] * (5 - number)]


def test_another_attempt_at_the_job_finds_what_was_answered(results: Results):
    results.ended_attempt(3)
    assert results.known() == answers_to(3)


def test_answers_of_several_attempts_are_found_together_and_each_is_counted_once(
    results: Results,
):
    results.ended_attempt(2)
    results.ended_attempt(4)
    _, kept = results.attempt()
    kept.begin(HELD)
    assert [one.answer for one in kept.find(KIND, ASKED)] == answers_to(4)
    assert [part.answers for part in kept.taken()] == [{KIND: 2}, {KIND: 2}]


def test_the_second_answer_to_a_request_is_never_given_as_the_first(results: Results):
    _, kept = results.attempt()
    kept.begin(HELD)
    first, second = kept.find(KIND, [ASKED[0], ASKED[0]])
    kept.keep([second.request], ["the second"])
    kept.stop()
    _, later = results.attempt()
    later.begin(HELD)
    assert [one.answer for one in later.find(KIND, [ASKED[0]] * 3)] == [None, "the second", None]
    assert (first.request.number, second.request.number) == (0, 1)


@pytest.mark.parametrize(
    "other",
    [
        Held(parts={"weights": "v", "tokenizer": "t"}, weights="v", settings={}),
        Held(parts={"weights": "w", "tokenizer": "u"}, weights="w", settings={}),
        Held(parts={"weights": "w"}, weights="w", settings={}),
    ],
    ids=["other weights", "another tokenizer", "less is known"],
)
def test_who_holds_something_else_takes_nothing_and_it_is_told(results: Results, other: Held):
    results.ended_attempt(3)
    assert results.known(other) == [None] * 5
    assert "expected answers of what this process holds" in results.notes[0]
    (_, told) = results.events(ANSWERING)
    assert told["taken"] == []
    assert "found those of another" in json.dumps(told["left"])


def test_a_larger_batch_takes_the_same_answers(results: Results):
    results.ended_attempt(3)
    assert results.known(replace(HELD, settings={"batch_size": 64})) == answers_to(3)


def test_an_attempt_of_which_no_ledger_tells_gives_nothing(results: Results):
    path, _ = results.ended_attempt(3)
    (results.root / "ledger.jsonl").unlink()
    assert results.known() == [None] * 5
    assert f"{path}: no ledger tells of it" in results.notes[0]


def test_a_retired_job_gives_nothing_of_what_it_had(results: Results):
    results.ended_attempt(3)
    Ledger(results.root, run_id="run-2", model="tiny").append(
        "job-retired", job_id=JOB, detail={"reason": "wrong prompt"}
    )
    assert results.known() == [None] * 5
    assert "its job was retired" in results.notes[0]


def test_answers_that_are_recorded_give_nothing_to_a_further_attempt(results: Results):
    results.ended_attempt(3)
    attempt, kept = results.attempt()
    kept.begin(HELD)
    kept.stop()
    results.append(attempt, "benchmark-finished", {"record_sha256": "0" * 64})
    (attempt.folder / "record.json").touch()
    assert results.known() == [None] * 5
    assert f"attempt {attempt.attempt_id} has recorded these answers" in results.notes[-1]


def test_what_is_still_being_answered_gives_nothing(results: Results):
    path, _ = results.ended_attempt(3)
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert results.known() == [None] * 5
    assert "its process is still answering" in results.notes[0]
    os.close(descriptor)


def test_a_journal_is_gone_once_it_is_recorded(results: Results):
    first, _ = results.ended_attempt(2)
    second, kept = results.ended_attempt(3)
    discard_journals(second.parent.parent, kept.attempts)
    assert not first.exists()
    assert not second.exists()


def test_a_journal_is_of_the_store(results: Results):
    path, _ = results.ended_attempt(1)
    assert is_own_file(path)
    assert not is_own_file(path.parent.parent / JOURNAL_NAME)


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def dressed(line: bytes, **changes: JsonValue) -> bytes:
    """A line that says something else, with a digest that fits."""
    value = json.loads(line) | changes
    del value["sha256"]
    return canonical_json({**value, "sha256": sha256_hex(canonical_json(value))}) + b"\n"


DAMAGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int, str]] = {
    "torn": (lambda lines: [*lines[:3], lines[3][:40]], 2, ""),
    "altered": (
        lambda lines: [*lines[:2], lines[2].replace(b"answer", b"better"), lines[3]],
        1,
        "line 3: it is not what its digest says",
    ),
    "altered, with a digest that fits": (
        lambda lines: [*lines[:2], dressed(lines[2], answers=["better"]), lines[3]],
        2,
        "line 4: it does not follow the line before",
    ),
    "twice": (
        lambda lines: [*lines[:3], lines[2], lines[3]],
        2,
        "line 4: it does not follow the line before",
    ),
    "answered twice": (
        lambda lines: [
            *lines[:3],
            dressed(lines[2], previous=json.loads(lines[2])["sha256"], answers=["better"]),
        ],
        2,
        "line 4: it answers a request a second time",
    ),
    "left out": (
        lambda lines: [*lines[:2], lines[3]],
        1,
        "line 3: it does not follow the line before",
    ),
    "not a number": (
        lambda lines: [*lines[:2], lines[2].replace(b'["answer', b'[NaN,"answer'), lines[3]],
        1,
        "line 3: NaN is not JSON",
    ),
    "an empty line": (lambda lines: [*lines[:2], b"\n", *lines[2:]], 1, "line 3: "),
    "noise": (lambda lines: [*lines[:2], b"\xff\xfe\n"], 1, "line 3: "),
    "too few answers": (
        lambda lines: [*lines[:2], dressed(lines[2], answers=[])],
        1,
        "line 3: expected an answer to each request",
    ),
    "a field too many": (
        lambda lines: [*lines[:2], dressed(lines[2], more=1)],
        1,
        "line 3: extra inputs are not permitted",
    ),
    "deep": (lambda lines: [*lines[:2], b"[" * 5000 + b"\n"], 1, "line 3: nested too deeply"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_from_a_line_on_that_does_not_hold_nothing_counts_and_it_is_told(
    results: Results, damage: str
):
    change, left, told = DAMAGES[damage]
    path, _ = results.ended_attempt(3)
    path.write_bytes(b"".join(change(lines_of(path))))
    assert read_journal(path).problem.startswith(told)
    assert bool(read_journal(path).problem) is bool(told)
    found = results.known()
    # What is not bound to anything behind it can be rewritten: only the ledger holds that.
    assert [one is not None for one in found] == [n < left for n in range(5)]
    assert bool([note for note in results.notes if "not all used" in note]) is bool(told)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"\0" * 100, b"[]\n", b'{"format": "weighin.answers/2"}\n']
)
def test_what_is_no_journal_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / JOURNAL_NAME
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match="expected a journal of answers"):
        read_journal(path)


@pytest.mark.parametrize("what", ["link", "pipe", "folder", "other attempt", "other job"])
def test_what_is_not_the_journal_of_the_attempt_gives_nothing(results: Results, what: str):
    path, _ = results.ended_attempt(3)
    content = path.read_bytes()
    path.unlink()
    if what == "link":
        elsewhere = results.root / "elsewhere"
        elsewhere.write_bytes(content)
        path.symlink_to(elsewhere)
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        other = {"attempt_id": "x"} if what == "other attempt" else {"job_id": "x"}
        start = dressed(content.splitlines()[0], **other)
        line = dressed(content.splitlines()[1], previous=json.loads(start)["sha256"])
        path.write_bytes(start + line)
    assert results.known() == [None] * 5
    assert len(results.notes) == 1


def test_a_journal_with_another_beginning_is_not_the_one_that_the_ledger_knows(results: Results):
    path, _ = results.ended_attempt(3)
    begin, line, *_ = path.read_bytes().splitlines()
    start = dressed(begin, host="elsewhere")
    path.write_bytes(start + dressed(line, previous=json.loads(start)["sha256"]))
    assert results.known() == [None] * 5
    assert "it is not the journal of which the ledger tells" in results.notes[0]


def test_the_ledger_knows_how_many_answers_are_taken_and_of_which_journal(results: Results):
    path, _ = results.ended_attempt(3)
    results.known()
    begun, resumed = results.events(ANSWERING)
    assert begun["taken"] == []
    assert resumed["taken"] == [
        {"attempt_id": path.parent.name, "journal": read_journal(path).sha256, "answers": 3}
    ]


def test_the_ledger_knows_of_answers_that_might_be_others_while_they_come(results: Results):
    _, kept = results.attempt()
    kept.begin(replace(HELD, is_served=True))
    digests = [sha256_hex(b"many %d" % number) for number in range(40)]
    for found in kept.find(KIND, digests):
        kept.keep([found.request], ["answer"])
    kept.stop()
    told = [detail["answers"] for detail in results.events(KEPT)]
    assert told == [1, 2, 3, 4, 6, 8, 11, 14, 18, 23, 29, 37]


def test_the_ledger_knows_of_every_batch_that_takes_long(
    results: Results, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "_LONGEST_UNTOLD_SECONDS", 0.0)
    _, kept = results.attempt()
    kept.begin(replace(HELD, is_served=True))
    found = kept.find(KIND, [sha256_hex(b"many %d" % number) for number in range(12)])
    for number in range(0, 12, 3):
        kept.keep([one.request for one in found[number : number + 3]], ["answer"] * 3)
    kept.stop()
    assert [detail["answers"] for detail in results.events(KEPT)] == [3, 6, 9, 12]


def test_answers_that_would_be_the_same_again_fill_no_ledger(results: Results):
    results.ended_attempt(3)
    assert results.events(KEPT) == []


def test_a_full_disk_ends_no_attempt_and_leaves_no_half_line(results: Results):
    attempt, kept = results.attempt()
    kept.begin(HELD)
    path = attempt.folder / JOURNAL_NAME
    first, second, third = kept.find(KIND, ASKED[:3])
    kept.keep([first.request], ["answer"])
    with files_no_larger_than(path.stat().st_size + 10):
        kept.keep([second.request], ["answer"])
    kept.keep([third.request], ["answer"])
    assert results.notes == [
        "answers are no longer kept for the case of an interruption: file too large"
    ]
    assert not kept.is_whole
    journal: Journal = read_journal(path)
    assert (len(journal.answers), journal.problem) == (1, "")


def test_what_json_cannot_hold_is_not_kept(results: Results):
    attempt, kept = results.attempt()
    kept.begin(HELD)
    (found,) = kept.find(KIND, ASKED[:1])
    kept.keep([found.request], ["\ud800"])
    assert len(results.notes) == 1
    assert read_journal(attempt.folder / JOURNAL_NAME).answers == {}


def test_without_a_folder_nothing_is_kept_and_all_is_asked():
    kept = AnswersKept()
    kept.begin(HELD)
    assert [one.answer for one in kept.find(KIND, ASKED)] == [None] * 5
    assert kept.taken() == ()


def test_what_a_kill_after_the_record_left_is_removed_and_nothing_else(results: Results):
    (recorded, _), (ended, _) = results.ended_attempt(2), results.ended_attempt(3)
    recorded.with_name("record.json").touch()
    discard_recorded(recorded.parent.parent)
    assert not recorded.exists()
    assert ended.exists()


@pytest.mark.parametrize("damage", ["cut", "written anew"])
def test_a_journal_that_lacks_a_line_of_which_the_ledger_tells_gives_nothing(
    results: Results, damage: str
):
    path, _ = results.ended_attempt(4, replace(HELD, is_served=True))
    lines = lines_of(path)
    if damage == "cut":
        path.write_bytes(b"".join(lines[:3]))
    else:
        path.write_bytes(b"".join([*lines[:4], dressed(lines[4], answers=["better"])]))
    assert results.known(HELD) == [None] * 5
    assert "it was cut or written anew" in results.notes[0]


@pytest.mark.parametrize("size", [0, 20, None])
def test_a_kill_before_the_first_answer_is_not_worth_a_word(results: Results, size: int | None):
    path, _ = results.ended_attempt(0)
    (results.root / "ledger.jsonl").unlink()
    path.write_bytes(path.read_bytes()[:size])
    assert results.known() == [None] * 5
    assert len(results.notes) == (size == 20)
