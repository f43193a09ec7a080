"""Ledgers copied from store to store keep every byte of every event, and their order."""

import random
from pathlib import Path

import pytest
from tests.making.runs.ledgers import ObjectStorage, lines_of, old_lines, write_lines

from weighin.errors import EvidenceError
from weighin.evidence.ledger import LEDGER_NAME, Ledger, copy_ledgers, ledgers_at
from weighin.files.canonical import sha256_hex
from weighin.files.stores.interface import Storage


@pytest.fixture
def source(tmp_path) -> Path:
    """Two ledgers of before, a torn line, and two runs one of which goes on after the other."""
    folder = tmp_path / "source"
    write_lines(folder, old_lines("run-started", "run-finished"))
    write_lines(folder, old_lines("run-started", run_id="b"), "ledger-b.jsonl")
    ledger = Ledger(folder, run_id="run-b", model="tiny")
    ledger.append("run-started")
    with (folder / LEDGER_NAME).open("ab") as torn:
        torn.write(b'{"attempt_id":"')
    Ledger(folder, run_id="run-a", model="tiny").append("run-started", detail={"null": None})
    ledger.append("benchmark-failed", detail={"error": "größer\n\u2028 \U0001f600", "n": [1.5, 10]})
    return folder


def raws(place: Path | Storage) -> list[bytes]:
    return [entry.lying.raw for entry in ledgers_at(place).entries]


@pytest.mark.parametrize("way", ["objects", "files", "lines"])
def test_there_and_back_every_byte_is_kept_and_the_order(source, way, tmp_path):
    between = ObjectStorage() if way == "objects" else tmp_path / "between"
    copy_ledgers(source, between, as_objects=way == "files")
    copy_ledgers(between, tmp_path / "back")
    assert len(raws(source)) == 6
    assert raws(source) == raws(between) == raws(tmp_path / "back")
    for place in (source, between, tmp_path / "back"):
        assert ledgers_at(place).problems == ()
        assert len([n for n in ledgers_at(place).notes if "cannot be read" in n[1]]) == 1


def test_an_event_has_the_same_bytes_as_a_line_and_as_an_object(source):
    store = ObjectStorage()
    copy_ledgers(source, store)
    lines = {
        sha256_hex(line)
        for name in (LEDGER_NAME, "ledger-b.jsonl")
        for line in lines_of(source, name)
    }
    assert {sha256_hex(content) for content in store.objects.values()} == lines
    assert sorted(store.objects) == [
        "ledger/ledger-b.jsonl/00000000.json",
        *(f"ledger/ledger.jsonl/{n:08d}.json" for n in range(3)),
        "ledger/run-a/00000000.json",
        *(f"ledger/run-b/{n:08d}.json" for n in range(2)),
    ]


def test_an_event_that_is_written_into_either_is_spelled_alike(tmp_path, monkeypatch):
    monkeypatch.setattr("weighin.evidence.ledger.appending.now", lambda: "2026-01-01T00:00:00.000Z")
    store = ObjectStorage()
    for place in (tmp_path, store):
        for run in ("run-a", "run-b"):
            ledger = Ledger(place, run_id=run, model="tiny")
            for event in ("run-started", "run-finished"):
                ledger.append(event, detail={"z": 1, "a": None, "é": 1.5})
    assert lines_of(tmp_path) == [store.objects[key] for key in sorted(store.objects)]


@pytest.mark.parametrize("as_objects", [True, False])
def test_what_was_copied_is_not_copied_again(source, as_objects, tmp_path):
    target = tmp_path / "target"
    first = copy_ledgers(source, target, as_objects=as_objects)
    assert (first.copied, first.there) == (7, 0)
    Ledger(source, run_id="run-c", model="tiny").append("run-started")
    before = {p: p.read_bytes() for p in target.rglob("*.json*") if p.is_file()}
    again = copy_ledgers(source, target, as_objects=as_objects)
    assert (again.copied, again.there) == (1, 7)
    assert all(path.read_bytes().startswith(content) for path, content in before.items())
    assert raws(target) == raws(source)


def test_a_copy_into_a_store_that_has_its_own_adds_to_it(source, tmp_path):
    target = tmp_path / "target"
    write_lines(target, old_lines("run-started", run_id="of-target"))
    Ledger(target, run_id="run-t", model="tiny").append("run-started")
    for _ in range(2):
        copy_ledgers(source, target)
        ledgers = ledgers_at(target)
        assert (len(ledgers.entries), ledgers.problems) == (8, ())


@pytest.mark.parametrize("as_objects", [True, False])
def test_another_event_in_the_place_of_one_is_never_overwritten(source, as_objects, tmp_path):
    target = tmp_path / "target"
    Ledger(target, run_id="run-a", model="other").append("run-started")
    store = ObjectStorage()
    copy_ledgers(target, store)
    before = dict(store.objects)
    if as_objects:
        with pytest.raises(
            EvidenceError, match=r"memory://store/ledger/run-a/00000000.json: expected"
        ):
            copy_ledgers(source, store)
        assert before.items() <= store.objects.items()
    else:
        copy_ledgers(source, target)
        assert "2 claim it" in ledgers_at(target).problems[0].found


def test_two_events_that_claim_one_place_are_refused_before_any_is_written(source, tmp_path):
    write_lines(source, [lines_of(source)[-2].replace(b'"tiny"', b'"tall"')], "ledger-c.jsonl")
    store = ObjectStorage()
    with pytest.raises(EvidenceError, match="only lines of a file can hold both"):
        copy_ledgers(source, store)
    assert store.objects == {}
    copy_ledgers(source, tmp_path / "target")
    assert len(raws(tmp_path / "target")) == 7


@pytest.mark.parametrize("content", [b"{}\n{}", b"", b"null"])
def test_an_object_that_is_no_event_stays_one(source, content, tmp_path):
    store = ObjectStorage()
    copy_ledgers(source, store)
    store.objects["ledger/run-a/00000001.json"] = content
    copy_ledgers(store, tmp_path / "back")
    assert (tmp_path / "back/ledger/run-a/00000001.json").read_bytes() == content
    assert raws(tmp_path / "back") == raws(source)


def test_a_copy_of_a_shuffled_ledger_is_in_order(source, tmp_path):
    write_lines(source, lines_of(source)[:2] + random.Random(1).sample(lines_of(source)[2:], 4))
    copy_ledgers(source, tmp_path / "target")
    assert raws(tmp_path / "target") == raws(source)


def test_a_store_without_a_ledger_has_nothing_to_copy(tmp_path):
    done = copy_ledgers(tmp_path / "nothing", ObjectStorage())
    assert (done.copied, done.there) == (0, 0)
